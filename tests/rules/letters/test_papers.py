"""What an office sets for its papers, the register of 督办单, and papers that name who raised an issue."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from dutydesk.letter_words import LetterKind, LetterState, NumberKind
from dutydesk.models import AuditEntry, LetterNumber, Reporter
from dutydesk.rules import audit
from dutydesk.rules.checking import check
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.letters import access, drafting, numbers, papers, personal
from dutydesk.rules.letters.for_agenda import letters_for_agenda
from dutydesk.rules.letters.reminders import reminders_of
from dutydesk.rules.letters.wording import paper
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role, State

pytestmark = pytest.mark.both
R, L, S = Role, LetterState, State


def notice(letters, letter_id, **changes):
    return letters.do("supervise", letter_id, R.AREA_CHIEF, **changes)


class TestSupervision:
    def test_a_notice_has_a_register_of_its_own(self, letters):
        letter_id = letters.in_state(L.OUT)
        notice(letters, letter_id, invited="", text="请立即答复")
        notice(letters, letters.in_state(L.OUT))
        town = letters.cases.district.subdistrict
        lines = numbers.register(letters[R.COORDINATOR], town, NumberKind.SUPERVISION, 2026)
        assert [each.text for each in lines] == ["徐康督〔2026〕1号", "徐康督〔2026〕2号"]
        assert letters.row(letter_id).number == "徐康办约〔2026〕1号"
        said = paper(letters[R.AREA_CHIEF], letter_id, datetime.now(UTC))
        (found,) = said.notices
        assert (found.number, found.wanted) == ("徐康督〔2026〕1号", "请立即答复")
        assert found.to == ("社区管理办公室", "区住房保障和房屋管理局")
        assert check() == []

    def test_it_is_void_with_its_letter_and_stays_listed(self, letters):
        letter_id = letters.in_state(L.OUT)
        notice(letters, letter_id)
        letters.do("withdraw", letter_id, reason="已自行解决")
        town = letters.cases.district.subdistrict
        (line,) = numbers.register(letters[R.COORDINATOR], town, NumberKind.SUPERVISION, 2026)
        assert line.void == "撤回：已自行解决"
        assert paper(letters[R.AREA_CHIEF], letter_id, datetime.now(UTC)).notices == ()

    def test_nobody_owes_nothing_is_numbered(self, letters):
        letter_id = letters.in_state(L.TALKS)
        with pytest.raises(Refused, match="没有部门欠着"):
            notice(letters, letter_id, invited="")
        assert not LetterNumber.select().where(LetterNumber.kind == NumberKind.SUPERVISION).exists()


class TestWords:
    def changed(self, letters, **changes):
        session = letters[R.COORDINATOR]
        papers.set_words(session, papers.as_fields(session) | changes, str(uuid4()))

    def test_the_coordinator_changes_names_and_numbers_from_today_on(self, letters):
        before = letters.in_state(L.OUT)
        self.changed(
            letters, slip="{name}“约请”单", number_letter="康健约〔{year}〕{serial}号", head="康健新村街道"
        )
        after = letters.in_state(L.OUT)
        assert letters.row(before).number == "徐康办约〔2026〕1号"
        assert letters.row(after).number == "康健约〔2026〕2号"
        said = paper(letters[R.AREA_CHIEF], after, datetime.now(UTC)).words
        assert (said["slip"], said["head"]) == ("康健新村街道“约请”单", "康健新村街道")
        assert audit.verify("310104012") is None
        assert AuditEntry.select().count() > 0

    @pytest.mark.parametrize(
        ("field", "text", "said"),
        [
            ("number_slip", "约单{serial}", "重号"),
            ("number_slip", "徐{town}办约〔{year}〕{serial}号", "不能写得一样"),
            ("title", "关于{nobody}的函", "只能写"),
            ("title", "关于{subject!r}的函", "只能写"),
            ("closing", "特此函达{", "成对"),
            ("head", " ", "请写上"),
        ],
    )
    def test_what_would_not_do_is_refused_beside_its_field(self, letters, field, text, said):
        with pytest.raises(Refused, match=said) as refused:
            self.changed(letters, **{field: text})
        assert refused.value.field == ("number_supervision" if said == "不能写得一样" else field)

    @pytest.mark.parametrize("role", [R.AREA_CHIEF, R.SIGNATORY, R.LIAISON, R.DISTRICT_COORDINATOR])
    def test_others_only_look(self, letters, role):
        with pytest.raises(NotAllowed):
            papers.set_words(letters[role], {}, str(uuid4()))


class TestPersonalData:
    def test_it_is_in_the_paper_only_by_the_act_and_on_record(self, letters):
        letter_id = letters.in_state(L.OUT)
        issue_id = letters.row(letter_id).issues.get().issue_id
        row = Reporter.get_or_none(Reporter.issue == issue_id)
        if row is None:
            row = Reporter.create(issue=issue_id, name="王小明", phone="13800001234", address="3号楼201室")
        chief = letters[R.AREA_CHIEF]
        now = datetime.now(UTC)
        assert paper(chief, letter_id, now).about[0].raised_by == ""
        with pytest.raises(Refused, match="理由"):
            personal.include(chief, letter_id, " ", str(uuid4()), now)
        with pytest.raises(NotAllowed):
            personal.include(letters[R.COORDINATOR], letter_id, "会商要用", str(uuid4()), now)
        act = str(uuid4())
        said = personal.include(chief, letter_id, "会商要用", act, now)
        assert said == personal.include(chief, letter_id, "会商要用", act, now)
        assert (said.revealed_by, said.about[0].raised_by, said.about[0].phone) == (act, row.name, row.phone)
        assert letters.story(letter_id)[-1] == "include"
        assert "会商要用" in letters.last(letter_id).text


class TestAcrossAreas:
    def test_the_desk_of_another_area_sees_a_letter_called_so_and_may_speak(self, letters):
        other = letters.cases.district.elsewhere
        plain, across = letters.in_state(L.OUT), letters.in_state(L.OUT, crossing="areas departments")
        on_paper = letters.draft(crossing="areas")
        with pytest.raises(NotAllowed):
            access.readable(other, plain)
        with pytest.raises(NotAllowed):
            access.readable(other, on_paper)
        assert access.readable(other, across).id == across
        letters.do("note", across, other, text="我片区也有两户")
        with pytest.raises(NotAllowed):
            letters.do("withdraw", across, other)


def test_a_coordinator_drafts_from_scratch_for_an_area(letters):
    coordinator = letters[R.COORDINATOR]
    assert access.may_draft(coordinator)
    values = drafting.proposed(coordinator).values | {
        "subject": "协调解决共享单车乱停", "tried": "多次清运", "department_1": str(letters.office),
    }  # fmt: skip
    with pytest.raises(Refused, match="哪个片区"):
        drafting.draft(coordinator, values, str(uuid4()))
    area = letters.cases.district.areas[0]
    made = drafting.draft(coordinator, values | {"area": str(area)}, str(uuid4()))
    assert letters.row(made).area_id == area


def test_a_letter_to_an_office_of_the_street_says_that_less_would_do(letters):
    letter_id = letters.draft(kind="letter")
    (line,) = reminders_of(letters.row(letter_id), datetime.now(UTC))
    assert "约请单或电话就够" in line.said and "社区管理办公室" in line.said and "住房保障" not in line.said
    slip = letters.draft(kind="slip", department_2="")
    assert reminders_of(letters.row(slip), datetime.now(UTC)) == []


def test_the_agenda_asks_for_letters_a_fixed_number_of_times(letters, caplog):
    """However many letters run."""
    area = letters.cases.district.areas[0]

    def asked() -> int:
        caplog.clear()
        with caplog.at_level(logging.DEBUG, "peewee"):
            letters_for_agenda(letters[R.AREA_CHIEF], area, date(2026, 12, 1), date(2026, 12, 15))
        return sum(record.name == "peewee" for record in caplog.records)

    letters.in_state(L.OUT)
    letters.cases.clock.move_to(datetime(2026, 12, 15, 10, tzinfo=CHINA))
    one = asked()
    for _ in range(4):
        letters.in_state(L.OUT)
    letters.cases.clock.move_to(datetime(2026, 12, 31, 10, tzinfo=CHINA))
    assert 0 < one == asked() <= 6


def test_kinds_of_letters_are_kinds_of_numbers():
    assert {each.value for each in LetterKind} < {each.value for each in NumberKind}
