"""How Chinese official papers say days, times, numbers and people; what all Word documents of the desk share in content.

Imports nothing heavy: whoever fills a document's content in may import its module.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dutydesk.text import clean, mask_name, mask_phones_in

WEEKDAYS = "一二三四五六日"
NOT_NUMBERED = "（草稿，未编号）"
NO_DAY = "　　年　月　日"
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_DIGITS = "零一二三四五六七八九"
_YEAR = re.compile(r"\s*[\[［(（【〔]\s*(\d{4})\s*[\]］)）】〕]\s*(?:第?\s*0*(?=\d))?")


class Matter(NamedTuple):
    """An issue as a document tells it.

    A resident's data is masked unless the document names the act that revealed it (`revealed_by`).
    """

    number: str  # 2026-000123
    place: str
    text: str
    due: date | None = None
    tried: str = ""  # what was done about it already
    raised_by: str = ""  # a resident's name
    phone: str = ""
    address: str = ""


class Contact(NamedTuple):
    """Whom to call about a document: staff, at the office's telephone; never masked."""

    name: str
    phone: str


class Teller:
    """Makes texts ready for a document: cleaned, and with personal data masked unless it was revealed by an act."""

    def __init__(self, revealed_by: str) -> None:
        self.revealed = bool(revealed_by)

    def line(self, text: str, limit: int = 400) -> str:
        """One line of text."""
        text = clean(text, limit)
        return text if self.revealed else mask_phones_in(text)

    def prose(self, text: str, limit: int = 20_000) -> str:
        """Text of several lines."""
        text = clean(text, limit, lines=True)
        return text if self.revealed else mask_phones_in(text)

    def resident(self, matter: Matter) -> str:
        """Who raised a matter: name, telephone, address; without the act that revealed them, the family name alone."""
        name, *reach = (clean(text) for text in (matter.raised_by, matter.phone, matter.address))
        if self.revealed:
            return "，".join(filter(None, (name, *reach)))
        return mask_name(name) + ("（联系方式略）" if any(reach) else "")


def told(matter: Matter, tell: Teller, *, whole: bool = False) -> str:
    """A matter in a cell, line by line: where, what is wrong, what was done, who said so; `whole` with number and limit."""
    number = tell.line(matter.number) if whole else ""
    lines = [" ".join(filter(None, (number, tell.line(matter.place)))), tell.prose(matter.text)]
    if matter.tried:
        lines.append(f"已采取措施：{tell.prose(matter.tried)}")
    if resident := tell.resident(matter):
        lines.append(f"反映人：{resident}")
    if matter.due and whole:
        lines.append(f"办理时限：{said_day(matter.due)}")
    return "\n".join(filter(None, lines))


def said_day(day: date | None) -> str:
    """`2026年8月3日`: full year, no leading zeros; blanks to be filled in where there is none yet."""
    return f"{day.year}年{day.month}月{day.day}日" if day else NO_DAY


def said_in_two(day: date | None) -> str:
    """A day on two lines, for a narrow column: `2026年`, `8月3日`; nothing where there is none."""
    return f"{day.year}年\n{day.month}月{day.day}日" if day else ""


def said_weekday(day: date) -> str:
    """`2026年8月3日（星期一）`."""
    return f"{said_day(day)}（星期{WEEKDAYS[day.weekday()]}）"


def said_time(at: datetime) -> str:
    """`2026年8月3日（星期一）14:00` in Shanghai; a time without zone is Shanghai's."""
    here = at.astimezone(_SHANGHAI) if at.tzinfo else at
    return f"{said_weekday(here.date())}{here:%H:%M}"


def said_number(number: str) -> str:
    """A letter's number as the standard has it: `徐康办约[2026]第03号` becomes `徐康办约〔2026〕3号`."""
    return _YEAR.sub(r"〔\1〕", clean(number)) or NOT_NUMBERED


def said_count(count: int) -> str:
    """`12` as `十二`, up to 99, for headings."""
    tens, ones = divmod(count, 10)
    if tens == 0:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def listed(names: Sequence[str], between: str = "、") -> str:
    """Names in a row, cleaned; what is empty is left out."""
    return between.join(filter(None, (clean(name) for name in names)))


def sentence(text: str) -> str:
    """A text that ends as a sentence does."""
    return text if not text or text[-1] in "。！？；：…”" else text + "。"
