"""What is typed for a 值班表: months, names, and who is away when. Plain text, since a month has a handful of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from dutydesk.rules.errors import Refused
from dutydesk.text import clean, narrow

_BETWEEN = re.compile(r"[、，,;；/\s]+")
_DAY = r"(?:(?P<{0}m>\d{{1,2}})[-./月])?(?P<{0}d>\d{{1,2}})[日号]?"
_SPAN = re.compile(_DAY.format("a") + r"(?:\s*(?:至|到|~|–|—|-)\s*" + _DAY.format("b") + ")?")

_NAME = re.compile(r"[^\s\d，,：:、]*")

People = Mapping[int, tuple[str, str]]


def days_of(month: str) -> list[date]:
    """The days of `2026-12`. Raises Refused for what is no month."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Refused(f"月份 {month} 看不懂，请写成 2026-12。", "month") from None
    after = (first + timedelta(days=31)).replace(day=1)
    return [first + timedelta(days=number) for number in range((after - first).days)]


def month_after(month: str, steps: int = 1) -> str:
    """The month so many after (or before) `2026-12`."""
    first = days_of(month)[0]
    number = first.year * 12 + first.month - 1 + steps
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def parse_people(text: str, people: People) -> list[int]:
    """The ids of who is named, in their order; a name that several have needs its number. Raises Refused."""
    found: list[int] = []
    for word in filter(None, _BETWEEN.split(clean(text, 400))):
        staff_id = _one(word, people, "people")
        if staff_id not in found:
            found.append(staff_id)
    if not found:
        raise Refused("请写明谁值班。", "people")
    return found


def _one(word: str, people: People, field: str) -> int:
    named = [staff_id for staff_id, (name, number) in people.items() if word in (name, number)]
    if len(named) == 1:
        return named[0]
    if named:
        numbers = "、".join(people[staff_id][1] for staff_id in named)
        raise Refused(f"叫{word}的有{len(named)}位，请写工号：{numbers}。", field)
    raise Refused(f"{word}不在本片区值班。可写：{'、'.join(name for name, _ in people.values())}。", field)


def parse_away(text: str, people: People, days: list[date]) -> list[tuple[int, date, date]]:
    """Who is away when, a line each: `王芳 12-3至12-5、12-20`. Days without a month are of this one. Raises Refused."""
    found = []
    for line in filter(None, (clean(line) for line in text.split("\n"))):
        word, rest = _name_and_days(line, people)
        staff_id = _one(word, people, "away")
        spans = [part for part in re.split(r"[/,;、\s]+", narrow(rest)) if part]
        if not spans:
            raise Refused(f"“{line}”没写哪几天，例如 {word} {days[0].month}-3至{days[0].month}-5。", "away")
        found += [(staff_id, *_span(part, line, days)) for part in spans]
    return found


def _name_and_days(line: str, people: People) -> tuple[str, str]:
    """A line's name, also where no blank stands behind it, and what follows. Raises Refused where there is no name."""
    known = [word for pair in people.values() for word in pair if word and line.startswith(word)]
    word = max(known, key=len, default="") or _NAME.match(line)[0]  # type: ignore[index]
    if not word:
        raise Refused(
            f"“{line}”没写是谁，例如 {next(iter(people.values()), ('王芳', ''))[0]} {line}。", "away"
        )
    return word, line[len(word) :].lstrip("，,：:、 　")


def _span(part: str, line: str, days: list[date]) -> tuple[date, date]:
    match = _SPAN.fullmatch(part)
    if match is None:
        raise Refused(f"“{line}”里的“{part}”没看懂。请写成 姓名 12-3至12-5。", "away")
    first = _day(match["am"], match["ad"], line, days)
    last = _day(match["bm"] or match["am"], match["bd"], line, days) if match["bd"] else first
    if last < first:
        raise Refused(f"“{line}”没看懂：后一天不能早于前一天。", "away")
    return first, last


def _day(month: str | None, day: str, line: str, days: list[date]) -> date:
    """The day nearest to the month. Raises Refused for one that there is not."""
    year, here = days[0].year, days[0].month
    number = int(month) if month else here
    try:
        return date(year + (number < here - 6) - (number > here + 6), number, int(day))
    except ValueError:
        raise Refused(f"“{line}”没看懂：没有{number}月{int(day)}日这一天。", "away") from None
