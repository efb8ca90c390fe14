"""排班: from which shifts, with whom, who is away; typed once, the next month begins with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult

from dutydesk.rules import roster_drafting
from dutydesk.rules.drafts import Kept
from dutydesk.rules.duty_roster import RosterSheet
from dutydesk.rules.workcalendar import moment
from dutydesk.screens.forms import FormScreen
from dutydesk.widgets.action_menu import Words
from dutydesk.widgets.form import FormView

if TYPE_CHECKING:
    from dutydesk.forms.base import Form


class PatternScreen(FormScreen):
    """Leaves with the month as it was drafted."""

    KIND = "roster"
    NAME = "排班"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("↑↓ Enter", "换项"),
        ("F10", "排出草稿"),
        ("Esc", "返回（留作草稿）"),
    )
    HELP = (
        "班次写名称和起止时间，过半夜的是夜班。谁值班写姓名，用、隔开，同名的写工号。\n"
        "谁不在一行一人：王芳 12-3至12-5、12-20。排出的是草稿，可以逐天改，片区长发布后才生效。"
    )

    def __init__(
        self, month: str = "", usual: Mapping[str, Any] | None = None, draft: Kept | None = None
    ) -> None:
        super().__init__(draft)
        self.month = month or str(draft.content.get("_month", "") if draft else "")
        self.usual = dict(usual or {})

    def body(self) -> ComposeResult:
        """Which month, the form."""
        from dutydesk.forms.shift import PatternForm

        year, _, number = self.month.partition("-")
        yield Words(f"{year}年{int(number or 0)}月值班表：按规律排出草稿", classes="form-head")
        values = dict(self.draft.content) if self.draft else self.usual
        yield FormView(PatternForm, values=values | {"_month": self.month}, save_words="排出草稿")

    def signed_on(self) -> None:
        """What was begun before is said, and how to begin anew."""
        super().signed_on()
        if self.draft is not None:
            self.say(f"接着填上次没填完的（{moment(self.draft.saved_at)}）。不要了，在今日的“没填完”里删去。")

    def draft_title(self, values: Mapping[str, Any]) -> str:
        """What 今日 calls it."""
        return f"{self.month} 排班"

    async def write(self, form: Form) -> RosterSheet:
        """Draft the month."""
        return await self.desk.run(roster_drafting.make, self.month, form.model_dump(), self.act_id)
