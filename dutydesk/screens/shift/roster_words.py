"""What the roster's screen says of a month: where it stands, which keys do something, how much each has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dutydesk.vocabulary import RosterState
from dutydesk.widgets.cells import fit

if TYPE_CHECKING:
    from dutydesk.rules.duty_roster import RosterSheet

NOTHING_WRONG = "没有空缺、一天两班、夜班后没休息或连上太多天。"
_HEADS = ("姓名", "本月班数", "夜班", "周末", "节假日", "｜前半年夜班", "周末", "节假日")
_WIDTHS = (10, 10, 6, 6, 8, 14, 6, 6)


def month_of(sheet: RosterSheet) -> str:
    """`2026年12月`."""
    year, number = sheet.month.split("-")
    return f"{year}年{int(number)}月"


def head(sheet: RosterSheet) -> str:
    """Where the month stands, and what is to be done about it."""
    if sheet.state is None:
        kinds = "、".join(map(str, sheet.kinds))
        said = f"这个月还没有排。按 5 按规律排出草稿（{kinds}）。{sheet.notice}"
    else:
        many = f"{len(sheet.problems)}处要注意" if sheet.problems else "没有空缺和冲突"
        holds = "发布前仍照原来的班" if sheet.redrawn else ""
        said = "　".join(filter(None, (sheet.stands, holds, many, sheet.notice)))
    if not sheet.merged:
        return said
    return (
        f"{said}\n! {'；'.join(sheet.merged)}：{'按 5 重排，6 发布。' if sheet.chief else '由片区长重排。'}"
    )


def why_not_publish(sheet: RosterSheet) -> str:
    """Why it cannot be published now; nothing where it can."""
    if sheet.state is None:
        return "这个月还没有排，按 5 先排。"
    if sheet.state is RosterState.PUBLISHED:
        return "这个月已经发布。"
    return "" if sheet.chief else "值班表由片区长发布；草稿在片区长的今日里等着。"


def in_force(sheet: RosterSheet) -> bool:
    """Whether a published roster is what is shown."""
    return sheet.state is RosterState.PUBLISHED and sheet.version > 0


def why_not_draft(sheet: RosterSheet) -> str:
    """Why the month cannot be drawn now; nothing where it can."""
    if in_force(sheet) and not sheet.chief:
        return "这个月已发布，重排由片区长办；您可以按 9 换班，或 → 到下个月去排。"
    return ""


def keys_in_vain(sheet: RosterSheet) -> set[str]:
    """Keys that do nothing with this month."""
    found = set() if sheet.redrawn and sheet.chief else {"0"}
    if sheet.state is None or (in_force(sheet) and not sheet.chief):
        found.add("1-4")
    if why_not_publish(sheet):
        found.add("6")
    if why_not_draft(sheet):
        found.add("5")
    return found


def shares(sheet: RosterSheet) -> str:
    """What each has this month and has had in the half year before, in columns; and what is wrong."""
    lines = [_in_columns(_HEADS)]
    for share in sheet.shares:
        now, past = share.now, share.past
        counts = (now.total, now.nights, now.weekends, now.holidays)
        before = (f"｜{past.nights}", past.weekends, past.holidays)
        lines.append(_in_columns((share.name, *counts, *before)))
    return "\n".join([*lines, "", *(sheet.problems or (NOTHING_WRONG,))])


def _in_columns(texts: Sequence[object]) -> str:
    return "".join(fit(str(text), columns) for text, columns in zip(texts, _WIDTHS, strict=True))
