"""登记: each wrong input has its own message beside its field."""

from __future__ import annotations

from datetime import datetime

import pytest
import time_machine

from dutydesk.forms.base import check, fields
from dutydesk.forms.intake import IntakeForm
from dutydesk.vocabulary import Source, Urgency

GOOD = {"unit": "3", "category": "7", "summary": "楼道堆放旧家具"}
MORNING = datetime.fromisoformat("2026-11-24T10:00+08:00")


def test_place_category_and_a_sentence_are_enough():
    form, messages = check(IntakeForm, GOOD)
    assert messages == {}
    assert (form.urgency, form.source, form.solved, form.flags) == (Urgency.NORMAL, Source.PATROL, False, "")


@pytest.mark.parametrize(
    ("wrong", "field", "message"),
    [
        ({"unit": ""}, "unit", "请选地点。"),
        ({"category": None}, "category", "请选类别。"),
        ({"summary": ""}, "summary", "请填写是什么问题。"),
        ({"summary": "堆物"}, "summary", "至少写 4 个字。"),
        ({"summary": "堆" * 101}, "summary", "最多 100 个字，现在有 101 个，请删短。"),
        ({"spot": "楼" * 61}, "spot", "最多 60 个字，现在有 61 个，请删短。"),
        ({"urgency": "now"}, "urgency", "请从列出的几项里选一项。"),
        ({"source": "dream"}, "source", "请从列出的几项里选一项。"),
        ({"reporter_phone": "问王阿姨"}, "reporter_phone", "电话只填数字，可带区号，例如 021-00000000；没有就空着。"),
        ({"reporter_phone": "123456"}, "reporter_phone", "电话只填数字，可带区号，例如 021-00000000；没有就空着。"),
        ({"reporter_phone": "1" * 20}, "reporter_phone", "电话只填数字，可带区号，例如 021-00000000；没有就空着。"),
        ({"solved": True}, "on_the_spot", "当场解决的要写明当场做了什么。"),
        ({"solved": "也许"}, "solved", "请按 1（是）或 2（否）。"),
        ({"source": "hotline"}, "source_number", "12345热线件，请写明来源编号，例如工单号。"),
        ({"source": "superior", "source_due": "12-01 9:00"}, "source_number", "填了来源时限，请写明来源编号，例如工单号。"),
        ({"source_number": "H1", "source_due": "12-01"}, "source_due", "还要写几点，例如 12-01 15:30。"),
        ({"state": "closed"}, "state", "表里没有这一项，请删去。"),
    ],
)  # fmt: skip
@time_machine.travel(MORNING, tick=False)
def test_each_wrong_input_has_its_own_message(wrong, field, message):
    form, messages = check(IntakeForm, GOOD | wrong)
    assert form is None
    assert messages == {field: message}


def test_all_that_is_wrong_is_said_at_once():
    _, messages = check(IntakeForm, {"summary": "堆物", "source": "hotline", "solved": True})
    assert messages == {
        "unit": "请选地点。",
        "category": "请选类别。",
        "summary": "至少写 4 个字。",
        "source_number": "12345热线件，请写明来源编号，例如工单号。",
        "on_the_spot": "当场解决的要写明当场做了什么。",
    }


def test_the_number_of_a_source_is_asked_for_only_where_it_has_one():
    entries = {spec.name: spec.entry for spec in fields(IntakeForm)}
    shown = {source for source in Source if entries["source_number"].is_shown({"source": source.value})}
    assert shown == {Source.HOTLINE, Source.GRID, Source.SUPERIOR, Source.OPINION}
    assert entries["source_number"].needed_because({"source": "hotline"})
    assert not entries["source_number"].needed_because({"source": "superior"})


@pytest.mark.parametrize(
    "number", ["13800001234", "021-64512345", "+86 138 0000 1234", "１３８００００１２３４", "1234567"]
)
def test_telephone_numbers_as_people_write_them(number):
    form, messages = check(IntakeForm, GOOD | {"reporter_phone": number})
    assert messages == {}
    assert form.reporter_phone.isascii()


@time_machine.travel(MORNING, tick=False)
def test_a_hotline_case_keeps_its_number_and_its_limit():
    form, messages = check(
        IntakeForm, GOOD | {"source": "hotline", "source_number": "SH-1", "source_due": "明天12:00"}
    )
    assert messages == {}
    assert form.source_due == datetime.fromisoformat("2026-11-25T12:00+08:00")


def test_text_comes_in_clean():
    form, _ = check(IntakeForm, GOOD | {"summary": "楼道\x1b[31m堆\u202e物了", "detail": "一\r\n二\x9b"})
    assert (form.summary, form.detail) == ("楼道[31m堆物了", "一\n二")


def test_what_identifies_people_says_so():
    hints = {spec.name: spec.entry.hint for spec in fields(IntakeForm)}
    assert all("个人信息" in hints[name] for name in ("reporter_name", "reporter_phone", "reporter_address"))


def test_a_telephone_call_to_the_desk_has_a_source_and_each_has_a_digit():
    choices = next(spec.choices for spec in fields(IntakeForm) if spec.name == "source")
    assert ("caller", "来访来电") in choices
    assert len(choices) <= 9


def test_what_is_typed_most_often_comes_first():
    names = [spec.name for spec in fields(IntakeForm)]
    assert names[:3] == ["unit", "category", "summary"]
