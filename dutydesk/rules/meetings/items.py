"""The items of an agenda: reordered, cut, put back, merged, added; what is cut is remembered and comes again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dutydesk.meeting_words import ItemKind, ItemState
from dutydesk.models import AgendaIssue, AgendaItem, Issue, Meeting
from dutydesk.models.bulk import insert_all
from dutydesk.rules import permission
from dutydesk.rules.acts import Acting
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.rules.meetings import access
from dutydesk.rules.meetings.agenda_matters import Matter
from dutydesk.rules.meetings.life import ITEM_BY_ACT, ON_PAPER, SAME, ItemWay
from dutydesk.rules.meetings.settings import table
from dutydesk.rules.meetings.story import acting_on, line, record
from dutydesk.rules.organisation import row_id
from dutydesk.session import Session
from dutydesk.text import mask_phones_in

_FREE = 40  # of items that members add


def of_meeting(meeting_id: int) -> list[AgendaItem]:
    """All items of a meeting in their order."""
    rows = AgendaItem.select().where(AgendaItem.meeting == meeting_id)
    return list(rows.order_by(AgendaItem.position, AgendaItem.id))


def issues_of(item_ids: Sequence[int]) -> dict[int, list[int]]:
    """The ids of the cases that items are about."""
    found: dict[int, list[int]] = {item_id: [] for item_id in item_ids}
    if item_ids:
        rows: Any = AgendaIssue.select(AgendaIssue.item, AgendaIssue.issue).where(
            AgendaIssue.item.in_(list(item_ids))
        )
        for item_id, issue_id in rows.order_by(AgendaIssue.id).tuples():
            found[item_id].append(issue_id)
    return found


def last_position(meeting_id: int) -> int:
    """The place of the last item; 0 where there is none."""
    row: Any = (
        AgendaItem.select(AgendaItem.position)
        .where(AgendaItem.meeting == meeting_id)
        .order_by(AgendaItem.position.desc())
        .first()
    )
    return row.position if row else 0


def put(meeting_id: int, position: int, row: AgendaItem, **changes: Any) -> AgendaItem:
    """A copy of an item on another agenda, with its cases."""
    kept = {
        name: getattr(row, name)
        for name in ("kind", "weight", "minutes", "title", "why", "key", "again", "letter_id", "decision_id")
    }
    new = AgendaItem.create(
        **(kept | changes),
        meeting=meeting_id,
        position=position,
        state=ItemState.LISTED,
        added_by=row.added_by_id,
    )
    insert_all(AgendaIssue, [{"item": new.id, "issue": each} for each in issues_of([row.id])[row.id]])
    assert isinstance(new, AgendaItem)
    return new


def insert(meeting_id: int, found: Sequence[tuple[int, Matter, int]], staff_id: int | None = None) -> None:
    """Write new items: each with its place, what it is, and how often it was put off."""
    rows = [
        {
            "meeting": meeting_id,
            "position": position,
            "state": ItemState.LISTED,
            "kind": matter.kind,
            "weight": matter.weight,
            "minutes": matter.minutes,
            "title": matter.title,
            "why": matter.why,
            "key": matter.known_as,
            "again": again,
            "letter_id": matter.letter_id,
            "decision_id": matter.decision_id,
            "added_by": staff_id,
        }
        for position, matter, again in found
    ]
    insert_all(AgendaItem, rows)
    keys = {matter.known_as: matter.issue_ids for _, matter, _ in found}
    ids: Any = AgendaItem.select(AgendaItem.id, AgendaItem.key).where(AgendaItem.meeting == meeting_id)
    links = [
        {"item": item_id, "issue": issue_id}
        for item_id, key in ids.tuples()
        for issue_id in keys.get(key, ())
    ]
    insert_all(AgendaIssue, links)


# -- acts ---------------------------------------------------------------------------------------------------------

ItemEffect = Callable[[AgendaItem, Mapping[str, Any]], str]


def perform(session: Session, item_id: int, act: str, fields: Mapping[str, Any], act_id: str) -> int:
    """Go one way with an item of an agenda; answers with the id of its meeting.

    Raises NotAllowed, or Refused where neither the item nor its meeting stands where this can be done.
    """
    way = ITEM_BY_ACT[act]
    meeting_id = _meeting_of(item_id)
    try:
        with acting_on(session, meeting_id, f"item_{act}", act_id) as (acting, meeting):
            access.require(session, way.may, meeting)
            item = AgendaItem.get_by_id(item_id)
            _in_its_place(way, item, meeting)
            before = {"state": item.state.value, "position": item.position}
            said = _EFFECTS.get(act, _plain)(item, fields)
            if way.to != SAME:
                item.state = ItemState(way.to)
            item.save()
            record(acting, session, meeting, "rearrange", f"{way.name}：{item.title}{said}")
            acting.changed(
                f"{way.name} {item.title}",
                before,
                {"state": item.state.value, "position": item.position, "text": said},
            )
    except AlreadyDone:
        pass
    return meeting_id


def part_all(session: Session, item_id: int, act_id: str) -> int:
    """All that was merged into an item is spoken of apart again; answers with the id of the meeting."""
    meeting_id = _meeting_of(item_id)
    try:
        with acting_on(session, meeting_id, "item_part_all", act_id) as (acting, meeting):
            way = ITEM_BY_ACT["part"]
            access.require(session, way.may, meeting)
            rows = AgendaItem.select().where(
                AgendaItem.meeting == meeting_id, AgendaItem.merged_into == item_id
            )
            parted = list(rows)
            for row in parted:
                _in_its_place(way, row, meeting)
                _part(row, {})
                row.state = ItemState(way.to)
                row.save()
            said = "、".join(row.title for row in parted)
            record(acting, session, meeting, "rearrange", f"{way.name}：{said}")
            acting.changed(f"{way.name} {said}", {"merged_into": item_id}, {"merged_into": None})
    except AlreadyDone:
        pass
    return meeting_id


def _meeting_of(item_id: int) -> int:
    row = AgendaItem.get_or_none(AgendaItem.id == item_id)
    if row is None:
        raise Refused("这一项已不在议程上，请返回重看。")
    return int(row.meeting_id)


def _in_its_place(way: ItemWay, item: AgendaItem, meeting: Meeting) -> None:
    if meeting.state not in way.during:
        raise Refused(f"这次会议现在是“{meeting.state.label}”，议程不能再{way.name}。")
    if item.state not in way.frm:
        raise Refused(f"这一项现在是“{item.state.label}”，不能{way.name}。")


def _plain(_item: AgendaItem, _fields: Mapping[str, Any]) -> str:
    return ""


def _listed(meeting_id: int) -> list[AgendaItem]:
    return [row for row in of_meeting(meeting_id) if row.state is ItemState.LISTED]


def _swap(step: int) -> ItemEffect:
    def move(item: AgendaItem, _fields: Mapping[str, Any]) -> str:
        rows = _listed(item.meeting_id)
        place = [row.id for row in rows].index(item.id)
        if not 0 <= place + step < len(rows):
            raise Refused("已经在头上了。" if step < 0 else "已经在末尾了。")
        other = rows[place + step]
        AgendaItem.update(position=item.position).where(AgendaItem.id == other.id).execute()
        item.position = other.position
        return ""

    return move


def _cut(item: AgendaItem, fields: Mapping[str, Any]) -> str:
    item.outcome = line(fields.get("reason"))
    return f"（{item.outcome}）" if item.outcome else ""


def _merge(item: AgendaItem, fields: Mapping[str, Any]) -> str:
    rows = _listed(item.meeting_id)
    into = row_id(fields.get("into"))
    if into:
        other = next((row for row in rows if row.id == into and row.id != item.id), None)
    else:
        place = [row.id for row in rows].index(item.id)
        other = rows[place - 1] if place else None
    if other is None:
        raise Refused("前面没有可以并入的一项。", "into")
    item.merged_into = other
    AgendaItem.update(minutes=other.minutes + max(1, item.minutes // 2)).where(
        AgendaItem.id == other.id
    ).execute()
    for follower in AgendaItem.select().where(
        AgendaItem.meeting == item.meeting_id, AgendaItem.merged_into == item.id
    ):
        follower.merged_into = other
        follower.save()
    return f"，并入“{other.title}”"


def _part(item: AgendaItem, _fields: Mapping[str, Any]) -> str:
    if item.merged_into_id:
        other = AgendaItem.get_by_id(item.merged_into_id)
        minutes = max(1, other.minutes - max(1, item.minutes // 2))
        AgendaItem.update(minutes=minutes).where(AgendaItem.id == other.id).execute()
    item.merged_into = None
    return ""


def _reword(item: AgendaItem, fields: Mapping[str, Any]) -> str:
    title = line(fields.get("title"))
    if len(title) < 2:
        raise Refused("请写题目。", "title")
    minutes = str(fields.get("minutes") or "").strip()
    if minutes:
        if not 1 <= row_id(minutes) <= 240:
            raise Refused("请写几分钟，1至240。", "minutes")
        item.minutes = row_id(minutes)
    was, item.title = item.title, mask_phones_in(title)
    return f"（原题“{was}”）" if was != item.title else ""


def _discuss(item: AgendaItem, fields: Mapping[str, Any]) -> str:
    item.outcome = line(fields.get("outcome"))
    AgendaItem.update(state=ItemState.DISCUSSED).where(
        AgendaItem.meeting == item.meeting_id, AgendaItem.merged_into == item.id
    ).execute()
    return f"：{item.outcome}" if item.outcome else ""


def _again(item: AgendaItem, _fields: Mapping[str, Any]) -> str:
    AgendaItem.update(state=ItemState.MERGED).where(
        AgendaItem.meeting == item.meeting_id, AgendaItem.merged_into == item.id
    ).execute()
    return ""


def _defer(item: AgendaItem, fields: Mapping[str, Any]) -> str:
    AgendaItem.update(state=ItemState.DEFERRED).where(
        AgendaItem.meeting == item.meeting_id, AgendaItem.merged_into == item.id
    ).execute()
    return _cut(item, fields)


_EFFECTS: dict[str, ItemEffect] = {
    "up": _swap(-1),
    "down": _swap(1),
    "cut": _cut,
    "defer": _defer,
    "merge": _merge,
    "part": _part,
    "reword": _reword,
    "discuss": _discuss,
    "again": _again,
}


def add(session: Session, meeting_id: int, fields: Mapping[str, Any], act_id: str) -> int:
    """加一项: a member's item (`title`, `why`, `minutes`, `issue` where it is about a case); answers with the item's id.

    Raises NotAllowed, Refused with the field that the message is about.
    """
    try:
        with acting_on(session, meeting_id, "add_item", act_id) as (acting, meeting):
            access.require(session, "add", meeting)
            if meeting.state not in ON_PAPER:
                raise Refused(f"这次会议现在是“{meeting.state.label}”，不能再加议题，请加到下一次。")
            matter = _added(session, meeting, fields)
            _not_there(meeting, matter)
            return _entered(acting, session, meeting, matter)
    except AlreadyDone:
        row = AgendaItem.select().where(AgendaItem.meeting == meeting_id, AgendaItem.kind == ItemKind.ADDED)
        last = row.order_by(AgendaItem.id.desc()).first()
        return int(last.id) if last else 0


def _added(session: Session, meeting: Meeting, fields: Mapping[str, Any]) -> Matter:
    title = mask_phones_in(line(fields.get("title")))
    issue_ids: tuple[int, ...] = ()
    if issue_id := row_id(fields.get("issue")):
        permission.require(session, "read", issue_id)
        issue = Issue.get_by_id(issue_id)
        issue_ids = (issue.id,)
        title = title or f"{issue.unit.name} {mask_phones_in(issue.summary)}"
    if len(title) < 2:
        raise Refused("请写要议什么。", "title")
    weight, minutes, _ = table("agenda_table", meeting.subdistrict_id)[ItemKind.ADDED.value]
    asked = str(fields.get("minutes") or "").strip()
    if asked and not 1 <= row_id(asked) <= 240:
        raise Refused("请写几分钟，1至240。", "minutes")
    why = mask_phones_in(line(fields.get("why"))) or f"{session.name}提出"
    return Matter(ItemKind.ADDED, int(weight), row_id(asked) or int(minutes), title, why, issue_ids)


def _not_there(meeting: Meeting, matter: Matter) -> None:
    rows = of_meeting(meeting.id)
    if any(row.key == matter.known_as and row.state is not ItemState.CUT for row in rows):
        raise Refused("这一项已经在议程上了。", "title")
    if sum(row.kind is ItemKind.ADDED for row in rows) >= _FREE:
        raise Refused(f"一次会最多加{_FREE}项，请并成几项。", "title")


def _entered(acting: Acting, session: Session, meeting: Meeting, matter: Matter) -> int:
    insert(meeting.id, [(last_position(meeting.id) + 1, matter, 0)], session.staff_id)
    row = (
        AgendaItem.select()
        .where(AgendaItem.meeting == meeting.id, AgendaItem.key == matter.known_as)
        .order_by(AgendaItem.id.desc())
        .get()
    )
    record(acting, session, meeting, "rearrange", f"加一项：{matter.title}")
    acting.changed(f"加议题 {meeting.title}", None, {"title": matter.title, "why": matter.why})
    return int(row.id)
