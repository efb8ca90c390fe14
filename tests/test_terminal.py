"""The terminal layer: what may be drawn, twins of keys, and a line that drops in a real pty."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import subprocess
import sys
import termios
import unicodedata
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color

from dutydesk import tty
from dutydesk.terminal import DeskFilter, ascii_twin, digit_of, literal

BLACK = Color(0, 0, 0)


def drawn(text: str, **options) -> str:
    return "".join(s.text for s in DeskFilter(**options).apply([Segment(text)], BLACK))


# What may be drawn


@pytest.mark.parametrize("ascii_drawing", [False, True])
def test_no_character_that_a_terminal_obeys_gets_through_and_widths_stay(ascii_drawing):
    unsafe = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    for code in [*range(0x3000), *range(0xD800, 0xE000), *range(0xFE00, 0xFFFF), *range(0xE0000, 0xE0200)]:
        character = chr(code)
        shown = drawn(f"a{character}b", ascii_drawing=ascii_drawing)
        assert not any(unicodedata.category(c) in unsafe for c in shown), hex(code)
        assert cell_len(shown) == 2 + cell_len(character), hex(code)


def test_a_whole_clipboard_sequence_is_shown_and_not_sent():
    assert drawn("点\x1b]52;c;aGk=\x07此") == "点]52;c;aGk=此"


def test_control_segments_pass_and_plain_ones_are_not_copied():
    plain, control = Segment("电梯 lift"), Segment("\x1b[2J", None, [(1,)])
    assert DeskFilter().apply([plain, control], BLACK) == [plain, control]


def test_the_ascii_drawing_mode_leaves_no_ambiguous_width():
    glyphs = "".join(map(chr, range(0x2500, 0x25FF))) + "▶●…✗✓←→↑↓“”①"
    shown = drawn(glyphs + "中文，《好》", ascii_drawing=True)
    assert not [c for c in shown if unicodedata.east_asian_width(c) == "A"]
    assert "中文，《好》" in shown
    assert drawn("┌─┐│└┘", ascii_drawing=True) == "+-+|++"


def test_literal_is_one_line():
    assert literal("一\r\n二\t三\u2028四\x1b[m") == "一 二 三 四[m"


# Keys


@pytest.mark.parametrize(
    ("key", "twin"),
    [
        ("fullwidth_question_mark", "question_mark"),
        ("fullwidth_solidus", "slash"),
        ("ideographic_comma", "slash"),
        ("１", "1"),
        ("ｊ", "j"),
        ("Ｇ", "G"),
        ("ideographic_space", "space"),
        ("a", None),
        ("enter", None),
        ("中", None),
    ],
)
def test_full_width_keys_have_ascii_twins(key, twin):
    assert ascii_twin(key) == twin


def test_digits_of_both_widths():
    assert [digit_of(key) for key in ("0", "9", "３", "a", "f1")] == [0, 9, 3, None, None]


# Before Textual


def test_every_textual_variable_goes_and_nothing_else():
    environ = {"TEXTUAL_DRIVER": "os:system", "TEXTUAL_LOG": "/tmp/x", "TERM": "xterm", "MY_TEXTUAL_": "1"}
    tty.clean_environment(environ)
    assert environ == {"TERM": "xterm", "MY_TEXTUAL_": "1"}


@pytest.mark.parametrize(
    ("term", "allowed"),
    [
        ("xterm-256color", True),
        ("linux", True),
        ("putty", True),
        ("dumb", False),
        ("", False),
        (None, False),
        ("../x", False),
    ],
)
def test_only_known_terminals(term, allowed):
    assert tty.allowed_term(term) is allowed


def test_without_a_tty_the_desk_refuses_and_textual_is_not_needed_for_it():
    script = "import sys; from dutydesk import tty; print(tty.refuse_without_tty()); print('textual' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stdout.splitlines() == [tty.NO_TTY_MESSAGE, "False"]


# A line that drops

DESK = """
import sys, time
from pathlib import Path
from textual.app import App
from textual.widgets import Static
from dutydesk.hang_up import watch_for_hangup

folder, stuck = Path(sys.argv[1]), sys.argv[2] == "stuck"

class Desk(App):
    def compose(self):
        yield Static("desk is open")

    def on_mount(self):
        watch_for_hangup(self, self.save, lambda: (folder / "last words").write_text("draft"))

    async def save(self):
        if stuck:
            time.sleep(60)
        (folder / "saved").write_text("draft")
        self.exit()

Desk().run()
"""


def open_desk(folder: Path, how: str) -> tuple[subprocess.Popen[bytes], int]:
    """The desk in a pty of its own, open; answers the process and the terminal's end of the line."""
    outside, inside = pty.openpty()

    def take_terminal() -> None:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    desk = subprocess.Popen(
        [sys.executable, "-c", DESK, str(folder), how],
        stdin=inside,
        stdout=inside,
        stderr=inside,
        preexec_fn=take_terminal,
        env={**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(Path(tty.__file__).parents[1])},
    )
    os.close(inside)
    seen = b""
    while b"desk is open" not in seen:
        seen += os.read(outside, 4096)
    return desk, outside


@pytest.mark.parametrize(
    ("how", "told_by", "status", "left"),
    [
        ("well", "hangup", 129, ["saved"]),
        ("stuck", "hangup", 129, ["last words"]),
        ("well", "terminate", 143, ["saved"]),
        ("stuck", "terminate", 143, ["last words"]),
    ],
)
def test_the_desk_saves_and_ends_within_seconds(tmp_path, how, told_by, status, left):
    desk, outside = open_desk(tmp_path, how)
    try:
        if told_by == "hangup":
            os.close(outside)
        else:
            desk.send_signal(signal.SIGTERM)
        assert desk.wait(timeout=10) == status
    finally:
        desk.kill()
        if told_by != "hangup":
            os.close(outside)
    assert sorted(path.name for path in tmp_path.iterdir()) == left
