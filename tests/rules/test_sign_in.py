"""Tries that fail: one answer for all, waits that grow, on record."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from statistics import median

import pytest

from dutydesk.models import AuditEntry, RoleGrant, SignInFailure, Staff
from dutydesk.rules import audit, sign_in
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.vocabulary import Role
from tests.rules.test_passwords import GOOD, HERE, admin, enter, given, new, officer, own, refused  # noqa: F401

WAIT = "试得太多了，请等{}再试。"


def fail(times: int, number: str = "D00", came_from: str = HERE) -> list[str]:
    return [refused(number, "wrong-wrong-wrong", came_from) for _ in range(times)]


def age_all(by: timedelta) -> None:
    for row in SignInFailure.select():
        row.last_at, row.wait_until = row.last_at - by, row.wait_until - by
        row.save()


class TestTheAnswer:
    def test_is_the_same_whatever_was_wrong(self, own, officer):  # noqa: F811
        said = {
            refused("D00", "wrong-wrong-wrong"),
            refused("NOBODY", own),
            refused("D01", own),
            refused("", own),
        }
        Staff.update(active=False).where(Staff.id == officer.id).execute()
        said.add(refused("D00", own))
        assert said == {sign_in.WRONG}

    def test_takes_as_long_whatever_was_wrong(self, own):  # noqa: F811
        def took(number: str) -> float:
            began = time.perf_counter()
            refused(number, "wrong-wrong-wrong")
            return time.perf_counter() - began

        took("D00")
        times = [(took("D00"), took(f"ZZ{count}")) for count in range(4)]
        known, unknown = (median(each) for each in zip(*times, strict=True))
        assert 0.5 < known / unknown < 2

    def test_without_a_role_today_the_reason_is_told_to_whom_the_password_belongs(self, own, officer):  # noqa: F811
        RoleGrant.delete().where(RoleGrant.staff == officer.id).execute()
        with pytest.raises(NotAllowed, match="没有任何岗位"):
            enter("D00", own)
        assert refused("D00", "wrong-wrong-wrong") == sign_in.WRONG


class TestWaits:
    def test_some_tries_are_free_then_each_waits_twice_as_long(self, cases, own):  # noqa: F811
        assert fail(5) == [sign_in.WRONG] * 5
        waited = []
        for seconds in (30, 60, 120, 240, 480, 900, 900):
            assert refused("D00", own) == WAIT.format(
                f"{seconds}秒" if seconds < 90 else f"{seconds // 60}分钟"
            )
            cases.clock.shift(timedelta(seconds=seconds - 1))
            assert refused("D00", own) == WAIT.format("1秒")
            cases.clock.shift(timedelta(seconds=1))
            waited += fail(1)
        assert waited == [sign_in.WRONG] * 7

    def test_a_number_that_is_not_there_waits_alike(self, cases, own):  # noqa: F811
        known = fail(8, "D00", "10.0.0.1")
        assert fail(8, "ZZ9999", "10.0.0.2") == known

    def test_coming_in_ends_it(self, cases, own):  # noqa: F811
        fail(4)
        enter("D00", own)
        assert fail(5) == [sign_in.WRONG] * 5

    def test_a_password_that_the_administrator_sets_ends_it(self, admin, officer, own):  # noqa: F811
        from dutydesk.rules import passwords

        fail(5)
        passwords.set_one_time(admin, officer.id, GOOD, new())
        assert enter("D00", GOOD).one_time

    def test_another_address_and_another_process_change_nothing(self, cases, own):  # noqa: F811
        fail(5)
        cases.district.connect()
        assert refused("D00", own, "10.9.9.9") == WAIT.format("30秒")

    def test_a_wait_costs_no_more_failures(self, cases, own):  # noqa: F811
        fail(5)
        for _ in range(3):
            refused("D00", own)
        cases.clock.shift(timedelta(seconds=30))
        assert enter("D00", own).number == "D00"

    def test_after_a_hundred_in_a_row_only_a_new_password_helps(self, cases, own):  # noqa: F811
        fail(1)
        SignInFailure.update(failures=99).where(SignInFailure.subject == "number:D00").execute()
        fail(1)
        cases.clock.shift(timedelta(minutes=15))
        assert refused("D00", own) == sign_in.WRONG

    def test_an_address_waits_whatever_numbers_are_tried_there(self, cases, own):  # noqa: F811
        said = [refused(f"ZZ{count}", "wrong-wrong-wrong") for count in range(20)]
        assert said == [sign_in.WRONG] * 20
        assert refused("D00", own) == WAIT.format("5秒")
        assert enter("D00", own, "10.9.9.9").number == "D00"
        cases.clock.shift(timedelta(seconds=5))
        assert enter("D00", own).number == "D00"

    def test_an_address_is_forgiven_a_failure_a_minute(self, cases, own):  # noqa: F811
        for count in range(20):
            refused(f"ZZ{count}", "wrong-wrong-wrong")
        cases.clock.shift(timedelta(minutes=10))
        assert [refused(f"YY{count}", "wrong-wrong-wrong") for count in range(10)] == [sign_in.WRONG] * 10

    def test_many_who_come_in_through_one_address_are_not_in_each_others_way(self, cases, own):  # noqa: F811
        for _ in range(60):
            enter("D00", own)

    def test_a_clock_that_goes_back_keeps_nobody_out_for_longer_than_the_longest_wait(self, cases, own):  # noqa: F811
        fail(5)
        cases.clock.shift(-timedelta(days=1))
        assert refused("D00", own) == WAIT.format("15分钟")


class TestOnRecord:
    def test_who_came_in_and_who_did_not(self, cases, own):  # noqa: F811
        fail(1)
        refused("my-password-typed-in-the-wrong-place", own)
        enter("D00", own)
        found = [
            (entry.name, entry.staff_number, entry.subject.split(" ")[0:2], entry.came_from)
            for entry in AuditEntry.select()
            .where(AuditEntry.name.startswith("sign_in"))
            .order_by(AuditEntry.at)
        ]
        assert sorted(found) == sorted(
            [
                ("sign_in.failed", "", ["staff", "D00"], HERE),
                ("sign_in.failed", "", ["sign_in", "没有这个工号"], HERE),
                ("sign_in.done", "D00", ["staff", "D00"], HERE),
            ]
        )
        assert not [row for row in SignInFailure.select() if "password" in row.subject]
        assert [audit.verify(chain) for chain in (audit.DISTRICT, "310104012")] == [None, None]

    def test_what_was_typed_in_vain_is_forgotten_after_a_day(self, cases, own):  # noqa: F811
        refused("ZZ1", own)
        cases.clock.shift(timedelta(days=1, minutes=1))
        enter("D00", own)
        assert {row.subject for row in SignInFailure.select()} == {f"address:{HERE}"}

    def test_a_locked_desk_is_opened_with_the_password_alone(self, cases, own):  # noqa: F811
        me = cases[Role.DUTY_OFFICER]
        with pytest.raises(Refused, match="不对"):
            sign_in.unlock(me, "wrong-wrong-wrong", new())
        sign_in.unlock(me, own, new())
        assert AuditEntry.select().where(AuditEntry.name == "sign_in.unlocked").count() == 1
        for _ in range(5):
            with pytest.raises(Refused, match="不对"):
                sign_in.unlock(me, "wrong-wrong-wrong", new())
        with pytest.raises(Refused, match="30秒"):
            sign_in.unlock(me, own, new())
        assert datetime.now(UTC) < SignInFailure.get_by_id("number:D00").wait_until
