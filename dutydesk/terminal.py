"""Between Textual and the terminal: what may be drawn, which keys count as which, and a line that drops.

What must happen before Textual is imported is in `dutydesk.tty`.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import select
import signal
import sys
import threading
import unicodedata
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.app import ScreenStackError
from textual.filter import LineFilter
from textual.keys import _character_to_key, key_to_character
from textual.message_pump import MessagePump

from dutydesk.sent_cells import SentCells

if TYPE_CHECKING:
    from textual.app import App
    from textual.color import Color
    from textual.driver import Driver

    from dutydesk.locking import Cover

_UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
GRACE_SECONDS = 2.0
SETTLE_SECONDS = 5.0
_TYPED = (events.InputEvent, events.Paste)
HANGUP_STATUS = 129
TERMINATED_STATUS = 143

# Ambiguous-width characters and what stands for them, one column each, where a terminal draws them in two.
_PAIRS = """
    ▶> ▷> ►> ◀< ◁< ◄< ▲^ △^ ▼v ▽v ●* ○o ◎o ◆* ◇o ■# ▪* □o ★* ☆* ✗x ✘x ×x ✓v ✔v √v …~ ·. •. ∙. ←< →> ↑^ ↓v ⇒>
    “" ”" ‘' ’' ′' ″" —- –- ‐- ―- ÷/ ±+ ≤< ≥> ≈~ ∶: °o §s ※* ①1 ②2 ③3 ④4 ⑤5 ⑥6 ⑦7 ⑧8 ⑨9
"""
_ASCII_TWINS = {pair[0]: pair[1] for pair in _PAIRS.split()}


def _safe_twin(character: str) -> str:
    """The character itself, or something harmless of the same width."""
    if unicodedata.category(character) not in _UNSAFE:
        return character
    return "" if cell_len(character) == 0 else "?"


def _ascii_drawing(character: str) -> str:
    """A twin that every terminal draws in one column, for line drawing and ambiguous widths."""
    if character in _ASCII_TWINS:
        return _ASCII_TWINS[character]
    code = ord(character)
    if 0x2500 <= code <= 0x257F:
        name = unicodedata.name(character, "")
        if "VERTICAL" in name and "HORIZONTAL" not in name and "AND" not in name:
            return "|"
        return "-" if "HORIZONTAL" in name and "VERTICAL" not in name else _corner(name)
    if 0x2580 <= code <= 0x259F:
        return "#"
    if 0x2800 <= code <= 0x28FF:
        return ":"
    if unicodedata.east_asian_width(character) == "A" and cell_len(character) == 1:
        return "?"
    return character


def _corner(name: str) -> str:
    """Corners and crossings; the pure verticals `UP`, `DOWN` and pure horizontals `LEFT`, `RIGHT` as lines."""
    words = set(name.split())
    upright, level = words & {"UP", "DOWN", "VERTICAL"}, words & {"LEFT", "RIGHT", "HORIZONTAL"}
    if upright and not level:
        return "|"
    return "-" if level and not upright else "+"


class _Table(dict[int, str]):
    """A `str.translate` table that works out a character when it first meets it."""

    def __init__(self, twin: Callable[[str], str]) -> None:
        super().__init__()
        self._twin = twin

    def __missing__(self, code: int) -> str:
        twin = self[code] = self._twin(chr(code))
        return twin


_SAFE_TABLE = _Table(_safe_twin)
_ASCII_TABLE = _Table(lambda character: "".join(map(_ascii_drawing, _safe_twin(character))))


def literal(text: str) -> str:
    """`text` as it may be measured and drawn on one line: line ends and tabs as blanks, nothing a terminal obeys."""
    if text.isascii() and text.isprintable():
        return text
    return text.replace("\r\n", " ").translate(_ONE_LINE).translate(_SAFE_TABLE)


_ONE_LINE = {ord(c): " " for c in "\n\r\t\v\f\x85\u2028\u2029"}


class DeskFilter(LineFilter):
    """The second wall behind `text.clean`, and the place of the plain-ASCII drawing mode.

    Everything drawn passes here last. Return it from `App.get_line_filters` after the app's own.
    """

    def __init__(self, ascii_drawing: bool = False) -> None:
        super().__init__()
        self.ascii_drawing = ascii_drawing

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments with each unsafe character replaced by a harmless one of the same width."""
        table = _ASCII_TABLE if self.ascii_drawing else _SAFE_TABLE
        drawn = []
        for segment in segments:
            text = segment.text
            if segment.control or (text.isascii() and text.isprintable()):
                drawn.append(segment)
                continue
            changed = text.translate(_ONE_LINE_KEPT).translate(table)
            drawn.append(segment if changed == text else Segment(changed, segment.style))
        return drawn


# Rich counts these as no column at all, so dropping them keeps the widths; tabs are expanded before.
_ONE_LINE_KEPT = {ord("\t"): "", ord("\n"): "", ord("\r"): ""}


def _twins() -> dict[str, str]:
    pairs = {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}
    pairs |= dict(zip("　、。，；：！？（）【】《》“”‘’￥", " /.,;:!?()[]<>\"\"''$", strict=True))
    return {_character_to_key(wide): _character_to_key(narrow) for wide, narrow in pairs.items()}


_KEY_TWINS = _twins()


def ascii_twin(key: str) -> str | None:
    """Textual's name of the ASCII key for a full-width one (`fullwidth_question_mark` → `question_mark`), or None."""
    return _KEY_TWINS.get(key)


def digit_of(key: str) -> int | None:
    """The digit 0 to 9 that a key stands for, full-width ones too, or None."""
    name = ascii_twin(key) or key
    return int(name) if len(name) == 1 and name in "0123456789" else None


class KeysInTurn:
    """Mixin for the App: a key is handed out when all that the one before set in motion has been done.

    Over a poor line keys arrive in bunches. Textual hands each to what has the focus at that moment, though the one
    before it is about to open a menu or to go to the next field: the rest would act on the wrong thing.
    """

    _waiting: deque[events.Key]
    _handing_out: asyncio.Task[None] | None = None
    _held = 0
    _free: asyncio.Event | None = None

    @contextlib.contextmanager
    def holding_keys(self) -> Iterator[None]:
        """While this lasts no further key is handed out (five seconds at most): what it is for is still to open."""
        self._hold(1)
        try:
            yield
        finally:
            self._hold(-1)

    @contextlib.contextmanager
    def handing_keys(self) -> Iterator[None]:
        """Inside `holding_keys`: a dialog is open and waits for its keys."""
        self._hold(-1)
        try:
            yield
        finally:
            self._hold(1)

    def _hold(self, more: int) -> None:
        self._free = self._free or asyncio.Event()
        self._held += more
        if self._held > 0:
            self._free.clear()
        else:
            self._free.set()

    async def on_event(self: Any, event: events.Event) -> None:
        """Hand a key out at once when nothing is going on, else in its turn. Ctrl+Q never waits."""
        if not isinstance(event, events.Key) or event.is_forwarded or event.key == "ctrl+q":
            await super().on_event(event)  # type: ignore[misc]
        elif self._handing_out is not None and not self._handing_out.done():
            self._waiting.append(event)
        else:
            self._waiting = deque()
            await self._hand(event)
            self._handing_out = asyncio.create_task(self._hand_out())

    def key_to_hand(self, event: events.Key) -> events.Key:
        """The key as it is to act, looked at when its turn comes."""
        return event

    async def _hand(self, event: events.Key) -> None:
        await super().on_event(self.key_to_hand(event))  # type: ignore[misc]

    async def _hand_out(self: Any) -> None:
        await self._settle()
        while self._waiting:
            await self._hand(self._waiting.popleft())
            await self._settle()

    async def _settle(self: Any) -> None:
        """Until the key has bubbled up to its binding, what that posted has bubbled up, and a new screen is open."""
        with contextlib.suppress(asyncio.TimeoutError, ScreenStackError):
            async with asyncio.timeout(SETTLE_SECONDS):
                await self._take_turns()
                while self._held > 0:
                    await self._free.wait()
                    await self._take_turns()

    async def _take_turns(self: Any) -> None:
        upwards = list((self.focused or self.screen).ancestors_with_self)
        await _turns_of([*upwards, *upwards, self.screen, self])


class _Round:
    """A callback that goes from pump to pump: when it has come through, each has worked through what it had.

    One event that travels: an event, a task and a wait for each pump took a fifth of the time of a key.
    """

    _param_count = 0  # or Textual looks into the signature at each stop

    def __init__(self, nodes: list[MessagePump]) -> None:
        self.nodes = iter(nodes)
        self.over = asyncio.Event()

    def __call__(self) -> None:
        """On to the next that still runs."""
        for node in self.nodes:
            if node.post_message(events.Callback(callback=self)):
                return
        self.over.set()


async def _turns_of(nodes: list[MessagePump]) -> None:
    """Wait until each of these, in turn, has worked through the messages it has when its turn comes, or is gone."""
    while True:
        tasks = {node: node._task for node in nodes if node._task is not None and not node._task.done()}
        turns = _Round([node for node in nodes if node in tasks])
        turns()
        waiting = asyncio.create_task(turns.over.wait())
        try:
            await asyncio.wait({waiting, *tasks.values()}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if turns.over.is_set():
            return


class FullWidthKeys(KeysInTurn):
    """Mixin for the App, before `App`: outside text fields a full-width key acts as its ASCII twin.

    An input method in Chinese mode sends ？ 、 １ where the hand pressed ? / 1.
    """

    def key_to_hand(self: Any, event: events.Key) -> events.Key:
        """Exchange the key before any binding is looked up."""
        twin = ascii_twin(event.key)
        if twin is None or self._types_text(self.focused):
            return event
        key = events.Key(twin, " " if twin == "space" else key_to_character(twin))
        key.time = event.time  # when it was pressed: it may have waited since
        return key

    @staticmethod
    def _types_text(widget: Any) -> bool:
        """Whether what is typed there is text. The text area costs 20 ms to import: not before a key asks."""
        from textual.widgets import Input, TextArea

        return isinstance(widget, (Input, TextArea))


class SendsOnce:
    """Mixin for the App: see `sent_cells`. Ctrl+L, as elsewhere, draws all anew."""

    sent_cells: SentCells
    cover: Cover | None = None  # what lies over the desk: it alone is drawn, and gets the keys
    last_key_at = 0.0

    def get_driver_class(self: Any) -> type[Driver]:
        """The driver as Textual finds it, behind a look at what the terminal shows already."""
        plain: Any = super().get_driver_class()  # type: ignore[misc]
        app, sent_cells = self, SentCells()
        self.sent_cells = sent_cells

        class LeanDriver(plain):  # type: ignore[misc]
            def write(self, data: str) -> None:
                if app.cover is None:
                    super().write(sent_cells.only_new(data))

            def write_over(self, data: str) -> None:
                super().write(data)

            def stop_application_mode(self) -> None:
                app.cover = None  # nothing of the desk is drawn any more, and the terminal is put back
                super().stop_application_mode()

        return LeanDriver

    async def on_event(self: Any, event: events.Event) -> None:
        """After these the terminal may show something else than was sent; what lies over the desk comes first."""
        if isinstance(event, _TYPED) and not event.is_forwarded:
            if not isinstance(event, events.MouseEvent):
                self.last_key_at = event.time
            if self.cover is not None:
                self.cover.take(event)
                return
        if isinstance(event, events.Resize):
            self.sent_cells.forget()
        elif isinstance(event, events.Key) and event.key == "ctrl+l":
            self.sent_cells.forget()
            self.screen.refresh()
        await super().on_event(event)  # type: ignore[misc]
        if self.cover is not None and isinstance(event, events.Resize):
            self.cover.draw()

    def write_over(self: Any, data: str) -> None:
        """Write to the terminal past all that the desk draws; a test has none."""
        write = getattr(self._driver, "write_over", None)
        if write is not None:
            write(data)
            self._driver.flush()


class _Watch:
    """Saves and ends the desk when its terminal goes away or it is told to end."""

    def __init__(
        self, app: App[Any], save_and_leave: Callable[[], Awaitable[None]], last_words: Callable[[], None]
    ) -> None:
        self.app = app
        self.save_and_leave = save_and_leave
        self.last_words = last_words
        self.loop = asyncio.get_running_loop()
        self.fd = sys.__stdin__.fileno() if sys.__stdin__ is not None else -1
        self.wake_read, self.wake_write = os.pipe()
        os.set_blocking(self.wake_write, False)
        self.saved = threading.Event()
        self.tasks: set[asyncio.Future[None]] = set()

    def terminate(self, *_: object) -> None:
        """SIGTERM: wake the thread; nothing else is safe in a signal handler."""
        with contextlib.suppress(OSError):
            os.write(self.wake_write, b"T")

    def run(self) -> None:
        """The thread: sleeps in poll() until hang-up or SIGTERM. Touches no widget."""
        poll = select.poll()
        poll.register(self.wake_read, select.POLLIN)
        if self.fd >= 0:
            poll.register(self.fd, 0)  # hang-up and errors are reported without asking
        while True:
            for fd, happened in poll.poll():
                if fd == self.wake_read:
                    self.leave(TERMINATED_STATUS)
                elif happened & (select.POLLHUP | select.POLLERR | select.POLLNVAL):
                    self.leave(HANGUP_STATUS)

    def leave(self, status: int) -> None:
        """Ask the loop to save and leave; when it does not within two seconds, write the last words. Ends."""
        if status == HANGUP_STATUS:
            driver_exit = getattr(self.app._driver, "exit_event", None)
            if driver_exit is not None:  # else its input thread spins on end-of-file
                driver_exit.set()
        atexit.register(os._exit, status)  # the main thread may end first, and must end with this status too
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self._ask)
        if self.saved.wait(GRACE_SECONDS):
            threading.main_thread().join(GRACE_SECONDS)
        else:
            with contextlib.suppress(BaseException):  # nobody is left to tell
                self.last_words()
        os._exit(status)

    def _ask(self) -> None:
        task = asyncio.ensure_future(self._save())
        self.tasks.add(task)

    async def _save(self) -> None:
        await self.save_and_leave()
        self.saved.set()


def watch_for_hangup(
    app: App[Any], save_and_leave: Callable[[], Awaitable[None]], last_words: Callable[[], None]
) -> None:
    """From now on a hang-up or SIGTERM saves and ends the process (exit 129, 143). Call it in the app's `on_mount`.

    `save_and_leave` runs on the event loop and returns when all is saved; it may call `app.exit()`. `last_words` runs
    on a thread, two seconds later, only when the loop did not get there: it must use no widget and no database
    connection of the loop's, but the plain copy of the draft. Suspending (SIGTSTP, SIGCONT) is switched off, because
    the kernel sends SIGCONT on hang-up and Textual would start a second set of threads.
    """
    watch = _Watch(app, save_and_leave, last_words)
    for number in (signal.SIGHUP, signal.SIGTSTP, signal.SIGCONT):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, watch.terminate)
    threading.Thread(target=watch.run, name="hangup", daemon=True).start()
