"""After the office's time ended cases lose their residents' personal data; the record and its chain stay whole."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from dutydesk.models import (
    TABLES,
    ActChange,
    AuditEntry,
    AuditValues,
    Issue,
    IssueStep,
    OfficeSetting,
    Reporter,
    Request,
)
from dutydesk.rules import acts, audit, audit_reading, case, retention
from dutydesk.rules.audit_reading import Asked
from dutydesk.rules.checking import check
from dutydesk.rules.lifecycle import BY_ACT
from dutydesk.rules.organisation import today
from dutydesk.rules.steps import Step, record
from dutydesk.session import Session
from dutydesk.vocabulary import Role, State

R, S = Role, State
NAME, PHONE, ADDRESS = "欧阳漱玉", "13612348765", "漕宝路18弄7号602室"
WHO = {"reporter_name": NAME, "reporter_phone": PHONE, "reporter_address": ADDRESS}
TOLD = f"{NAME}（{PHONE}，住{ADDRESS}）来电"


@pytest.fixture
def machine():
    """The timer, which is nobody."""
    return lambda: Session(None, "", "保存期限", (), today(), "命令行")


def days_pass(cases, days: int) -> None:
    cases.clock.shift(timedelta(days=days))


def forget(machine) -> int:
    return retention.forget(machine(), lambda _line: None)


def everything() -> str:
    return repr([list(table.select().dicts()) for table in TABLES])


def test_nothing_of_an_ended_case_tells_who_raised_it(cases, machine):
    for state in (S.CLOSED, S.VOID):
        issue_id = cases.in_state(state, **WHO, detail=TOLD, summary=f"楼道堆物，{NAME}{PHONE}")
    main = cases.new(**WHO, detail=TOLD)
    merged = cases.new(**WHO)
    cases.do("merge", merged, target=cases.row(main).number)
    asked = cases.in_state(S.ASSIGNED, **WHO)
    cases.do("ask_extension", asked, R.HANDLER, reason=TOLD)
    cases.do("note", issue_id := cases.in_state(S.REPORTED, **WHO), text=TOLD)
    cases.do("reject", issue_id)
    case.reveal(cases[R.DUTY_OFFICER], issue_id, TOLD, str(uuid4()))
    for act in ("take_up", "report_done", "pass_check", "feedback", "close"):
        cases.do(act, asked)
    for act in ("open", "assign", "take_up", "report_done", "pass_check", "feedback"):
        cases.do(act, main)
    cases.do("feedback", merged)
    cases.do("close", main)
    assert NAME in everything() and PHONE in everything() and ADDRESS in everything()
    days_pass(cases, 1094)
    assert forget(machine) == 0
    days_pass(cases, 2)
    assert sum(each.cases for each in retention.due()) == Issue.select().count()
    assert forget(machine) == Issue.select().count()
    left = everything()
    assert [secret for secret in (NAME, PHONE, ADDRESS) if secret in left] == []
    assert Reporter.select().count() == ActChange.select().count() == 0
    assert "欧*" in Request.get().reason


def test_the_chain_holds_and_who_did_what_stays(cases, machine, tmp_path):
    cases.in_state(S.CLOSED, **WHO)
    entries = list(AuditEntry.select().order_by(AuditEntry.id).dicts())
    audit.anchor_heads(tmp_path / "heads", date(2026, 11, 24))
    days_pass(cases, 1096)
    forget(machine)
    assert [audit.verify(chain) for chain in audit.chains()] == [None] * len(audit.chains())
    assert check(tmp_path / "heads") == []
    assert list(AuditEntry.select().order_by(AuditEntry.id).limit(len(entries)).dicts()) == entries
    assert not AuditValues.select().where(AuditValues.entry.in_([row["id"] for row in entries])).exists()
    auditor = cases.district.sign_on(R.AUDITOR)
    oldest = audit_reading.before(auditor, Asked(), None, 1).rows[0]
    assert audit_reading.sheet(auditor, oldest.key).said == audit_reading.GONE


def test_it_is_on_record_in_the_audit_and_in_each_story(cases, machine):
    issue_id = cases.in_state(S.CLOSED, **WHO)
    days_pass(cases, 1096)
    forget(machine)
    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
    assert (entry.name, entry.subject) == ("retention.forget", "retention 康健新村街道 1件")
    assert cases.row(issue_id).number in AuditValues.get(AuditValues.entry == entry.id).content
    assert (cases.last(issue_id).name, cases.last(issue_id).to_state) == ("retention", S.CLOSED)
    session = cases.district.sign_on(R.AREA_CHIEF)
    assert "清除个人信息" in repr(case.case_sheet(session, issue_id).story)


def test_a_second_run_finds_nothing_and_a_reopened_case_is_done_again_when_it_has_ended_again(cases, machine):
    issue_id = cases.in_state(S.CLOSED, **WHO)
    days_pass(cases, 1096)
    assert (forget(machine), forget(machine)) == (1, 0)
    steps = IssueStep.select().where(IssueStep.name == "retention")
    assert steps.count() == 1
    chief = cases.district.sign_on(R.AREA_CHIEF)
    cases.do("reopen", issue_id, chief)
    days_pass(cases, 1096)
    assert forget(machine) == 0, "it is open"


def test_open_cases_and_younger_ones_keep_theirs(cases, machine):
    still_open = cases.in_state(S.HANDLING, **WHO)
    days_pass(cases, 1000)
    young = cases.new(cases.district.sign_on(R.DUTY_OFFICER), **WHO)
    cases.do("reject", young, cases.district.sign_on(R.AREA_CHIEF))
    days_pass(cases, 96)
    assert forget(machine) == 0
    assert {row.issue_id for row in Reporter.select()} == {still_open, young}


def test_a_bulk_entry_keeps_its_values_until_the_last_of_its_cases_is_due(cases, machine):
    first, second = cases.new(**WHO), cases.new(**WHO)
    with acts.act(cases[R.AREA_CHIEF], "both", "bulk.note") as acting:
        acting.about("issues", None, "2件", cases.district.subdistrict)
        for issue_id in (first, second):
            record(Step(cases[R.AREA_CHIEF], acting, cases.row(issue_id), BY_ACT["note"], {}), TOLD, "note")
        acting.changed("2件", None, {"text": TOLD})
    both = AuditEntry.get(AuditEntry.act == "both").id
    cases.do("reject", first)
    days_pass(cases, 1096)
    assert forget(machine) == 1
    assert AuditValues.select().where(AuditValues.entry == both).exists()
    cases.do("reject", second, cases.district.sign_on(R.AREA_CHIEF))
    days_pass(cases, 1096)
    assert forget(machine) == 1
    assert not AuditValues.select().where(AuditValues.entry == both).exists()


def test_the_time_is_the_offices_and_nought_keeps_all(cases, machine):
    cases.in_state(S.CLOSED, **WHO)
    OfficeSetting.create(key="retention_days", value="30", valid_from=date(2026, 1, 1))
    days_pass(cases, 31)
    [each] = [each for each in retention.due() if each.cases]
    assert (each.days, each.cases) == (30, 1)
    OfficeSetting.create(
        key="retention_days", value="0", valid_from=date(2026, 1, 1), subdistrict=cases.district.subdistrict
    )
    assert forget(machine) == 0
    assert Reporter.select().count() == 1


def test_looking_first_changes_nothing(cases, machine):
    cases.in_state(S.CLOSED, **WHO)
    days_pass(cases, 1096)
    written = cases.written()
    assert [each.cases for each in retention.due()] == [1]
    assert cases.written() == written
