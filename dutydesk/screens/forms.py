"""A screen around one form: what is typed is a draft from the first pause on, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work

from dutydesk.desk import DatabaseProblem
from dutydesk.rules import drafts
from dutydesk.rules.drafts import Kept
from dutydesk.rules.errors import Refused, Stale
from dutydesk.rules.finding import Found
from dutydesk.screens.base import LEFT_BESIDE, DeskScreen
from dutydesk.widgets.form import WHOLE_FORM, FormView
from dutydesk.widgets.picker import Choice, Search

if TYPE_CHECKING:
    from dutydesk.forms.base import Form


class FormScreen(DeskScreen):
    """One form. The act's id is made when it opens and stays with the draft."""

    KIND: ClassVar[str] = ""
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("↑↓ Enter", "换项"),
        ("F10", "保存"),
        ("Esc", "返回（留作草稿）"),
    )

    def __init__(self, draft: Kept | None = None) -> None:
        super().__init__()
        self.act_id = draft.id if draft else self.new_act()
        self.draft = draft
        self.plain: dict[str, Any] | None = None
        self.done = False
        self.kept = draft is not None  # there is a draft of this form
        self.refused = False  # the notice line says how many fields are wrong

    @property
    def form_view(self) -> FormView:
        """The form on the screen."""
        return self.query_one(FormView)

    def draft_title(self, values: Mapping[str, Any]) -> str:
        """What the draft is called on 今日."""
        return self.NAME

    def search(self, rule: Callable[..., list[Found]], *arguments: Any) -> Search:
        """A picker's search by a rule that finds."""

        async def found(text: str) -> list[Choice]:
            rows = await self.desk.read(rule, *arguments, text)
            return [Choice(row.value, row.title, row.detail, row.sure) for row in rows]

        return found

    # -- drafts ---------------------------------------------------------------------------------------------

    def on_form_view_edited(self, event: FormView.Edited) -> None:
        """A pause in typing: keep it. A form that is as it opened leaves no draft."""
        if self.plain is None and event.values == self.begun_with:
            return
        self._note(event.values)
        self._keep_soon()
        self.edited(event.values)

    def edited(self, values: Mapping[str, Any]) -> None:
        """More to do at a pause in typing."""

    def _note(self, values: Mapping[str, Any]) -> None:
        self.plain = {"kind": self.KIND, "title": self.draft_title(values), "content": dict(values)}

    @work(exclusive=True, group="draft")
    async def _keep_soon(self) -> None:
        await self._keep()

    async def _keep(self) -> None:
        if self.plain is None or self.done:
            return
        try:
            self.kept = await self.desk.run(
                drafts.keep, self.act_id, self.KIND, self.plain["title"], self.plain["content"]
            )
        except (Refused, DatabaseProblem) as problem:
            self._leave_beside()
            self.say(str(problem), "bad")
        else:
            self.unkept, self.unsafe, self.warned = "", False, False

    def _leave_beside(self) -> None:
        """What the database does not take lies in a file until it does."""
        try:
            self.desk.leave_words({self.act_id: self.plain or {}})
        except OSError:
            self.unsafe = True
        else:
            self.unkept, self.unsafe = LEFT_BESIDE, False

    async def keep(self) -> None:
        """Keep what was typed since the last pause as well, up to the key that was drawn last."""
        if self.done or not self.is_mounted:
            return
        values = self.form_view.values()
        if self.plain is not None or values != self.begun_with:
            self._note(values)
            await self._keep()

    async def action_back(self) -> None:
        """One step back, where it is said that what was typed is kept."""
        if len(self.app.screen_stack) < 2:
            return
        await self.keep()
        if self.desk_app.would_lose([self]):
            return
        below = self.app.screen_stack[-2]
        self.dismiss()
        if isinstance(below, DeskScreen):
            below.left_above(self)

    @property
    def draft_id(self) -> str:
        """See the base class."""
        return self.act_id if self.kept and not self.done else ""

    def plain_drafts(self) -> Mapping[str, Mapping[str, Any]]:
        """See the base class."""
        return {self.act_id: self.plain} if self.plain is not None and not self.done else {}

    @property
    def begun_with(self) -> dict[str, Any]:
        """The values with which the form opened."""
        return self._begun_with

    def on_mount(self) -> None:
        """Remember what stood there at first, so that an untouched form leaves no draft."""
        self._begun_with = dict(self.form_view.plain_copy)
        self.focus_first()

    def begin_anew(self, values: Mapping[str, Any]) -> None:
        """An empty form for another act, with these values."""
        self.act_id, self.plain, self.done, self.draft = self.new_act(), None, False, None
        self.refused = self.kept = False
        self.form_view.begin_anew(values)
        self._begun_with = dict(self.form_view.plain_copy)
        self.focus_first()

    def focus_first(self) -> None:
        """Where typing begins."""
        name = next(iter(self.form_view.rows), None)
        if name is not None:
            self.form_view.focus_field(name)

    # -- saving ---------------------------------------------------------------------------------------------

    def on_form_view_submitted(self, event: FormView.Submitted) -> None:
        """The form has passed its checks."""
        self.save(event.form)

    def on_form_view_rejected(self, event: FormView.Rejected) -> None:
        """Say on the notice line too that nothing was saved."""
        self.refused = True
        self.say(f"没有保存：{len(event.messages)}项要改，见打✗的地方。", "bad")

    def on_form_view_corrected(self, event: FormView.Corrected) -> None:
        """The notice line counts along while what was wrong is put right."""
        if self.refused and event.left:
            self.say(f"还有{event.left}项要改，见打✗的地方。", "bad")
        elif self.refused:
            self.refused = False
            self.say("打✗的都改好了，按 F10 再保存。")

    @work(exclusive=True, group="save")
    async def save(self, form: Form) -> None:
        """Write it; what a rule refuses is said beside its field, and everything typed stays."""
        self.say("正在保存…")
        try:
            result = await self.write(form)
        except Stale as stale:
            await self.overtaken(stale)
        except Refused as refused:
            self.refused = bool(refused.field)
            self.say(refused.message if not refused.field else "没有保存，请看打✗的一项。", "bad")
            self.form_view.set_error(refused.field or WHOLE_FORM, refused.message)
            if refused.field in self.form_view.rows:
                self.form_view.focus_field(refused.field)
        except DatabaseProblem as problem:
            self.say(str(problem), "bad")
        else:
            self.done = True
            await self.saved(result)

    async def overtaken(self, stale: Stale) -> None:
        """Somebody was first: say so; everything typed stays."""
        self.say(stale.message, "bad")
        self.form_view.set_error(WHOLE_FORM, stale.message)

    async def write(self, form: Form) -> Any:
        """The rule that writes this form."""
        raise NotImplementedError

    async def saved(self, result: Any) -> None:
        """After saving: leave with the result."""
        self.dismiss(result)
