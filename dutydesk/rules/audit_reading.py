"""Reading the audit: who, when, from which address, which act, on what, and for the auditor before and after.

The newest first, by windows of a key (moment, id); of filters one leads on its index, the others are compared row by
row over at most 20,000. Telephone and identity numbers are masked in all that is shown. Reading changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from peewee import Expression

from dutydesk.models import Act, AuditEntry, AuditValues, Issue, IssueStep, Staff
from dutydesk.rules import permission
from dutydesk.rules.audit_words import name_of, subject_of, values_in
from dutydesk.rules.errors import Refused
from dutydesk.rules.organisation import start_of
from dutydesk.rules.workcalendar import CHINA
from dutydesk.session import Session
from dutydesk.text import clean, mask_phones_in, narrow
from dutydesk.vocabulary import Role

LOOKED_AT = 20_000  # rows that a window examines at most
_NO_END = 1 << 62  # for an export, which is in no hurry
_STRETCH = 500
_ACTS_OF_A_CASE = 5_000


class Asked(NamedTuple):
    """What of the audit is asked for; empty parts say nothing. `case` is a number as `2026-000123`."""

    person: str = ""
    since: date | None = None
    until: date | None = None
    act: str = ""
    case: str = ""


Key = tuple[datetime, int]


class Entry(NamedTuple):
    """A line of the audit as somebody may read it."""

    key: Key
    at: datetime
    person: str
    came_from: str
    act: str
    subject: str


class Window(NamedTuple):
    """Lines in order, whether they touch the ends, and what to do where not all could be looked through."""

    rows: tuple[Entry, ...]
    at_start: bool
    at_end: bool
    narrow: str = ""


class Sheet(NamedTuple):
    """One entry whole: its facts, and for whom they are open, the values before and after."""

    facts: tuple[tuple[str, str], ...]
    values: tuple[tuple[str, str, str], ...]  # what, before, after
    said: str  # about the values: closed to this person, gone by retention, or nothing


NARROW = f"符合的太少，已查{LOOKED_AT}条。请缩短时间，或少选一项条件。"
CLOSED = "前后值只对审计员开放。"
GONE = "前后值已按保存期限清除，审计链仍完整。"
NONE = "这一条没有改动前后值。"


# -- what is asked for ----------------------------------------------------------------------------------------------


def asked_for(session: Session, person: str = "", period: str = "", act: str = "", case: str = "") -> Asked:
    """What was typed, understood. Raises NotAllowed, and Refused beside the field that is not understood."""
    permission.require(session, "read_audit")
    since, until = _period(session, period)
    return Asked(_person(person), since, until, _act(act), _case(case))


def _person(typed: str) -> str:
    said = narrow(clean(typed))
    if not said:
        return ""
    rows: Any = Staff.select(Staff.number, Staff.name).where((Staff.number == said) | (Staff.name == said))
    found: list[tuple[str, str]] = list(rows.tuples())
    exact = [number for number, _name in found if number == said]
    if not exact and len(found) > 1:
        raise Refused(f"叫“{said}”的有{len(found)}人：{'、'.join(n for n, _ in found)}。请写工号。", "person")
    if not found:
        raise Refused(f"没有工号或姓名是“{said}”的人。请写工号，如 D01，或写全姓名。", "person")
    return str((exact or [found[0][0]])[0])


def _period(session: Session, typed: str) -> tuple[date | None, date | None]:
    if not clean(typed):
        return None, None
    from dutydesk.rules import filters

    return filters.span(filters.typed(session, "period", typed))


def _act(typed: str) -> str:
    said = clean(typed)
    if not said:
        return ""
    names = {name: name_of(name) for name in acts_there_are()}
    found = [name for name, words in names.items() if said in (name, words)]
    found = found or [name for name, words in names.items() if said in words]
    if len(found) == 1:
        return found[0]
    shown = "、".join(names[name] for name in found[:6])
    raise Refused(f"“{said}”可能是{shown}。请写全。" if found else f"审计里没有“{said}”这种操作。", "act")


def _case(typed: str) -> str:
    said = narrow(clean(typed))
    if not said:
        return ""
    year, _, serial = said.partition("-")
    if not (year.isdigit() and serial.isdigit() and len(year) == 4):
        raise Refused("请写全问题编号，如 2026-000123。", "case")
    return f"{year}-{int(serial):06d}"


def acts_there_are() -> list[str]:
    """The acts that stand in the audit: each found by a step on the index, not by reading the audit through."""
    names: list[str] = []
    last = ""
    while True:
        row = (
            AuditEntry.select(AuditEntry.name)
            .where(AuditEntry.name > last)
            .order_by(AuditEntry.name)
            .limit(1)
            .tuples()
            .first()
        )
        if row is None:
            return names
        last = row[0]
        names.append(last)


def acts_to_choose(session: Session) -> list[str]:
    """The same for whoever may read them. Raises NotAllowed."""
    permission.require(session, "read_audit")
    return acts_there_are()


def words_of(asked: Asked) -> str:
    """What is asked for, in words, for a title, a file's name and the record of an export."""
    parts = [asked.person, name_of(asked.act) if asked.act else "", asked.case]
    if asked.since or asked.until:
        parts.append(f"{asked.since or '开始'}至{asked.until or '今天'}")
    return "·".join(part for part in parts if part) or "全部"


# -- windows --------------------------------------------------------------------------------------------------------


def after(session: Session, asked: Asked, key: Key | None, count: int) -> Window:
    """Entries older than the one with this key; with None the newest. Raises NotAllowed."""
    permission.require(session, "read_audit")
    rows, whole, cut = _walk(asked, key, count, older=True)
    return Window(tuple(rows), key is None, whole, NARROW if cut else "")


def before(session: Session, asked: Asked, key: Key | None, count: int) -> Window:
    """Entries just newer than the one with this key, the newest first; with None the oldest. Raises NotAllowed."""
    permission.require(session, "read_audit")
    rows, whole, cut = _walk(asked, key, count, older=False)
    return Window(tuple(reversed(rows)), whole, key is None, NARROW if cut else "")


def around(session: Session, asked: Asked, key: Key, count: int) -> Window:
    """A window with that entry about its middle. Raises NotAllowed."""
    newer = before(session, asked, key, count // 2)
    moment, number = key
    older = after(session, asked, (moment, number + 1), count - len(newer.rows))
    return Window(newer.rows + older.rows, newer.at_start, older.at_end, newer.narrow or older.narrow)


_COLUMNS = (
    AuditEntry.id, AuditEntry.at, AuditEntry.staff_number, AuditEntry.came_from, AuditEntry.name, AuditEntry.subject
)  # fmt: skip


def _walk(
    asked: Asked, key: Key | None, count: int, *, older: bool, most: int = LOOKED_AT
) -> tuple[list[Entry], bool, bool]:
    """Up to `count` entries from the key on; whether the end was reached, and whether the search was cut short."""
    if asked.case:
        rows = _of_a_case(asked, key, older)
        return _named(rows[:count]), len(rows) <= count, False
    found: list[Any] = []
    looked = 0
    while looked < most:
        stretch = count - len(found) if _led(asked) else _STRETCH
        rows = list(_query(asked, key, older).limit(stretch).tuples())
        looked += len(rows)
        if rows:
            key = (rows[-1][1], rows[-1][0])
        found += [row for row in rows if _fits(row, asked)]
        if len(rows) < stretch:
            return _named(found[:count]), len(found) <= count, False
        if len(found) >= count:
            return _named(found[:count]), False, False
    return _named(found), True, True


def _led(asked: Asked) -> bool:
    """Whether the index alone answers."""
    return not (asked.person and asked.act)


def _query(asked: Asked, key: Key | None, older: bool) -> Any:
    """The leading filter on its index, from the key on, in order."""
    conditions: list[Expression] = list(_within(asked))
    if asked.person:
        conditions.append(AuditEntry.staff_number == asked.person)
    elif asked.act:
        conditions.append(AuditEntry.name == asked.act)
    if key is not None:
        moment, number = key
        beyond = AuditEntry.id < number if older else AuditEntry.id > number
        conditions.append(AuditEntry.at <= moment if older else AuditEntry.at >= moment)
        conditions.append((AuditEntry.at != moment) | beyond)
    query: Any = AuditEntry.select(*_COLUMNS)
    for condition in conditions:
        query = query.where(condition)
    order = (AuditEntry.at.desc(), AuditEntry.id.desc()) if older else (AuditEntry.at, AuditEntry.id)
    return query.order_by(*order)


def _within(asked: Asked) -> Iterator[Expression]:
    if asked.since:
        yield AuditEntry.at >= start_of(asked.since)
    if asked.until:
        yield AuditEntry.at < start_of(asked.until + timedelta(days=1))


def _fits(row: Sequence[Any], asked: Asked) -> bool:
    return (not asked.person or row[2] == asked.person) and (not asked.act or row[4] == asked.act)


def _of_a_case(asked: Asked, key: Key | None, older: bool) -> list[Any]:
    """All that was done to one case, bulk acts on it among it: few enough to be sorted here."""
    year, serial = asked.case.split("-")
    acts: Any = (
        IssueStep.select(IssueStep.act)
        .join(Issue)
        .where(Issue.year == int(year), Issue.serial == int(serial))
        .limit(_ACTS_OF_A_CASE)
    )
    mine = {act for (act,) in acts.tuples() if act}
    rows = {row[0]: row for row in _rows(AuditEntry.subject == f"issue {asked.case}")}
    listed = sorted(mine)
    for first in range(0, len(listed), _STRETCH):
        rows |= {row[0]: row for row in _rows(AuditEntry.act.in_(listed[first : first + _STRETCH]))}
    since = start_of(asked.since) if asked.since else None
    until = start_of(asked.until + timedelta(days=1)) if asked.until else None
    kept = [
        row
        for row in rows.values()
        if _fits(row, asked) and (not since or row[1] >= since) and (not until or row[1] < until)
    ]
    kept.sort(key=lambda row: (row[1], row[0]), reverse=older)
    if key is None:
        return kept
    return [row for row in kept if ((row[1], row[0]) < key if older else (row[1], row[0]) > key)]


def _rows(where: Any) -> list[Any]:
    return list(AuditEntry.select(*_COLUMNS).where(where).limit(_ACTS_OF_A_CASE).tuples())


def _names(numbers: set[str]) -> dict[str, str]:
    rows: Any = Staff.select(Staff.number, Staff.name).where(Staff.number.in_(sorted(numbers))).tuples()
    return dict(rows)


def _named(rows: Sequence[Any]) -> list[Entry]:
    names = _names({row[2] for row in rows})
    return [_entry(row, names) for row in rows]


def _entry(row: Sequence[Any], names: dict[str, str] | None = None) -> Entry:
    number, at, person, came_from, act, subject = row
    known = (names if names is not None else _names({person})).get(person, "")
    return Entry(
        (at, number),
        at.astimezone(CHINA),
        f"{person} {known}".strip() or "本机",
        came_from,
        name_of(act),
        mask_phones_in(subject_of(subject)),
    )


# -- one entry ------------------------------------------------------------------------------------------------------


def sheet(session: Session, key: Key) -> Sheet:
    """One entry whole; its values for the auditor alone. Raises NotAllowed, Refused where it is not there."""
    permission.require(session, "read_audit")
    entry = AuditEntry.get_or_none(AuditEntry.id == key[1])
    if entry is None:
        raise Refused("这一条审计不在了，请返回重新打开，并告诉管理员运行 dutydesk db check。")
    row = tuple(getattr(entry, column.name) for column in _COLUMNS)
    line = _entry(row)
    done = Act.get_or_none(Act.id == entry.act)
    facts = (
        ("谁", line.person),
        ("岗位", Role(done.role).label if done and done.role else ""),
        ("时间", f"{line.at:%Y-%m-%d %H:%M:%S}"),
        ("从哪里", line.came_from or "没有记下"),
        ("做了什么", line.act),
        ("对什么", line.subject),
        ("审计链", f"{'全区' if entry.chain == 'district' else entry.chain} 第{entry.sequence}条"),
    )
    if not permission.may_at_all(session, "read_audit_values"):
        return Sheet(facts, (), CLOSED)
    kept = AuditValues.get_or_none(AuditValues.entry == entry.id)
    if kept is None:
        return Sheet(facts, (), GONE)
    values = tuple(change for change in values_in(kept.content) if any(change))
    return Sheet(facts, values, "" if values else NONE)


# -- taken out ------------------------------------------------------------------------------------------------------


def records(session: Session, asked: Asked) -> Iterator[dict[str, Any]]:
    """All entries asked for, the newest first, a stretch at a time; with values for the auditor. Raises NotAllowed."""
    permission.require(session, "read_audit")
    with_values = permission.may_at_all(session, "read_audit_values")
    key: Key | None = None
    while True:
        rows, whole, _cut = _walk(asked, key, _STRETCH, older=True, most=_NO_END)
        values = _values_of([row.key[1] for row in rows]) if with_values else {}
        for row in rows:
            yield _record(row, values.get(row.key[1]) if with_values else None)
        if rows:
            key = rows[-1].key
        if whole or not rows:
            return


def _values_of(ids: list[int]) -> dict[int, str]:
    rows: Any = AuditValues.select(AuditValues.entry, AuditValues.content).where(AuditValues.entry.in_(ids))
    return dict(rows.tuples())


def _record(row: Entry, content: str | None) -> dict[str, Any]:
    said: dict[str, Any] = {
        "at": row.at.isoformat(),
        "who": row.person,
        "from": row.came_from,
        "act": row.act,
        "subject": row.subject,
    }
    if content is not None:
        said["changes"] = [
            {"what": what, "before": before, "after": after} for what, before, after in values_in(content)
        ]
    return said
