"""A resident's name, number and address, typed into every text entrance, come out of no exit unless revealed."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest

from dutydesk.models import AuditEntry, AuditValues, Issue, IssueStep
from dutydesk.rules import (
    audit_reading,
    case,
    export_files,
    issue_acts,
    personal_export,
    search,
    shift_summary,
)
from dutydesk.rules.audit_reading import Asked
from dutydesk.rules.errors import Refused
from dutydesk.rules.letters import drafting
from dutydesk.rules.lifecycle import BY_ACT
from dutydesk.rules.permission import MAY
from dutydesk.rules.questions import Question
from dutydesk.vocabulary import Role, State
from tests.rules.letters.conftest import Letters
from tests.rules.meetings.conftest import Meetings
from tests.rules.test_scopes_of_every_exit import EXITS

R = Role
NAME, PHONE, ADDRESS = "欧阳漱玉", "13612348765", "漕宝路18弄7号602室"
TOLD = f"请联系{PHONE}，或打021-64381234"
SECRETS = (PHONE, "64381234", NAME, ADDRESS)


def planted(cases) -> int:
    """A case with them in the fields that are theirs, and the numbers in every text that an act takes."""
    texts = {"summary": f"楼道堆物{PHONE}", "detail": TOLD, "spot": f"3号楼{PHONE}"}
    people = {"reporter_name": NAME, "reporter_phone": PHONE, "reporter_address": ADDRESS}
    for state in State:
        issue_id = cases.new(**texts, **people)
        walk(cases, issue_id, state)
    cases.new(category=str(cases.rubbish), solved=True, on_the_spot=TOLD, **texts, **people)
    waiting = cases.new(**texts, **people)
    for act in ("open", "assign", "take_up"):
        cases.do(act, waiting)
    for act in ("note", "ask_extension", "ask_pause", "urge", "first_contact"):
        try:
            cases.do(act, waiting, **said(cases, act))
        except Refused:
            continue
    return waiting


def walk(cases, issue_id: int, state: State) -> None:
    from tests.rules.conftest import PATHS

    for act in PATHS[state]:
        cases.do(act, issue_id, **said(cases, act))


def said(cases, act: str) -> dict[str, str]:
    """The act's free texts, each with a number in it."""
    chosen = {
        "target",
        "until",
        "assignee",
        "ground",
        "level",
        "told_how",
        "category",
        "urgency",
        "satisfied",
    }
    fields = {name: TOLD for name in BY_ACT[act].demands if name not in chosen}
    if act == "feedback":
        fields = {"told": TOLD}
    return fields


@pytest.mark.parametrize("role", list(Role))
def test_nothing_of_it_comes_out(cases, role):
    issue_id = planted(cases)
    meetings = Meetings(cases)
    meetings.new()
    letters = Letters(cases)
    letters.draft(issue_id, tried=TOLD, request=TOLD)
    assert PHONE in repr(list(IssueStep.select(IssueStep.text).tuples())), "it was planted"
    cases.clock.shift(timedelta(seconds=1))
    session = cases[role]
    exits = dict(EXITS) | {
        "case": lambda s: [case.case_sheet(s, row.id) for row in Issue.select(Issue.id)],
        "menu": lambda s: [issue_acts.menu(s, row.id) for row in Issue.select(Issue.id)],
        "summary of the shift": lambda s: shift_summary.summary(s),
        "proposal": lambda s: drafting.proposed(s, [issue_id]).values,
        "audit values": lambda s: [
            audit_reading.sheet(s, row.key) for row in audit_reading.after(s, Asked(), None, 999).rows
        ],
    }
    leaks = {}
    for name, way in exits.items():
        try:
            shown = repr(way(session))
        except Refused as refused:
            shown = str(refused)
        found = [secret for secret in SECRETS if secret in shown]
        if found:
            leaks[name] = found
    assert leaks == {}


def test_files_hold_none_of_it(cases, tmp_path):
    planted(cases)
    for form in ("csv", "json", "xlsx"):
        path = tmp_path / f"a.{form}"
        export_files.write_issues(cases[R.DUTY_OFFICER], Question("all"), path, form, lambda _line: None)
        raw = path.read_bytes() if form != "xlsx" else unzipped(path)
        assert [secret for secret in SECRETS if secret.encode() in raw] == []


def unzipped(path) -> bytes:
    import zipfile

    with zipfile.ZipFile(path) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


class TestFindingByNumber:
    """A telephone number finds its cases when it is typed whole, and for those who may have it revealed."""

    def page(self, session, words, **how):
        asked = {"open_only": False, "edge": None, "forward": True, "count": 9} | how
        return search.page(session, words, **asked)

    def test_whole_or_not_at_all(self, cases):
        mine = [cases.new(reporter_phone=PHONE), cases.new(reporter_phone="021-64381234")]
        other = cases.new(reporter_phone=PHONE)
        duty = cases[R.DUTY_OFFICER]
        assert self.page(duty, PHONE) == [other, mine[0]] == self.page(duty, "136 12348765")
        assert self.page(duty, "０２１６４３８１２３４") == [mine[1]] == self.page(duty, "021-64381234")
        assert self.page(duty, PHONE, edge=other) == [mine[0]]
        assert self.page(duty, PHONE, edge=mine[0], forward=False) == [other]
        for part in (PHONE[:-1], PHONE[1:], PHONE[:7], PHONE[-4:], "64381234", NAME):
            assert set(self.page(duty, part)) & {mine[0], other} == set(), part

    def test_only_who_may_have_it_revealed_and_only_there(self, cases):
        here = cases.new(reporter_phone=PHONE)
        there = cases.new(cases.district.elsewhere, unit=str(cases.district.units[3]), reporter_phone=PHONE)
        for role in Role:
            may = role in MAY["reveal"] and role not in (R.HANDLER, R.LIAISON)
            assert self.page(cases[role], PHONE) == ([here] if may else []), role
        assert self.page(cases.district.elsewhere, PHONE) == [there]

    def test_a_closed_one_is_not_among_the_open(self, cases):
        closed = cases.in_state(State.CLOSED, reporter_phone=PHONE)
        assert self.page(cases[R.AREA_CHIEF], PHONE) == [closed]
        assert self.page(cases[R.AREA_CHIEF], PHONE, open_only=True) == []


class TestExportWithPersonalData:
    """An act of its own: by the area's desk, with a reason, on record; masked for everybody else."""

    def test_it_tells_who_raised_each_case_and_is_on_record_with_its_reason(self, cases, tmp_path):
        cases.new(reporter_name=NAME, reporter_phone=PHONE, reporter_address=ADDRESS)
        path = tmp_path / "a.csv"
        ask = (cases[R.AREA_CHIEF], Question("all"), path, "csv", "上门回访", lambda _line: None)
        assert export_files.write_personal(*ask) == 1
        head, row = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
        told = dict(zip(head, row, strict=True))
        assert (told["反映人"], told["联系电话"], told["反映人住址"]) == (NAME, PHONE, ADDRESS)
        entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
        assert entry.name == "issues.export_personal"
        assert "上门回访" in AuditValues.get(AuditValues.entry == entry.id).content

    def test_without_reason_or_role_there_is_no_file(self, cases, tmp_path):
        cases.new()
        for role in Role:
            for reason in ("", " ", "上门回访"):
                if reason == "上门回访" and role in MAY["export_personal"]:
                    continue
                with pytest.raises(Refused):
                    export_files.write_personal(
                        cases[role], Question("all"), tmp_path / "b.csv", "csv", reason, lambda _line: None
                    )
        assert not list(tmp_path.glob("*b.csv*"))
        assert not AuditEntry.select().where(AuditEntry.name == "issues.export_personal").exists()

    def test_a_case_that_another_role_shows_stays_masked(self, cases, tmp_path):
        """Chief here and coordinator of the subdistrict: the other area's residents are not this chief's."""
        cases.new(
            cases.district.elsewhere, unit=str(cases.district.units[3]),
            reporter_name=NAME, reporter_phone=PHONE, reporter_address=ADDRESS,
        )  # fmt: skip
        chief, coordinator = cases[R.AREA_CHIEF], cases[R.COORDINATOR]
        both = chief._replace(grants=chief.grants + coordinator.grants)
        rows = repr(list(personal_export.sheet(both, Question("all")).rows))
        assert not [secret for secret in SECRETS if secret in rows] and "欧*" in rows
