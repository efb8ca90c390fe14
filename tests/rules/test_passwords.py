"""Passwords: which are good enough, who sets them, that nothing of them is kept or told."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from dutydesk.models import Act, AuditEntry, AuditValues, OfficeSetting, SignInFailure, Staff, StaffPassword
from dutydesk.rules import passwords, person, sign_in
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.signing_on import BY_PASSWORD, out
from dutydesk.vocabulary import Role

GOOD = "三月的雨 和 rusty-kettle"
OTHER = "长桥边的 orange-bicycle"
HERE = "10.1.2.3"


def new() -> str:
    return str(uuid4())


@pytest.fixture
def admin(cases):
    return cases[Role.ADMINISTRATOR]


@pytest.fixture
def officer(cases):
    return Staff.get_by_id(cases[Role.DUTY_OFFICER].staff_id)


@pytest.fixture
def given(admin, officer) -> str:
    """A one-time password, as the administrator hands it over."""
    password = passwords.one_time()
    passwords.set_one_time(admin, officer.id, password, new())
    return password


@pytest.fixture
def own(cases, given) -> str:
    """The officer's own password."""
    sign_in.change(cases[Role.DUTY_OFFICER], given, GOOD, GOOD, new())
    return GOOD


def enter(number, password, came_from=HERE):
    return sign_in.enter(number, password, came_from, new())


def refused(number, password, came_from=HERE) -> str:
    with pytest.raises(Refused) as caught:
        enter(number, password, came_from)
    return str(caught.value)


class TestWhichAreGoodEnough:
    @pytest.mark.parametrize(
        "password",
        [
            "short", "九个字还是太短了吧", "1234567890", "aaaaaaaaaaaa", "abcdefghijkl", "qwertyuiop12",
            "password1234", "dutydesk2026", "D00D00D00D00", "值班员甲值班员甲值班员甲", "9876543210ab",
            "zhibanyuanjia1", "shanghaixuhui", "Password!Password!", "１２３４５６７８９０",
        ],
    )  # fmt: skip
    def test_what_is_short_or_easily_guessed_is_refused(self, officer, password):
        with pytest.raises(Refused) as caught:
            passwords.judge(officer, password)
        assert caught.value.field == "new"
        assert password not in str(caught.value)

    @pytest.mark.parametrize(
        "password", [GOOD, OTHER, "correct horse battery", "k7mp-2xqf-9hnd", "窗前三棵树下晒着腊肉", "x" + "绿灯行7z" * 20]
    )  # fmt: skip
    def test_length_counts_and_any_character_will_do(self, officer, password):
        passwords.judge(officer, password)

    def test_it_is_not_longer_than_what_is_looked_at(self, officer):
        passwords.judge(officer, "雨打芭蕉xyq" * 18)
        with pytest.raises(Refused, match="最多128个"):
            passwords.judge(officer, "雨打芭蕉xyq" * 19)

    def test_the_least_length_is_a_setting(self, cases, officer):
        OfficeSetting.create(
            key="password_least", value="15", valid_from=cases.district.sessions[Role.AUDITOR].day
        )
        with pytest.raises(Refused, match="至少要15个"):
            passwords.judge(officer, "窗前三棵树下晒着腊肉")

    def test_what_the_administrator_hands_over_is_good_enough_and_never_the_same(self, officer):
        made = {passwords.one_time() for _ in range(200)}
        assert len(made) == 200
        for each in made:
            passwords.judge(officer, each)


class TestHowTheyAreKept:
    def test_as_argon2id_with_a_salt_of_its_own(self, admin, cases, officer):
        other = cases[Role.AREA_CHIEF].staff_id
        for staff in (officer.id, other):
            passwords.set_one_time(admin, staff, GOOD, new())
        first, second = (StaffPassword.get_by_id(staff).hash for staff in (officer.id, other))
        assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert first != second
        assert GOOD not in first

    def test_a_number_that_is_not_there_costs_the_same_work(self):
        parameters = passwords.hasher().check_needs_rehash
        assert not parameters(passwords.NOBODYS)
        assert not passwords.fits(passwords.NOBODYS, "")

    def test_full_width_digits_are_digits(self, own):
        wide = GOOD.translate({ord(" "): "\u3000", ord("-"): "－"})
        assert wide != GOOD
        assert enter("D00", wide).number == "D00"

    def test_neither_the_password_nor_its_hash_is_told_anywhere(self, own, given):
        kept = StaffPassword.get().hash
        told = json.dumps(
            [
                *AuditValues.select().dicts(), *AuditEntry.select().dicts(), *Act.select().dicts(),
                *SignInFailure.select().dicts(),
            ],
            default=str, ensure_ascii=False,
        )  # fmt: skip
        assert '"staff.password_set"' in told
        assert '"staff.password_own"' in told
        for secret in (own, given, kept):
            assert secret not in told


class TestWhoSetsThem:
    def test_only_the_administrator_gives_or_takes_one(self, cases, officer):
        for role in set(Role) - {Role.ADMINISTRATOR}:
            for rule, more in ((passwords.set_one_time, (GOOD,)), (passwords.take_away, ())):
                with pytest.raises(NotAllowed):
                    rule(cases[role], officer.id, *more, new())
            with pytest.raises(NotAllowed):
                passwords.known(cases[role], officer.id)

    def test_one_for_one_use_has_to_be_changed(self, cases, given):
        assert enter("d00", given).one_time
        sign_in.change(cases[Role.DUTY_OFFICER], given, GOOD, GOOD, new())
        assert not enter("D00", GOOD).one_time
        assert refused("D00", given) == sign_in.WRONG

    def test_it_lapses_when_it_is_not_used(self, cases, given):
        cases.clock.shift(timedelta(days=6, hours=23))
        enter("D00", given)
        cases.clock.shift(timedelta(hours=2))
        assert refused("D00", given) == "这个一次性密码已过期，请管理员重设。"

    def test_ones_own_is_changed_with_the_one_before(self, cases, own):
        me = cases[Role.DUTY_OFFICER]
        with pytest.raises(Refused, match="不对"):
            sign_in.change(me, "not-the-one-at-all", OTHER, OTHER, new())
        with pytest.raises(Refused, match="两遍不一样"):
            sign_in.change(me, own, OTHER, OTHER + "x", new())
        with pytest.raises(Refused, match="和现在的一样"):
            sign_in.change(me, own, own, own, new())
        sign_in.change(me, own, OTHER, OTHER, new())
        assert enter("D00", OTHER).number == "D00"

    def test_a_desk_that_came_in_by_the_one_before_is_out(self, admin, cases, officer, own):
        me, key = cases[Role.DUTY_OFFICER], BY_PASSWORD + enter("D00", own).stamp
        assert out(me, key) == ""
        passwords.set_one_time(admin, officer.id, OTHER, new())
        assert "密码已在别处改过" in out(me, key)

    def test_taken_away_nobody_comes_in_by_it(self, admin, officer, own):
        assert passwords.known(admin, officer.id) == (True, False, StaffPassword.get().set_at)
        passwords.take_away(admin, officer.id, new())
        assert refused("D00", own) == sign_in.WRONG
        assert passwords.known(admin, officer.id) == (False, False, None)
        with pytest.raises(Refused, match="没有密码"):
            passwords.take_away(admin, officer.id, new())

    def test_done_twice_it_is_done_once(self, admin, officer):
        act_id = new()
        said = {passwords.set_one_time(admin, officer.id, password, act_id) for password in (GOOD, OTHER)}
        assert len(said) == 1
        assert enter("D00", GOOD).one_time

    def test_who_is_stopped_or_gone_does_not_come_in(self, admin, cases, officer, own):
        Staff.update(active=False).where(Staff.id == officer.id).execute()
        assert refused("D00", own) == sign_in.WRONG
        person.come_back(admin, officer.id, new())
        assert enter("D00", own).number == "D00"
