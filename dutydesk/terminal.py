"""Between Textual and the terminal: what may be drawn, which keys count as which, and how many wait.

What must happen before Textual is imported is in `dutydesk.tty`.
"""

from __future__ import annotations

import asyncio
import contextlib
import unicodedata
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.app import ScreenStackError
from textual.filter import LineFilter
from textual.keys import _character_to_key, key_to_character
from textual.message import Message
from textual.message_pump import MessagePump

from dutydesk.sent_cells import SentCells

if TYPE_CHECKING:
    from textual.color import Color
    from textual.driver import Driver

    from dutydesk.locking import Cover

_UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
KEYS_AHEAD = 200  # keys that are taken off the line before the desk has answered them
_LOOK_AGAIN = 0.02  # seconds
SETTLE_SECONDS = 5.0
_TYPED = (events.InputEvent, events.Paste)

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

    keys_waiting: deque[events.Key]  # from the first key on
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
            self.keys_waiting.append(event)
        else:
            self.keys_waiting = deque()
            await self._hand(event)
            self._handing_out = asyncio.create_task(self._hand_out())

    def key_to_hand(self, event: events.Key) -> events.Key:
        """The key as it is to act, looked at when its turn comes."""
        return event

    async def _hand(self, event: events.Key) -> None:
        cover: Cover | None = getattr(self, "cover", None)
        if cover is not None:  # laid by the key before
            cover.take(event)
        else:
            await super().on_event(self.key_to_hand(event))  # type: ignore[misc]

    async def _hand_out(self: Any) -> None:
        await self._settle()
        while self.keys_waiting:
            await self._hand(self.keys_waiting.popleft())
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
    keys_come = keys_taken = 0  # from the line; by the app

    @property
    def keys_ahead(self: Any) -> int:
        """How many keys have come and wait for their turn."""
        return self.keys_come - self.keys_taken + len(getattr(self, "keys_waiting", ()))

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

            def send_message(self, message: Message) -> None:
                """On the input thread. Who is far ahead of the desk waits: the rest stays in the line, not in memory."""
                if isinstance(message, _TYPED):
                    while app.keys_ahead > KEYS_AHEAD and not self.exit_event.wait(_LOOK_AGAIN):
                        pass
                    app.keys_come += 1
                super().send_message(message)

            def stop_application_mode(self) -> None:
                app.cover = None  # nothing of the desk is drawn any more, and the terminal is put back
                super().stop_application_mode()

        return LeanDriver

    async def on_event(self: Any, event: events.Event) -> None:
        """After these the terminal may show something else than was sent; what lies over the desk comes first."""
        if isinstance(event, _TYPED) and not event.is_forwarded:
            self.keys_taken += 1
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
