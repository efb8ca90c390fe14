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
# format characters (Cf), line and paragraph separators, fillers that show as nothing, non-characters.
_UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")


def _safe(character: str, lines: bool) -> bool:
    if character == "\n":
        return lines
    if unicodedata.category(character) in _UNSAFE or character in _FILLERS:
        return False
    return ord(character) & 0xFFFE != 0xFFFE and not "\ufdd0" <= character <= "\ufdef"


def _stacks(character: str) -> bool:
    """Whether it takes no room of its own: a mark of any kind, or a Korean vowel that joins what is before it."""
    return unicodedata.category(character)[0] == "M" or "\u1160" <= character <= "\u11ff"


# Most of what is written: Chinese, ASCII, and the marks of either; nothing in it needs a look at each character.
# Not compiled here, nor `_RUNS`: it takes two milliseconds, which a start need not.
_PLAIN = r"[ -~、-】㐀-鿿！-～·—‘’“”…]*"


def clean(text: str, limit: int | None = None, *, lines: bool = False) -> str:
    """Return `text` without anything a terminal, a document or a spreadsheet could obey.

    Controls, bidi and zero-width characters, surrogates and tags are dropped, tabs and (unless `lines`) line ends
    become blanks, runs of combining marks are cut at three, and the whole at `limit` characters
    (200 for a line, 4,000 for prose). Blanks at both ends go.
    """
    if limit is None:
        limit = PROSE_LIMIT if lines else LINE_LIMIT
    if re.fullmatch(_PLAIN, text):
        return text.strip()[:limit]
    text = (
        text[: limit * 4].replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").replace("\u3000", " ")
    )
    if not lines:
        text = text.replace("\n", " ")
    kept: list[str] = []
    marks = 0
    for character in text:
        if not _safe(character, lines):
            continue
        marks = marks + 1 if _stacks(character) else 0
        if marks <= _MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept).strip()[:limit]


def json_line(value: object) -> str:
    """JSON on one line in which nothing can be obeyed: what `clean` would drop stands as its escape (`\\u009b`)."""
    import json

    line = json.dumps(value, ensure_ascii=False)
    return (
        line
        if line.isprintable()
        else "".join(c if c == " " or _safe(c, False) else _escaped(c) for c in line)
    )


def _escaped(character: str) -> str:
    code = ord(character)
    if code < 0x10000:
        return f"\\u{code:04x}"
    return f"\\u{0xD800 + (code - 0x10000 >> 10):04x}\\u{0xDC00 + (code - 0x10000 & 0x3FF):04x}"


_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x3001: 0x2F, 0x3002: 0x2E}


def narrow(text: str) -> str:
    """Full-width letters, digits and punctuation as their ASCII twins (`１２` → `12`, `。` → `.`)."""
    return text.translate(_WIDE)


def place_in_words(unit: str, spot: str) -> str:
    """A unit and where in it; people often begin the second with the first."""
    return spot if spot.startswith(unit) else f"{unit} {spot}".strip()


def mask_name(name: str) -> str:
    """A resident's name as everybody may see it: the family name, the rest as one star (`王某某` → `王*`)."""
    return name[:1] + "*" if name else ""


def mask_phone(phone: str) -> str:
    """A telephone number as everybody may see it: its last two digits (`13800001234` → `*********34`)."""
    return "*" * max(len(phone) - 2, 0) + phone[-2:] if len(phone) > 4 else "*" * len(phone)


_GAP = r"[ \-]?"
_NUMBERS_OF_PEOPLE = re.compile(
    rf"""(?<!\d)(?:
        (?P<mobile>(?:86{_GAP})?1[3-9]\d(?:{_GAP}\d){{8}})
        | (?P<landline>0\d{{2,3}}\)?{_GAP}\d{{3,4}}{_GAP}\d{{4}})
        | (?P<identity>\d{{6}}(?:19|20)\d{{2}}[01]\d[0-3]\d{{4}}[\dXx])
        | (?<=[打话机络系拨致:：])(?P<local>{_GAP}[2-8]\d{{3}}{_GAP}\d{{4}})
    )(?!\d)""",
    re.VERBOSE,
)


def mask_phones_in(text: str) -> str:
    """Telephone and identity numbers inside running text, masked: people type them where they do not belong.

    Mobile numbers, landlines with their area code, and eight digits after a word such as 电话 or 打; in full-width
    digits and with gaps too. The first three and the last two digits stay, but of an identity number only the last two.
    """
    shown, last = [], 0
    for found in _NUMBERS_OF_PEOPLE.finditer(narrow(text)):
        shown += [text[last : found.start()], _masked(found)]
        last = found.end()
    return "".join([*shown, text[last:]])


def unmask_phones_in(text: str, original: str) -> str:
    """`text` with the numbers of `original` in place of their masks: it was edited as `mask_phones_in` showed it."""
    for found in _NUMBERS_OF_PEOPLE.finditer(narrow(original)):
        text = text.replace(_masked(found), original[found.start() : found.end()], 1)
    return text


def _masked(found: re.Match[str]) -> str:
    number = found[0]
    kept = 0 if found["identity"] else 3
    return number[:kept] + "*" * (len(number) - kept - 2) + number[-2:]


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
    """Readings of a whole name, the most usual first: a long name's polyphones are more together than are kept."""
    return itertools.islice(_by_unusual_readings(columns), _READINGS_AT_MOST)


def _by_unusual_readings(columns: list[list[str]]) -> Iterator[str]:
    """All readings: the usual one, then those with one character read otherwise, then with two, and so on."""
    several = [place for place, column in enumerate(columns) if len(column) > 1]
    for many in range(len(several) + 1):
        for places in itertools.combinations(several, many):
            for otherwise in itertools.product(*(columns[place][1:] for place in places)):
                parts = [column[0] for column in columns]
                for place, reading in zip(places, otherwise, strict=True):
                    parts[place] = reading
                yield "".join(parts)


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


_RUNS = r"[㐀-鿿豈-\ufaff\U00020000-\U0003ffff]+|[a-z0-9]+"
_LONGEST_DIGITS = 6


def search_tokens(text: str) -> str:
    """The tokens under which a text is found, parted by blanks: overlapping pairs of Chinese characters, words.

    `电梯故障A座` → `电梯 梯故 故障 a 座`. Runs of more than six digits are left out: telephone and identity numbers
    in running text must not be found by trying them.
    """
    tokens: list[str] = []
    for run in re.findall(_RUNS, narrow(text).lower()):
        if not run.isascii():
            tokens += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
        elif not (run.isdigit() and len(run) > _LONGEST_DIGITS):
            tokens.append(run)
    return " ".join(tokens)
