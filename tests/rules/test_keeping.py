"""Dated rows: how they end, and how their days are told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dutydesk.rules import keeping
from dutydesk.rules.errors import Refused
from dutydesk.rules.keeping import Keeper
from dutydesk.vocabulary import Role

FIRST = date(2026, 12, 1)


def test_days_are_told_with_or_without_an_end():
    assert keeping.days(FIRST, None) == "2026-12-01起"
    assert keeping.days(FIRST, date(2026, 12, 14)) == "2026-12-01至2026-12-14"


def test_the_day_before_is_in_the_month_before_where_it_must():
    assert keeping.day_before(FIRST) == date(2026, 11, 30)
    assert keeping.day_before(date(2028, 3, 1)) == date(2028, 2, 29)


def test_one_day_is_long_enough_and_an_end_before_it_is_not():
    keeping.in_order(FIRST, None)
    keeping.in_order(FIRST, FIRST)
    with pytest.raises(Refused) as refused:
        keeping.in_order(FIRST, keeping.day_before(FIRST))
    assert refused.value.field == "until"


def test_today_is_not_in_the_past(district):
    session = district.sessions[Role.COORDINATOR]
    keeping.not_in_the_past(session, session.day)
    with pytest.raises(Refused) as refused:
        keeping.not_in_the_past(session, session.day - timedelta(days=1))
    assert refused.value.field == "since"


def test_the_nearest_keepers_are_named_by_their_role_and_not_those_further_off():
    near = [Keeper(1, "王芳", "街镇协调员", ""), Keeper(2, "李明", "街镇协调员", "")]
    assert keeping.named([*near, Keeper(3, "赵强", "管理员", "")]) == "街镇协调员王芳、李明"
    assert keeping.named([]).startswith("现在没有人任")
