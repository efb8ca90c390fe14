"""Where an agenda's matters come from: each source reads an area's own index, no further than a bound.

A source answers with `Matter`s in the order of how much they press; the office's table `agenda_table` says for each
kind how much it weighs, how many minutes it takes and how many of it an agenda has at most, `agenda_rules` the rest.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from dutydesk.meeting_words import DecisionState, ItemKind
from dutydesk.models import Area, Category, DecisionIssue, Issue, MeetingDecision, Sponsorship, Unit
from dutydesk.models import issue_lists as lists
from dutydesk.rules import deadlines, office
from dutydesk.rules.ledger_rows import IssueRow, among, rows_of
from dutydesk.rules.letters.for_agenda import letters_for_agenda
from dutydesk.rules.meetings.agenda_matters import Matter
from dutydesk.rules.meetings.settings import table
from dutydesk.rules.organisation import day_of, on_day, taken_over, today
from dutydesk.rules.workcalendar import CHINA, day_said
from dutydesk.session import Session

LOOKED_AT = 300  # of the newest cases, for what comes together; of the cases sent back
COUNTED = 200  # overdue cases, beyond which it only says that there are more
_LONG_AGO = datetime(1970, 1, 1, tzinfo=CHINA)
_NAMED = 6  # cases of a cluster that the agenda holds


class Looking(NamedTuple):
    """What a source looks at: an area with those it took over, from the last meeting on until the next one."""

    session: Session
    area_id: int
    areas: tuple[int, ...]
    subdistrict_id: int
    since: datetime
    now: datetime
    until: datetime
    rules: dict[str, int]
    table: dict[str, list[int]]

    def most(self, kind: ItemKind) -> int:
        """How many of a kind an agenda has at most."""
        return int(self.table[kind.value][2])


class _Case(NamedTuple):
    """A case that is to stand on the agenda, and why."""

    kind: ItemKind
    issue_id: int
    why: str


def look(
    session: Session, area_id: int, subdistrict_id: int, since: datetime, now: datetime, until: datetime
) -> Looking:
    """What the sources look at, with the office's table and rules."""
    areas = (area_id, *taken_over(Area, [area_id], session.day))
    rules, kinds = table("agenda_rules", subdistrict_id), table("agenda_table", subdistrict_id)
    return Looking(session, area_id, areas, subdistrict_id, since, now, until, rules, kinds)


def matters(at: Looking) -> list[Matter]:
    """All matters of an area, each case once under the weightiest of its kinds, by weight."""
    parts: list[_Case | Matter] = [*_decisions(at), *_overdue(at), *_sent_back(at), *_flagged(at)]
    parts += [*_letters(at), *_due_soon(at)]
    found = [*_told(at, parts), *_clusters(at), *_key_works(at)]
    weighed = [_weighed(at, matter) for matter in found]
    return sorted(_each_once(weighed), key=lambda matter: -matter.weight)


def _weighed(at: Looking, matter: Matter) -> Matter:
    weight, minutes, _ = at.table[matter.kind.value]
    return matter._replace(weight=matter.weight or int(weight), minutes=matter.minutes or int(minutes))


def _each_once(found: Sequence[Matter]) -> Iterator[Matter]:
    """What two sources name stands there once, under the weightiest kind."""
    by_key: dict[str, Matter] = {}
    for matter in sorted(found, key=lambda each: -each.weight):
        by_key.setdefault(matter.known_as, matter)
    return iter(by_key.values())


def _told(at: Looking, parts: Sequence[_Case | Matter]) -> list[Matter]:
    """The cases read all at once, each as one matter with all its reasons; a marked one weighs a little more."""
    found = [part for part in parts if isinstance(part, Matter)]
    cases: dict[int, list[_Case]] = defaultdict(list)
    for part in parts:
        if isinstance(part, _Case):
            cases[part.issue_id].append(part)
    for row in rows_of(sorted(cases)):
        reasons = sorted(cases[row.key], key=lambda case: -int(at.table[case.kind.value][0]))
        first = reasons[0]
        weight = int(at.table[first.kind.value][0]) + len(row.marks)
        said = "；".join(dict.fromkeys(case.why for case in reasons))
        why = [said, *(mark for mark in row.marks if mark not in said), _with(row)]
        title = f"{row.place} {row.summary}"
        found.append(Matter(first.kind, weight, 0, title, "；".join(why), (row.key,)))
    return found


def _cases(area: int, column: Any, *where: Any, most: int) -> Any:
    return Issue.select(Issue.id, column).where(Issue.area == area, *where).limit(most)


# -- sources ------------------------------------------------------------------------------------------------------


def _decisions(at: Looking) -> Iterator[Matter]:
    """What was decided at earlier meetings and is not done."""
    kind = ItemKind.DECISION
    rows = (
        MeetingDecision.select()
        .where(MeetingDecision.area.in_(at.areas), MeetingDecision.state == DecisionState.OPEN)
        .order_by(MeetingDecision.due_on, MeetingDecision.id)
        .limit(at.most(kind))
    )
    found = [row for row in rows if row.made_at < at.now]
    cases: dict[int, list[int]] = defaultdict(list)
    for link in DecisionIssue.select().where(DecisionIssue.decision.in_([row.id for row in found])):
        cases[link.decision_id].append(link.issue_id)
    for row in found:
        late = (today() - row.due_on).days
        state = (
            f"过期{late}天" if late > 0 else "今天到期" if late == 0 else f"{day_said(row.due_on)}前，还在办"
        )
        yield Matter(
            kind,
            int(at.table[kind.value][0]) + (late > 0),
            0,
            f"{row.who_name}：{row.what}",
            f"{day_said(day_of(row.made_at))}定的，{state}",
            tuple(cases[row.id]),
            decision_id=row.id,
        )


def _overdue(at: Looking) -> Iterator[_Case | Matter]:
    """What is late, the longest first; how many more there are in one line."""
    kind, most = ItemKind.OVERDUE, at.most(ItemKind.OVERDUE)
    late = (lists.RUNNING_NOW, Issue.due_at >= _LONG_AGO, Issue.due_at < at.now)
    found, more = [], 0
    for area in at.areas:
        query = _cases(area, Issue.due_at, *late, most=COUNTED)
        rows = list(query.order_by(Issue.due_at, Issue.id).tuples())
        found += rows[:most]
        more += max(0, len(rows) - most)
    days = office.calendar(at.subdistrict_id)
    for issue_id, due_at in sorted(found, key=lambda row: row[1])[:most]:
        left = deadlines.time_left(at.now, due_at, days)
        yield _Case(kind, issue_id, left)
    if more:
        many = f"{more}件以上" if more >= COUNTED - most else f"{more}件"
        weight = int(at.table[kind.value][0]) - 1  # after those that are named
        yield Matter(
            kind, weight, 0, f"其余逾期{many}，逐件催办", "问题清单里逾期的其余各件", key="overdue:rest"
        )


def _with(row: IssueRow) -> str:
    return f"{row.state.label}·{row.holder}" if row.holder else row.state.label


def _due_soon(at: Looking) -> Iterator[_Case]:
    """What falls due before the next meeting, within so many working days (`soon_days`)."""
    kind = ItemKind.DUE_SOON
    days = office.calendar(at.subdistrict_id)
    limit = deadlines.TimeLimit(int(at.rules["soon_days"]), deadlines.LimitUnit.WORK_DAYS)
    until = min(at.until, deadlines.due(at.now, limit, days))
    found: list[Any] = []
    for area in at.areas:
        soon = (lists.RUNNING_NOW, Issue.due_at >= at.now, Issue.due_at <= until)
        query = _cases(area, Issue.due_at, *soon, most=at.most(kind))
        found += list(query.order_by(Issue.due_at, Issue.id).tuples())
    for issue_id, due_at in sorted(found, key=lambda row: row[1])[: at.most(kind)]:
        left = deadlines.time_left(at.now, due_at, days)
        yield _Case(kind, issue_id, left)


def _sent_back(at: Looking) -> Iterator[_Case]:
    """What came back twice and more (`send_backs_before_invitation`), the newest first."""
    kind, least = ItemKind.SENT_BACK, int(office.setting("send_backs_before_invitation", at.subdistrict_id))
    found: list[Any] = []
    for area in at.areas:
        query = _cases(area, Issue.send_backs, lists.SENT_BACK, most=LOOKED_AT).order_by(Issue.id.desc())
        found += [row for row in query.tuples() if row[1] >= least]
    for issue_id, times in found[: at.most(kind)]:
        yield _Case(kind, issue_id, f"退单{times}次，建议约请")


def _flagged(at: Looking) -> Iterator[_Case]:
    """What a neighbourhood cannot settle alone, and waits for who can."""
    kind = ItemKind.ESCALATE
    found: list[int] = []
    for area in at.areas:
        for strongly in (lists.TRUE, lists.FALSE):
            beyond = (lists.OPEN, Issue.beyond_neighbourhood == lists.TRUE, Issue.strongly_felt == strongly)
            query = _cases(area, Issue.id, *beyond, most=at.most(kind))
            found += [issue_id for issue_id, _ in query.order_by(Issue.id.desc()).tuples()]
    for issue_id in found[: at.most(kind)]:
        yield _Case(kind, issue_id, "居民区难以协调")


def _letters(at: Looking) -> Iterator[Matter]:
    """Invitations unanswered and promises late, as 条块约请 tells them."""
    for area in at.areas:
        found = letters_for_agenda(at.session, area, day_of(at.since), day_of(at.now))
        for kind in (ItemKind.LETTER_SILENT, ItemKind.LETTER_LATE):
            yield from [matter for matter in found if matter.kind is kind][: at.most(kind)]


def _clusters(at: Looking) -> Iterator[Matter]:
    """前哨: several of one kind or place since the last meeting, among the newest cases of the area."""
    columns = (Issue.id, Issue.unit, Issue.category, Issue.reported_at)
    rows: list[Any] = []
    whole = True  # whether all of the span before this one is among them
    begins = at.since - (at.now - at.since)
    for area in at.areas:
        query: Any = Issue.select(*columns).where(Issue.area == area).order_by(Issue.id.desc())
        newest = list(query.limit(LOOKED_AT).tuples())
        rows += newest
        whole = whole and (len(newest) < LOOKED_AT or newest[-1][3] < begins)
    earlier = [row for row in rows if begins < row[3] <= at.since] if whole else None
    found = sorted(_gathered(at, rows), key=lambda cluster: -len(cluster.rows))
    yield from _as_matters(at, found[: at.most(ItemKind.CLUSTER)], earlier)


class _Cluster(NamedTuple):
    """Cases of one place, of one kind, or of both; rows are (id, unit, category, reported at), the newest first."""

    unit: int | None
    category: int | None
    rows: list[Any]

    def takes(self, row: Any) -> bool:
        """Whether a case would be one of them."""
        return self.unit in (None, row[1]) and self.category in (None, row[2])


def _gathered(at: Looking, rows: list[Any]) -> Iterator[_Cluster]:
    """By place and kind first; what is in such a one is not counted again by kind or by place alone."""
    left = [row for row in rows if at.since < row[3] <= at.now]
    for rule, part in (("cluster_same", (1, 2)), ("cluster_kind", (2,)), ("cluster_place", (1,))):
        groups: dict[tuple[int, ...], list[Any]] = defaultdict(list)
        for row in left:
            groups[tuple(row[column] for column in part)].append(row)
        large = {key: group for key, group in groups.items() if len(group) >= int(at.rules[rule])}
        for key, group in large.items():
            yield _Cluster(key[0] if 1 in part else None, key[-1] if 2 in part else None, group)
        taken = {row[0] for group in large.values() for row in group}
        left = [row for row in left if row[0] not in taken]


def _as_matters(at: Looking, clusters: Sequence[_Cluster], earlier: Sequence[Any] | None) -> Iterator[Matter]:
    rows = [row for cluster in clusters for row in cluster.rows]
    units, kinds = _names(Unit, [row[1] for row in rows]), _names(Category, [row[2] for row in rows])
    days = max(1, (day_of(at.now) - day_of(at.since)).days)
    for cluster in clusters:
        many = len(cluster.rows)
        why = f"{day_said(day_of(at.since))}以来{days}天{many}件"
        if earlier is not None:
            why += f"，再往前{days}天{sum(cluster.takes(row) for row in earlier)}件"
        if cluster.unit is None:
            title = f"{kinds.get(cluster.category, '同类问题')} 多处{many}件"
            why += f"；{_most(units, [row[1] for row in cluster.rows])}"
        elif cluster.category is None:
            title = f"{units.get(cluster.unit, '同一处')} 多类{many}件"
            why += f"；{_most(kinds, [row[2] for row in cluster.rows])}"
        else:
            title = f"{units.get(cluster.unit, '同一处')} {kinds.get(cluster.category, '同类问题')} {many}件"
        yield Matter(
            ItemKind.CLUSTER,
            0,
            0,
            title,
            why,
            tuple(row[0] for row in cluster.rows[:_NAMED]),
            key=f"cluster:{cluster.unit or 0}:{cluster.category or 0}",
        )


def _most(names: dict[int | None, str], ids: Sequence[int]) -> str:
    """`道路破损4件、乱停车2件等5种`: the three that come most often."""
    counts = Counter(names.get(each, "其他") for each in ids)
    said = "、".join(f"{name}{many}件" for name, many in counts.most_common(3))
    return f"{said}等{len(counts)}个" if len(counts) > 3 else said


def _names(model: Any, ids: Sequence[int | None]) -> dict[int | None, str]:
    wanted = [each for each in ids if each is not None]
    rows: Any = model.select(model.id, model.name).where(model.id.in_(wanted)).tuples() if wanted else []
    return dict(rows)


def _key_works(at: Looking) -> Iterator[Matter]:
    """重点工作: projects with a 包保 leader, of the area or of its subdistrict as a whole."""
    here = Sponsorship.area.in_(at.areas) | (
        Sponsorship.area.is_null() & (Sponsorship.subdistrict == at.subdistrict_id)
    )
    rows = Sponsorship.select().where(Sponsorship.project != "", here, on_day(Sponsorship, at.session.day))
    for row in rows.order_by(Sponsorship.id).limit(at.most(ItemKind.KEY_WORK)):
        yield Matter(
            ItemKind.KEY_WORK,
            0,
            0,
            row.project,
            f"{row.holder_name}包保的重点工作",
            key=f"work:{row.project}",
        )


def still_open(issue_ids: Sequence[int]) -> set[int]:
    """Those of the cases that are open now."""
    if not issue_ids:
        return set()
    rows: Any = Issue.select(Issue.id).where(among(issue_ids), lists.OPEN).tuples()
    return {issue_id for (issue_id,) in rows}
