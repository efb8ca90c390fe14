"""A desk in a real pseudo-terminal, looked at through an emulated screen."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from pathlib import Path

import pyte

KEYS = {
    "enter": "\r", "esc": "\x1b", "tab": "\t", "backspace": "\x7f", "up": "\x1b[A", "down": "\x1b[B",
    "left": "\x1b[D", "right": "\x1b[C", "home": "\x1b[H", "end": "\x1b[F", "pgup": "\x1b[5~", "pgdn": "\x1b[6~",
    "f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~", "f6": "\x1b[17~",
    "f9": "\x1b[20~", "f10": "\x1b[21~", "f11": "\x1b[23~", "f12": "\x1b[24~", "ctrl+q": "\x11", "ctrl+c": "\x03",
    "space": " ",
}  # fmt: skip
PATIENCE = 20.0


class NeverShown(AssertionError):
    """What was awaited did not come; the message holds the screen as it was."""


class TerminalDesk:
    """One `dutydesk` process in a terminal of its own."""

    def __init__(
        self, *arguments: str, url: str, size: tuple[int, int] = (80, 24), **environment: str
    ) -> None:
        self.screen = pyte.Screen(*size)
        self.stream = pyte.ByteStream(self.screen)
        self.received = 0
        self.status: int | None = None
        self.keys = 0
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
            kept |= {"TERM": "xterm-256color", "LANG": "C.UTF-8", "DUTYDESK_DATABASE": url} | environment
            os.chdir(Path(__file__).parent.parent.parent)
            os.execve(sys.executable, [sys.executable, "-m", "dutydesk", *arguments], kept)
        self.resize(*size)

    # -- looking --------------------------------------------------------------------------------------------

    def _read(self, seconds: float) -> int:
        """What comes within so many seconds, or at once when something is there; how many bytes."""
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return 0
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return 0
        self.stream.feed(data)
        self.received += len(data)
        return len(data)

    @property
    def lines(self) -> list[str]:
        """The screen's lines. The emulated screen keeps a blank behind each wide character; it is left out."""
        return [
            "".join(self.screen.buffer[row][column].data for column in range(self.screen.columns)).rstrip()
            for row in range(self.screen.lines)
        ]

    @property
    def text(self) -> str:
        """The whole screen."""
        return "\n".join(self.lines)

    def wait(self, *words: str, gone: str = "", seconds: float = PATIENCE) -> str:
        """Wait until all these words are on the screen (and `gone` is not); answers with the screen."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._read(0.05)
            shown = self.text
            if all(word in shown for word in words) and not (gone and gone in shown):
                return shown
            if self.ended():
                break
        raise NeverShown(f"{words} (without {gone!r}) not on the screen:\n{self.text}")

    def wait_for_one_of(self, *words: str, seconds: float = PATIENCE) -> str:
        """Wait until one of these is on the screen; answers with it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.ended():
            self._read(0.05)
            found = next((word for word in words if word in self.text), None)
            if found is not None:
                return found
        raise NeverShown(f"none of {words} on the screen:\n{self.text}")

    def read_for(self, seconds: float) -> None:
        """Take what comes for so long."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._read(left)

    def settle(self, quiet: float = 0.3) -> str:
        """Wait until the desk has written nothing for a while; answers with the screen."""
        while self._read(quiet):
            pass
        return self.text

    def move_to(self, words: str, at_most: int = 60) -> str:
        """Press ↓ until the cursor's line holds these words; raises NeverShown where it does not come to them."""
        for _ in range(at_most):
            here = next((line for line in self.lines if line.startswith("▶")), "")
            if words in here:
                return here
            self.press("down").settle(0.1)
        raise NeverShown(f"the cursor did not come to {words}:\n{self.text}")

    def bytes_while_idle(self, seconds: float) -> int:
        """What the desk writes with no key pressed, once it is at rest."""
        self.settle(0.6)
        before, until = self.received, time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._read(left)
        return self.received - before

    # -- acting ---------------------------------------------------------------------------------------------

    def press(self, *keys: str) -> TerminalDesk:
        """Press keys by name, others as the text that they are."""
        for key in keys:
            self.keys += 1
            os.write(self.fd, KEYS.get(key, key).encode())
            if key == "esc":
                self._read(0.15)  # else it would join the next key
        return self

    def type(self, text: str) -> TerminalDesk:
        """Prose: not counted as keys."""
        os.write(self.fd, text.encode())
        return self

    def paste(self, text: str) -> TerminalDesk:
        """A bracketed paste."""
        os.write(self.fd, b"\x1b[200~" + text.encode() + b"\x1b[201~")
        return self

    def resize(self, columns: int, lines: int) -> None:
        """Another window size."""
        self.screen.resize(lines, columns)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def signal(self, number: int) -> None:
        """Send a signal to the desk."""
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """The terminal goes away."""
        os.close(self.fd)
        self.fd = -1

    # -- ending ---------------------------------------------------------------------------------------------

    def ended(self) -> bool:
        """Whether the process has ended; then `status` is its exit status (negative: a signal)."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def wait_for_end(self, seconds: float = PATIENCE) -> int:
        """The exit status, once it has ended."""
        until = time.monotonic() + seconds
        while not self.ended():
            if time.monotonic() > until:
                raise NeverShown(f"the desk did not end:\n{self.text}")
            if self.fd >= 0:
                self._read(0.05)
            else:
                select.select([], [], [], 0.02)
        assert self.status is not None
        while self.fd >= 0 and self._read(0):
            pass
        return self.status

    def close(self) -> None:
        """End it, whatever it does."""
        with contextlib.suppress(OSError):
            if not self.ended():
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
