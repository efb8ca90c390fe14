"""Forms: each wrong input has its own Chinese message, and text comes in clean."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

import pytest
import time_machine
from pydantic import Field, field_validator, model_validator

from dutydesk.forms.base import Entry, FieldError, Form, check, fields
from dutydesk.forms.when import DAY_UNREAD, MOMENT_UNREAD


class Urgency(StrEnum):
    NORMAL = "normal"
    URGENT = "urgent"


class Sample(Form):
    place: Annotated[int, Entry(label="地点", kind="pick", search="places")]
    what: Annotated[str, Entry(label="问题", max_length=10), Field(min_length=2)]
    story: Annotated[str, Entry(label="经过", kind="prose")] = ""
    urgency: Annotated[Urgency, Entry(label="紧急程度", kind="choice", choices=(("normal", "一般"),))] = (
        Urgency.NORMAL
    )
    side: Annotated[Literal["东", "西"] | None, Entry(label="方位", kind="choice")] = None
    until: Annotated[date | None, Entry(label="到期", kind="date")] = None
    seen_at: Annotated[datetime | None, Entry(label="发现时间", kind="moment")] = None
    floors: Annotated[int | None, Entry(label="楼层", kind="number"), Field(ge=1, le=99)] = None
    joint: Annotated[bool | None, Entry(label="联合", kind="yesno")] = None
    act_id: str = ""

    @field_validator("what")
    @classmethod
    def _no_secrets(cls, value: str) -> str:
        if "涉密" in value:
            raise ValueError("涉密信息不得录入。")
        return value

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.floors == 13:
            raise FieldError("floors", "本楼没有 13 层。")
        if self.floors == 14:
            raise ValueError("楼层和地点对不上。")
        return self


GOOD = {"place": 7, "what": "电梯停运"}


@pytest.mark.parametrize(
    ("wrong", "field", "message"),
    [
        ({"place": None}, "place", "请选地点。"),
        ({"what": "  "}, "what", "请填写问题。"),
        ({"what": "梯"}, "what", "至少写 2 个字。"),
        ({"what": "梯" * 11}, "what", "最多 10 个字，现在有 11 个，请删短。"),
        ({"what": "有涉密件"}, "what", "涉密信息不得录入。"),
        ({"urgency": "mad"}, "urgency", "请从列出的几项里选一项。"),
        ({"side": "南"}, "side", "请从列出的几项里选一项。"),
        ({"until": "哪天"}, "until", DAY_UNREAD),
        ({"until": 3.5}, "until", DAY_UNREAD),
        ({"seen_at": "啥"}, "seen_at", MOMENT_UNREAD),
        ({"seen_at": []}, "seen_at", MOMENT_UNREAD),
        ({"floors": "三"}, "floors", "请填数字，例如 3。"),
        ({"floors": "2.5"}, "floors", "请填数字，例如 3。"),
        ({"floors": 2.5}, "floors", "请填整数，不带小数。"),
        ({"floors": "0"}, "floors", "不能小于 1。"),
        ({"floors": "100"}, "floors", "不能大于 99。"),
        ({"floors": "13"}, "floors", "本楼没有 13 层。"),
        ({"floors": "14"}, "", "楼层和地点对不上。"),
        ({"joint": "也许"}, "joint", "请按 1（是）或 2（否）。"),
        ({"what": ["a"]}, "what", "请填文字。"),
        ({"nonsense": 1}, "nonsense", "表里没有这一项，请删去。"),
    ],
)
def test_each_wrong_input_has_its_own_message(wrong, field, message):
    form, messages = check(Sample, {**GOOD, **wrong})
    assert form is None
    assert messages == {field: message}


def test_text_comes_in_clean_and_full_width_digits_count():
    form, messages = check(
        Sample, {**GOOD, "what": " 电\x1b梯\u202e停 ", "story": "一\r\n二\x9b", "floors": "１２"}
    )
    assert messages == {}
    assert (form.what, form.story, form.floors) == ("电梯停", "一\n二", 12)


@time_machine.travel(datetime.fromisoformat("2026-11-24T10:00+08:00"), tick=False)
def test_days_and_moments_are_read_as_typed():
    form, _ = check(Sample, {**GOOD, "until": "明天", "seen_at": "昨天9:05"})
    assert form.until == date(2026, 11, 25)
    assert form.seen_at == datetime.fromisoformat("2026-11-23T09:05+08:00")


def test_fields_tell_how_to_draw_and_program_values_stay_out():
    specs = {spec.name: spec for spec in fields(Sample)}
    assert "act_id" not in specs
    assert specs["place"].required and not specs["until"].required
    assert specs["urgency"].default == Urgency.NORMAL
    assert specs["side"].choices == (("东", "东"), ("西", "西"))
    assert specs["joint"].choices == ((True, "是"), (False, "否"))


def test_a_checked_form_does_not_change():
    form, _ = check(Sample, {**GOOD, "_shown": {"place": ["康健新村", ""]}})
    with pytest.raises(ValueError, match="frozen"):
        form.what = "别的"
