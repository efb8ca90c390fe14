"""Word files as pages: converted by LibreOffice, read with poppler's pdftotext. Fonts are Noto's, by `fonts.conf`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from html import unescape
from pathlib import Path
from typing import NamedTuple

import pytest

FONTS = Path(__file__).parent / "fonts.conf"
POINTS = 72 / 25.4  # of a millimetre
_PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)
_WORD = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>')


class Word(NamedTuple):
    """A piece of text without blanks, and where it stands, in millimetres from the page's upper left corner."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


class Page(NamedTuple):
    """A page as it would be printed."""

    width: float
    height: float
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """All of it, without blanks."""
        return "".join(word.text for word in self.words)

    def lines(self, top: float = 37, bottom: float = 262) -> list[str]:
        """The lines of text between two heights, as far as 28 characters may go, from the upper one on."""
        rows: dict[int, list[Word]] = {}
        for word in self.words:
            if top - 3 <= word.top and word.bottom <= bottom + 3:
                rows.setdefault(round(word.bottom), []).append(word)
        return ["".join(word.text for word in sorted(rows[at])) for at in sorted(rows)]


def to_pages(files: Iterable[Path], folder: Path) -> dict[str, list[Page]]:
    """Convert Word files in one call; their pages by the files' names without their endings.

    Skips the test where LibreOffice's writer or poppler is missing, fails it where DUTYDESK_TEST_WORD=required.
    """
    files = list(files)
    office, reader = shutil.which("soffice"), shutil.which("pdftotext")
    if not (office and reader):
        _missing("LibreOffice 或 poppler-utils 没有安装")
    done = subprocess.run(
        [
            office or "",
            f"-env:UserInstallation=file://{folder / 'profile'}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            *map(str, files),
        ],
        env=os.environ | {"FONTCONFIG_FILE": str(FONTS), "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if not all((folder / f"{path.stem}.pdf").exists() for path in files):
        _missing(f"LibreOffice 不能转换 Word 文件（缺 libreoffice-writer？）：{done.stderr[-300:]}")
    return {path.stem: read(folder / f"{path.stem}.pdf") for path in files}


def read(path: Path) -> list[Page]:
    """The pages of a PDF file."""
    said = subprocess.run(
        ["pdftotext", "-bbox", str(path), "-"], capture_output=True, timeout=60, check=True
    ).stdout.decode(errors="replace")  # a rare character may come as two halves
    return [
        Page(
            float(width) / POINTS,
            float(height) / POINTS,
            tuple(
                Word(*(float(number) / POINTS for number in found[:4]), unescape(found[4]))
                for found in _WORD.findall(inside)
            ),
        )
        for width, height, inside in _PAGE.findall(said)
    ]


def _missing(why: str) -> None:
    if os.environ.get("DUTYDESK_TEST_WORD") == "required":
        pytest.fail(why)
    pytest.skip(why)
