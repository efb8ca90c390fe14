"""What an office has set: hours, days of its own, limits; and the deadlines that follow."""

from __future__ import annotations

from datetime import date, datetime

from dutydesk.models import Deadline, OfficeSetting, SpecialDay, TimeLimit
from dutydesk.rules import ledger, office
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Phase, Role, State, Urgency

R, S = Role, State


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=CHINA)


def due(cases) -> datetime:
    return cases.row(cases.in_state(S.OPENED)).due_at.astimezone(CHINA)


def test_hours_of_a_subdistricts_own_count_there_only(cases):
    OfficeSetting.create(key="office_hours", value='["08:00-16:00"]', valid_from="2026-01-01", subdistrict=1)
    assert str(office.calendar(1).hours) == "08:00-16:00"
    assert str(office.calendar().hours) == "09:00-12:00 13:30-18:00"
    assert due(cases) == at(2026, 12, 1, 16)
    assert Deadline.get(Deadline.phase == Phase.COMPLETION).hours == "08:00-16:00"


def test_days_of_the_offices_own_go_before_the_calendar(cases):
    assert due(cases) == at(2026, 12, 1, 18)
    SpecialDay.create(day=date(2026, 11, 26), working=False, name="盘点")
    assert due(cases) == at(2026, 12, 2, 18)
    SpecialDay.create(day=date(2026, 11, 28), working=True, name="加班")
    assert due(cases) == at(2026, 12, 1, 18)
    explanation = Deadline.select().order_by(Deadline.id.desc()).first().explanation
    assert "跳过盘点11月26日" in explanation
    assert "加班" in explanation


def test_a_year_that_nobody_knows_is_said(cases):
    cases.clock.move_to(at(2026, 12, 29, 10))
    from dutydesk.rules.signing_on import sign_on

    issue_id = cases.new(sign_on("D00"))
    cases.do("open", issue_id)
    row = Deadline.get(Deadline.issue == issue_id, Deadline.phase == Phase.COMPLETION)
    assert row.due_at.astimezone(CHINA).year == 2027
    assert "2027年的节假日安排尚未导入，按周一至周五计算" in row.explanation


def test_the_newest_limit_that_holds_today_counts(cases):
    def limit(amount: int, since: str) -> None:
        TimeLimit.create(
            category=cases.fire, urgency=Urgency.NORMAL, phase=Phase.COMPLETION, amount=amount, unit="work_days",
            valid_from=since,
        )  # fmt: skip

    limit(3, "2026-11-01")
    limit(2, "2026-11-25")
    assert due(cases) == at(2026, 11, 27, 18)


def test_a_category_without_a_limit_has_no_deadline(cases):
    TimeLimit.delete().execute()
    issue_id = cases.in_state(S.OPENED)
    assert cases.row(issue_id).due_at is None
    assert ledger.after(cases[R.DUTY_OFFICER], "all", None, 1).rows[0].left == ""


def test_urgent_ones_run_round_the_clock(cases):
    cases.clock.move_to(at(2026, 11, 28, 23))  # a Saturday night
    from dutydesk.rules.signing_on import sign_on

    issue_id = cases.new(sign_on("D00"), urgency="critical")
    cases.do("open", issue_id)
    assert cases.row(issue_id).due_at == at(2026, 11, 29, 3)
    assert cases.row(issue_id).first_contact_due_at == at(2026, 11, 29, 0)


def test_the_end_of_a_day_is_chinas():
    assert office.end_of_day(at(2026, 11, 24, 0, 30)) == at(2026, 11, 24, 23, 59, 59)


def test_every_setting_that_the_rules_read_has_a_default():
    import re
    from pathlib import Path

    root = Path(office.__file__).parent.parent
    read = {
        key
        for path in root.rglob("*.py")
        for key in re.findall(r'\bsetting\(\s*"(\w+)"', path.read_text(encoding="utf-8"))
    }
    assert len(read) > 8
    assert read <= set(office.DEFAULTS)
