"""`dutydesk doctor` asks the terminal, says what to do, and chooses the drawing."""

from __future__ import annotations

import os
import pty
import re
import select
import sys
import tomllib
from pathlib import Path

import pytest

ASKED = re.compile(r"\r([^\r\x1b]*)\x1b\[6n")


def doctor(tmp_path: Path, narrow: str = "", answers: bool = True, **environment: str) -> tuple[str, int]:
    """What it prints in a terminal that gives one column to ASCII and to `narrow`, else two; and its exit code."""
    pid, fd = pty.fork()
    if pid == 0:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
        kept |= {"TERM": "xterm-256color", "LANG": "C.UTF-8", "XDG_CONFIG_HOME": str(tmp_path)} | environment
        os.chdir(Path(__file__).parent.parent)
        os.execve(sys.executable, [sys.executable, "-m", "dutydesk", "doctor"], kept)
    shown, asked = b"", 0
    while select.select([fd], [], [], 20)[0]:
        try:
            data = os.read(fd, 4096)
        except OSError:
            break
        shown += data
        questions = ASKED.findall(shown.decode(errors="ignore"))
        for text in questions[asked:] if answers else ():
            columns = sum(1 if each.isascii() or each in narrow else 2 for each in text)
            os.write(fd, f"\x1b[1;{columns + 1}R".encode())
        asked = len(questions)
    os.close(fd)
    return shown.decode(errors="replace"), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return tmp_path / "dutydesk" / "settings.toml"


DRAWN = "─│┌▶●✓✗…“”·↑"


def test_a_terminal_that_draws_all_in_one_column_keeps_the_drawing(tmp_path, settings):
    shown, status = doctor(tmp_path, narrow=DRAWN)
    assert "✓ 汉字宽度：2 列" in shown and "✓ 线条和记号：都占 1 列" in shown
    assert not settings.exists() and status == 0


def test_one_that_draws_marks_in_two_gets_ascii_and_is_told(tmp_path, settings):
    settings.parent.mkdir()
    settings.write_text('lock_wait = "30"\n', encoding="utf-8")
    shown, status = doctor(tmp_path, narrow="─│┌…")
    assert "! 线条和记号：▶ ● ✓ ✗ “ ” · ↑ 占 2 列" in shown and status == 1
    assert tomllib.loads(settings.read_text(encoding="utf-8")) == {"lock_wait": "30", "drawing": "ascii"}
    again, _ = doctor(tmp_path, narrow=DRAWN)
    assert "改回原样" in again
    assert tomllib.loads(settings.read_text(encoding="utf-8"))["drawing"] == "auto"


def test_one_that_does_not_answer_is_not_waited_for(tmp_path, settings):
    shown, status = doctor(tmp_path, answers=False)
    assert "终端不回答光标在哪里" in shown and status == 1
    assert not settings.exists()


def test_chinese_in_one_column_and_a_strange_terminal_are_told(tmp_path):
    shown, status = doctor(tmp_path, narrow="中" + DRAWN, TERM="teletype")
    assert "! 汉字宽度：1 列" in shown and "! 终端类型：teletype" in shown and status == 1
