"""Drafts: the owner's alone, the newest first, gone with their act; files of last resort when the database is gone."""

from __future__ import annotations

import json
import os
from uuid import uuid4

import pytest

from dutydesk.models import Act, AuditEntry, Draft
from dutydesk.rules import drafts
from dutydesk.vocabulary import Role

R = Role


@pytest.fixture
def duty(cases):
    return cases[R.DUTY_OFFICER]


@pytest.fixture
def folder(tmp_path):
    """What is kept outside the database."""
    return tmp_path / "state"


def test_what_is_typed_is_kept_as_it_is(duty):
    content = {"summary": "楼道 [b]堆物[/b]", "found_at": "2026-11-24", "_step": 3, "flags": None}
    assert drafts.keep(duty, "act-1", "intake", "楼道堆物", content)
    (kept,) = drafts.kept(duty)
    assert (kept.id, kept.kind, kept.title, kept.content) == ("act-1", "intake", "楼道堆物", content)


def test_it_is_no_act_and_leaves_nothing_in_the_audit(duty):
    drafts.keep(duty, "act-1", "intake", "", {})
    assert Act.select().count() == AuditEntry.select().count() == 0


def test_kept_again_it_replaces_its_older_self(duty):
    drafts.keep(duty, "act-1", "intake", "一", {"summary": "一"})
    drafts.keep(duty, "act-1", "intake", "二", {"summary": "二"})
    assert [(each.title, each.content["summary"]) for each in drafts.kept(duty)] == [("二", "二")]


def test_the_newest_comes_first(cases, duty):
    for number in (1, 2, 3):
        drafts.keep(duty, f"act-{number}", "intake", "", {})
        cases.clock.shift(60)
    drafts.keep(duty, "act-1", "intake", "", {})
    assert [each.id for each in drafts.kept(duty)] == ["act-1", "act-3", "act-2"]


def test_each_sees_and_throws_away_only_the_own(cases, duty):
    chief = cases[R.AREA_CHIEF]
    drafts.keep(duty, "act-1", "intake", "", {})
    drafts.keep(chief, "act-2", "act", "", {})
    drafts.throw_away(chief, "act-1")
    assert [each.id for each in drafts.kept(duty)] == ["act-1"]
    drafts.throw_away(duty, "act-1")
    assert (drafts.kept(duty), [each.id for each in drafts.kept(chief)]) == ([], ["act-2"])


def test_the_draft_of_an_act_is_found_by_its_case_and_the_act(cases, duty):
    def begun(issue_id: int, act: str, for_others: bool) -> dict[str, object]:
        return {"_issue": issue_id, "_act": act, "_for_others": for_others}

    drafts.keep(duty, "act-1", "act", "", begun(7, "note", False))
    drafts.keep(duty, "act-2", "act", "", begun(7, "note", True))
    drafts.keep(duty, "act-3", "intake", "", {"summary": "一"})
    drafts.keep(cases[R.AREA_CHIEF], "act-4", "act", "", begun(8, "note", False))
    found = drafts.of_act(duty, 7, "note")
    assert found is not None and found.id == "act-1"
    other = drafts.of_act(duty, 7, "note", for_others=True)
    assert other is not None and other.id == "act-2"
    assert drafts.of_act(duty, 8, "note") is None
    assert drafts.of_act(duty, 7, "urge") is None


def test_a_draft_whose_act_is_done_is_gone_and_not_brought_back(cases, duty):
    act_id = str(uuid4())
    drafts.keep(duty, act_id, "intake", "", {"summary": "楼道"})
    cases.new(act_id=act_id)
    assert drafts.kept(duty) == []
    assert not drafts.keep(duty, act_id, "intake", "", {"summary": "晚到的"})
    assert Draft.select().count() == 0


class TestFiles:
    """When the database cannot be reached any more."""

    def test_only_this_account_can_read_them(self, duty, folder):
        drafts.last_words(
            folder, duty, {"act-1": {"kind": "intake", "title": "", "content": {"phone": "138"}}}
        )
        (path,) = folder.iterdir()
        assert (path.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)

    def test_even_with_an_open_hand(self, duty, folder):
        before = os.umask(0)
        try:
            drafts.last_words(folder, duty, {"act-1": {"kind": "intake", "content": {}}})
            left = folder / f"draft-{duty.staff_id}-act-2.json"
            left.write_text("{}")
            drafts.last_words(folder, duty, {"act-2": {"kind": "intake", "content": {"phone": "138"}}})
        finally:
            os.umask(before)
        assert {path.stat().st_mode & 0o777 for path in folder.glob("draft-*")} == {0o600}

    def test_they_are_taken_in_and_go(self, duty, folder):
        words = {
            f"act-{n}": {"kind": "intake", "title": f"第{n}件", "content": {"summary": "楼道\n堆物"}}
            for n in (1, 2)
        }
        drafts.last_words(folder, duty, words)
        assert drafts.take_in(folder, duty) == 2
        assert {(each.id, each.title) for each in drafts.kept(duty)} == {
            ("act-1", "第1件"),
            ("act-2", "第2件"),
        }
        assert list(folder.iterdir()) == []
        assert drafts.take_in(folder, duty) == 0

    def test_each_takes_in_only_the_own(self, cases, duty, folder):
        eleventh = cases[R.ADMINISTRATOR]  # of staff id 12: no prefix of a number is another's
        drafts.last_words(folder, eleventh, {"act-1": {"kind": "intake", "content": {}}})
        assert (duty.staff_id, eleventh.staff_id) == (1, 12)
        assert drafts.take_in(folder, duty) == 0
        assert drafts.take_in(folder, eleventh) == 1

    def test_what_was_done_after_all_is_not_brought_back(self, cases, duty, folder):
        act_id = str(uuid4())
        cases.new(act_id=act_id)
        drafts.last_words(folder, duty, {act_id: {"kind": "intake", "content": {}}})
        assert drafts.take_in(folder, duty) == 0
        assert (drafts.kept(duty), list(folder.iterdir())) == ([], [])

    @pytest.mark.parametrize(
        "text", ["", "{", "null", "[]", '{"kind": "intake"}', '{"kind": "intake", "content": 3}', "\udcff"]
    )
    def test_one_that_cannot_be_read_is_put_aside_and_the_rest_come(self, duty, folder, text):
        drafts.last_words(folder, duty, {"act-2": {"kind": "intake", "content": {}}})
        broken = folder / f"draft-{duty.staff_id}-act-1.json"
        broken.write_bytes(text.encode("utf-8", "surrogateescape"))
        assert drafts.take_in(folder, duty) == 1
        assert [path.name for path in folder.iterdir()] == [f"draft-{duty.staff_id}-act-1.unreadable"]
        assert [each.id for each in drafts.kept(duty)] == ["act-2"]

    def test_no_folder_is_no_drafts(self, duty, folder):
        assert drafts.take_in(folder / "none", duty) == 0

    def test_what_is_no_json_is_written_as_text(self, cases, duty, folder):
        from datetime import date

        drafts.last_words(folder, duty, {"act-1": {"kind": "act", "content": {"until": date(2026, 12, 1)}}})
        (path,) = folder.iterdir()
        assert json.loads(path.read_text(encoding="utf-8"))["content"] == {"until": "2026-12-01"}
