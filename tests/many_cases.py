"""Many cases at once, as they are kept: every state, everybody's hands, due about now; for tests of lists."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from dutydesk.models import Area, Deadline, Issue, IssueStep, Unit, UnitArea, connection, search
from dutydesk.rules import intake
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import AssigneeKind, Force, Role, Source, State, Urgency

R, S = Role, State
SPREAD = 20_000  # cases over four hundred days


def first_case(district) -> dict[str, Any]:
    duty = district.sessions[R.DUTY_OFFICER]
    fields = {
        "unit": str(district.units[0]),
        "category": str(district.categories[0]),
        "summary": "3号楼楼道堆放旧家具",
        "source": "caller",
    }
    issue_id = intake.register(duty, fields, "00000000-0000-4000-8000-000000000001").issue_id
    return Issue.select().where(Issue.id == issue_id).dicts().get()


def more_places(district, many: int = 18) -> tuple[list[int], list[list[int]]]:
    areas, units = list(district.areas), [district.units[:3], district.units[3:]]
    for number in range(many):
        area = Area.create(
            subdistrict=district.subdistrict,
            code=f"X{number}",
            name=f"第{number}片区",
            valid_from="2020-01-01",
        )
        areas.append(area.id)
        units.append([])
        for place in range(3):
            unit = Unit.create(
                subdistrict=district.subdistrict,
                code=f"X{number}{place}",
                name=f"第{number}{place}居",
                kind="residential",
            )
            UnitArea.create(unit=unit, area=area, valid_from="2020-01-01")
            units[-1].append(unit.id)
    return areas, units


_PLAIN = [S.CLOSED, S.OPENED, S.FEEDBACK, S.PAUSED, S.POOLED, S.REVIEW]
_SPECIAL = ("strongly_felt", "beyond_neighbourhood", "send_backs", "feedback_given", "sample_due")
# What is written in them: what many are about, and what few are.
_SAID = (
    *["3号楼楼道堆放旧家具"] * 5,
    *["消防通道停放非机动车影响通行"] * 3,
    *["垃圾满溢两日无人清运", "电梯故障困人后仍未修复", "二楼楼道灯不亮"],
)
_ENDS = [S.CLOSED] * 15 + [S.MERGED, S.VOID]
_WAYS = [*(state for state in State if state not in (S.CLOSED, S.MERGED, S.VOID)), *_ENDS]


Holder = tuple[AssigneeKind | None, str | None, int | None]


def _case(
    number: int, start: datetime, areas: list[int], units: list[list[int]], holder: Holder
) -> dict[str, Any]:
    """What tells one case from the others of a fill."""
    place, turn = number * 7 % len(areas), number * 7919 % 10_007
    state = _WAYS[turn % len(_WAYS)]
    at = start + timedelta(minutes=number * 500_000 // SPREAD)
    kind, key, handler = holder
    return {
        "id": number,
        "serial": number,
        "summary": f"{turn}室反映井盖缺失" if turn % 500 == 0 else _SAID[turn % len(_SAID)],
        "state": state,
        "is_open": state not in (S.CLOSED, S.MERGED, S.VOID),
        "area": areas[place],
        "unit": units[place][turn % 3],
        "urgency": list(Urgency)[turn % 11 // 9],
        "source": list(Source)[turn % 9],
        "strongly_felt": turn % 13 == 0,
        "beyond_neighbourhood": turn % 17 == 0,
        "send_backs": turn % 7 // 4,
        "feedback_given": turn % 2 == 0,
        "sample_due": state is S.CLOSED and turn % 19 == 0,
        "assignee_kind": kind,
        "assignee_key": str(units[place][turn % 3]) if key == "" else key,
        "handler": handler,
        "reported_at": at,
        "changed_at": at + timedelta(days=turn % 9),
        "due_at": None if turn % 23 == 0 else datetime.now(CHINA) + timedelta(hours=turn % 400 - 200),
        "first_contact_due_at": at if turn % 3 else None,
        "paused_until": (start + timedelta(days=turn % 500)).date() if state is S.PAUSED else None,
        "look_again_on": (start + timedelta(days=turn % 500)).date() if state is S.POOLED else None,
    }


def _plain(number: int, row: dict[str, Any], areas: list[int], units: list[list[int]]) -> dict[str, Any]:
    """What makes it one of those among which the lists' cases must be found."""
    place, turn = number * 7 % len(areas), number * 7919 % 10_007
    if row["assignee_kind"] is AssigneeKind.FORCE:  # a force's cases must be found among those of other areas
        place = 1 + turn % (len(areas) - 1)
    state = _PLAIN[turn % len(_PLAIN)]
    return dict.fromkeys(_SPECIAL, False) | {
        "area": areas[place],
        "unit": units[place][turn % 3],
        "state": state,
        "is_open": state is not S.CLOSED,
        "due_at": datetime.now(CHINA) + timedelta(days=9 + turn % 300),
        "first_contact_due_at": None,
        "paused_until": date(2030, 1, 1) if state is S.PAUSED else None,
        "look_again_on": date(2030, 1, 1) if state is S.POOLED else None,
    }


def fill(
    template: dict[str, Any],
    areas: list[int],
    units: list[list[int]],
    many: int,
    first: int = 10,
    plain: bool = False,
) -> None:
    """Cases in every state, given to everybody, due about now; as they are kept, in one go.

    Plain ones are those among which the lists' cases must be found: ended, waiting or at work, and nothing special.
    """
    start = datetime.now(CHINA) - timedelta(days=400)
    names = [name for name in Issue._meta.fields if name != "merged_into"]
    fields = Issue._meta.fields
    holders = itertools.cycle(
        [
            (AssigneeKind.FORCE, Force.SAFETY.value, None),
            (AssigneeKind.FORCE, Force.SERVICE.value, None),
            (AssigneeKind.DEPARTMENT, "1", None),
            (AssigneeKind.DEPARTMENT, "2", None),
            (AssigneeKind.STAFF, "4", 4),
            (AssigneeKind.UNIT, "", None),
            (None, None, None),
        ]
    )

    def rows() -> Iterator[list[Any]]:
        for number in range(first, first + many):
            row = template | _case(number, start, areas, units, next(holders))
            if plain:
                row |= _plain(number, row, areas, units)
            yield [fields[name].db_value(row[name]) for name in names]

    with connection.write_transaction():
        connection.insert_rows(Issue, names, rows())


def tell(first: int, many: int) -> None:
    """A step and a deadline for each of these cases."""
    at = datetime.now(CHINA)
    step = (
        "issue",
        "name",
        "to_state",
        "staff_name",
        "role",
        "text",
        "details",
        "occurred_at",
        "recorded_at",
    )
    due = ("issue", "phase", "started_at", "unit", "hours", "due_at", "explanation", "current")
    kept = IssueStep.recorded_at.db_value(at)
    numbers = range(first, first + many)
    with connection.write_transaction():
        connection.insert_rows(
            IssueStep, step, ([n, "note", "closed", "值班员甲", "", "", "{}", kept, kept] for n in numbers)
        )
        connection.insert_rows(
            Deadline, due, ([n, "completion", kept, "", "", kept, "", True] for n in numbers)
        )


def index(first: int, many: int) -> None:
    """What these cases say and carry goes into the search index."""
    rows = list(search.tokens_between(first, first + many - 1))
    with connection.write_transaction():
        connection.insert_rows(search.SearchText, ("issue", "tokens"), rows)
        search.fill_index()
