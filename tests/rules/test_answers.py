"""What goes back to the source of a case."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dutydesk.models import Issue
from dutydesk.rules import answers
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.vocabulary import Role, Source, State
from tests.plans import heard, on_sqlite, wrong_in

R, S = Role, State
DAY = date(2026, 11, 24)
HOTLINE = {"source": "hotline", "source_number": "XH-20261124-7"}


def sheet(cases, since: date = DAY, who: Role = R.DUTY_OFFICER) -> list[dict[str, object]]:
    rows = answers.answers(cases[who], Source.HOTLINE, since)
    return [dict(zip(answers.HEADS, row, strict=True)) for row in rows]


def test_a_closed_case_is_answered_with_what_was_done_and_what_was_said(cases):
    issue_id = cases.in_state(S.CLOSED, **HOTLINE)
    text = answers.answer_of(cases[R.DUTY_OFFICER], issue_id)
    assert text == (
        "关于康健新村“3号楼楼道堆放旧家具”的反映（来源编号XH-20261124-7），公共安全力量已办理。"
        "办理情况：写明的done。反馈情况：电话告知反映人：已清理，请您看看。反映人满意。办结时间：2026年11月24日。"
    )


def test_a_case_under_way_is_answered_with_where_it_stands(cases):
    issue_id = cases.in_state(S.HANDLING, **HOTLINE)
    text = answers.answer_of(cases[R.DUTY_OFFICER], issue_id)
    assert "已交公共安全力量办理。预计2026年12月01日前办结。" in text


def test_what_was_not_taken_up_is_answered_with_the_reason(cases):
    issue_id = cases.new(**HOTLINE)
    cases.do("reject", issue_id, reason="属于邻里民事纠纷，已引导人民调解")
    assert answers.answer_of(cases[R.DUTY_OFFICER], issue_id).endswith(
        "不予立案。属于邻里民事纠纷，已引导人民调解"
    )


def test_the_sheet_has_what_can_be_answered_and_nothing_else(cases):
    cases.in_state(S.CLOSED, **HOTLINE)
    cases.in_state(S.HANDLING, **HOTLINE)
    cases.in_state(S.CLOSED)
    [row] = sheet(cases)
    assert (row["来源编号"], row["是否解决"], row["是否满意"]) == ("XH-20261124-7", "已解决", "满意")
    assert row["办理情况"] == "写明的done"
    assert row["反馈时间"] is not None


def test_a_merged_case_is_answered_with_what_became_of_the_main_one(cases):
    main = cases.in_state(S.OPENED)
    merged = cases.new(**HOTLINE)
    cases.do("merge", merged, target=Issue.get_by_id(main).number)
    assert sheet(cases) == []
    for act in ("assign", "take_up", "report_done"):
        cases.do(act, main)
    [row] = sheet(cases)
    assert row["办理情况"] == "与2026-000001并案办理。写明的done"
    assert row["是否解决"] == "办理中"


def test_numbers_of_people_are_masked(cases):
    issue_id = cases.in_state(S.REVIEW, **HOTLINE)
    Issue.update(outcome="已联系13912345678处理").where(Issue.id == issue_id).execute()
    assert "13912345678" not in answers.answer_of(cases[R.DUTY_OFFICER], issue_id)


def test_since_a_day_and_within_the_scope(cases):
    cases.in_state(S.CLOSED, **HOTLINE)
    assert sheet(cases, DAY + timedelta(days=1)) == []
    assert list(answers.answers(cases.district.elsewhere, Source.HOTLINE, DAY)) == []
    with pytest.raises(NotAllowed):
        sheet(cases, who=R.HANDLER)


def test_a_source_is_named_by_its_label_or_a_part_of_it():
    assert answers.source_named("12345") is answers.source_named("hotline") is Source.HOTLINE
    with pytest.raises(Refused, match="没有来源“电视”"):
        answers.source_named("电视")


@pytest.mark.parametrize("who", [R.DUTY_OFFICER, R.COORDINATOR, R.SUPERVISOR])
def test_only_what_changed_is_looked_at_and_each_is_told_once(cases, who):
    """Of all areas too: no case is read that did not change since, and no list of the whole district is sorted."""
    old = cases.in_state(S.CLOSED, **HOTLINE)
    cases.clock.shift(timedelta(days=3))
    new = [cases.in_state(S.CLOSED, source="hotline", source_number=f"XH-{n}") for n in range(3)]
    with heard() as queries:
        told = sheet(cases, DAY + timedelta(days=1), who)
    assert [row["来源编号"] for row in told] == ["XH-0", "XH-1", "XH-2"]
    by_number = [values for sql, values in queries if '"id" IN' in sql and "unit_name" in sql]
    assert [list(values[: len(new)]) for values in by_number] == [new], "the numbers that are asked for"
    assert old < new[0]
    if on_sqlite():
        of_cases = [
            query for query in queries if "issue_step" not in query[0]
        ]  # the steps of a page are sorted
        assert wrong_in(of_cases, set()) == []
