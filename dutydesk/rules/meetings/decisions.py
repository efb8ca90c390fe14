"""A decision becomes tracked work at once: who, what, by when, on the cases of the ledger, or as a new case.

On a case it does what the life cycle has for it: 立案, 派单 or 改派, each a step of the case's story that names the
meeting. The day by which it is to be done becomes the case's deadline where that is sooner; a later one is an
extension, which only the chief grants, and a source's own limit stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, NamedTuple

from dutydesk.meeting_words import DecisionState, MeetingKind
from dutydesk.models import AgendaItem, DecisionIssue, Issue, Meeting, MeetingDecision
from dutydesk.models.bulk import insert_all
from dutydesk.rules import finding, intake, issue_acts, office, permission, time_limits
from dutydesk.rules.acts import Acting
from dutydesk.rules.assignees import Assignee, forces_and_partners, resolve
from dutydesk.rules.before import Before
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.rules.finding import SHOWN, Found
from dutydesk.rules.lifecycle import BY_ACT
from dutydesk.rules.meetings import access, items
from dutydesk.rules.meetings.life import WRITING
from dutydesk.rules.meetings.story import acting_on, line, record
from dutydesk.rules.organisation import area_in_charge, committee, duty_bases, row_id, today, units_of_area
from dutydesk.rules.steps import Asking, Step, fresh, take, why_not
from dutydesk.rules.steps import record as record_step
from dutydesk.rules.triage import by_number
from dutydesk.rules.workcalendar import CHINA
from dutydesk.session import Session
from dutydesk.text import mask_phones_in
from dutydesk.vocabulary import AssigneeKind, Force, Phase, Source, State

# Importing it registers the effects of the ways that a decision goes.
_REGISTERED = issue_acts
_MOST = 20  # cases of one decision


class Decided(NamedTuple):
    """What a decision left behind: its id and number, and a line for each case that says what was done to it."""

    id: int
    number: int
    cases: tuple[str, ...]


class _Taking(NamedTuple):
    """A decision while it is taken."""

    session: Session
    acting: Acting
    meeting: Meeting
    who: Assignee
    fields: Mapping[str, Any]
    due_on: date
    said: str


def who(session: Session, meeting_id: int, text: str = "") -> list[Found]:
    """To whom a decision can give something: forces and N of the area, departments, handlers, its units."""
    meeting = access.readable(session, meeting_id)
    area_id = area_in_charge(meeting.area_id, today())
    near = [Found(each.value, each.name, each.kind.label) for each in forces_and_partners(area_id)]
    units = [
        Found(f"unit:{unit.id}", committee(unit), "居委，须有清单依据或居委同意")
        for unit in units_of_area(area_id, today())
    ]
    if not text.strip():
        return [*near, *units][:SHOWN]
    asked = text.strip().lower()
    found = [each for each in (*near, *units) if asked in each.title.lower()]
    found += _by_initials(near, units, text)
    found += [
        Found(f"department:{each.value}", each.title, each.detail)
        for each in finding.departments(session, text, meeting.subdistrict_id)
    ]
    found += [Found(f"staff:{each.value}", each.title, each.detail) for each in finding.staff(session, text)]
    return list({each.value: each for each in found}.values())[:SHOWN]


def _by_initials(near: list[Found], units: list[Found], text: str) -> list[Found]:
    forces = {f"force:{list(Force)[place].value}" for place in finding.found_ids("force", text)}
    seats = {f"partner:{seat_id}" for seat_id in finding.found_ids("seat", text)}
    here = {f"unit:{unit_id}" for unit_id in finding.found_ids("unit", text)}
    return [each for each in (*near, *units) if each.value in forces | seats | here]


def decide(session: Session, meeting_id: int, fields: Mapping[str, Any], act_id: str) -> Decided:
    """Take a decision: `who`, `what`, `due_on`, `item`, `issues` (numbers parted by blanks; those of the item by default).

    Without a case it becomes one where `unit` and `category` are given; a 条块约请协调会 needs none. `consent_by` is
    whose consent a 居委 gave. Raises NotAllowed, or Refused with the field that the message is about.
    """
    try:
        with acting_on(session, meeting_id, "decide", act_id) as (acting, meeting):
            access.require(session, "write", meeting)
            if meeting.state not in WRITING:
                raise Refused(f"这次会议现在是“{meeting.state.label}”，不能再记决定。")
            item = _item(meeting, fields)
            ids = _cases(session, item, fields)
            taking = _taking(session, acting, meeting, ids, fields)
            row = _kept(taking, item)
            new = _new_case(taking) if not ids else None
            cases = [_track(taking, issue_id) for issue_id in sorted([*ids, *([new] if new else [])])]
            links = [{"decision": row.id, "issue": each} for each in ids]
            links += [{"decision": row.id, "issue": new, "made": True}] if new else []
            insert_all(DecisionIssue, links)
            record(acting, session, meeting, "decide", taking.said)
            after = {"who": taking.who.name, "what": row.what, "due_on": taking.due_on, "issues": ids}
            acting.changed(f"{meeting.title}决定{row.number}", None, after | {"new": new})
            return Decided(row.id, row.number, tuple(cases))
    except AlreadyDone:
        found = MeetingDecision.get(MeetingDecision.act == act_id)
        return Decided(found.id, found.number, ())


def _item(meeting: Meeting, fields: Mapping[str, Any]) -> AgendaItem | None:
    item_id = row_id(fields.get("item"))
    if not item_id:
        return None
    item = AgendaItem.get_or_none(AgendaItem.id == item_id, AgendaItem.meeting == meeting.id)
    if not isinstance(item, AgendaItem):
        raise Refused("这一项已不在议程上，请返回重看。", "item")
    return item


def _cases(session: Session, item: AgendaItem | None, fields: Mapping[str, Any]) -> list[int]:
    """The cases that it is about: those named, else those of the item. Raises Refused for one that is not seen here."""
    named = str(fields.get("issues") or "").replace("、", " ").replace(",", " ").replace("，", " ").split()
    found: list[int] = []
    for number in named:
        issue = by_number(number)
        if issue is None or not permission.may(session, "read", issue.id):
            raise Refused(f"没有找到编号为 {number} 的问题，请核对。", "issues")
        found.append(issue.id)
    if not named and item is not None and fields.get("issues") is None:
        found = items.issues_of([item.id])[item.id]
    if len(set(found)) > _MOST:
        raise Refused(f"一项决定最多管{_MOST}件，请分开定。", "issues")
    return sorted(set(found))


def _taking(
    session: Session, acting: Acting, meeting: Meeting, ids: list[int], fields: Mapping[str, Any]
) -> _Taking:
    what = mask_phones_in(line(fields.get("what")))
    if len(what) < 2:
        raise Refused("请写明做什么。", "what")
    due_on = fields.get("due_on")
    if isinstance(due_on, str) and due_on:
        due_on = date.fromisoformat(due_on)
    if isinstance(due_on, datetime):
        due_on = due_on.date()
    if not isinstance(due_on, date):
        raise Refused("请写何时前办好。", "due_on")
    if due_on < today():
        raise Refused("这一天已经过去了，请写以后的日子。", "due_on")
    number = _next_number(meeting.id)
    chosen = _assignee(meeting, ids, fields)
    said = f"决定{number}：{chosen.name}{due_on.month}月{due_on.day}日前{what}"
    return _Taking(session, acting, meeting, chosen, fields, due_on, said)


def _next_number(meeting_id: int) -> int:
    query: Any = MeetingDecision.select(MeetingDecision.number).where(MeetingDecision.meeting == meeting_id)
    row = query.order_by(MeetingDecision.number.desc()).first()
    return (row.number if row else 0) + 1


def _assignee(meeting: Meeting, ids: list[int], fields: Mapping[str, Any]) -> Assignee:
    value = str(fields.get("who") or "")
    if not value:
        raise Refused("请选由谁办。", "who")
    first = Issue.get_by_id(ids[0]) if ids else _blank(meeting, fields)
    if value.startswith("unit:") and ids:
        first.unit_id = row_id(value.partition(":")[2])
    try:
        return resolve(value, first)
    except Refused as refused:
        raise Refused(refused.message, "who") from None


def _blank(meeting: Meeting, fields: Mapping[str, Any]) -> Issue:
    """A case that stands for the area, where there is none yet."""
    unit = row_id(str(fields.get("who") or "").partition("unit:")[2]) or row_id(fields.get("unit"))
    return Issue(area=meeting.area_id, subdistrict=meeting.subdistrict_id, unit=unit or None)


def _kept(taking: _Taking, item: AgendaItem | None) -> MeetingDecision:
    meeting = taking.meeting
    row = MeetingDecision.create(
        meeting=meeting,
        item=item,
        area=meeting.area_id,
        number=_next_number(meeting.id),
        what=mask_phones_in(line(taking.fields.get("what"))),
        who_kind=taking.who.kind,
        who_key=taking.who.key,
        who_name=taking.who.name,
        due_on=taking.due_on,
        state=DecisionState.OPEN,
        act=taking.acting.row,
        made_by=taking.session.staff_id,
        made_at=taking.acting.at,
    )
    assert isinstance(row, MeetingDecision)
    return row


def _new_case(taking: _Taking) -> int | None:
    """The case that a decision without one becomes: where a place and a category are given."""
    unit, category = taking.fields.get("unit"), taking.fields.get("category")
    if not unit and not category:
        if taking.meeting.kind is MeetingKind.BIWEEKLY and taking.fields.get("as_issue"):
            raise Refused("要进问题清单，请选地点和类别。", "unit")
        return None
    fields = {
        "unit": unit,
        "category": category,
        "summary": mask_phones_in(line(taking.fields.get("what"))),
        "source": Source.MEETING.value,
        "detail": f"{taking.meeting.title}{taking.said}",
    }
    return enter(taking.session, taking.acting, fields)


def enter(session: Session, acting: Acting, fields: Mapping[str, Any]) -> int:
    """Enter one case into the ledger inside an act on a meeting; answers with its id."""
    [issue] = intake.enter_many(intake.Desk(session, "register"), acting, [fields])
    step = Step(session, acting, issue, BY_ACT["open"], fields)
    record_step(step, "", "register")
    acting.changed(issue.number, None, intake.entered(issue, fields))
    return int(issue.id)


# -- what it does to a case ---------------------------------------------------------------------------------------


def _track(taking: _Taking, issue_id: int) -> str:
    """Do to a case what the decision says, by the ways of its life; answers with what was done."""
    issue = fresh(issue_id)
    permission.require(taking.session, "note", issue.id)
    if issue.state is State.REPORTED and permission.may(taking.session, "open", issue.id):
        take(Step(taking.session, taking.acting, issue, BY_ACT["open"], {}))
    act, fields, done = _way(taking, issue)
    permission.require(taking.session, act, issue.id)
    step = Step(taking.session, taking.acting, issue, BY_ACT[act], fields, before=Before(issue))
    step.details["decided"] = taking.said
    later = _deadline(taking, issue)
    take(step)
    return f"{issue.number} {done}{later}"


def _way(taking: _Taking, issue: Issue) -> tuple[str, dict[str, Any], str]:
    """By which way the case gets to whom the decision names, with the fields of its form, and what that is called."""
    text = f"{taking.meeting.title}{taking.said}"
    note = ("note", {"text": text}, "已记入")
    given = {"assignee": taking.who.value, "reason": text, "note": text}
    same = (issue.assignee_kind, issue.assignee_key) == (taking.who.kind, taking.who.key)
    if issue.state in (State.ASSIGNED, State.HANDLING) and not same:
        if taking.who.kind is AssigneeKind.UNIT or not _free(taking, issue, "reassign"):
            return note[0], note[1], "已记入，改派须另办"
        return "reassign", given, f"改派{taking.who.name}"
    if issue.state is not State.OPENED:
        return note
    if taking.who.kind is AssigneeKind.UNIT:
        return _sent_down(taking, issue, text)
    if _free(taking, issue, "assign"):
        return "assign", given, f"派{taking.who.name}"
    if _free(taking, issue, "propose_assign"):
        return "propose_assign", given, f"提请片区长派{taking.who.name}"
    return note


def _free(taking: _Taking, issue: Issue, act: str) -> bool:
    """Whether this session may go this way with the case, and nothing stands in it."""
    if not permission.may(taking.session, act, issue.id):
        return False
    return why_not(Asking(taking.session, issue), BY_ACT[act]) is None


def _sent_down(taking: _Taking, issue: Issue, text: str) -> tuple[str, dict[str, Any], str]:
    if str(issue.unit_id) != taking.who.key:
        return "note", {"text": text}, "已记入，不是那个居委的"
    if not _free(taking, issue, "send_down"):
        return "note", {"text": text}, "已记入，下派须由片区长办"
    consent = line(taking.fields.get("consent_by"))
    if duty_bases(issue.category_id, None):
        return "send_down", {"ground": "listed", "note": text}, f"下派{taking.who.name}"
    if not consent:
        raise Refused("交给居委须有职责清单或居委同意，请写居委谁同意的。", "consent_by")
    return "send_down", {"ground": "consent", "consent_by": consent, "note": text}, f"下派{taking.who.name}"


def _deadline(taking: _Taking, issue: Issue) -> str:
    """The day of the decision becomes the deadline where it is sooner; says so where it does not."""
    if not issue.is_open or issue.state in (State.PAUSED, State.POOLED, State.REPORTED):
        return ""
    if issue.source_due_at:
        return "，来源时限不变"
    closing = office.calendar(issue.subdistrict_id).hours.closing
    at = datetime.combine(taking.due_on, closing, CHINA)
    if at <= taking.acting.at:
        at = datetime.combine(taking.due_on, time(23, 59), CHINA)
    if issue.due_at is not None and issue.due_at <= at:
        return "" if issue.due_at == at else "，原期限更早，不变"
    said = f"{taking.meeting.title}{taking.said}"
    time_limits.set_deadline(issue, Phase.COMPLETION, taking.acting.at, at, said)
    return f"，{taking.due_on.month}月{taking.due_on.day}日到期"
