"""The form of each act: each wrong input has its own message beside its field."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import time_machine

from dutydesk.forms.base import check, fields
from dutydesk.forms.handling import FORMS, PROXY_FIELDS, NothingMore, form_of, with_proxy
from dutydesk.vocabulary import Means

MORNING = datetime.fromisoformat("2026-11-24T10:00+08:00")
TOLD = {"told_how": "phone", "told": "已清理", "satisfied": "yes"}


@pytest.mark.parametrize(
    ("act", "values", "field", "message"),
    [
        ("reject", {}, "reason", "请填写理由。"),
        ("reject", {"reason": "不"}, "reason", "至少写 2 个字。"),
        ("assign", {}, "assignee", "请选交给谁。"),
        ("reassign", {"assignee": "force:safety"}, "reason", "请填写理由。"),
        ("send_down", {}, "ground", "请选依据。"),
        ("send_down", {"ground": "consent"}, "consent_by", "请写明居委谁、何时同意的。"),
        ("send_back", {"reason": "不归我"}, "basis", "请选清单依据。"),
        ("pass_up", {}, "tried", "请填写已经做了什么。"),
        ("report_done", {}, "done", "请填写做了什么。"),
        ("report_done", {"done": "清理", "joint_work": "handling"}, "participants", "联合工作请写明哪些力量、部门参加。"),
        ("pass_check", {}, "found", "请填写现场情况。"),
        ("feedback", {**TOLD, "told_how": ""}, "told_how", "请选怎样告知的；没有可告知的人，请填“未告知原因”。"),
        ("feedback", {**TOLD, "told": ""}, "told", "请写明告知了什么、对方怎么说。"),
        ("feedback", {**TOLD, "satisfied": ""}, "satisfied", "请选反映人是否满意。"),
        ("feedback", {**TOLD, "told_how": "pigeon"}, "told_how", "请从列出的几项里选一项。"),
        ("close", {}, "level", "请选解决层级。"),
        ("close", {"level": "city"}, "level", "请从列出的几项里选一项。"),
        ("first_contact", {"text": "不在家"}, "told_how", "请选方式。"),
        ("recategorise", {"category": "1", "reason": "登记错了"}, "urgency", "请选紧急程度。"),
        ("merge", {}, "target", "请填写主案编号。"),
        ("pause", {"reason": "等大会"}, "until", "请填写到哪一天。"),
        ("pause", {"until": "那天", "reason": "等大会"}, "until",
         "日期没看懂。可以写 11-26、1126、2026-11-26、26日、明天、周五、+3（三天后）。"),
        ("pause", {"until": "11-31", "reason": "等大会"}, "until", "没有这一天。请看看月和日。"),
        ("source_extension", {"until": "明天"}, "basis", "请填写来源的批复。"),
        ("note", {"text": "好" * 1001}, "text", "最多 1000 个字，现在有 1001 个，请删短。"),
        ("open", {"reason": "多余"}, "reason", "表里没有这一项，请删去。"),
    ],
)  # fmt: skip
@time_machine.travel(MORNING, tick=False)
def test_each_wrong_input_has_its_own_message(act, values, field, message):
    form, messages = check(form_of(act), values)
    assert form is None
    assert messages == {field: message}


def test_all_that_is_missing_is_said_at_once():
    _, messages = check(form_of("feedback"), {})
    assert list(messages) == ["told_how", "told", "satisfied"]
    _, messages = check(form_of("report_done"), {"joint_work": "handling"})
    assert messages.keys() == {"done", "participants"}


def test_nobody_to_tell_needs_only_the_reason():
    form, messages = check(form_of("feedback"), {"no_feedback_reason": "匿名反映"})
    assert messages == {}
    assert form.told_how is None


@time_machine.travel(MORNING, tick=False)
def test_days_are_read_as_typed():
    for typed, day in (
        ("12-31", date(2026, 12, 31)),
        ("+7", date(2026, 12, 1)),
        ("下周五", date(2026, 12, 4)),
    ):
        form, _ = check(form_of("extend"), {"until": typed, "reason": "等配件"})
        assert form.until == day


def test_acts_that_ask_for_nothing_have_an_empty_form():
    for act in ("open", "take_up", "handle_locally"):
        assert form_of(act) is NothingMore
        assert fields(form_of(act)) == []


def test_every_field_of_every_form_has_a_label_and_fits_a_line():
    for form in {*FORMS.values()}:
        for spec in fields(form):
            assert 1 <= len(spec.entry.label) <= 10, spec
            assert len(spec.entry.hint) <= 30, spec


class TestOnBehalf:
    """代录 asks who said it, when, and by what means, beside the act's own fields."""

    FORM = with_proxy(form_of("report_done"))

    def test_its_fields_stand_with_the_acts_own(self):
        assert set(self.FORM.model_fields) == PROXY_FIELDS | set(form_of("report_done").model_fields)

    @pytest.mark.parametrize(
        ("missing", "message"),
        [("on_behalf", "请选谁告诉您的。"), ("means", "请选怎么告诉的。"), ("told_at", "请填写什么时候。")],
    )
    @time_machine.travel(MORNING, tick=False)
    def test_each_is_needed(self, missing, message):
        given = {"on_behalf": "4", "means": "phone", "told_at": "9:30", "done": "已清理"}
        form, messages = check(self.FORM, given)
        assert messages == {}
        assert (form.means, form.told_at) == (Means.PHONE, datetime.fromisoformat("2026-11-24T09:30+08:00"))
        form, messages = check(self.FORM, given | {missing: ""})
        assert messages == {missing: message}

    def test_the_acts_own_rules_hold(self):
        given = {
            "on_behalf": "4",
            "means": "phone",
            "told_at": "0930",
            "done": "已清理",
            "joint_work": "handling",
        }
        assert check(self.FORM, given)[1] == {"participants": "联合工作请写明哪些力量、部门参加。"}
