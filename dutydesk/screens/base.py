"""What every screen of the desk shares: its frame, the way it asks the database, how it says what went wrong.

The table of duties is here too: digits on 今日, function keys anywhere, help and bottom line are made from it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, NamedTuple, ParamSpec, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.screen import Screen

from dutydesk.desk import DatabaseProblem, Desk
from dutydesk.rules import permission
from dutydesk.rules.errors import Refused
from dutydesk.session import Session
from dutydesk.widgets.frame import BottomLine, CalmFocus, Notice, TitleLine

if TYPE_CHECKING:
    from textual.worker import Worker, WorkType

    from dutydesk.app import DutyDesk

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")


def _patrol(target: str) -> Screen[Any]:
    from dutydesk.screens.patrol import PatrolScreen

    return PatrolScreen(target)


def _intake(_target: str) -> Screen[Any]:
    from dutydesk.screens.intake import IntakeScreen

    return IntakeScreen()


def _issues(target: str) -> Screen[Any]:
    from dutydesk.screens.issues import IssuesScreen

    return IssuesScreen(target or "open")


def _triage(_target: str) -> Screen[Any]:
    from dutydesk.screens.triage import TriageScreen

    return TriageScreen()


def _decisions(target: str) -> Screen[Any]:
    from dutydesk.screens.decisions import DecisionsScreen

    return DecisionsScreen()


def _shift(target: str) -> Screen[Any]:
    from dutydesk.screens.shift import ShiftScreen

    return ShiftScreen(target)


def _figures(_target: str) -> Screen[Any]:
    from dutydesk.screens.figures import FiguresScreen

    return FiguresScreen()


def _audit(_target: str) -> Screen[Any]:
    from dutydesk.screens.audit import AuditScreen

    return AuditScreen()


def _people(target: str) -> Screen[Any]:
    from dutydesk.screens.people.going import first_page

    return first_page(target)


def _letters(target: str) -> Screen[Any]:
    from dutydesk.screens.letters import LettersScreen

    return LettersScreen(target or "mine")


def _contact(_target: str) -> Screen[Any]:
    from dutydesk.screens.shift.contact import ContactScreen

    return ContactScreen()


def _meetings(target: str) -> Screen[Any]:
    from dutydesk.screens.meetings import MeetingsScreen

    return MeetingsScreen(target)


class Duty(NamedTuple):
    """A duty of the desk: its digit on 今日, its function key, who has it, and its screen.

    `at_once`: the screen can be drawn, empty, before somebody is signed on.
    """

    name: str
    title: str
    digit: str
    key: str
    act: str
    screen: Callable[[str], Screen[Any]] | None
    at_once: bool = False

    def open_to(self, session: Session) -> bool:
        """Whether this session has the duty at all."""
        return not self.act or permission.may_at_all(session, self.act)


# Digits and keys as the design gives them; those of duties that do not exist yet are left free.
DUTIES: tuple[Duty, ...] = (
    Duty("today", "今日", "", "", "", None),
    Duty("patrol", "每日巡查", "1", "f2", "patrol", _patrol),
    Duty("intake", "登记", "2", "f3", "register", _intake),
    Duty("issues", "问题清单", "3", "f4", "read", _issues, at_once=True),
    Duty("meetings", "双周例会", "4", "f5", "meetings", _meetings),
    Duty("letters", "条块约请", "5", "f6", "letters", _letters),
    Duty("shift", "值班", "6", "f7", "shift", _shift),
    Duty("triage", "待立案", "", "", "open", _triage),
    Duty("contact", "先行联系", "", "", "shift", _contact),
    Duty("decisions", "待我定", "9", "", "decisions", _decisions),
    Duty("people", "人员", "", "", "people", _people),
    Duty("figures", "办件统计", "", "", "figures", _figures),
    Duty("audit", "审计", "", "", "read_audit", _audit),
)
DUTY_OF_KEY = {duty.name: duty for duty in DUTIES}
EVERYWHERE: tuple[tuple[str, str], ...] = (
    *((duty.key.upper(), duty.title) for duty in DUTIES if duty.key),
    ("F12", "更多"),
    ("Ctrl+Q", "退出（正在填写的留作草稿）"),
    ("F1", "帮助"),
    ("Esc", "返回"),
    ("Ctrl+L", "屏幕花了，重画一遍"),
)
SMALLEST = (80, 24)
_KEY_COLUMNS = 14
DRAFT_KEPT = "已留作草稿，今日的“没填完”里可以接着填。"
LEFT_BESIDE = "数据库现在存不进，填的已另存成文件；能存时自动回到今日的“没填完”。"
WOULD_BE_LOST = "数据库和文件现在都存不进：离开这里，填的就没有了。仍要离开请再按一次。"


class DeskScreen(CalmFocus, Screen[Any]):
    """A screen of the desk. `NAME` stands in its first line; `KEYS` make its last line and its help."""

    BLANK = True  # nothing of its own to draw for each change below it
    NAME: ClassVar[str] = ""
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = ()
    BACK: ClassVar[tuple[str, str]] = ("Esc", "返回")
    HELP: ClassVar[str] = ""
    UNDO: ClassVar[str] = "在问题清单按 0 再按 8 可撤销"  # how what was done here is taken back
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "返回", show=False),
        Binding("f1,question_mark", "help", "帮助", show=False),
    ]

    def compose(self) -> ComposeResult:
        """The frame: whose desk, the body, what was said last, the keys."""
        yield TitleLine(self.NAME)
        yield from self.body()
        yield Notice()
        yield BottomLine(self.KEYS, self.BACK)

    def body(self) -> ComposeResult:
        """What is between the lines of the frame."""
        return iter(())

    # -- the desk -------------------------------------------------------------------------------------------

    @property
    def desk_app(self) -> DutyDesk:
        """The app, as what it is."""
        return cast("DutyDesk", self.app)

    @property
    def desk(self) -> Desk:
        """The line to the database."""
        return self.desk_app.desk

    @property
    def session(self) -> Session:
        """Who is signed in."""
        session = self.desk.session
        assert session is not None
        return session

    async def ask(
        self, rule: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T | None:
        """Read by a rule; what went wrong is said on the notice line, and None comes back."""
        try:
            return await self.desk.read(rule, *args, **kwargs)
        except (Refused, DatabaseProblem) as problem:
            self.say(str(problem), "bad")
            return None

    async def do(
        self, rule: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T | None:
        """Write by a rule; what went wrong is said on the notice line, and None comes back."""
        try:
            return await self.desk.run(rule, *args, **kwargs)
        except (Refused, DatabaseProblem) as problem:
            self.say(str(problem), "bad")
            return None

    def run_worker(self, work: WorkType[R], *args: Any, **kwargs: Any) -> Worker[R]:
        """As Textual's; what still waited for an answer when the screen was left ends, and does not end the desk."""
        return super().run_worker(partial(self._while_here, work), *args, **kwargs)

    async def _while_here(self, work: WorkType[R]) -> R:
        # Textual takes the parts off a screen first and cancels its workers after that.
        try:
            answer: Any = work() if callable(work) else work
            return cast("R", await answer)
        except NoMatches:
            if self in self.app.screen_stack:
                raise
            raise asyncio.CancelledError from None

    async def show(self, screen: Screen[R]) -> R | None:
        """Open a dialog or form over this screen and wait for its result; see `DutyDesk.show`."""
        return await self.desk_app.show(screen)

    @staticmethod
    def new_act() -> str:
        """The id of an act to come."""
        import uuid

        return str(uuid.uuid4())

    # -- what the app calls ---------------------------------------------------------------------------------

    composed = False
    stale = False
    late = False  # mounted without its parts: it draws them when it comes in sight

    def on_screen_resume(self) -> None:
        """In sight again: what was written meanwhile is read now.

        A screen that is covered draws nothing: Textual would draw all of the one above it again.
        """
        if self.stale and self.wanted_now():
            self.stale = False
            self.changed()

    def wanted_now(self) -> bool:
        """Whether this screen is in sight and drawn."""
        return self.composed and self.app.screen is self

    def on_mount(self) -> None:
        """Show whose desk it is, once somebody is signed on."""
        if not self.late:
            self.drawn()

    def drawn(self) -> None:
        """The parts of this screen are there."""
        self.composed = True
        self.on_resize()
        if self.desk.session is not None:
            self.signed_on()

    def signed_on(self) -> None:
        """Somebody has signed on (or changed): read anew."""
        self.show_title()

    def changed(self) -> None:
        """This desk or another has written: read again what is shown."""

    async def keep(self) -> None:
        """Save what is typed here as a draft."""

    @property
    def draft_id(self) -> str:
        """The draft of what is half typed here, if there is one."""
        return ""

    def draft_kept(self, draft_id: str) -> None:
        """A form over this screen was left half typed: say where that is now."""
        if self.composed:
            self.say(DRAFT_KEPT)

    def plain_drafts(self) -> Mapping[str, Mapping[str, Any]]:
        """What is typed here, in plain words, for when nothing else works; must touch no widget."""
        return {}

    unkept = ""  # where what is typed here lies, when the database did not take it
    unsafe = False  # it lies nowhere
    warned = False  # and who leaves has been told so

    def left_above(self, screen: DeskScreen) -> None:
        """The screen over this one was left: say where what was half typed there is now."""
        if screen.unkept and self.composed:
            self.say(screen.unkept, "bad")
        elif screen.draft_id:
            self.draft_kept(screen.draft_id)

    # -- saying ---------------------------------------------------------------------------------------------

    def show_title(self, extra: str = "") -> None:
        """The first line: the screen's name, and whose desk it is."""
        name = "　".join(part for part in (self.NAME, extra) if part)
        self.query_one(TitleLine).show(name, self.session.desk_name)

    def show_keys(
        self, before: Iterable[tuple[str, str]] = (), after: Iterable[tuple[str, str]] = ()
    ) -> None:
        """The last line: the screen's own keys, with others before and after them."""
        self.query_one(BottomLine).show([*before, *self.KEYS, *after])

    def say(self, words: str, kind: str = "info") -> None:
        """A sentence on the notice line; it stays until the next one."""
        self.query_one(Notice).say(words, kind)

    def action_help(self) -> None:
        """All keys of this screen, and those that work everywhere."""
        from dutydesk.widgets.action_menu import TextPage

        self.app.push_screen(TextPage(f"帮助·{self.NAME}", "\n".join(self.help_lines())))

    def help_lines(self) -> Iterable[str]:
        """The help page, made from the same table as the last line."""
        from dutydesk.widgets.cells import fit

        if self.HELP:
            yield from (self.HELP, "")
        yield "这一屏的键"
        for key, words in self.KEYS:
            yield f"  {fit(key, _KEY_COLUMNS)} {words}"
        yield ""
        yield "到处可用"
        for key, words in EVERYWHERE:
            yield f"  {fit(key, _KEY_COLUMNS)} {words}"
        yield ""
        yield "列表：↑↓ 或 j k 移动，PgUp PgDn 翻页，Home End 到头到尾，Enter 办理。"
        yield "输入法在中文状态时，全角的数字和标点与半角一样有效。"

    async def action_back(self) -> None:
        """One step back; from the top of a duty to 今日."""
        if len(self.app.screen_stack) > 1:
            await self.keep()
            self.dismiss()

    def on_resize(self) -> None:
        """Say when the window is smaller than the desk is made for; it goes on working."""
        width, height = self.app.size
        if self.composed and (width < SMALLEST[0] or height < SMALLEST[1]):
            self.say(f"窗口现在是{width}×{height}，请放大到80×24以上，内容才看得全。", "bad")
