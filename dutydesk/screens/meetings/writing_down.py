"""A paragraph of minutes: kept in the minutes themselves at each pause, so that a line that drops loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult

from dutydesk.desk import DatabaseProblem
from dutydesk.rules import drafts
from dutydesk.rules.drafts import Kept
from dutydesk.rules.errors import Refused, Stale
from dutydesk.rules.meetings import minutes
from dutydesk.rules.meetings.minutes import Paragraph
from dutydesk.screens.base import DeskScreen
from dutydesk.screens.forms import FormScreen
from dutydesk.widgets.action_menu import Action, ActionMenu
from dutydesk.widgets.form import FormView
from dutydesk.widgets.frame import Words

if TYPE_CHECKING:
    from dutydesk.forms.base import Form


class ParagraphScreen(FormScreen):
    """One paragraph, the author's alone. Leaves with the paragraph's version: 0 where nothing was written."""

    KIND = "meeting_minutes"
    NAME = "记纪要"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("F10", "记好"), ("Esc", "返回（已存好）"))
    BACK: ClassVar[tuple[str, str]] = ("", "")
    HELP = "打的字停一停就存进纪要，断线也不丢。各人写各人的段落，不会互相盖掉。删空就是不要这一段。"

    def __init__(
        self,
        meeting_id: int = 0,
        item_id: int | None = None,
        title: str = "",
        paragraph: Paragraph | None = None,
        draft: Kept | None = None,
    ) -> None:
        """`paragraph` is one's own to go on with; `draft` is what was typed when the database was gone."""
        super().__init__()
        kept = draft.content if draft else {}
        self.meeting_id, self.head = int(kept.get("_meeting", meeting_id)), str(kept.get("_head", title))
        self.item_id = kept.get("_item", item_id)
        if paragraph is not None:
            self.act_id = paragraph.uid
        elif draft is not None:
            self.act_id = draft.id
        self.version = paragraph.version if paragraph else None
        self.text = str(kept.get("text", "")) or (paragraph.text if paragraph else "")
        self.from_draft = draft is not None

    def body(self) -> ComposeResult:
        """What it is about, the text."""
        from dutydesk.forms.meetings import ParagraphForm

        yield Words(self.head, classes="form-head")
        yield FormView(ParagraphForm, values={"text": self.text}, save_words="记好")

    async def _keep(self) -> None:
        if self.plain is None or self.done:
            return
        try:
            await self._save(str(self.plain["content"].get("text") or ""))
        except (Refused, DatabaseProblem) as problem:
            self.say(f"还没有存上：{problem}", "bad")

    async def _save(self, text: str) -> int:
        self.version = await self.desk.run(
            minutes.save, self.meeting_id, self.act_id, text, self.item_id, self.version
        )
        if self.version == 0:
            self.version = None
        return self.version or 0

    def _note(self, values: Mapping[str, Any]) -> None:
        super()._note(values)
        if self.plain is not None:
            about = {"_meeting": self.meeting_id, "_item": self.item_id, "_head": self.head}
            self.plain["content"] |= about

    @property
    def draft_id(self) -> str:
        """It is kept in the minutes, not as a draft."""
        return ""

    async def write(self, form: Form) -> int:
        """Save what stands there."""
        version = await self._save(form.model_dump()["text"])
        if self.from_draft:
            await self.desk.run(drafts.throw_away, self.act_id)
        return version

    async def overtaken(self, stale: Stale) -> None:
        """Written on elsewhere: the next F10 keeps this text as a paragraph of its own."""
        self.act_id, self.version = self.new_act(), None
        self.say(f"{stale.message}再按 F10，现在打的另存一段。", "bad")


async def choose_paragraph(screen: DeskScreen, meeting_id: int, item_id: int | None, title: str) -> None:
    """A new paragraph; where there are own ones, one of them to go on with."""
    found = await screen.ask(minutes.of_meeting, meeting_id) or []
    own = [each for each in found if each.own and each.item_id == item_id]
    chosen: Paragraph | None = None
    if own:
        options = [Action(each.uid, f"接着写：{each.text[:24]}", each.when) for each in reversed(own)]
        uid = await screen.show(ActionMenu(title, [*options, Action("", "另起一段")]))
        if uid is None:
            return
        chosen = next((each for each in own if each.uid == uid), None)
    await screen.show(ParagraphScreen(meeting_id, item_id, title, chosen))
