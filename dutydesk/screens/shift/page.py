"""交接班: the page that writes itself; each line opens its case, a digit signs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult

from dutydesk.rules import handover, promises
from dutydesk.rules.drafts import Kept
from dutydesk.rules.handover import Page
from dutydesk.rules.handover_lines import SECTIONS, Line
from dutydesk.rules.on_duty import TAKEN_OVER
from dutydesk.rules.workcalendar import moment
from dutydesk.screens.base import DeskScreen
from dutydesk.screens.handling import handle_case
from dutydesk.screens.in_sight import TOO_EARLY, InSight
from dutydesk.screens.shift.summary import SummaryScreen
from dutydesk.screens.whole_list import WholeListScreen
from dutydesk.settings import placed
from dutydesk.terminal import digit_of
from dutydesk.widgets.action_menu import Confirm, TextPage
from dutydesk.widgets.ask_text import AskText
from dutydesk.widgets.frame import BottomLine, Words
from dutydesk.widgets.window_list import Column, WindowList

SIGN, SUMMARY, ADD, PRINT, KEPT = 1, 2, 3, 4, 5
KIND = "handover"
_NOTES, _CUT = 4, 60  # of the free lines, in the question at signing


@dataclass(frozen=True)
class PageRow:
    """A line of the page on the screen; `left` says of what was taken over whether it is open still."""

    key: str
    line: Line
    left: str


COLUMNS = (
    Column("类别", 12, lambda row: SECTIONS[row.line.section]),
    Column("内容", 20, lambda row: row.line.text, flex=True),
    Column("时间", 14, lambda row: row.line.when),
    Column("编号", 11, lambda row: row.line.number, from_width=100),
    Column("", 4, lambda row: row.left),
)


class HandoverScreen(InSight, WholeListScreen):
    """The page as it would be signed now, or a signed one."""

    NAME = "交接班"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("1", "签字"),
        ("2", "值班小结"),
        ("3", "补充"),
        ("4", "打印"),
        ("5", "已兑现"),
        ("Enter", "打开这一件"),
        ("F1", "帮助"),
    )
    HELP = (
        "这一页自己写成：下一班内到期、答应群众的、重点关注、巡查未完、新到、办了什么、谁在哪里。\n"
        "1 交班人签字交班（可写留言、选交给谁）；接班人打开待签的一页，按 1 签收。签过字的页面不能再改，更正用 3 补充。\n"
        "2 值班小结：一段可以贴到工作群的文字，同时写进发件夹，另附 A4 表。4 打印这一页。\n"
        "5 光标所在“答应群众的”已经办到，记为兑现。Enter 打开这一行的案件。"
    )

    def __init__(self, page_id: int = 0) -> None:
        """`page_id` is a signed page; 0 is the one to sign."""
        super().__init__()
        self.page_id = page_id
        self.page: Page | None = None
        self._looked_at: Line | None = None  # the line that stands below the list in full

    def body(self) -> ComposeResult:
        """Whose shift, the lines, the line under the cursor in full."""
        yield Words("", id="shift-head")
        yield WindowList(COLUMNS, empty_text="这一班没有要交接的事。按 1 签字交班，可以写留言。")
        yield Words("", id="shift-line")

    # -- reading --------------------------------------------------------------------------------------------

    async def read(self) -> None:
        """The page as it stands now, or as it was signed."""
        wanted = self.page_id
        if wanted:
            found = await self.ask(handover.signed, wanted)
        else:
            found = await self.ask(handover.page)
        if found is not None and wanted == self.page_id:  # it may have been signed while it was read
            await self._show(found)

    async def _show(self, found: Page) -> None:
        if self.page is None or (self.page.id, self.page.stands) != (found.id, found.stands):
            self.came_in_sight()
        self.page = found
        rows = [PageRow(str(place), line, _left(found, line)) for place, line in enumerate(found.lines)]
        await self.put(rows)
        if not self.is_attached:
            return
        self.show_title(handover.day_and_shift(found) if found.signed else found.shift)
        self.query_one("#shift-head", Words).say(_head(found))
        self._show_keys(found)

    def _show_keys(self, found: Page) -> None:
        """Only the keys that do something here."""
        hidden = set() if found.signed else {"3"}
        if found.handed_over or (found.signed and not found.may_sign):
            hidden.add("1")
        if not any(line.promise_id for line in found.lines):
            hidden.add("5")
        signing = "签收接班" if found.signed else "签字交班"
        keys = [(key, signing if key == "1" else words) for key, words in self.KEYS if key not in hidden]
        self.query_one(BottomLine).show(keys)

    def on_window_list_moved(self, event: WindowList.Moved) -> None:
        """The line in full."""
        line = event.row.line if event.row else None
        if line != self._looked_at:
            self._looked_at = line
            self.came_in_sight()
        words = f"{line.number} {line.text}".strip() if line else ""
        self.query_one("#shift-line", Words).say(words)

    # -- keys -----------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """A digit signs, sums up, adds, prints, or notes what was kept."""
        digit = digit_of(event.key)
        if digit is None:
            return
        event.stop()
        if self.page is None or (digit in (SIGN, KEPT) and self.too_early(event, repeats=digit == KEPT)):
            self.say(TOO_EARLY)
            return
        acts = {SIGN: self.sign, SUMMARY: self.sum_up, ADD: self.add, PRINT: self.print, KEPT: self.kept}
        if digit in acts:
            acts[digit]()

    def on_window_list_chosen(self, event: WindowList.Chosen) -> None:
        """Enter opens the case of the line."""
        self.open_line(event.row.line)

    @work(exclusive=True, group="act")
    async def open_line(self, line: Line) -> None:
        """The case, or what there is instead."""
        with self.desk_app.holding_keys():
            if line.issue_id is not None:
                await handle_case(self, line.issue_id)
            elif line.section == "patrol":
                self.desk_app.action_duty("patrol")
            else:
                await self.show(TextPage(SECTIONS[line.section], line.text))

    @work(exclusive=True, group="act")
    async def sign(self) -> None:
        """Sign this page: as who goes, or as who comes."""
        page = self.page
        assert page is not None
        with self.desk_app.holding_keys():
            if not page.signed:
                await self._sign_out(page)
            elif page.may_sign:
                await self._sign_in(page)
            else:
                self.say(f"{page.own_signature or page.stands}，不用再签。")

    async def _sign_out(self, page: Page) -> None:
        if page.handed_over:
            self.say(f"{page.own_signature}。要补充，请打开那一页，按 3。")
            return
        signed = await self.show(await sign_out_screen(self, page))
        if signed is not None:
            self.page_id = signed.id
            await self._show(signed)
            self.say(f"已签字交班，等{signed.incoming or '接班人'}签收。2 值班小结，4 打印。", "good")

    async def _sign_in(self, page: Page) -> None:
        named = page.incoming_id in (None, self.session.staff_id)
        counts = [f"{SECTIONS[each]}{page.count(each)}件" for each in TAKEN_OVER if page.count(each)]
        lines = _left_in_words(page)
        lines += [*counts, "签收后这些就由您接着办，列在今日。"]
        remark = ""
        if not named:
            lines.insert(0, f"交给的是{page.incoming}，您代为签收，要写明原因。")
        if not await self.show(Confirm(f"签收{page.outgoing}交的班？", lines, "签收")):
            return
        if not named:
            reason = await self.show(
                AskText("为什么由您代签？", ("原接班人请假", "临时调班", "原接班人迟到"))
            )
            if reason is None:
                return
            remark = reason
        found = await self.do(handover.sign_in, page.id, remark, self.new_act())
        if found is not None:
            await self._show(found)
            self.say("已签收接班。接下的事在今日，也在这一页。", "good")

    @work(exclusive=True, group="act")
    async def sum_up(self) -> None:
        """值班小结: to copy, and in the 发件夹."""
        with self.desk_app.holding_keys():
            await self.app.push_screen(SummaryScreen(self.page_id))

    @work(exclusive=True, group="act")
    async def add(self) -> None:
        """补充 to a signed page."""
        page = self.page
        assert page is not None
        if not page.signed:
            self.say("还没有签字，留言在签字时写。", "bad")
            return
        with self.desk_app.holding_keys():
            text = await self.show(AskText("补充什么？签过字的内容不变，补充记在后面"))
            if text is None:
                return
            found = await self.do(handover.add, page.id, text, self.new_act())
            if found is not None:
                await self._show(found)
                self.say("已补充。", "good")

    @work(exclusive=True, group="act")
    async def print(self) -> None:
        """The page as an A4 sheet, masked as the summary is."""
        from dutydesk.documents.a4 import SheetNotWritten
        from dutydesk.rules import shift_summary
        from dutydesk.screens.shift.printing import print_page

        found = await self.ask(shift_summary.summary, self.page_id)
        if found is None:
            return
        title = found.title.replace("值班小结", "交接班记录")
        try:
            path = await print_page(found.page, title)
        except (SheetNotWritten, OSError) as problem:
            self.say(str(problem), "bad")
        else:
            self.say(f"交接班记录已放进发件夹：{placed(path)}", "good")

    @work(exclusive=True, group="act")
    async def kept(self) -> None:
        """What was promised in the line under the cursor has been done."""
        row = self.query_one(WindowList).row
        if row is None or row.line.promise_id is None:
            self.say("请把光标移到“答应群众的”一行再按。", "bad")
            return
        number = await self.do(promises.keep, row.line.promise_id, self.new_act())
        if number is not None:
            self.say(f"{number} 答应的事已记为兑现。", "good")
            await self.read()


def _left_in_words(page: Page) -> list[str]:
    """What who goes wants to be known, for the question at signing: the first few lines, long ones cut."""
    said = [f"留言：{text if len(text) <= _CUT else text[: _CUT - 1] + '…'}" for text in page.free[:_NOTES]]
    if len(page.free) > _NOTES or any(len(text) > _CUT for text in page.free[:_NOTES]):
        said.append(f"留言共{len(page.free)}条，全文在这一页最前面。")
    return said


def _left(page: Page, line: Line) -> str:
    if not page.signed or line.section not in TAKEN_OVER or line.issue_id is None:
        return ""
    return "未结" if line.issue_id in page.still_open else "已结"


def _head(page: Page) -> str:
    span = f"{moment(page.since)} 至 {moment(page.until)}"
    if not page.signed:
        who = (
            f"接班 {page.incoming}，至{moment(page.next_until)}" if page.incoming else "值班表上没有接班的人"
        )
        first = f"{page.shift or '未排班'}　{span}　{who}"
        return first + ("\n这一班已经交过了，下面是交班以后的情况。" if page.handed_over else "")
    both = (
        page.signed_in_at is not None
    )  # two signatures have a line of their own: no name is parted at 80 columns
    lines = [span, page.stands] if both else [f"{span}　{page.stands}"]
    lines += [f"接班人说明：{page.remark}"] if page.remark else []
    return "\n".join([*lines, *(f"补充 {note}" for note in page.notes[-2:])])


async def sign_out_screen(screen: DeskScreen, page: Page) -> DeskScreen:
    """The form of signing out; one that was left half typed is gone on with."""
    from dutydesk.rules import drafts
    from dutydesk.screens.shift.signing import SignOutScreen

    kept = await screen.ask(drafts.kept) or []
    mine: Kept | None = next((each for each in kept if each.kind == KIND), None)
    left = "" if mine else await screen.ask(handover.left_by_the_last) or ""
    return SignOutScreen(page, left, mine)
