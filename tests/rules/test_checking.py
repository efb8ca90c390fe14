"""`dutydesk db check`: clean after every act of the table; each invariant that is broken by hand is named."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime

import pytest

from dutydesk.models import (
    Act,
    AuditEntry,
    AuditHead,
    AuditValues,
    Counter,
    Deadline,
    Issue,
    IssueStep,
    Patrol,
    PatrolCheck,
    Request,
    TeamSeat,
    UnitArea,
    database,
)
from dutydesk.models.problems import DatabaseProblem
from dutydesk.rules import audit, patrol
from dutydesk.rules.checking import check
from dutydesk.rules.lifecycle import WAYS
from dutydesk.vocabulary import Mark, Role, State

R, S = Role, State


def test_a_district_in_which_every_act_was_done_is_clean(cases):
    """From every state, by every way; 代录, requests, patrols and merged ones among them."""
    cases.district.add_route()
    duty = cases[R.DUTY_OFFICER]
    patrol.prepare(duty, duty.day, "act-patrol")
    for way in WAYS:
        for state in way.frm:
            cases.do(way.act, cases.for_act(way.act, state))
            # a case was handed over because its unit had left: for the next it is back
            cases.move_unit(cases.district.units[0], cases.district.areas[0])
    for act in ("take_up", "report_done"):
        issue_id = cases.in_hands(R.LIAISON, S.ASSIGNED)
        if act == "report_done":
            cases.do("take_up", issue_id, R.LIAISON)
        cases.do(act, issue_id, R.DUTY_OFFICER, proxy=cases.told_by(R.LIAISON))
    assert Act.select().count() > 300
    assert {state for (state,) in Issue.select(Issue.state).distinct().tuples()} == set(State)
    assert check() == []


def broken(issue_id: int, **values) -> list[str]:
    Issue.update(**values).where(Issue.id == issue_id).execute()
    return check()


NOW = datetime(2026, 11, 24, tzinfo=UTC)
BROKEN = [
    (S.CLOSED, {"is_open": True}, "已结却仍算未结"),
    (S.HANDLING, {"is_open": False}, "未结却算已结"),
    (S.CLOSED, {"closed_at": None}, "已结没有办结时间"),
    (S.VOID, {"closed_at": None}, "已结没有办结时间"),
    (S.HANDLING, {"closed_at": NOW}, "未结却有办结时间"),
    (S.ASSIGNED, {"assignee_kind": None}, "待处置、处置中没有承办"),
    (S.HANDLING, {"assignee_kind": None}, "待处置、处置中没有承办"),
    (S.CLOSED, {"level": None}, "已销项没有记下层级"),
    (S.CLOSED, {"outcome": ""}, "已销项没有写明做了什么"),
    (S.CLOSED, {"checked_by": None}, "已销项没有核查"),
    (S.CLOSED, {"checked_by": 4}, "核查人就是处置人"),
    (S.CLOSED, {"feedback_given": False}, "已销项没有反馈"),
    (S.MERGED, {"merged_into": None}, "并案没有主案"),
    (S.PAUSED, {"paused_until": None}, "缓办没有到期日"),
    (S.POOLED, {"look_again_on": None}, "挂账没有再看日期"),
    (S.PAUSED, {"returns_to": None}, "没有记下原来的状态"),
    (S.POOLED, {"returns_to": None}, "没有记下原来的状态"),
    (S.MERGED, {"returns_to": None}, "没有记下原来的状态"),
    (S.OPENED, {"opened_at": None}, "立案后没有立案时间"),
    (S.OPENED, {"version": 0}, "版本号不对"),
    (S.OPENED, {"state": S.REVIEW}, "经过的最后一步与现状不符"),
    (S.OPENED, {"due_at": NOW}, "期限与其依据不符"),
    (S.OPENED, {"due_at": None}, "期限与其依据不符"),
    (S.OPENED, {"serial": 500}, "编号计数器落在已用编号之后"),
]


@pytest.mark.parametrize(("state", "values", "named"), BROKEN)
def test_a_broken_case_is_named_with_what_is_wrong(cases, state, values, named):
    issue_id = cases.in_state(state)
    found = broken(issue_id, **values)
    assert any(named in line for line in found), found
    number = cases.row(issue_id).number
    assert any(number in line for line in found) or "计数器" in named


def test_a_case_merged_into_itself(cases):
    issue_id = cases.in_state(S.MERGED)
    assert any("并入自己" in line for line in broken(issue_id, merged_into=issue_id))


def test_each_is_told_once_with_how_many_there_are(cases):
    for _ in range(3):
        broken(cases.in_state(S.CLOSED), level=None)
    assert [line for line in check() if "层级" in line] == ["已销项没有记下层级：2026-000001（共3件）"]


def test_a_case_without_a_story(cases):
    issue_id = cases.new()
    IssueStep.delete().where(IssueStep.issue == issue_id).execute()
    assert check() == ["没有任何经过：2026-000001"]


def test_a_deadline_without_its_basis(cases):
    cases.in_state(S.OPENED)
    Deadline.update(current=False).execute()
    assert any("期限没有依据" in line for line in check())


def test_two_deadlines_that_both_count(cases):
    cases.in_state(S.OPENED)
    cases.do("extend", 1)
    Deadline.update(current=True).execute()
    assert any("期限" in line for line in check())


def test_a_request_of_a_case_that_has_ended(cases):
    cases.do("ask_pause", cases.in_state(S.HANDLING))
    cases.do("merge", 1)
    Request.update(state="pending").execute()
    assert check() == ["已结的问题还有待片区长定的申请"]


def test_a_counter_that_is_gone(cases):
    cases.new()
    Counter.delete().execute()
    assert check() == ["2026年的编号计数器落在已用编号之后"]


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"mark": Mark.ABNORMAL}, "有异常的巡查点没有登记问题"),
        ({"mark": Mark.NOT_APPLICABLE}, "有不适用的巡查点没有写明原因"),
        ({}, "还有未查的点而没有写明原因"),
    ],
)
def test_a_broken_patrol(cases, values, named):
    cases.district.add_route()
    duty = cases[R.DUTY_OFFICER]
    patrol.prepare(duty, duty.day, "act-1")
    assert check() == []
    if values:
        PatrolCheck.update(**values).execute()
    else:
        Patrol.update(finished_at=NOW).execute()
    assert any(named in line for line in check())


def test_a_unit_in_two_areas_at_once_and_a_stand_in_without_an_end(cases):
    first, second = cases.district.areas
    unit = cases.district.units[0]
    again = UnitArea.create(unit=unit, area=second, valid_from=date(2026, 12, 1))
    assert check() == ["同一天属于两个片区：康健新村"]
    UnitArea.update(valid_to=date(2026, 11, 30)).where(
        UnitArea.unit == unit, UnitArea.id != again.id
    ).execute()
    assert check() == []
    TeamSeat.update(stands_in=True).where(TeamSeat.area == first, TeamSeat.force == "safety").execute()
    assert check() == ["有代理没有到期日"]


def test_a_broken_chain_and_a_broken_anchor(cases, tmp_path):
    cases.in_state(S.ASSIGNED)
    anchors = tmp_path / "heads.tsv"
    audit.anchor_heads(anchors, date(2026, 11, 24))
    assert check(anchors) == []
    AuditEntry.update(staff_number="D99").where(AuditEntry.sequence == 2).execute()
    assert check(anchors) == ["审计链 310104012 第2条：内容被改动过"]
    AuditEntry.update(hash="0").where(AuditEntry.sequence == 3).execute()
    assert any("库外留存的链头" in line for line in check(anchors))


def test_an_act_that_left_no_line_in_the_audit(cases):
    cases.new()
    Act.create(id="ghost", name="issue.note", staff=1, at=NOW)
    assert check() == ["有操作没有审计记录（共1次）"]


@pytest.mark.sqlite  # PostgreSQL has no such switch
def test_a_row_that_refers_to_nothing(cases):
    cases.new()
    database.execute_sql("pragma foreign_keys = 0")
    database.execute_sql("update issue set unit_id = 999")
    assert any(line.startswith("issue 行 1") for line in check())


def test_it_tells_how_far_it_is(cases):
    told: list[str] = []
    check(progress=told.append)
    assert [line.endswith("…") for line in told] == [True] * 6


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("drop table duty_question", "结构不符：缺少表 duty_question"),
        ("alter table draft drop column title", "结构不符：缺少列 draft.title"),
        ("drop index issue_contact_area", "结构不符：缺少索引 issue_contact_area"),
        ("alter table draft add column x int", "结构不符：多出列 draft.x"),
        ("create index mine on draft (title)", "结构不符：多出索引 mine"),
    ],
)
def test_a_schema_that_was_changed_is_named(cases, statement, named):
    cases.new()
    with database.atomic() as transaction:
        database.execute_sql(statement)
        found = check()
        transaction.rollback()  # the next test's rows go back into these very tables
    assert found == [named]
    assert check() == []


@pytest.mark.sqlite
def test_a_damaged_file_is_told_of_in_sentences(cases, tmp_path):
    """Whatever page is overwritten: no traceback, and something is said."""
    cases.in_state(S.CLOSED)
    database.execute_sql("pragma wal_checkpoint(truncate)")
    path = cases.district.path
    cases.district.close()
    content = path.read_bytes()
    for page in range(2, len(content) // 4096, 40):
        path.write_bytes(content[: page * 4096] + b"\xff" * 4096 + content[(page + 1) * 4096 :])
        try:
            cases.district.connect()
            found = check()
        except DatabaseProblem as problem:  # where it is so bad that it is told of when connecting
            found = [str(problem)]
        cases.district.close()
        assert found and all("Error" not in line for line in found), (page, found)
    path.write_bytes(content)
    cases.district.connect()
    assert check() == []


def test_the_command_names_what_was_done_to_the_audit(cases, tmp_path):
    """A real process on a real database: a tail cut off together with its head is told by what is kept outside."""
    cases.in_state(S.CLOSED)
    state = tmp_path / "state"
    audit.anchor_heads(state / "audit-heads.tsv", date(2026, 11, 24))

    def told() -> tuple[int, str]:
        cases.district.close()
        env = {"DUTYDESK_DATABASE": cases.district.url, "DUTYDESK_STATE_FOLDER": str(state), "PATH": ""}
        done = subprocess.run(
            [sys.executable, "-m", "dutydesk", "db", "check"],
            env=env, capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        cases.district.connect()
        return done.returncode, done.stdout

    assert told() == (0, "检查完毕，没有发现问题。\n")
    AuditValues.delete().execute()  # retention
    assert told() == (0, "检查完毕，没有发现问题。\n")
    last = AuditEntry.select().order_by(AuditEntry.sequence.desc()).first()
    before = AuditEntry.get(AuditEntry.sequence == last.sequence - 1)
    AuditEntry.delete().where(AuditEntry.id == last.id).execute()
    AuditHead.update(sequence=before.sequence, hash=before.hash).execute()
    code, said = told()
    assert code == 1
    assert f"第{last.sequence}条：与2026-11-24在库外留存的链头不符" in said
    assert "有操作没有审计记录（共1次）" in said
