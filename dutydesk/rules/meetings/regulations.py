"""本单位规定: every time limit, weight, role and form of words for meetings and letters, as settings of the office.

The source names 双周例会 and 条块约请 and fixes no procedure. Each line here is one setting, or a part of one, with
what it says now, since when and by whom; the subdistrict's coordinator changes it, and the change is in the audit.
"""

from __future__ import annotations

import json
import string
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from dutydesk.meeting_words import ItemKind
from dutydesk.models import OfficeSetting
from dutydesk.rules import acts, office
from dutydesk.rules.errors import AlreadyDone, NotAllowed, Refused
from dutydesk.rules.meetings.settings import WORDS, table
from dutydesk.rules.permission import MAY
from dutydesk.session import Session
from dutydesk.text import clean
from dutydesk.vocabulary import Role

CHANGES = Role.COORDINATOR
_LONGEST = 200
_PLACES = {  # what may stand in {} in the words of a paper
    "notice": frozenset({"district", "name", "area", "meeting", "month", "day"}),
    "minutes": frozenset({"district", "name", "area", "meeting", "year", "serial"}),
}


class Regulation(NamedTuple):
    """One line: where it stands (`key`, and `part` of a table), what it is called and what may be written."""

    group: str
    name: str
    key: str
    part: str
    hint: str
    say: Callable[[Any], str]
    read: Callable[[str], Any]

    @property
    def known_as(self) -> str:
        """`agenda_rules.soon_days`; of a setting that is no table its key alone."""
        return f"{self.key}.{self.part}" if self.part else self.key


class RegulationLine(NamedTuple):
    """A regulation as it is shown; `since` and `by` are empty for what came with the desk."""

    known_as: str
    group: str
    name: str
    value: str
    hint: str
    since: date | None
    by: str


def _number(least: int, most: int) -> tuple[str, Callable[[Any], str], Callable[[str], Any]]:
    def read(typed: str) -> int:
        if not typed.isascii() or not typed.isdecimal() or not least <= int(typed) <= most:
            raise Refused(f"请写{least}到{most}的整数。", "value")
        return int(typed)

    return f"{least}到{most}的整数", str, read


def _three(value: Any) -> str:
    weight, minutes, most = value
    return f"权重{weight}，{minutes}分钟，最多{most}项"


def _read_three(typed: str) -> list[int]:
    found = "".join(each if each.isascii() and each.isdecimal() else " " for each in typed).split()
    if len(found) != 3:
        raise Refused("请写三个数：权重、分钟、最多几项，例如 60 4 8。", "value")
    weight, minutes, most = (int(each) for each in found)
    if weight > 100 or not 1 <= minutes <= 60 or most > 50:
        raise Refused("权重0到100，分钟1到60，最多0到50项。", "value")
    return [weight, minutes, most]


_MEMBERS = tuple(role for role in Role if role in MAY["meetings"])


def _roles(value: Any) -> str:
    return "、".join(Role(each).label for each in value)


def _read_roles(typed: str) -> list[str]:
    by_label = {role.label: role for role in _MEMBERS}
    names = typed.replace("，", "、").replace(",", "、").replace(" ", "、").split("、")
    named = [name for name in names if name]
    if not named or any(name not in by_label for name in named):
        raise Refused("请从这些里写，中间用顿号：" + "、".join(by_label) + "。", "value")
    return list(dict.fromkeys(by_label[name].value for name in named))


def _read_time(typed: str) -> str:
    from dutydesk.rules.meetings.series import checked_time

    try:
        return checked_time(typed)
    except Refused as refused:
        raise Refused(refused.message, "value") from None


def _plain(typed: str) -> str:
    if len(typed) < 2:
        raise Refused("请写上，至少两个字。", "value")
    return typed


def _words(paper: str, needed: frozenset[str] = frozenset()) -> Callable[[str], Any]:
    known = _PLACES[paper]

    def read(typed: str) -> str:
        _plain(typed)
        try:
            parts = list(string.Formatter().parse(typed))
        except ValueError:
            raise Refused("{ 和 } 要成对。", "value") from None
        used = {place for _, place, _, _ in parts if place is not None}
        if used - known or any(spec or turned for _, place, spec, turned in parts if place is not None):
            raise Refused("{ } 里只能写：" + "、".join(sorted(known)) + "。", "value")
        if needed - used:
            raise Refused(
                "要有 " + "、".join(f"{{{each}}}" for each in sorted(needed)) + "，否则会重号。", "value"
            )
        return typed

    return read


def _line(group: str, name: str, key: str, part: str, shape: Any) -> Regulation:
    return Regulation(group, name, key, part, *shape)


_ROLES_HINT = ("写岗位名称，中间用顿号", _roles, _read_roles)
_NOTICE = ("可用 {meeting}会名 {area}片区 {month}月 {day}日 {name}街镇 {district}区", str, _words("notice"))
_MINUTES = ("可用 {meeting}会名 {area}片区 {name}街镇 {district}区", str, _words("minutes"))
_ISSUE = ("{serial}第几次，要有；{year}年", str, _words("minutes", frozenset({"serial"})))

REGULATIONS: tuple[Regulation, ...] = (
    *(
        _line("例会日期", name, "meeting_series", part, shape)
        for name, part, shape in (
            ("通常星期几（7是周日）", "weekday", _number(1, 7)),
            ("隔几周", "every_weeks", _number(1, 12)),
            ("几点开", "starts", ("例如 14:00", str, _read_time)),
            ("开几分钟", "minutes", _number(10, 480)),
            ("地点", "place", ("至少两个字", str, _plain)),
            ("一次排出几个月", "months", _number(1, 12)),
        )
    ),
    *(
        _line("例会分工", name, "meeting_roles", part, _ROLES_HINT)
        for name, part in (
            ("准备、改期、散会", "prepare"), ("取消、免开、并会", "decide"), ("记纪要、作决定", "write"),
            ("审签（主持人之外）", "sign"), ("提议题", "add"), ("跟办决定", "follow"),
        )
    ),
    *(
        _line("议程轻重", kind.label, "agenda_table", kind.value, ("权重 分钟 最多几项，例如 60 4 8", _three, _read_three))
        for kind in ItemKind
    ),
    *(
        _line("议程规则", name, "agenda_rules", part, shape)
        for name, part, shape in (
            ("几个工作日内算将到期", "soon_days", _number(1, 30)),
            ("前哨：同类同处几件起", "cluster_same", _number(2, 50)),
            ("前哨：同类几件起", "cluster_kind", _number(2, 100)),
            ("前哨：同处几件起", "cluster_place", _number(2, 100)),
            ("最重的低于多少提免开", "worth", _number(0, 100)),
            ("议程最多几项", "most", _number(5, 60)),
        )
    ),
    *(
        _line("会议文书", name, WORDS, part, shape)
        for name, part, shape in (
            ("通知标题", "notice_title", _NOTICE), ("通知抬头", "notice_to", _NOTICE),
            ("通知开头", "notice_opening", _NOTICE), ("通知要求一", "notice_asked", _NOTICE),
            ("通知要求二", "notice_turns", _NOTICE), ("纪要红头", "minutes_head", _MINUTES),
            ("纪要发文单位", "minutes_office", _MINUTES), ("纪要标题", "minutes_title", _MINUTES),
            ("纪要期号", "minutes_number", _ISSUE),
        )
    ),
    *(
        _line("约请期限", name, key, "", _number(least, most))
        for name, key, least, most in (
            ("答复期限（工作日）", "letter_answer_limit", 1, 60),
            ("到期前几个工作日提醒", "letter_remind_before", 0, 30),
            ("过期几个工作日提请升级", "letter_raise_after", 0, 60),
            ("对评价说明的期限（工作日）", "letter_say_limit", 1, 60),
            ("会议定在几个工作日后", "letter_meeting_after", 1, 60),
        )
    ),
)  # fmt: skip
_KNOWN = {each.known_as: each for each in REGULATIONS}


def _town(session: Session) -> int | None:
    return next((each.subdistrict_id for each in session.grants if each.role is CHANGES), None)


def may_change(session: Session) -> bool:
    """Whether this session may change what its own subdistrict has set."""
    return _town(session) is not None


def of_office(session: Session) -> list[RegulationLine]:
    """What counts today in the session's subdistrict; what the district has set for one that belongs to none."""
    town = _town(session) or session.subdistrict_id
    values = {key: _value(key, town) for key in {each.key for each in REGULATIONS}}
    told = {key: _since(key, town) for key in values}
    return [
        RegulationLine(
            each.known_as, each.group, each.name, each.say(_part(each, values[each.key])), each.hint,
            *_told_of(each, told[each.key]),
        )
        for each in REGULATIONS
    ]  # fmt: skip


def change(session: Session, known_as: str, typed: str, act_id: str) -> None:
    """Set one regulation of one's own subdistrict anew, from today on. Raises NotAllowed, Refused (field `value`)."""
    town, regulation = _town(session), _KNOWN[known_as]
    if town is None:
        raise NotAllowed(f"本单位规定由{CHANGES.label}改。")
    value = regulation.read(clean(typed, _LONGEST))
    try:
        with acts.act(session, act_id, "setting.change") as acting:
            acting.about("setting", town, regulation.name, town)
            before = _value(regulation.key, town)
            was = _part(regulation, before)
            if was == value:
                raise Refused("和现在一样，没有改。", "value")
            after = {**before, regulation.part: value} if regulation.part else value
            OfficeSetting.create(
                subdistrict=town,
                key=regulation.key,
                value=json.dumps(after, ensure_ascii=False),
                valid_from=session.day,
                set_by=session.name,
            )
            name = f"{regulation.group}·{regulation.name}"
            acting.changed(name, {"value": regulation.say(was)}, {"value": regulation.say(value)})
    except AlreadyDone:
        return


def _value(key: str, town: int | None) -> Any:
    return table(key, town) if isinstance(office.DEFAULTS[key], dict) else office.setting(key, town)


def _part(regulation: Regulation, value: Any) -> Any:
    return value[regulation.part] if regulation.part else value


def _since(key: str, town: int | None) -> list[OfficeSetting]:
    """What was set, the latest first: the subdistrict's own, else the district's."""
    rows = (
        OfficeSetting.select()
        .where(OfficeSetting.key == key)
        .order_by(OfficeSetting.valid_from.desc(), OfficeSetting.id.desc())
    )
    own = list(rows.where(OfficeSetting.subdistrict == town)) if town else []
    return own or list(rows.where(OfficeSetting.subdistrict.is_null()))


def _told_of(regulation: Regulation, rows: list[OfficeSetting]) -> tuple[date | None, str]:
    """Since when the part has its value: the oldest row, without a break, that says the same."""
    shipped = _part(regulation, office.DEFAULTS[regulation.key])
    found: tuple[date | None, str] = (None, "")
    now: Any = None
    for place, row in enumerate(rows):
        kept = json.loads(row.value)
        value = kept.get(regulation.part, shipped) if regulation.part else kept
        if place and value != now:
            return found
        now, found = value, (row.valid_from, row.set_by)
    return (None, "") if now is None or now == shipped else found
