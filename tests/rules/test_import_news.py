"""What a source's list tells of a case: its answers, gone on with or filed; what a newer list says otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from dutydesk.models import AuditValues, Deadline, Issue, IssueStep
from dutydesk.rules import importing, ledger, permission
from dutydesk.rules.checking import check
from dutydesk.rules.errors import Refused
from dutydesk.rules.questions import Filters, Question
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role, State, Urgency
from tests.rules.conftest import NOW

R, S = Role, State
HEADS = (
    "工单编号",
    "诉求标题",
    "小区",
    "问题类型",
    "紧急程度",
    "受理时间",
    "办理期限",
    "答复意见",
    "答复时间",
)
ROW = ("GD-1", "楼道堆物", "康健新村", "楼道堆物", "一般", "2025-03-01 9:05", "", "", "")


def line(**changes):
    row = dict(zip(HEADS, ROW, strict=True)) | changes
    return tuple(row[head] for head in HEADS)


def answered(**changes):
    return line(**({"答复意见": "已清理完毕", "答复时间": "2025-03-04 15:00"} | changes))


@pytest.fixture
def chief(cases):
    return cases[R.AREA_CHIEF]


def bring(session, *lines, old=False):
    rows = list(enumerate([HEADS, *lines], 1))
    plan = importing.look(session, importing.source_named("热线"), rows, old=old)
    importing.run(session, plan)
    return plan.report


def story():
    return [step.name for step in IssueStep.select().order_by(IssueStep.id)]


class TestAnsweredLongAgo:
    """One question: gone on with from 待核查, or filed as an old case."""

    def test_gone_on_with_it_waits_for_the_check_and_its_limits_begin_today(self, chief):
        report = bring(chief, answered())
        issue = Issue.get()
        assert (report.answered, issue.state, issue.opened_at) == (1, S.REVIEW, NOW)
        assert issue.due_at > NOW
        assert story() == ["register", "open", "source_answer"]
        assert ledger.after(chief, Question("all", Filters(overdue="yes")), None, 9).rows == []
        assert check() == []

    def test_a_sources_limit_that_is_over_was_for_its_answer_and_not_for_our_check(self, chief):
        bring(chief, answered(办理期限="2025-03-08"))
        issue = Issue.get()
        assert issue.source_due_at is None
        assert issue.due_at > NOW
        assert "来源时限2025年3月8日" in IssueStep.get(IssueStep.name == "source_answer").text

    def test_filed_it_is_closed_on_the_day_of_its_answer_by_a_step_of_its_own(self, chief):
        report = bring(chief, answered(), old=True)
        issue = Issue.get()
        assert (report.new, issue.state, issue.is_open, issue.outcome) == (1, S.CLOSED, False, "已清理完毕")
        assert issue.closed_at == datetime(2025, 3, 4, 15, 0, tzinfo=CHINA)
        assert story() == ["register", "source_answer", "file_old"]
        step = IssueStep.get(IssueStep.name == "file_old")
        assert (step.occurred_at, step.staff_name) == (issue.closed_at, chief.name)
        assert step.text.startswith("理由：旧案入档。来源已于2025年3月4日 15:00答复")
        assert "旧案入档" in "".join(row.content for row in AuditValues.select())
        assert check() == []

    def test_filed_it_is_neither_overdue_nor_to_be_checked(self, chief):
        bring(chief, answered(办理期限="2025-03-02"), old=True)
        issue = Issue.get()
        assert (issue.due_at, issue.first_contact_due_at, issue.sample_due) == (None, None, False)
        assert not Deadline.select().where(Deadline.current).exists()
        for view in ("review", "overdue", "sample"):
            assert ledger.after(chief, Question(view), None, 9).rows == []
        assert [step.name for step in issue.steps][-1] == "file_old"

    def test_without_the_day_of_its_raising_it_was_raised_when_it_was_answered(self, chief):
        bring(chief, answered(受理时间=""), old=True)
        issue = Issue.get()
        assert issue.reported_at == issue.closed_at

    def test_what_has_no_answer_is_work_as_ever(self, chief):
        report = bring(chief, answered(), line(工单编号="GD-2"), old=True)
        assert (report.new, report.answered) == (2, 1)
        assert Issue.get(Issue.source_number == "GD-2").state is S.REPORTED

    def test_who_chose_wrong_imports_again_and_files_what_nobody_touched(self, cases, chief):
        bring(chief, answered(), answered(工单编号="GD-2"))
        first = Issue.get(Issue.source_number == "GD-1")
        cases.do("pass_check", first.id)
        assert bring(chief, answered(), answered(工单编号="GD-2"), old=True).changed == 1
        states = {issue.source_number: issue.state for issue in Issue.select()}
        assert states == {"GD-1": S.FEEDBACK, "GD-2": S.CLOSED}
        assert bring(chief, answered(), answered(工单编号="GD-2"), old=True).same == 2
        assert check() == []

    def test_a_case_in_work_here_is_not_filed_by_a_newer_list(self, cases, chief):
        bring(chief, line())
        for act in ("open", "assign", "take_up"):
            cases.do(act, Issue.get().id)
        bring(chief, answered(), old=True)
        assert Issue.get().state is S.REVIEW

    def test_only_what_its_source_answered_can_be_filed_by_hand(self, cases):
        mine = cases.in_state(S.REVIEW)
        with pytest.raises(Refused, match="来源清单上已答复"):
            cases.do("file_old", mine)
        theirs = cases.answered(S.REVIEW)
        cases.do("file_old", theirs)
        assert cases.row(theirs).state is S.CLOSED
        assert R.HANDLER not in permission.MAY["file_old"]


class TestNewerList:
    """Place, category and urgency too, where nobody here has changed them; a later limit is an extension."""

    def test_place_category_and_urgency_follow_the_list(self, cases, chief):
        bring(chief, line())
        cases.do("open", Issue.get().id)
        due = Issue.get().due_at
        bring(chief, line(小区="长桥二村", 问题类型="垃圾满溢", 紧急程度="紧急"))
        issue = Issue.get()
        units = cases.district.units
        assert (issue.unit_id, issue.category_id, issue.urgency) == (units[1], cases.rubbish, Urgency.URGENT)
        assert issue.force == issue.category.force
        assert issue.due_at < due
        told = IssueStep.get(IssueStep.name == "source_update").text
        assert "居民区改为：长桥二村" in told
        assert "垃圾满溢·紧急" in told
        assert check() == []

    def test_what_somebody_here_changed_is_left_and_their_name_said(self, cases, chief):
        bring(chief, line())
        issue_id = Issue.get().id
        duty = cases[R.DUTY_OFFICER]
        cases.do("amend", issue_id, duty, unit=str(cases.district.units[2]))
        cases.do("recategorise", issue_id, duty, category=str(cases.building), urgency="critical")
        report = bring(chief, line(小区="长桥二村", 问题类型="垃圾满溢", 紧急程度="紧急"))
        issue = Issue.get()
        assert [said.split("（")[1] for said in report.left] == [f"已由{duty.name}改过，未动）"] * 3
        assert (issue.unit_id, issue.category_id) == (cases.district.units[2], cases.building)
        assert issue.urgency is Urgency.CRITICAL
        told = IssueStep.get(IssueStep.name == "source_update").text
        assert told.count(f"已由{duty.name}改过，未动") == 3

    def test_the_same_value_said_by_both_is_no_news(self, cases, chief):
        bring(chief, line())
        cases.do("amend", Issue.get().id, unit=str(cases.district.units[1]))
        before = Issue.get().version
        bring(chief, line(小区="长桥二村"))
        assert Issue.get().version == before

    def test_a_category_is_left_where_work_has_begun(self, cases, chief):
        bring(chief, line())
        for act in ("open", "assign", "take_up"):
            cases.do(act, Issue.get().id)
        bring(chief, line(问题类型="垃圾满溢"))
        assert Issue.get().category_id == cases.fire
        assert "现在是处置中，未动" in IssueStep.get(IssueStep.name == "source_update").text

    def test_into_another_area_it_moves_only_before_the_work_begins(self, cases):
        town, units = cases[R.COORDINATOR], cases.district.units
        bring(town, line(), line(工单编号="GD-2"))
        cases.do("open", Issue.get(Issue.source_number == "GD-2").id)
        bring(town, line(小区="桂林苑"), line(工单编号="GD-2", 小区="桂林苑"))
        places = {issue.source_number: (issue.unit_id, issue.area_id) for issue in Issue.select()}
        assert places["GD-1"] == (units[3], cases.district.areas[1])
        assert places["GD-2"] == (units[0], cases.district.areas[0])

    def test_a_later_limit_is_an_extension_by_the_source(self, cases, chief):
        bring(chief, line(办理期限="2026-11-30 17:00"))
        for act in ("open", "assign"):
            cases.do(act, Issue.get().id)
        bring(chief, line(办理期限="2026-12-04 16:30"))
        issue = Issue.get()
        assert issue.due_at == issue.source_due_at == datetime(2026, 12, 4, 16, 30, tzinfo=CHINA)
        step = IssueStep.select().order_by(IssueStep.id.desc()).first()
        assert step.name == "source_extension"
        assert "12月4日16:30" in step.text
        assert "热线" in step.text
        assert check() == []

    def test_an_earlier_limit_is_no_extension_and_counts_all_the_same(self, cases, chief):
        bring(chief, line(办理期限="2026-12-04"))
        cases.do("open", Issue.get().id)
        bring(chief, line(办理期限="2026-11-30"))
        assert "source_extension" not in story()
        assert Issue.get().due_at == Issue.get().source_due_at < NOW + timedelta(days=7)

    def test_a_case_of_another_area_is_left_to_its_own_desk(self, cases, chief):
        bring(cases[R.COORDINATOR], line(小区="桂林苑"))
        [row] = bring(chief, line(小区="康健新村")).refused
        assert "别的片区" in row.why
        assert Issue.get().unit_id == cases.district.units[3]


@pytest.mark.parametrize(
    "said", ["今天", "昨天 9:05", "昨日", "前天", "周五", "+1", "26日", "1530", "15:30", "刚才", "1126"]
)
def test_a_day_that_is_not_written_out_is_refused_and_says_how(chief, said):
    [row] = bring(chief, line(受理时间=said)).refused
    assert "请写明日期" in row.wrong["reported_at"]
    assert not Issue.select().exists()
