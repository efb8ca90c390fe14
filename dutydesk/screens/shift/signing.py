"""交班: who takes over and the free lines, then the signature. What is typed is a draft from the first pause on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult

from dutydesk.rules import handover
from dutydesk.rules.drafts import Kept
from dutydesk.rules.errors import Refused, Stale
from dutydesk.rules.handover import Page
from dutydesk.rules.handover_lines import SECTIONS
from dutydesk.rules.workcalendar import moment
from dutydesk.screens.forms import FormScreen
from dutydesk.widgets.action_menu import Confirm, Words
from dutydesk.widgets.form import FormView

if TYPE_CHECKING:
    from dutydesk.forms.base import Form


class SignOutScreen(FormScreen):
    """Leaves with the page as it was signed."""

    KIND = "handover"
    NAME = "交班签字"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("↑↓ Enter", "换项"),
        ("F10", "签字交班"),
        ("Esc", "返回（留作草稿）"),
    )
    HELP = (
        "交给谁：值班表上接班的人已填好，可以换。留言一行一条；上一班的留言写在上面，还没办完的请照抄。\n"
        "离这一班结束还早的，签字前再问一次。\n"
        "F10 签字：页面从此不能再改，更正用补充。签字前若又有新情况，会先告诉您，再按一次 F10 才签。"
    )

    def __init__(self, page: Page | None = None, left: str = "", draft: Kept | None = None) -> None:
        """`page` is the page as it was read, None to read it here; `left` are the free lines of the one before."""
        super().__init__(draft)
        self.page, self.left = page, left
        self.meant = False  # to hand over so early

    def body(self) -> ComposeResult:
        """What would be signed in a line or two, the form."""
        from dutydesk.forms.shift import SignOutForm

        yield Words(_counts(self.page), classes="form-head", id="counts")
        if self.left:  # shown, not filled in: it would be signed as one's own
            yield Words(f"上一班留言：{self.left}", classes="form-head")
        values: dict[str, Any] = {}
        if self.page is not None and self.page.incoming_id:
            until = moment(self.page.next_until)
            values["incoming"] = str(self.page.incoming_id)
            values["_shown"] = {"incoming": [self.page.incoming, f"值班表上接班，至{until}"]}
        if self.draft is not None:
            values = dict(self.draft.content)
        searches = {"successors": self.search(handover.successors)}
        yield FormView(SignOutForm, searches=searches, values=values, save_words="签字交班")

    def signed_on(self) -> None:
        """A draft that was opened from 今日 has its page still to be read."""
        super().signed_on()
        if self.page is None:
            self.run_worker(self._read(), exclusive=True, group="read")

    async def _read(self) -> None:
        self.page = await self.ask(handover.page)
        self.query_one("#counts", Words).say(_counts(self.page))

    def draft_title(self, values: Mapping[str, Any]) -> str:
        """What 今日 calls it."""
        return "交班留言"

    def focus_first(self) -> None:
        """Who comes is known by the roster: typing begins with the free lines."""
        self.form_view.focus_field("free" if self.form_view.values().get("incoming") else "incoming")

    async def write(self, form: Form) -> Page:
        """Sign; long before the end of the shift only when that is meant."""
        early = self.page.early if self.page else ""
        if early and not self.meant:
            title = f"离这一班结束还有{early}，现在就交班？"
            lines = ["交了以后，新来的事由接班的人办，这一页不能再改。"]
            with self.desk_app.holding_keys():
                meant = await self.show(Confirm(title, lines, "现在就签字交班"))
            self.meant = bool(meant)
            if not self.meant:
                raise Refused("没有签字，填的都在。到时再按 F10。")
        seen = self.page.digest if self.page else ""
        return await self.desk.run(handover.sign_out, seen, form.model_dump(), self.act_id)

    async def overtaken(self, stale: Stale) -> None:
        """Something happened while it was typed: show what, and sign that with the next F10."""
        await self._read()
        await super().overtaken(stale)


def _counts(page: Page | None) -> str:
    if page is None:
        return "正在读交班页…"
    said = [f"{name}{page.count(key)}" for key, name in SECTIONS.items() if page.count(key) and key != "who"]
    return f"{page.shift or '未排班'}　" + ("、".join(said) or "没有要交接的事项") + "\n签字后页面不能再改。"
