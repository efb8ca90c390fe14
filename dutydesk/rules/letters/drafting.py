"""A letter begins: from an issue, several of them, an item of an agenda, or from scratch; changed until it is out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any, NamedTuple

from dutydesk.letter_words import Crossing, InvitedState, LetterKind, LetterState
from dutydesk.models import AgendaLetter, Area, Department, Invited, Issue, Letter, LetterIssue, LetterStep
from dutydesk.rules import acts, finding, permission, triage
from dutydesk.rules.acts import Acting
from dutydesk.rules.errors import AlreadyDone, NotAllowed, Refused
from dutydesk.rules.finding import Found
from dutydesk.rules.letters import access
from dutydesk.rules.letters.life import LETTER_ACT, ON_PAPER
from dutydesk.rules.letters.limits import due
from dutydesk.rules.letters.memory import Candidate, candidates, sent_back
from dutydesk.rules.letters.signing import hand_over
from dutydesk.rules.letters.taking import Asking as AskingLetter
from dutydesk.rules.letters.taking import (
    Doing,
    all_invited,
    condition,
    effect,
    invited_of,
    issues_of,
    record,
    tell_issues,
)
from dutydesk.rules.organisation import area_in_charge, row_id
from dutydesk.rules.workcalendar import CHINA
from dutydesk.session import Session
from dutydesk.text import clean, mask_phones_in, narrow

DEPARTMENTS = ("department_1", "department_2", "department_3")
_SUBJECT, _TRIED = 60, 400
_AT_TWO = time(14)


class Proposal(NamedTuple):
    """What a new letter may begin with: the fields of its form, whom one might invite and why."""

    values: dict[str, Any]
    candidates: tuple[Candidate, ...]


def proposed(session: Session, issue_ids: Iterable[int] = (), title: str = "") -> Proposal:
    """What a letter about these issues, or about a `title`, would say. Raises NotAllowed outside the scope."""
    issues = _readable(session, issue_ids)
    who = candidates(issues)
    chosen = [each for each in who if each.listed][:2] or who[:1]
    town = issues[0].subdistrict_id if issues else session.subdistrict_id
    areas = {issue.area_id for issue in issues}
    crossing = [Crossing.AREAS] if len(areas) > 1 else []
    crossing.append(Crossing.DEPARTMENTS)
    outside = any(each.of_district for each in chosen)
    values: dict[str, Any] = {
        "kind": (LetterKind.LETTER if outside or not chosen else LetterKind.SLIP).value,
        "subject": _subject(issues) if issues else clean(title, _SUBJECT),
        "crossing": " ".join(word.value for word in Crossing if word in crossing),
        "tried": _tried(issues),
        "request": "请派员到片区会商，明确牵头、配合和完成时间。",
        "meeting_at": _meeting(town) if town else None,
        "meeting_place": _place(issues, session),
    }
    shown = {}
    for field, each in zip(DEPARTMENTS, chosen, strict=False):
        values[field] = str(each.department_id)
        shown[field] = [each.name, each.said]
    return Proposal(values | {"_shown": shown}, tuple(who))


def _readable(session: Session, issue_ids: Iterable[int]) -> list[Issue]:
    ids = list(dict.fromkeys(issue_ids))
    seen = permission.seen_among(session, ids)
    if set(ids) - seen:
        raise NotAllowed("其中有问题不在您的范围内，不能列入约请。")
    return list(Issue.select().where(Issue.id.in_(ids)).order_by(Issue.id))


def _subject(issues: list[Issue]) -> str:
    first = issues[0]
    if len(issues) == 1:
        return clean(f"协调解决{first.unit.name}{mask_phones_in(first.summary)}", _SUBJECT)
    kinds = {issue.category.name for issue in issues}
    what = f"{first.category.name}等" if len(kinds) > 1 else first.category.name
    return clean(f"协调解决{first.unit.name}等{len(issues)}件{what}问题", _SUBJECT)


def _tried(issues: list[Issue]) -> str:
    said = sent_back(issue.id for issue in issues)
    if said:
        return clean("；".join(said), _TRIED).rstrip("。") + "。"
    held = [f"已交{issue.assignee_name}处置" for issue in issues if issue.assignee_name]
    return clean("；".join(dict.fromkeys(held)), _TRIED) + ("。" if held else "")


def _meeting(town: int) -> datetime:
    day = due("letter_meeting_after", town, datetime.now(UTC)).astimezone(CHINA).date()
    return datetime.combine(day, _AT_TWO, CHINA)


def _place(issues: list[Issue], session: Session) -> str:
    area_id = issues[0].area_id if issues else session.area_id
    area = Area.get_or_none(Area.id == area_id)
    return f"{area.name}党群服务中心" if area else ""


def whom(session: Session, issue_ids: Iterable[int], text: str) -> list[Found]:
    """Departments to invite, with what is remembered of them: the likely ones first, or those that a text finds."""
    known = {str(each.department_id): each for each in candidates(_readable(session, issue_ids))}
    near = [] if text.strip() else [Found(key, each.name, each.said) for key, each in known.items()]
    others = [
        replace(each, detail=known[each.value].said) if each.value in known else each
        for each in finding.departments_here(session, text)
    ]
    seen = {each.value for each in near}
    return [*near, *(each for each in others if each.value not in seen)][: finding.SHOWN]


# -- the act that drafts ---------------------------------------------------------------------------------------------


def draft(
    session: Session,
    fields: Mapping[str, Any],
    act_id: str,
    issue_ids: Iterable[int] = (),
    agenda_item_id: int | None = None,
) -> int:
    """Draft a letter about these issues, with the departments of the form; answers with its id.

    Raises NotAllowed, Refused with the field.
    """
    try:
        with acts.act(session, act_id, "letter.draft") as acting:
            issues = _readable(session, issue_ids)
            letter = _new(session, acting, fields, issues)
            acting.about("letter", letter.id, letter.subject, letter.subdistrict_id)
            _put_down(letter, fields, acting)
            for issue in issues:
                LetterIssue.create(letter=letter, issue=issue)
            if agenda_item_id is not None:
                AgendaLetter.create(agenda_item_id=agenda_item_id, letter=letter)
            doing = Doing(session, acting, letter, LETTER_ACT["amend"], fields)
            said = "、".join(each.department.name for each in all_invited(letter))
            record(doing, f"约请{said}" if said else "", "", LetterState.DRAFT.value, "draft")
            tell_issues(doing, f"拟{letter.kind.label}约请{said}：{letter.subject}")
            acting.changed(
                letter.subject, None, as_fields(letter) | {"issues": [each.number for each in issues]}
            )
            letter_id = int(letter.id)
    except AlreadyDone as done:
        letter_id = done.subject_id or 0
    return letter_id


def _new(session: Session, acting: Acting, fields: Mapping[str, Any], issues: list[Issue]) -> Letter:
    area_id = issues[0].area_id if issues else row_id(fields.get("area")) or session.area_id
    if area_id is None:
        raise Refused("请选是哪个片区的约请。", "area")
    area = Area.get_by_id(area_in_charge(area_id, session.day))
    access.require_area(session, area.id)
    letter = Letter(
        state=LetterState.DRAFT,
        subdistrict=area.subdistrict_id,
        area=area,
        drafted_by=session.staff_id,
        drafted_at=acting.at,
        changed_at=acting.at,
    )
    _fill(Doing(session, acting, letter, LETTER_ACT["amend"], fields))
    letter.save(force_insert=True)
    return letter


def _fill(doing: Doing) -> None:
    """The text of a letter from its form; what may still be missing is asked for when it is proposed."""
    letter = doing.letter
    letter.kind = doing.one_of("kind", LetterKind, "请选种类。")
    letter.subject = clean(doing.need("subject", "请写明事由。"), _SUBJECT)
    words = str(doing.fields.get("crossing") or "").split()
    if not words or set(words) - {word.value for word in Crossing}:
        raise Refused("请选为什么约请：跨片区、跨领域、跨部门，至少一项。", "crossing")
    letter.crossing = " ".join(words)
    letter.tried = doing.need("tried", "请写明已经做了什么，部门才知道为什么要来。")
    letter.request = doing.need("request", "请写明请部门做什么。")
    letter.meeting_at = doing.moment("meeting_at")
    letter.meeting_place = doing.text("meeting_place")


def _put_down(letter: Letter, fields: Mapping[str, Any], acting: Acting) -> None:
    chosen = [(name, row_id(fields.get(name))) for name in DEPARTMENTS]
    ids = [key for _, key in chosen if key]
    for name, key in chosen:
        if key and ids.count(key) > 1:
            raise Refused("同一个部门选了两次，请去掉一个。", name)
        if key:
            _add(letter, key, "", acting.at, name)


def _add(letter: Letter, department_id: int, why: str, at: datetime, field: str) -> Invited:
    department = Department.get_or_none(Department.id == department_id)
    if department is None or department.subdistrict_id not in (None, letter.subdistrict_id):
        raise Refused("请选本街镇或区里的部门。", field)
    there = Invited.get_or_none(Invited.letter == letter.id, Invited.department == department.id)
    if there is not None and there.state is not InvitedState.FREED:
        raise Refused(f"{department.name}已在这封约请里。", field)
    if there is not None:
        there.state, there.why, there.answer, there.answered_at = InvitedState.LISTED, why, None, None
        there.version += 1
        there.save()
        return there
    return Invited.create(
        letter=letter.id, department=department.id, state=InvitedState.LISTED, why=why, added_at=at
    )


def as_fields(letter: Letter) -> dict[str, Any]:
    """The text of a letter as its form begins."""
    return {
        "kind": letter.kind.value,
        "subject": letter.subject,
        "crossing": letter.crossing,
        "tried": letter.tried,
        "request": letter.request,
        "meeting_at": letter.meeting_at,
        "meeting_place": letter.meeting_place,
    }


# -- until it is out, and after --------------------------------------------------------------------------------------


@effect("amend")
def _amend(doing: Doing) -> str:
    _fill(doing)
    return ""


@effect("invite")
def _invite(doing: Doing) -> str:
    letter = doing.letter
    out = letter.state not in ON_PAPER
    why = doing.text("why")
    added = _add(letter, row_id(doing.fields.get("department")), why, doing.acting.at, "department")
    if out:
        hand_over(letter, added, doing)
        tell_issues(doing, f"{letter.number}加约{added.department.name}")
    return added.department.name + (f"：{why}" if why else "")


@effect("uninvite")
def _uninvite(doing: Doing) -> str:
    gone = invited_of(doing.letter, row_id(doing.fields.get("invited")))
    name = gone.department.name
    LetterStep.update(invited=None).where(LetterStep.invited == gone.id).execute()
    gone.delete_instance()
    return str(name)


@condition("uninvite")
def _somebody_there(asking: AskingLetter) -> str | None:
    return None if all_invited(asking.letter) else "还没有约请部门。"


@effect("link")
def _link(doing: Doing) -> str:
    letter = doing.letter
    issue = triage.by_number(narrow(doing.text("issue")))
    if issue is None or not permission.may(doing.session, "read", issue.id):
        raise Refused("没有找到这件问题，请写编号，例如 2026-000123。", "issue")
    if issue.id in issues_of(letter):
        raise Refused(f"{issue.number}已列在里面。", "issue")
    LetterIssue.create(letter=letter.id, issue=issue.id)
    tell_issues(doing, f"列入约请：{letter.number or letter.subject}", only=issue.id)
    return f"{issue.number} {mask_phones_in(issue.summary)}"


@effect("unlink")
def _unlink(doing: Doing) -> str:
    issue = triage.by_number(narrow(doing.text("issue")))
    if issue is None or issue.id not in issues_of(doing.letter):
        raise Refused("这件没有列在里面，请写编号。", "issue")
    tell_issues(doing, f"从约请中去掉：{doing.letter.subject}", only=issue.id)
    LetterIssue.delete().where(LetterIssue.letter == doing.letter.id, LetterIssue.issue == issue.id).execute()
    return str(issue.number)


# -- from an agenda --------------------------------------------------------------------------------------------------


def from_agenda_item(
    session: Session,
    agenda_item_id: int,
    title: str,
    issue_ids: Iterable[int],
    act_id: str,
    changes: Mapping[str, Any] | None = None,
) -> int:
    """An item of an agenda becomes a draft on the spot, with what the desk proposes; answers with its id.

    Raises as `draft` does.
    """
    ids = list(issue_ids)
    given = {key: value for key, value in (changes or {}).items() if value is not None}
    values = {**proposed(session, ids, title).values, **given}
    values["tried"] = values.get("tried") or f"片区例会研究：{clean(title, 100)}"
    return draft(session, values, act_id, ids, agenda_item_id)


class ItemLetter(NamedTuple):
    """A letter that an item of an agenda was turned into, as it is shown there."""

    letter_id: int
    said: str


def letters_of_item(agenda_item_id: int) -> list[ItemLetter]:
    """The letters of an item of an agenda, with where they stand."""
    rows = (
        AgendaLetter.select(AgendaLetter, Letter)
        .join(Letter)
        .where(AgendaLetter.agenda_item_id == agenda_item_id)
        .order_by(AgendaLetter.id)
    )
    return [
        ItemLetter(
            row.letter_id, f"{row.letter.number or '约请'}：{row.letter.subject}（{row.letter.state.label}）"
        )
        for row in rows
    ]
