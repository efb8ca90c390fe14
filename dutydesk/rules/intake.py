"""登记: an issue enters the ledger, numbered at once; likely duplicates are looked for while it is typed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from dutydesk.models import Category, Counter, Issue, Reporter, Unit
from dutydesk.models.bulk import insert_all
from dutydesk.models.issue_lists import OPEN
from dutydesk.rules import acts, office, patrol, permission
from dutydesk.rules.acts import Acting
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.rules.issue_acts import Done
from dutydesk.rules.lifecycle import BY_ACT
from dutydesk.rules.organisation import area_of_unit, areas_of_units, day_of, row_id
from dutydesk.rules.steps import Step, fresh, record, take
from dutydesk.session import Session
from dutydesk.text import mask_phones_in
from dutydesk.vocabulary import Force, Source, State, Urgency


def next_number(year: int, count: int = 1) -> int:
    """The next serial of a year, the first of `count`; the counter's row is locked until the transaction ends."""
    name = f"issue:{year}"
    Counter.insert(name=name, value=0).on_conflict_ignore().execute()
    Counter.update(value=Counter.value + count).where(Counter.name == name).execute()
    return int(Counter.get_by_id(name).value) - count + 1


def register(session: Session, fields: Mapping[str, Any], act_id: str) -> Done:
    """Enter an issue into the ledger; with `solved` it goes from 发现 to 已销项 in one act (当场解决).

    `fields` are those of `forms.IntakeForm`; `patrol_check` ties it to the checkpoint where it was found. Raises
    Refused with the field that the message is about, NotAllowed outside the scope.
    """
    try:
        with acts.act(session, act_id, "issue.register") as acting:
            issue = _enter(session, acting, fields)
            acting.about("issue", issue.id, issue.number, issue.subdistrict_id)
            step = Step(session, acting, issue, BY_ACT["open"], fields)
            record(step, str(fields.get("on_the_spot") or ""), "register")
            acting.changed(issue.number, None, entered(issue, fields))
            if fields.get("solved"):
                done = {"done": fields.get("on_the_spot") or ""}
                if not done["done"]:
                    raise Refused("当场解决的要写明当场做了什么。", "on_the_spot")
                take(Step(session, acting, issue, BY_ACT["solve_on_spot"], done))
    except AlreadyDone as done_before:
        issue = Issue.get_by_id(done_before.subject_id)
    return Done(issue.id, issue.number, issue.state, issue.version)


@dataclass
class Desk:
    """Places and categories as intake asks for them, each looked at once, for one case or for many.

    `act` is the permission that entering them takes.
    """

    session: Session
    act: str
    places: dict[int, tuple[Unit, int]] = field(default_factory=dict)
    categories: dict[int, Category] = field(default_factory=dict)

    @classmethod
    def for_many(cls, session: Session, act: str) -> Desk:
        """One that has looked at all places within reach already: for cases from everywhere."""
        areas = areas_of_units(session.day)
        within = {area: permission.covers(session, act, area) for area in set(areas.values())}
        desk = cls(session, act)
        for unit in Unit.select():
            area = areas.get(unit.id)
            if area is not None and within[area]:
                desk.places[unit.id] = unit, area
        return desk

    def place(self, value: object) -> tuple[Unit, int]:
        """A unit and the id of its area. Raises Refused, NotAllowed outside the scope."""
        unit_id = row_id(value)
        if unit_id not in self.places:
            unit = Unit.get_or_none(Unit.id == unit_id)
            if unit is None:
                raise Refused("请选问题所在的居民区或楼宇、园区，可打拼音首字母。", "unit")
            area = area_of_unit(unit.id, self.session.day)
            if area is None:
                raise Refused(f"{unit.name}今天不属于任何片区，请管理员核对片区划分。", "unit")
            permission.require(self.session, self.act)
            permission.require_area(self.session, self.act, area.id, unit.id)
            self.places[unit_id] = unit, area.id
        return self.places[unit_id]

    def category(self, value: object) -> Category:
        """A category in use. Raises Refused."""
        category_id = row_id(value)
        if category_id not in self.categories:
            found = Category.get_or_none(Category.id == category_id, Category.active)
            if found is None:
                raise Refused("请选类别，可打拼音首字母。", "category")
            self.categories[category_id] = found
        return self.categories[category_id]


def enter_many(desk: Desk, acting: Acting, entries: Sequence[Mapping[str, Any]]) -> list[Issue]:
    """Enter cases, numbered in order, inside an act under way.

    Raises Refused with the field that the message is about, NotAllowed outside the scope; then none is entered.
    """
    rows = [_columns(desk, acting, fields) for fields in entries]
    year = desk.session.day.year
    first = next_number(year, len(rows))
    for serial, row in enumerate(rows, first):
        row |= {"year": year, "serial": serial}
    insert_all(Issue, rows)
    numbered = Issue.select().where(Issue.year == year, Issue.serial.between(first, first + len(rows) - 1))
    issues = list(numbered.order_by(Issue.serial))
    raised = [
        {"issue": issue.id, **who} for issue, who in zip(issues, map(_raised_by, entries), strict=True) if who
    ]
    insert_all(Reporter, raised)
    return issues


def _enter(session: Session, acting: Acting, fields: Mapping[str, Any]) -> Issue:
    [issue] = enter_many(Desk(session, "register"), acting, [fields])
    if check_id := fields.get("patrol_check"):
        patrol.note_abnormal(session, acting, int(check_id), issue)
    return issue


def _columns(desk: Desk, acting: Acting, fields: Mapping[str, Any]) -> dict[str, Any]:
    unit, area_id = desk.place(fields.get("unit"))
    category = desk.category(fields.get("category"))
    summary = str(fields.get("summary") or "")
    if not summary:
        raise Refused("请写明是什么问题。", "summary")
    found_at = fields.get("found_at") or acting.at
    if isinstance(found_at, str):
        found_at = datetime.fromisoformat(found_at)
    return {
        "state": State.REPORTED,
        "subdistrict": unit.subdistrict_id,
        "area": area_id,
        "unit": unit.id,
        "spot": fields.get("spot") or "",
        "category": category.id,
        "urgency": Urgency(fields.get("urgency") or Urgency.NORMAL),
        "source": Source(fields.get("source") or Source.PATROL),
        "source_number": fields.get("source_number") or "",
        "source_due_at": fields.get("source_due") or None,
        "force": Force(fields.get("force") or category.force),
        "summary": summary,
        "detail": fields.get("detail") or "",
        "on_the_spot": fields.get("on_the_spot") or "",
        "strongly_felt": "strongly_felt" in str(fields.get("flags") or ""),
        "beyond_neighbourhood": "beyond_neighbourhood" in str(fields.get("flags") or ""),
        "reported_at": found_at,
        "reported_by": desk.session.staff_id,
        "changed_at": acting.at,
    }


def _raised_by(fields: Mapping[str, Any]) -> dict[str, str] | None:
    """Who raised it, where anything is known of them."""
    who = {name: str(fields.get(f"reporter_{name}") or "") for name in ("name", "phone", "address")}
    return who if any(who.values()) else None


def entered(issue: Issue, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What the audit keeps of an entered case."""
    names = (
        "summary",
        "detail",
        "spot",
        "on_the_spot",
        "reporter_name",
        "reporter_phone",
        "reporter_address",
    )
    said = {name: fields.get(name) for name in names if fields.get(name)}
    return said | {"unit": issue.unit_id, "category": issue.category_id, "source": issue.source.value}


@dataclass(frozen=True)
class Duplicate:
    """A case that may be the same one."""

    key: int
    number: str
    state: State
    unit: str
    summary: str
    reported_on: str


_NOISE = re.compile(r"[\s，。、；：！？（）“”,.!?;:()\d]+")


def bigrams(text: str) -> set[str]:
    """Overlapping pairs of characters of a text, punctuation and digits apart."""
    plain = _NOISE.sub("", text)
    return {plain[i : i + 2] for i in range(len(plain) - 1)}


_LOOKED_AT = 300
_SHOWN = 3


def likely_duplicates(
    session: Session, unit_id: int, category_id: int | None, text: str, before: int | None = None
) -> list[Duplicate]:
    """Open cases of the same unit, lately reported, that say much the same: the three most alike.

    Of the newest 300, those within the office's window (`duplicate_window`, days) which share a third of the pairs
    of characters, or the category and a seventh of them. Only cases that this session may see; for one that is
    registered already those that came `before` it.
    """
    since = datetime.now(UTC) - timedelta(days=int(office.setting("duplicate_window")))
    wanted = bigrams(text)
    if not wanted:
        return []
    query = Issue.select(Issue, Unit).join(Unit).where(Issue.unit == unit_id, OPEN)
    if before is not None:
        query = query.where(Issue.id < before)
    scored = []
    newest = permission.narrow_beside(query, session).order_by(Issue.id.desc()).limit(_LOOKED_AT)
    for issue in (issue for issue in newest if issue.reported_at >= since):
        shared = len(wanted & bigrams(issue.summary + issue.spot)) / len(wanted)
        same_kind = issue.category_id == category_id
        if shared >= 1 / 3 or (same_kind and shared >= 1 / 7):
            scored.append((shared + 0.2 * same_kind, issue))
    scored.sort(key=lambda pair: (-pair[0], -pair[1].id))
    return [
        Duplicate(
            i.id, i.number, i.state, i.unit.name, mask_phones_in(i.summary), f"{day_of(i.reported_at):%m-%d}"
        )
        for _, i in scored[:_SHOWN]
    ]


def add_to_existing(session: Session, issue_id: int, fields: Mapping[str, Any], act_id: str) -> Done:
    """What is being registered is the same as an open case: register it and merge it there, in one act."""
    try:
        with acts.act(session, act_id, "issue.register_merged") as acting:
            target = fresh(issue_id)
            permission.require(session, "merge", target.id)
            issue = _enter(session, acting, fields)
            acting.about("issue", issue.id, issue.number, issue.subdistrict_id)
            record(Step(session, acting, issue, BY_ACT["open"], fields), "", "register")
            acting.changed(issue.number, None, entered(issue, fields))
            merge = {"target": target.number, "reason": "登记时认出是同一件"}
            take(Step(session, acting, issue, BY_ACT["merge"], merge))
    except AlreadyDone as done_before:
        issue = Issue.get_by_id(done_before.subject_id)
    return Done(issue.id, issue.number, issue.state, issue.version)
