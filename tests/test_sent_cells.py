"""What is sent to the terminal: just what it does not show yet, and always enough that it shows what was drawn."""

from __future__ import annotations

import random

import pyte
import pytest

from dutydesk.sent_cells import SentCells

COLUMNS, LINES = 24, 6
STYLES = ("", "\x1b[1;39;49m", "\x1b[7m", "\x1b[2;4;39;49m", "\x1b[31;49m", "\x1b[38;5;49m")
LETTERS = "a1│ …▶电梯故障，·　"


def piece(row: int, column: int, text: str, style: str = "") -> str:
    return f"\x1b[{row};{column}H" + (f"{style}{text}\x1b[0m" if style else text)


def page(*lines: str) -> str:
    """A whole update as Textual writes it: line by line, and the caret back to its place."""
    return "\n".join(piece(row, 1, line) for row, line in enumerate(lines, 1)) + "\x1b[1;1H"


def test_the_same_page_again_sends_nothing_but_the_caret() -> None:
    sent = SentCells()
    assert "电梯故障" in sent.only_new(page("电梯故障", "路灯"))
    assert sent.only_new(page("电梯故障", "路灯")) == "\x1b[1;1H"


def test_of_a_line_that_changed_in_the_middle_only_the_middle_is_sent() -> None:
    sent = SentCells()
    sent.only_new(page("2026-000123 待处置 电梯故障两次了"))
    assert sent.only_new(page("2026-000123 已销项 电梯故障两次了")) == "\x1b[1;13H已销项\x1b[1;1H"


def test_two_changes_far_apart_are_sent_each_at_its_place() -> None:
    sent = SentCells()
    sent.only_new(page("▶ 1 立案        编入案卷"))
    assert sent.only_new(page("  1 立案        编入案件")) == "\x1b[1;1H \x1b[1;23H件\x1b[1;1H"


def test_that_a_colour_is_the_terminals_own_is_not_sent() -> None:
    assert (
        SentCells().only_new("\x1b[3;1H\x1b[1;39;49m急\x1b[0m\x1b[39;49m·\x1b[0m")
        == "\x1b[3;1H\x1b[1m急\x1b[0m·"
    )
    assert SentCells().only_new("\x1b[3;1H\x1b[38;5;49m急\x1b[0m") == "\x1b[3;1H\x1b[38;5;49m急\x1b[0m"


@pytest.mark.parametrize(
    "other", ["\x1b[2J", "\x1b[1;5r", "\x1b[?1049h", "电梯", "\x1b[2;1H\x1b[K", "\x1b[2;1H\x1b[1S"]
)
def test_what_may_move_what_stands_there_passes_untouched_and_nothing_is_known_any_more(other: str) -> None:
    sent = SentCells()
    sent.only_new(page("电梯故障"))
    assert sent.only_new(other) == other
    assert "电梯故障" in sent.only_new(page("电梯故障"))


@pytest.mark.parametrize("other", ["\x1b[?2026h", "\x1b[?2026l", "\x1b[?25l", "\x1b]22;default\x07"])
def test_what_draws_nothing_passes_and_changes_nothing(other: str) -> None:
    sent = SentCells()
    sent.only_new(page("电梯故障"))
    assert sent.only_new(other) == other
    assert sent.only_new(page("电梯故障")) == "\x1b[1;1H"


@pytest.mark.parametrize("text", ["e\u0301tage", "电\u0301梯"])
def test_a_line_with_a_character_that_has_no_column_passes_untouched(text: str) -> None:
    sent = SentCells()
    odd = page(text)
    assert sent.only_new(odd) == odd
    assert sent.only_new(odd) == odd


def test_half_of_a_wide_character_that_was_written_over_counts_as_unknown() -> None:
    sent = SentCells()
    sent.only_new(page("电梯"))
    sent.only_new(piece(1, 2, "|"))
    assert sent.only_new(page("电梯")) == "\x1b[1;1H电\x1b[1;1H"


def random_line(dice: random.Random, columns: int) -> str:
    text = ""
    while columns > 0:
        style, run = dice.choice(STYLES), ""
        for _ in range(dice.randint(1, 6)):
            letter = dice.choice(LETTERS)
            width = 2 if letter in "电梯故障，　" else 1
            if width <= columns:
                run += letter
                columns -= width
            if columns == 0:
                break
        text += f"{style}{run}\x1b[0m" if style else run
    return text


def looks(screen: pyte.Screen) -> list[list[object]]:
    return [[screen.buffer[row][column] for column in range(COLUMNS)] for row in range(LINES)]


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_drawn_the_terminal_shows_it_as_if_all_had_been_sent(seed: int) -> None:
    dice = random.Random(seed)
    whole, lean = pyte.Screen(COLUMNS, LINES), pyte.Screen(COLUMNS, LINES)
    streams = pyte.Stream(whole), pyte.Stream(lean)
    sent = SentCells()
    bytes_whole = bytes_lean = 0
    lines = [random_line(dice, COLUMNS) for _ in range(LINES)]
    for _ in range(60):
        changed = dice.randrange(LINES)
        lines[changed] = random_line(dice, COLUMNS)
        data = "\r\n".join(piece(row, 1, line) for row, line in enumerate(lines, 1)) + "\x1b[1;1H"
        less = sent.only_new(data.replace("\r\n", "\n"))
        bytes_whole, bytes_lean = bytes_whole + len(data), bytes_lean + len(less)
        streams[0].feed(data)
        streams[1].feed(less)
        assert looks(whole) == looks(lean)
    assert bytes_lean < bytes_whole / 2
