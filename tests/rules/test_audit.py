"""The chains: whole after many acts; whatever is changed, taken out, put in or cut off is found."""

from __future__ import annotations

from datetime import date

import pytest

from dutydesk.models import Act, AuditEntry, AuditHead, AuditValues
from dutydesk.rules import audit
from dutydesk.rules.audit import Problem
from dutydesk.rules.case import reveal
from dutydesk.vocabulary import Role, State

R, S = Role, State
TOWN = "310104012"


@pytest.fixture
def chain(cases):
    """Eight links of one subdistrict."""
    cases.in_state(S.CLOSED)
    assert audit.verify(TOWN) is None
    return cases


def entry(sequence: int) -> AuditEntry:
    return AuditEntry.get(AuditEntry.chain == TOWN, AuditEntry.sequence == sequence)


def change(place: int, **values) -> None:
    AuditEntry.update(**values).where(AuditEntry.id == entry(place).id).execute()


def test_every_act_has_its_link_in_the_chain_of_its_subdistrict(cases):
    for state in State:
        cases.in_state(state)
    assert audit.chains() == [TOWN]
    assert audit.verify(TOWN) is None
    assert AuditEntry.select().count() == Act.select().count() == AuditHead.get_by_id(TOWN).sequence
    assert {row.act for row in AuditEntry.select()} == {act.id for act in Act.select()}


def test_a_link_says_who_when_from_where_which_act_and_on_what(chain):
    link = entry(3)
    act = Act.get_by_id(link.act)
    assert (link.staff_number, link.came_from, link.name) == ("D02", "测试", "issue.assign")
    assert (link.subject, link.at, act.name) == ("issue 2026-000001", act.at, link.name)
    assert link.previous == entry(2).hash
    values = AuditValues.get_by_id(link.id).content
    assert '"state": "opened"' in values
    assert '"state": "assigned"' in values


@pytest.mark.parametrize(
    "changed",
    [
        {"staff_number": "D99"},
        {"at": "2026-11-24T01:00:00.000000Z"},
        {"came_from": "别处"},
        {"name": "issue.note"},
        {"subject": "issue 2026-000002"},
        {"act": "another"},
        {"digest": "0" * 64},
        {"hash": "0" * 64},
    ],
)
def test_a_changed_link_is_found(chain, changed):
    change(4, **changed)
    found = audit.verify(TOWN)
    assert (found.chain, found.sequence) == (TOWN, 4)
    assert found.what == "内容被改动过"


def test_a_link_changed_and_hashed_anew_no_longer_fits_the_next(chain):
    link = entry(4)
    link.staff_number = "D99"
    link.hash = audit.hash_of(audit._fields(link))
    link.save()
    assert audit.verify(TOWN) == Problem(TOWN, 5, "与上一条不衔接")


def test_a_link_taken_out_is_found(chain):
    AuditValues.delete().where(AuditValues.entry == entry(4).id).execute()
    AuditEntry.delete().where(AuditEntry.id == entry(4).id).execute()
    assert audit.verify(TOWN) == Problem(TOWN, 4, "缺少这一条")


def test_even_when_the_rest_moves_up(chain):
    AuditValues.delete().where(AuditValues.entry == entry(4).id).execute()
    AuditEntry.delete().where(AuditEntry.id == entry(4).id).execute()
    for sequence in range(5, 9):
        change(sequence, sequence=sequence - 1)
    assert audit.verify(TOWN) == Problem(TOWN, 4, "与上一条不衔接")


def test_a_link_put_in_is_found(chain):
    for sequence in range(8, 4, -1):
        change(sequence, sequence=sequence + 1)
    link = entry(4)
    invented = AuditEntry(
        **{**link.__data__, "id": None, "sequence": 5, "previous": link.hash, "act": "invented"}
    )
    invented.hash = audit.hash_of(audit._fields(invented))
    invented.save(force_insert=True)
    assert audit.verify(TOWN) == Problem(TOWN, 6, "与上一条不衔接")


def test_a_tail_cut_off_is_found(chain):
    cut = [entry(sequence).id for sequence in (7, 8)]
    AuditValues.delete().where(AuditValues.entry.in_(cut)).execute()
    AuditEntry.delete().where(AuditEntry.id.in_(cut)).execute()
    assert audit.verify(TOWN) == Problem(TOWN, 7, "链尾被截断")


def test_a_head_that_is_gone_is_found(chain):
    AuditHead.delete().execute()
    assert audit.verify(TOWN).what == "链头记录不见了"


def test_a_chain_all_gone_is_found(chain):
    AuditValues.delete().execute()
    AuditEntry.delete().execute()
    assert audit.chains() == [TOWN]
    assert audit.verify(TOWN) == Problem(TOWN, 1, "链尾被截断")


@pytest.mark.parametrize(
    "changed", [{"content": "[]"}, {"salt": "0" * 32}, {"content": "[]", "salt": ""}, {"salt": ""}]
)
def test_changed_values_are_found(chain, changed):
    AuditValues.update(**changed).where(AuditValues.entry == entry(5).id).execute()
    assert audit.verify(TOWN) == Problem(TOWN, 5, "记录的前后值被改动过")


def test_values_that_retention_deleted_leave_the_chain_whole(chain):
    AuditValues.delete().where(AuditValues.entry.in_([entry(1).id, entry(5).id])).execute()
    assert audit.verify(TOWN) is None
    chain.do("reopen", 1)
    assert audit.verify(TOWN) is None


def test_the_same_values_have_another_digest_each_time(cases):
    """Salted, so that what retention deleted cannot be guessed from its digest."""
    cases.in_state(S.REPORTED)
    cases.do("note", 1)
    cases.do("note", 1)
    first, second = entry(2), entry(3)
    contents = [AuditValues.get_by_id(link.id).content for link in (first, second)]
    assert contents[0] == contents[1]
    assert first.digest != second.digest


class TestAnchors:
    """The heads' hashes kept outside the database."""

    def cut(self, last: int) -> None:
        """An attacker who knows the chain: the tail and the head agree again."""
        gone = [row.id for row in AuditEntry.select().where(AuditEntry.sequence > last)]
        AuditValues.delete().where(AuditValues.entry.in_(gone)).execute()
        AuditEntry.delete().where(AuditEntry.id.in_(gone)).execute()
        AuditHead.update(sequence=last, hash=entry(last).hash).execute()

    def test_a_tail_cut_off_with_its_head_is_found_by_them(self, chain, tmp_path):
        path = tmp_path / "state" / "heads.tsv"
        audit.anchor_heads(path, date(2026, 11, 24))
        assert audit.verify_anchors(path) is None
        self.cut(6)
        assert audit.verify(TOWN) is None
        assert audit.verify_anchors(path) == Problem(TOWN, 8, "与2026-11-24在库外留存的链头不符")

    def test_so_is_a_chain_written_anew(self, chain, tmp_path):
        path = tmp_path / "heads.tsv"
        audit.anchor_heads(path, date(2026, 11, 24))
        self.cut(6)
        chain.do("note", 1)
        chain.do("note", 1)
        assert audit.verify(TOWN) is None
        assert audit.verify_anchors(path).sequence == 8

    def test_they_are_written_once_a_day_and_added_to(self, chain, tmp_path):
        path = tmp_path / "heads.tsv"
        audit.anchor_heads(path, date(2026, 11, 24))
        chain.do("note", 1)
        audit.anchor_heads(path, date(2026, 11, 24))
        audit.anchor_heads(path, date(2026, 11, 25))
        days = [line.split("\t")[:3] for line in path.read_text(encoding="utf-8").splitlines()]
        assert days == [["2026-11-24", TOWN, "8"], ["2026-11-25", TOWN, "9"]]
        assert audit.verify_anchors(path) is None

    def test_no_file_yet_is_nothing_wrong(self, chain, tmp_path):
        assert audit.verify_anchors(tmp_path / "none.tsv") is None

    def test_a_line_cut_short_is_passed_over(self, chain, tmp_path):
        path = tmp_path / "heads.tsv"
        audit.anchor_heads(path, date(2026, 11, 24))
        path.write_text(path.read_text(encoding="utf-8") + "2026-11-25\t310", encoding="utf-8")
        assert audit.verify_anchors(path) is None


def test_revealing_is_on_record_with_its_reason_and_without_what_was_shown(cases):
    issue_id = cases.new()
    reveal(cases[R.DUTY_OFFICER], issue_id, "首次联系反映人", "an-act")
    link = entry(2)
    values = AuditValues.get_by_id(link.id).content
    assert (link.name, link.act, link.staff_number) == ("issue.reveal", "an-act", "D00")
    assert "首次联系反映人" in values
    assert "王小明" not in values
    assert "13800001234" not in values


def test_heads_made_anew_after_a_bulk_fill_fit_their_chains(chain):
    AuditHead.delete().execute()
    audit.rebuild_heads()
    assert audit.verify(TOWN) is None
    assert AuditHead.get_by_id(TOWN).sequence == 8
