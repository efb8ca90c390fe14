"""办件统计: what came in, was done, waits and is late in a period, in all and by area, category or force.

Each figure says how it is made and names its cases; see `case_tales` for what is counted. A paused case is not late:
it stands beside. Beyond LOOKED_AT cases nothing is counted, and the answer is to ask for less.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from dutydesk.models import Area, Category, Subdistrict
from dutydesk.rules import permission
from dutydesk.rules.case_tales import ASIDE, Period, Tale, TooMany, period, tales
from dutydesk.rules.errors import Refused
from dutydesk.session import Session
from dutydesk.vocabulary import Force, State

NARROW = "要看的问题超过2万件，没有统计。请把时间缩短，或先选一个街镇、片区。"
BREAKDOWNS = {"area": "片区", "category": "类别", "force": "力量"}


# -- sums ------------------------------------------------------------------------------------------------------------


class Figure(NamedTuple):
    """One figure: its value, the same in a column's width, how it is made, and its cases under the name `listed`.

    Of a rate those are listed that make it worse.
    """

    key: str
    name: str
    value: str
    short: str
    note: str
    ids: tuple[int, ...]
    listed: str


@dataclass(frozen=True)
class Group:
    """All figures of an area, a category, a force (`area:3`, `category:5`, `force:safety`) or of everything ("")."""

    key: str
    name: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class FigureSheet:
    """What the page shows. Where too many cases would have to be looked at, `narrow` says so and nothing is counted."""

    days: Period
    place: str
    total: Group | None = None
    groups: tuple[Group, ...] = ()
    narrow: str = ""


class _Sum:
    """The cases of a group by what holds of them."""

    def __init__(self) -> None:
        self.marks: dict[str, list[int]] = defaultdict(list)
        self.times: Counter[str] = Counter()
        self.days: dict[str, list[int]] = defaultdict(list)

    def add(self, tale: Tale) -> None:
        """One more case."""
        for mark in tale.marks:
            self.marks[mark].append(tale.id)
        self.times.update(tale.times)
        if tale.state in ASIDE:
            self.days[ASIDE[State(tale.state)]].append(tale.days)

    def many(self, mark: str) -> int:
        """Of how many cases this holds."""
        return len(self.marks[mark])

    def ids(self, mark: str, but: str = "") -> tuple[int, ...]:
        """Those cases, the newest first; without those of which something else holds."""
        left_out = set(self.marks[but]) if but else set()
        return tuple(sorted(set(self.marks[mark]) - left_out, reverse=True))


def _count(key: str, name: str, note: Callable[[_Sum], str]) -> Callable[[_Sum], Figure]:
    def figure(found: _Sum) -> Figure:
        many = found.many(key)
        return Figure(key, name, f"{many}件", str(many), note(found), found.ids(key), name)

    return figure


def _times(key: str, name: str, note: str) -> Callable[[_Sum], Figure]:
    def figure(found: _Sum) -> Figure:
        times, many = found.times[key], found.many(key)
        return Figure(key, name, f"{times}次/{many}件", str(times), note, found.ids(key), name)

    return figure


def _aside(key: str, name: str) -> Callable[[_Sum], Figure]:
    def figure(found: _Sum) -> Figure:
        many, days = found.many(key), found.days[key]
        long = f"最长{max(days)}天，平均{sum(days) // len(days)}天；" if days else ""
        note = f"期末仍在{name}，{long}期内新{name}{found.times[f'newly_{key}']}次"
        return Figure(key, name, f"{many}件", str(many), note, found.ids(key), name)

    return figure


def _rate(key: str, name: str, good: str, of: str, listed: str, note: str) -> Callable[[_Sum], Figure]:
    def figure(found: _Sum) -> Figure:
        well, whole = found.many(good), found.many(of)
        share = f"{100 * well / whole:.1f}%" if whole else "—"
        short = f"{100 * well // whole}%" if whole else "—"
        said = f"{note.format(well, whole)}。Enter 看{listed}的"
        return Figure(key, name, share, short, said, found.ids(of, good), listed)

    return figure


# In the order of the page.
_FIGURES: tuple[Callable[[_Sum], Figure], ...] = (
    _count("received", "收到", lambda found: "登记在期内的"),
    _count("opened", "立案", lambda found: "期内立案的"),
    _count(
        "closed", "办结销项", lambda found: f"期内销项、期末仍已销项的，其中当场解决{found.many('on_spot')}件"
    ),
    _count(
        "open",
        "在办",
        lambda found: (
            f"期末未结的，其中待立案{found.many('reported')}件、缓办{found.many('paused')}件、"
            f"挂账{found.many('pooled')}件"
        ),
    ),
    _count(
        "overdue",
        "逾期",
        lambda found: (
            f"期末已过期限的；缓办{found.many('paused')}件、挂账{found.many('pooled')}件停止计算，不算在内"
        ),
    ),
    _rate(
        "in_time",
        "按期率",
        "in_time",
        "judged",
        "没按期",
        "期内按期销项{}÷（它们＋期内到期没按期销项的）{}；缓办、挂账不算",
    ),
    _times("extended", "延期", "期内准予的，来源准予的也算"),
    _aside("paused", "缓办"),
    _aside("pooled", "挂账"),
    _times("sent_back", "退单", "期内退回的"),
    _times("reworked", "返工", "核查未通过或反映人不满意而退回处置的"),
    _rate("satisfied", "满意率", "satisfied", "answered", "不满意", "满意{}÷期内反馈时表态的{}"),
)


def _group(key: str, name: str, found: _Sum) -> Group:
    return Group(key, name, tuple(figure(found) for figure in _FIGURES))


def nothing() -> Group:
    """The figures of no case: their names and order."""
    return _group("", "", _Sum())


# -- the page --------------------------------------------------------------------------------------------------------


def figures(session: Session, asked: str = "month", by: str = "", place: str = "") -> FigureSheet:
    """The figures of a period (see `period`), in all and by area, category or force (`by`).

    `place` is `area:2` or `subdistrict:1` within the session's scope, "" all of it. Raises NotAllowed, Refused.
    """
    permission.require(session, "figures")
    days = period(asked)
    areas = _areas(session, place)
    where = next((name for value, name in places(session) if value == place), "")
    total, sums = _Sum(), defaultdict[Any, _Sum](_Sum)
    try:
        for tale in tales(sorted(areas), days):
            total.add(tale)
            if by:
                sums[getattr(tale, by)].add(tale)
    except TooMany:
        return FigureSheet(days, where, narrow=NARROW)
    named = _names(by, areas)
    groups = [_group(f"{by}:{key}", named.get(key, "—"), found) for key, found in sums.items()]
    groups.sort(key=lambda group: (-int(group.figures[0].short) - int(group.figures[3].short), group.key))
    return FigureSheet(days, where, _group("", "合计", total), tuple(groups))


def places(session: Session) -> list[tuple[str, str]]:
    """What `place` may be, with names: the subdistricts in scope, or where that is but one, its areas."""
    query: Any = Area.select(Area.id, Area.name, Subdistrict.id, Subdistrict.name).join(Subdistrict)
    rows = list(query.where(Area.id.in_(_areas(session))).order_by(Area.code).tuples())
    towns = {f"subdistrict:{town}": name for _area, _name, town, name in rows}
    if len(towns) > 1:
        return sorted(towns.items())
    return [(f"area:{area}", name) for area, name, _town, _its in rows]


_KEY: dict[str, Callable[[int, int], int]] = {
    "district": lambda area, town: 0,
    "town": lambda area, town: town,
    "area": lambda area, town: area,
}


def _areas(session: Session, place: str = "") -> set[int]:
    """The areas in scope, within a place. Raises Refused for a place outside."""
    rows: Any = Area.select(Area.id, Area.subdistrict).tuples()
    towns: dict[int, int] = dict(rows)
    parts = permission.reaches(session, permission.MAY["figures"])
    found = {
        area for area, town in towns.items() for part in parts if part.key == _KEY[part.kind](area, town)
    }
    if place:
        kind, _, key = place.partition(":")
        here: dict[str, Callable[[int], int]] = {
            "area": lambda area: area,
            "subdistrict": lambda area: towns[area],
        }
        found = {area for area in found if kind in here and str(here[kind](area)) == key}
        if not found:
            raise Refused("这个地点不在您的范围内，请从列出的里面选。", "place")
    return found


def _names(by: str, areas: set[int]) -> dict[Any, str]:
    if by == "area":
        return {row.id: row.name for row in Area.select(Area.id, Area.name).where(Area.id.in_(areas))}
    if by == "category":
        return {row.id: row.name for row in Category.select(Category.id, Category.name)}
    return {force: force.label for force in Force} if by else {}
