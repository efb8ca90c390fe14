"""The one place where text from outside is made safe to keep and to show; masking, pinyin and find keys.

Imports nothing of ours. pypinyin is loaded only when keys are computed, which happens when a name is written.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator

LINE_LIMIT = 200
PROSE_LIMIT = 4000
_MARKS_IN_A_ROW = 3
_READINGS_AT_MOST = 24

# What must never reach a terminal or a document: controls, lone surrogates, private tags, bidi and zero-width
# format characters (Cf), non-characters, line and paragraph separators.
_UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _safe(character: str, lines: bool) -> bool:
    if character == "\n":
        return lines
    return unicodedata.category(character) not in _UNSAFE and ord(character) & 0xFFFE != 0xFFFE


def clean(text: str, limit: int | None = None, *, lines: bool = False) -> str:
    """Return `text` without anything a terminal, a document or a spreadsheet could obey.

    Controls, bidi and zero-width characters, surrogates and tags are dropped, tabs and (unless `lines`) line ends
    become blanks, runs of combining marks are cut at three, and the whole at `limit` characters
    (200 for a line, 4,000 for prose). Blanks at both ends go.
    """
    if limit is None:
        limit = PROSE_LIMIT if lines else LINE_LIMIT
    text = text[: limit * 4].replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").replace("\u3000", " ")
    if not lines:
        text = text.replace("\n", " ")
    kept: list[str] = []
    marks = 0
    for character in text:
        if character == "\n" or character.isascii():
            marks = 0
        elif unicodedata.combining(character):
            marks += 1
            if marks > _MARKS_IN_A_ROW:
                continue
        else:
            marks = 0
        if _safe(character, lines):
            kept.append(character)
    return "".join(kept).strip()[:limit]


_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x3001: 0x2F, 0x3002: 0x2E}


def narrow(text: str) -> str:
    """Full-width letters, digits and punctuation as their ASCII twins (`１２` → `12`, `。` → `.`)."""
    return text.translate(_WIDE)


def mask_name(name: str) -> str:
    """A resident's name as everybody may see it: the family name, the rest as one star (`王某某` → `王*`)."""
    return name[:1] + "*" if name else ""


def mask_phone(phone: str) -> str:
    """A telephone number as everybody may see it: its last two digits (`13800001234` → `*********34`)."""
    return "*" * max(len(phone) - 2, 0) + phone[-2:] if len(phone) > 4 else "*" * len(phone)


_PHONE_IN_TEXT = re.compile(r"(?<!\d)(1\d{2})\d{6}(\d{2})(?!\d)")


def mask_phones_in(text: str) -> str:
    """Mobile numbers inside running text, masked: people type them where they do not belong."""
    return _PHONE_IN_TEXT.sub(r"\1******\2", text)


def _readings(character: str) -> list[str]:
    """Every toneless pinyin of one character; a Latin letter or digit reads as itself."""
    if character.isascii():
        return [character.lower()] if character.isalnum() else []
    from pypinyin import Style, pinyin

    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    if not found:
        return []
    readings = list(dict.fromkeys(found[0]))
    for reading in list(readings):
        if "v" in reading:
            readings += [reading.replace("v", "u"), reading.replace("v", "yu")]
    return list(dict.fromkeys(readings))


def _combinations(columns: list[list[str]]) -> Iterator[str]:
    product = itertools.product(*columns)
    return ("".join(parts) for parts in itertools.islice(product, _READINGS_AT_MOST))


def find_keys(name: str) -> dict[str, int]:
    """The keys under which a name is found, each with the place where it begins in the name.

    Keys are the name itself, its pinyin initials and its full pinyin, from each character on, for every reading of
    a polyphone (`长桥` → `cq`, `zq`, `changqiao`, `zhangqiao`, `q`, `qiao`, `长桥`, `桥`).
    """
    name = narrow(clean(name)).lower()
    columns = [(position, _readings(character)) for position, character in enumerate(name)]
    spoken = [(position, readings) for position, readings in columns if readings]
    keys: dict[str, int] = {}
    for start in range(len(name)):
        keys.setdefault(name[start:], start)
    for start in range(len(spoken)):
        readings = [r for _, r in spoken[start:]]
        position = spoken[start][0]
        for key in _combinations([list(dict.fromkeys(r[0] for r in rs)) for rs in readings]):
            keys.setdefault(key, position)
        for key in _combinations(readings):
            keys.setdefault(key, position)
    return keys
