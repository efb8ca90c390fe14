"""双周例会: what is typed. Each form is one act; the rules say what is refused beyond its form."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from dutydesk.forms.base import Entry, Form, When
from dutydesk.meeting_words import MeetingKind

Needed = Field(min_length=2)
_WEEKDAYS = tuple((str(day), f"周{name}") for day, name in enumerate("一二三四五六日", 1))
_SERIES = tuple((kind.value, kind.label) for kind in (MeetingKind.BIWEEKLY, MeetingKind.COUNCIL))
Reason = Annotated[str, Entry("理由", hint="参会的人看得到"), Needed]
On = Annotated[date, Entry("哪一天", "date", "如 12-3、+7、明天")]
Minutes = Annotated[int | None, Entry("几分钟", "number"), Field(ge=1, le=480)]


class SeriesForm(Form):
    """When and where an area meets."""

    kind: Annotated[str, Entry("哪一种会", "choice", choices=_SERIES)] = MeetingKind.BIWEEKLY.value
    weekday: Annotated[str, Entry("星期几", "choice", choices=_WEEKDAYS)]
    every_weeks: Annotated[int, Entry("隔几周", "number", "双周填 2"), Field(ge=1, le=12)] = 2
    starts: Annotated[str, Entry("几点开", hint="例如 14:00", max_length=5), Needed]
    minutes: Annotated[int, Entry("开几分钟", "number"), Field(ge=10, le=480)] = 90
    place: Annotated[str, Entry("地点", max_length=60), Needed]
    chair: Annotated[str, Entry("主持人", "pick", "不选就是片区长", search="staff")] = ""
    first_on: Annotated[date, Entry("从哪一天起", "date", "隔几周从这天所在的一周算起")]


class ExtraForm(Form):
    """One more meeting, outside any series."""

    kind: Annotated[MeetingKind, Entry("哪一种会", "choice")]
    title: Annotated[str, Entry("会议名称", hint="空着就用片区和会的名称", max_length=60)] = ""
    on: On
    starts: Annotated[str, Entry("几点开", hint="例如 14:00", max_length=5), Needed] = "14:00"
    minutes: Minutes = 60
    place: Annotated[str, Entry("地点", max_length=60), Needed]
    chair: Annotated[str, Entry("主持人", "pick", "不选就是片区长", search="staff")] = ""


class MoveForm(Form):
    """Another day, time or place."""

    on: On
    starts: Annotated[str, Entry("几点开", hint="空着就是原来的时间", max_length=5)] = ""
    place: Annotated[str, Entry("地点", hint="空着就是原来的地点", max_length=60)] = ""
    reason: Reason


class ChairForm(Form):
    """Who chairs this one."""

    chair: Annotated[
        str, Entry("由谁主持", "pick", "姓名拼音首字母或工号", search="staff"), Field(min_length=1)
    ]


class AddItemForm(Form):
    """An item that a member adds."""

    title: Annotated[str, Entry("议什么", max_length=120), Needed]
    why: Annotated[str, Entry("为什么", hint="空着就写您提出", max_length=120)] = ""
    minutes: Minutes = None


class RewordForm(Form):
    """An item's words and time."""

    title: Annotated[str, Entry("题目", max_length=120), Needed]
    minutes: Minutes = None


class GuestForm(Form):
    """Somebody who is asked to come."""

    name: Annotated[str, Entry("请谁", max_length=40), Needed]
    title: Annotated[str, Entry("哪里的、什么身份", max_length=40)] = ""


class DecisionForm(Form):
    """What was decided: who, what, by when, on which cases, or as a new case."""

    who: Annotated[
        str, Entry("由谁办", "pick", "力量、部门、个人、居委的首字母", search="who"), Field(min_length=1)
    ]
    what: Annotated[str, Entry("做什么", max_length=200), Needed]
    due_on: Annotated[date, Entry("何时前", "date", "如 12-3、下周五、+7（七天后）")]
    issues: Annotated[str, Entry("管哪几件", hint="可不填；编号之间空一格", max_length=200)] = ""
    unit: Annotated[
        str, Entry("新问题在哪里", "pick", "可不填；没有编号的，选了就登记成一件", search="units")
    ] = ""
    category: Annotated[
        str,
        Entry(
            "哪一类",
            "pick",
            "类别或拼音首字母",
            search="categories",
            shown=When("unit"),
            needed=(When("unit", why="登记成一件要选类别。"),),
        ),
    ] = ""
    consent_by: Annotated[
        str, Entry("居委谁同意的", hint="可不填；交给居委、清单上又没有时才写", max_length=60)
    ] = ""


class ParagraphForm(Form):
    """A paragraph of minutes."""

    text: Annotated[str, Entry("记一段", "prose", "边打边存；Esc 或 F10 离开，都已存好", max_length=4000)] = (
        ""
    )


class RegulationForm(Form):
    """One of the office's own rules, written anew."""

    value: Annotated[str, Entry("改成", hint="今天起用", max_length=200), Field(min_length=1)]
