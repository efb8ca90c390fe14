"""补录: the time of a walk with paper is typed once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult

from dutydesk.rules import patrol
from dutydesk.rules.patrol_sheets import PatrolSheet
from dutydesk.rules.workcalendar import day_said
from dutydesk.screens.forms import FormScreen
from dutydesk.widgets.action_menu import Words
from dutydesk.widgets.form import FormView

if TYPE_CHECKING:
    from dutydesk.forms.base import Form
    from dutydesk.forms.patrol import WalkForm


class BackfillScreen(FormScreen):
    """When it was walked, and which routes; leaves with the patrols as they are then. No draft: it is one line."""

    NAME = "巡查补录"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("↑↓ Enter", "换项"), ("F10", "保存"))
    HELP = "纸质巡查走完后，填一次巡查时间，再标异常，最后用“其余正常”一次标完。补录的标记永远显示为补录。"

    def __init__(self, sheet: PatrolSheet, same_day: Sequence[PatrolSheet]) -> None:
        """`sheet` is the route under the cursor; `same_day` all those of its day that can be backfilled."""
        super().__init__()
        self.sheet, self.same_day = sheet, tuple(same_day)

    def body(self) -> ComposeResult:
        """What it is about, the form."""
        from dutydesk.forms.patrol import WalkForm

        names = "、".join(sheet.route for sheet in self.same_day)
        yield Words(
            f"{day_said(self.sheet.day)}：{names}\n时间只填一次，保存后不能再改，巡查从此显示为补录。",
            classes="form-head",
        )
        day = "" if self.sheet.day == self.session.day else f"{self.sheet.day:%m-%d} "
        yield FormView(WalkForm, values={"walked_at": day}, save_words="补录")

    async def _keep(self) -> None:
        return None

    async def write(self, form: Form) -> Any:
        """Say when these patrols were walked."""
        told: WalkForm = form  # type: ignore[assignment]
        chosen = [self.sheet] if told.which == "one" else self.same_day
        ids = [sheet.id for sheet in chosen]
        return await self.desk.run(patrol.backfill, ids, told.walked_at, self.act_id)
