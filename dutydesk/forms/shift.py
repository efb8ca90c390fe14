"""交接班, 值班表 and 换班: what is typed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dutydesk.forms.base import Entry, Form

Needed = Field(min_length=2)


class SignOutForm(Form):
    """交班: who takes over, and what the desk cannot know."""

    incoming: Annotated[str, Entry("交给谁", "pick", "不选：谁来谁签收", search="successors")] = ""
    free: Annotated[str, Entry("留言", "prose", hint="一行一条", max_length=2000)] = ""


class PatternForm(Form):
    """值班表 drafted anew: from which shifts, with whom, who is away."""

    shifts: Annotated[str, Entry("班次", hint="日班 08:30-18:00、夜班 18:00-08:30", max_length=200), Needed]
    people: Annotated[str, Entry("谁值班", hint="姓名之间用、隔开", max_length=400), Needed]
    rest: Annotated[bool, Entry("夜班后休息", "yesno")] = True
    away: Annotated[str, Entry("谁不在", "prose", hint="一行一人，例如 王芳 12-3至12-5", max_length=1000)] = (
        ""
    )
