"""One answer to several letters: who goes, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult

from dutydesk.rules.letters import liaison
from dutydesk.screens.forms import FormScreen
from dutydesk.widgets.action_menu import Words
from dutydesk.widgets.form import FormView

if TYPE_CHECKING:
    from dutydesk.forms.base import Form


class SeveralScreen(FormScreen):
    """Leaves with how many were answered; left with Esc, nothing of it is kept."""

    NAME: ClassVar[str] = "一起答复"
    HELP = "谁去、什么时候，这几封都照这个答复。时间不填就按各自定的；填了，原来定的不同就是改期。"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("↑↓ Enter", "换项"),
        ("F10", "答复"),
        ("Esc", "返回（不保存）"),
    )
    BACK: ClassVar[tuple[str, str]] = ("", "")

    def __init__(self, rows: Sequence[tuple[int, int | None]], attendee: str = "") -> None:
        super().__init__()
        self.rows, self.attendee = list(rows), attendee

    def body(self) -> ComposeResult:
        """How many, the form."""
        from dutydesk.forms.letters import SeveralForm

        values: Mapping[str, Any] = {"attendee": self.attendee or self.session.name}
        yield Words(f"{len(self.rows)}封约请一起答复", classes="form-head")
        yield FormView(SeveralForm, values=values, save_words="答复")

    def on_form_view_edited(self, event: FormView.Edited) -> None:
        """Two short fields: typed again sooner than found again."""
        event.stop()
        event.prevent_default()

    async def keep(self) -> None:
        """See above."""

    async def write(self, form: Form) -> int:
        """Answer."""
        fields = form.model_dump()
        return await self.desk.run(
            liaison.answer_several, self.rows, fields["attendee"], fields["time"], self.act_id
        )
