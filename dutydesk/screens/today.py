"""今日: the home of the desk: what needs this person now, what is new, what was left half typed."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.cells import cell_len
from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from dutydesk.rules.drafts import Kept
from dutydesk.rules.workcalendar import moment
from dutydesk.screens.base import DUTIES, DeskScreen
from dutydesk.terminal import digit_of
from dutydesk.widgets.frame import Notice, Words
from dutydesk.widgets.given import Given
from dutydesk.widgets.window_list import Column, WindowList

if TYPE_CHECKING:
    from dutydesk.rules.today import TodaySheet

WEEKDAYS = "一二三四五六日"
NEEDS, NEWS, DRAFTS = "要办", "新情况", "没填完"
AT_HOME = "已经在今日。退出请按 Ctrl+Q。"
DRAFT_KEPT_HERE = "已留作草稿，就在光标这一行，按 Enter 接着填。"


class HomeRow(NamedTuple):
    """One line of 今日: what it says, and what it opens."""

    key: str
    section: str
    text: str
    count: str
    duty: str
    target: str = ""
    pressing: bool = False
    draft: Kept | None = None


def _section(row: HomeRow) -> str:
    return ("! " if row.pressing else "  ") + row.section


class TodayScreen(DeskScreen):
    """Everything that needs somebody, each line opening what it names."""

    NAME = "今日"
    CSS_PATH = None  # it is in the first stylesheet
    KEYS = (("Enter", "打开"), ("F12", "更多"), ("F1", "帮助"))
    BACK = ("Ctrl+Q", "退出")
    HELP = "今日把要办的事列在一页上：光标移到哪一行，按 Enter 就打开哪一件。行首的 ! 表示要紧。"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "nothing", show=False)]

    def __init__(self, late: bool = False) -> None:
        """`late`: another duty is opened over it at once, and what nobody sees need not be drawn."""
        super().__init__()
        self.late = late
        self.first_words = ""  # why this is shown in place of the duty that was asked for
        self.since: datetime | None = None
        self.visit_noted = False
        self.just_kept = ""  # the draft that was left a moment ago

    def compose(self) -> ComposeResult:
        """The frame and the list, or nothing yet."""
        return iter(()) if self.late else super().compose()

    @work(exclusive=True, group="compose")
    async def compose_late(self) -> None:
        """In sight for the first time."""
        self.late = False
        await self.recompose()
        self.drawn()

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Draw what was left out at the start; nothing at all while another duty lies over it."""
        if self.late and self.app.screen is not self:
            event.prevent_default()
        elif self.late and self.desk_app.first_duty == "today":
            self.compose_late()

    def body(self) -> ComposeResult:
        """Day and shift, the list, the duties."""
        yield Words("正在打开…", id="day")
        yield WindowList(
            [
                Column("", 8, _section),
                Column("事项", 10, lambda row: row.text, flex=True),
                Column("件数", 6, lambda row: row.count),
            ],
            empty_text="现在没有要办的事。要看别的，按下面的数字。",
        )
        yield Words("", id="duties")

    # -- reading --------------------------------------------------------------------------------------------

    def signed_on(self) -> None:
        """Read for whoever sits here now; at once, or when this screen is in sight again."""
        self.since = None
        self.visit_noted = False
        self.say(self.first_words, "bad")
        self.first_words = ""
        self.stale = True
        if self.wanted_now():
            self.stale = False
            self.changed()

    def wanted_now(self) -> bool:
        """Not when another duty is about to open over it."""
        return super().wanted_now() and self.desk_app.first_duty == "today"

    def changed(self) -> None:
        """Somebody wrote, or somebody came back here: the counts may differ."""
        self.show_frame()
        if self.visit_noted:
            self.read_again()
        else:
            self.visit_noted = True
            self.note_visit()

    @work(exclusive=True, group="visit")
    async def note_visit(self) -> None:
        """Once for each person who signs on: since when were they away? Then read the page."""
        from dutydesk.rules import signing_on

        self.since = await self.do(signing_on.seen)
        self.read_again()

    def show_frame(self) -> None:
        """Whose desk, which duties."""
        self.show_more_below()
        open_duties = [duty for duty in DUTIES if duty.digit and duty.open_to(self.session)]
        words = [*(f"{duty.digit} {duty.title}" for duty in open_duties), "8 更多"]
        self.query_one("#duties", Words).say(_side_by_side(words, self.app.size.width - 2))
        self.show_keys([(duty.key.upper(), duty.title) for duty in open_duties if duty.key])
        self.query_one(WindowList).focus()

    def show_more_below(self) -> None:
        """Whose desk; and whether the list goes on below what is in sight."""
        listing = self.query_one(WindowList)
        rows = len(listing.source.rows) if isinstance(listing.source, Given) else 0
        below = rows - (listing.rows_above or 0) - max(listing.size.height - 1, 0)
        self.show_title(f"↓ 下面还有{below}行" if below > 0 and listing.size.height else "")

    def on_resize(self) -> None:
        """Other rows are in sight, other breaks are right."""
        super().on_resize()
        if self.composed and self.desk.session is not None:
            self.call_after_refresh(self.show_frame)

    @work(exclusive=True, group="today")
    async def read_again(self) -> None:
        """Read the page again."""
        from dutydesk.rules import today

        sheet = await self.ask(today.today_sheet, self.since)
        if sheet is None:
            return
        self.query_one("#day", Words).say(_day_line(self.session.day, sheet))
        listing = self.query_one(WindowList)
        rows = _rows(sheet)
        if not isinstance(listing.source, Given):
            listing.source = Given(rows)
        elif list(listing.source.rows) != rows:
            listing.source.rows = rows
            await _read_anew(listing)
        self.call_after_refresh(self.show_more_below)
        if self.just_kept:
            kept, self.just_kept = f"draft:{self.just_kept}", ""
            if any(row.key == kept for row in rows):
                await listing.show(kept)
                self.say(DRAFT_KEPT_HERE)

    def draft_kept(self, draft_id: str) -> None:
        """The cursor goes to its line, which is above what was in sight."""
        self.just_kept = draft_id
        if self.wanted_now():
            self.read_again()

    # -- opening --------------------------------------------------------------------------------------------

    def on_window_list_moved(self, event: WindowList.Moved) -> None:
        """Whoever goes on has read it."""
        self._said_enough()
        self.show_more_below()

    def _said_enough(self) -> None:
        if self.query_one(Notice).words == AT_HOME:
            self.query_one(Notice).clear()

    def on_window_list_chosen(self, event: WindowList.Chosen) -> None:
        """Enter opens what the line names."""
        self._said_enough()
        row: HomeRow = event.row
        if row.draft is not None:
            self.go_on_with(row.draft)
        else:
            self.desk_app.action_duty(row.duty, row.target)

    @work
    async def go_on_with(self, draft: Kept) -> None:
        """Go on with what was left half typed, or throw it away."""
        from dutydesk.widgets.action_menu import Action, ActionMenu

        with self.desk_app.holding_keys():
            choice = await self.show(
                ActionMenu(
                    f"没填完：{draft.title or '没写标题'}（{moment(draft.saved_at)}）",
                    [Action("on", "继续填写"), Action("away", "不要了，删去", "删去后找不回来")],
                )
            )
            if choice == "on" and draft.kind == "bulk":
                from dutydesk.screens.bulk import go_on

                await go_on(self, draft)
            elif choice == "on":
                await self.app.push_screen(form_of(draft))
            elif choice == "away":
                from dutydesk.rules import drafts

                await self.do(drafts.throw_away, draft.id)
                self.read_again()

    async def on_key(self, event: events.Key) -> None:
        """Digits open duties."""
        digit = digit_of(event.key)
        if digit is None or self.desk.session is None:
            return
        event.stop()
        self._said_enough()
        if digit == 8:
            self.more()
            return
        duty = next((duty for duty in DUTIES if duty.digit == str(digit)), None)
        if duty is not None:
            self.desk_app.action_duty(duty.name)
        else:
            self.say(f"这里按 {digit} 没有用；可用的见下面一行。", "bad")

    @work
    async def more(self) -> None:
        """What else there is."""
        from dutydesk.screens.more import open_more

        with self.desk_app.holding_keys():
            await open_more(self.desk_app.desk_screens()[-1])  # what it says is said where one is

    async def action_back(self) -> None:
        """There is nothing above 今日."""
        self.say(AT_HOME)

    def action_nothing(self) -> None:
        """Tab has nowhere to go here."""


async def _read_anew(listing: WindowList[HomeRow]) -> None:
    """The cursor keeps its row; a list that was read from its first line is so again, whatever is new above it."""
    from_the_top = listing.rows_above == 0
    await listing.reload()
    if from_the_top and listing.rows_above and listing.row is not None:
        await listing.show(listing.row.key)


def _side_by_side(words: list[str], width: int) -> str:
    """On one line where they have room, wide apart if that goes; no word is broken where they need two."""
    for apart in ("　", " "):
        if cell_len(apart.join(words)) <= width:
            return apart.join(words)
    lines = [""]
    for each in words:
        if lines[-1] and cell_len(f"{lines[-1]} {each}") > width:
            lines.append("")
        lines[-1] += f" {each}" if lines[-1] else each
    return "\n".join(lines)


def form_of(draft: Kept) -> DeskScreen:
    """The form that a draft belongs to, as it was left."""
    if draft.kind == "act":
        from dutydesk.screens.act_form import ActScreen

        return ActScreen.from_draft(draft)
    if draft.kind == "handover":
        from dutydesk.screens.shift.signing import SignOutScreen

        return SignOutScreen(draft=draft)
    if draft.kind == "letter":
        from dutydesk.screens.letters.drafting import DraftScreen

        return DraftScreen(draft=draft)
    if draft.kind == "letter_act":
        from dutydesk.screens.letters.acting import LetterActScreen

        return LetterActScreen.from_draft(draft)
    if draft.kind == "roster":
        from dutydesk.screens.shift.pattern import PatternScreen

        return PatternScreen(draft=draft)
    if draft.kind == "meeting_decision":
        from dutydesk.screens.meetings.deciding import DecisionScreen

        return DecisionScreen(draft=draft)
    if draft.kind == "meeting_minutes":
        from dutydesk.screens.meetings.writing_down import ParagraphScreen

        return ParagraphScreen(draft=draft)
    from dutydesk.screens.intake import IntakeScreen

    return IntakeScreen(draft=draft)


def _day_line(day: date, sheet: TodaySheet) -> str:
    shifts = "　".join(sheet.on_duty)
    since = f"\n新情况：{sheet.since}（上次离开）以来别人办的" if sheet.since else ""
    return f"{day.month}月{day.day}日 星期{WEEKDAYS[day.weekday()]}　{shifts}{since}"


def _rows(sheet: TodaySheet) -> list[HomeRow]:
    from dutydesk.rules.today import MANY

    rows = [
        HomeRow(
            f"draft:{draft.id}",
            DRAFTS,
            f"{draft.title or '没写标题'}（{moment(draft.saved_at)}），Enter 接着填",
            "",
            draft.kind,
            draft=draft,
        )
        for draft in sheet.drafts
    ]
    for section, lines in ((NEEDS, sheet.needs), (NEWS, sheet.news)):
        for line in lines:
            key = f"{section}:{line.duty}:{line.target}:{line.text}"
            count = f"{line.count}+" if line.count >= MANY else str(line.count or "")
            rows.append(HomeRow(key, section, line.text, count, line.duty, line.target, line.pressing))
    return rows
