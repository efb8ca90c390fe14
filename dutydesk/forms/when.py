"""Days and moments as people type them. Full-width digits count; all times are Asia/Shanghai."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dutydesk.text import narrow

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY_UNREAD = "日期没看懂。可以写 11-26、1126、2026-11-26、26日、明天、周五、+3（三天后）。"
NO_SUCH_DAY = "没有这一天。请看看月和日。"
MOMENT_UNREAD = "时间没看懂。可以写 1530（今天）、26日15:30、11-26 15:30、明天9:00。"
BY_UNREAD = "时间没看懂。可以写 周五前、明天、11-26、1530（今天）、明天9:00。"
TIME_MISSING = "还要写几点，例如 {text} 15:30。"
NO_SUCH_TIME = "没有这个时刻。小时 0 至 23，分钟 0 至 59。"

_NEAR_DAYS = {
    "大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0, "今": 0, "当天": 0,
    "明天": 1, "明日": 1, "明": 1, "后天": 2, "大后天": 3,
}  # fmt: skip
_MONTH_ENDS = {"月底": 0, "月末": 0, "本月底": 0, "这个月底": 0, "下月底": 1, "下个月底": 1}
_YEAR_ENDS = {"年底": 0, "年末": 0, "今年底": 0, "今年年底": 0, "明年底": 1, "明年年底": 1}
_NUMERALS = "〇一二三四五六七八九"
_SPOKEN = re.compile(rf"[{_NUMERALS}零十]+(?=[年月日号])|(?<=月)[{_NUMERALS}零十]+")
_WEEKDAYS = "一二三四五六日天"
_WEEKDAY_NAMES = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_DAY_SHAPES = [
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    re.compile(r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})[日号]?"),
    re.compile(r"(?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})[日号]?"),
    re.compile(r"(?P<m>\d{2})(?P<d>\d{2})"),
    re.compile(r"(?P<d>\d{1,2})[日号]"),
]
_CLOCK = re.compile(
    r"(?P<day>.*?)[ T]*(?P<half>上午|早上|中午|下午|晚上)?"
    r"(?P<h>\d{1,2})(?::|点|时)(?P<m>\d{1,2}|半)?分?(?::\d\d(?:\.\d+)?)?(?:\+08:?00)?"
)
_BEFORE = re.compile(r"(?:之|以)?前$")
_PART_OF_DAY = re.compile(r"(?P<day>.*?)\s*(?:(?P<noon>上午|早上|中午)|下午|下班)")
_DIGITS_ONLY = re.compile(r"(?P<day>(?:\d{4}|\d{8})?|.*[日号天 ])(?P<h>\d{2})(?P<m>\d{2})")


def parse_day(text: str, today: date | None = None) -> date:
    """The day that `text` means. Without a year it is the one nearest to today. Raises ValueError, in Chinese."""
    today = today or datetime.now(SHANGHAI).date()
    typed = _BEFORE.sub("", narrow(text).strip().replace(" ", ""))
    if typed in _NEAR_DAYS:
        return today + timedelta(days=_NEAR_DAYS[typed])
    if typed in _MONTH_ENDS:
        return _month_end(today, _MONTH_ENDS[typed])
    if typed in _YEAR_ENDS:
        return date(today.year + _YEAR_ENDS[typed], 12, 31)
    typed = _SPOKEN.sub(lambda found: _in_digits(found[0]), typed)
    if shift := re.fullmatch(r"([+-]\d{1,3})天?", typed):
        return today + timedelta(days=int(shift[1]))
    if weekday := re.fullmatch(rf"(下)?(?:周|星期|礼拜)([{_WEEKDAYS}])", typed):
        return _weekday(today, min(_WEEKDAYS.index(weekday[2]), 6), next_week=bool(weekday[1]))
    for shape in _DAY_SHAPES:
        if found := shape.fullmatch(typed):
            parts = found.groupdict()
            return _nearest(parts.get("y"), parts.get("m"), int(parts["d"]), today)
    raise ValueError(DAY_UNREAD)


def _month_end(today: date, months: int) -> date:
    count = today.year * 12 + today.month + months  # months up to and with the one wanted
    return date(count // 12, count % 12 + 1, 1) - timedelta(days=1)


def _in_digits(spoken: str) -> str:
    """`三十一` as `31`, `二〇二六` as `2026`."""
    plain = spoken.replace("零", "〇")
    if "十" not in plain:
        return "".join(str(_NUMERALS.index(character)) for character in plain)
    tens, _, ones = plain.partition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return spoken
    return f"{_NUMERALS.index(tens) if tens else 1}{_NUMERALS.index(ones) if ones else 0}"


def _weekday(today: date, weekday: int, next_week: bool) -> date:
    if next_week:
        return today + timedelta(days=7 - today.weekday() + weekday)
    return today + timedelta(days=(weekday - today.weekday()) % 7)


def _nearest(year: str | None, month: str | None, day: int, today: date) -> date:
    years = [int(year)] if year else [today.year, today.year + 1, today.year - 1]
    days = []
    for candidate in years:
        try:
            days.append(date(candidate, int(month) if month else today.month, day))
        except ValueError:
            continue
    if not days:
        raise ValueError(NO_SUCH_DAY)
    return days[0] if month is None else min(days, key=lambda found: abs(found - today))


def parse_moment(text: str, now: datetime | None = None) -> datetime:
    """The moment that `text` means; a time alone is today's. Aware, Asia/Shanghai. Raises ValueError, in Chinese."""
    now = (now or datetime.now(SHANGHAI)).astimezone(SHANGHAI)
    typed = narrow(text).strip()
    if typed in ("现在", "刚才", "此刻"):
        return now.replace(second=0, microsecond=0)
    found = _CLOCK.fullmatch(typed) or _DIGITS_ONLY.fullmatch(typed)
    if found is None or (re.fullmatch(r"20\d{6}", typed) and _is_day(typed, now.date())):
        if _is_day(typed, now.date()):
            raise ValueError(TIME_MISSING.format(text=typed))
        raise ValueError(MOMENT_UNREAD)
    day_text = found["day"].strip()
    try:
        day = parse_day(day_text, now.date()) if day_text else now.date()
    except ValueError:
        raise ValueError(MOMENT_UNREAD) from None
    return datetime.combine(day, _clock(found.groupdict()), SHANGHAI)


def parse_by(text: str, now: datetime | None = None) -> date | datetime:
    """By when something is to be done: a moment, or a day alone (`明天`, `周五前`), whose hours only the office knows.

    `上午` is up to noon; `下午` and `下班前` are the day. Raises ValueError as `parse_moment` does.
    """
    now = (now or datetime.now(SHANGHAI)).astimezone(SHANGHAI)
    typed = _BEFORE.sub("", narrow(text).strip())
    try:
        return parse_moment(typed, now)
    except ValueError as unread:
        part = _PART_OF_DAY.fullmatch(typed)
        day_text = (part["day"] or "今天") if part else typed
        if not _is_day(day_text, now.date()):
            raise (ValueError(BY_UNREAD) if str(unread) == MOMENT_UNREAD else unread) from None
    day = parse_day(day_text, now.date())
    return datetime.combine(day, time(12), SHANGHAI) if part and part["noon"] else day


def _is_day(text: str, today: date) -> bool:
    try:
        parse_day(text, today)
    except ValueError:
        return False
    return True


def _clock(parts: dict[str, str | None]) -> time:
    hour = int(parts["h"] or 0)
    minute = 30 if parts["m"] == "半" else int(parts["m"] or 0)
    if parts.get("half") in ("下午", "晚上") and hour < 12:
        hour += 12
    if hour > 23 or minute > 59:
        raise ValueError(NO_SUCH_TIME)
    return time(hour, minute)


def day_in_words(day: date) -> str:
    """`11月26日 周四`, with the year when it is not this one."""
    year = "" if day.year == datetime.now(SHANGHAI).year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日 {_WEEKDAY_NAMES[day.weekday()]}"


def moment_in_words(moment: datetime) -> str:
    """`11月26日 周四 15:30`."""
    local = moment.astimezone(SHANGHAI)
    return f"{day_in_words(local.date())} {local:%H:%M}"
