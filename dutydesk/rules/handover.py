"""交接班: a page that writes itself, signed by who goes and who comes; once signed it is fixed.

The page is kept as it was signed, its hash in the audit chain's own text, so that not even the deleting of values
loses it; corrections are additions. An absent successor signs later, or a stand-in does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from dutydesk.models import AuditEntry, Handover, HandoverNote, RoleGrant
from dutydesk.rules import acts, handover_lines, permission
from dutydesk.rules.errors import AlreadyDone, NotAllowed, Refused, Stale
from dutydesk.rules.handling import name_of
from dutydesk.rules.handover_lines import Line
from dutydesk.rules.handover_page import (
    Entry,
    Page,
    day_and_shift,
    latest,
    left_by_the_last,
    own_signature,
    page,
    page_of,
    row_of,
    signed,
    successors,
)
from dutydesk.rules.on_duty import Watch, in_turn, watch
from dutydesk.rules.organisation import on_day, row_id
from dutydesk.rules.workcalendar import moment
from dutydesk.session import Session
from dutydesk.text import PROSE_LIMIT, clean, mask_phones_in

__all__ = [
    "Entry",
    "Page",
    "add",
    "day_and_shift",
    "keep_page",
    "latest",
    "left_by_the_last",
    "own_signature",
    "page",
    "page_of",
]
__all__ += ["problems", "sign_in", "sign_out", "signed", "successors"]

FREE_LINES = 20


def sign_out(session: Session, seen: str, fields: Mapping[str, Any], act_id: str) -> Page:
    """The outgoing signs the page, with free lines (`free`) and who takes over (`incoming`, an id).

    `seen` is the digest of the page as it was read. Raises Stale where it says something else by now (sign again to
    sign that), Refused where this duty was handed over already or nobody else is named.
    """
    try:
        with acts.act(session, act_id, "handover.sign_out") as acting:
            own = watch(session, acting.at)
            permission.require_area(session, "shift", own.area_id)
            area = in_turn(own.area_id)
            found = page_of(session, own, acting.at)
            if found.handed_over:
                raise Refused(f"{found.own_signature}。要补充，请打开那一页，用“补充”。")
            if found.digest != seen:
                raise Stale(f"刚才又有变动，交班页已更新：{_told(found)}。没有签字，看过再按 F10。")
            row = _keep(session, own, found, fields, acting.row.id)
            title = f"{area.name} {moment(row.until)}{row.shift_name} sha256:{row.hash}"
            acting.about("handover", row.id, title, area.subdistrict_id)
            kept = {"sha256": row.hash, "incoming": row.incoming_id, "lines": len(found.lines)}
            acting.changed(f"交班 {area.name}", None, kept)
            page_id = row.id
    except AlreadyDone as before:
        page_id = before.subject_id or 0
    return signed(session, page_id)


def _told(found: Page) -> str:
    counts = [
        f"{handover_lines.SECTIONS[section]}{found.count(section)}"
        for section in handover_lines.SECTIONS
        if found.count(section) and section != "who"
    ]
    return "、".join(counts) or "没有事项"


def _keep(session: Session, own: Watch, found: Page, fields: Mapping[str, Any], act_id: str) -> Handover:
    incoming_id = row_id(fields.get("incoming")) or None
    if incoming_id == session.staff_id:
        raise Refused("不能交给自己，请选接班的人。", "incoming")
    if incoming_id is not None and not _has_duty(incoming_id, own.area_id, session):
        raise Refused("这个人不在本片区值班，请重新选。", "incoming")
    said = [clean(line, PROSE_LIMIT) for line in str(fields.get("free") or "").split("\n")]
    free = [Line("free", mask_phones_in(line)) for line in said if line]
    if len(free) > FREE_LINES:
        raise Refused(f"留言最多{FREE_LINES}行，请并成几行。", "free")
    return keep_page(session, own, found, [*free, *found.lines], incoming_id, act_id)


def keep_page(
    session: Session, own: Watch, found: Page, lines: list[Line], incoming_id: int | None, act_id: str
) -> Handover:
    """Write a page down as it is signed by this session, in the transaction under way."""
    content = _content(session, found, lines, name_of(incoming_id))
    return Handover.create(
        area=own.area_id,
        shift=own.shift_id,
        shift_name=own.name,
        since=found.since,
        until=found.until,
        next_until=found.next_until,
        outgoing=session.staff_id,
        incoming=incoming_id,
        content=content,
        hash=hashlib.sha256(content.encode()).hexdigest(),
        act=act_id,
    )


def _has_duty(staff_id: int, area_id: int, session: Session) -> bool:
    roles = [role.value for role in permission.MAY["shift"]]
    held = RoleGrant.select().where(
        RoleGrant.staff == staff_id,
        RoleGrant.area == area_id,
        RoleGrant.role.in_(roles),
        on_day(RoleGrant, session.day),
    )
    return bool(held.exists())


def _content(session: Session, found: Page, lines: list[Line], incoming: str) -> str:
    """The page as it is kept: JSON, the same for the same page."""
    kept = {
        "area": found.area,
        "shift": found.shift,
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "next_until": found.next_until.isoformat(),
        "outgoing": session.name,
        "outgoing_number": session.number,
        "to": incoming,
        "lines": [as_kept(line) for line in lines],
    }
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)


def as_kept(line: Line) -> dict[str, Any]:
    """A line as a page keeps it: what is empty is left out."""
    kept = {
        "section": line.section,
        "text": line.text,
        "when": line.when,
        "issue": line.issue_id,
        "number": line.number,
        "promise": line.promise_id,
    }
    return {name: value for name, value in kept.items() if value}


def sign_in(session: Session, page_id: int, remark: str, act_id: str) -> Page:
    """The incoming signs: what the page lists is theirs now. Who was named may be stood in for, by who has the duty.

    Raises NotAllowed outside the area, Refused for the outgoing's own page or one that is signed already.
    """
    try:
        with acts.act(session, act_id, "handover.sign_in") as acting:
            in_turn(row_of(session, page_id).area_id)
            row = row_of(session, page_id)
            if row.signed_in_at is not None:
                who = "您" if row.incoming_id == session.staff_id else name_of(row.incoming_id)
                raise Refused(f"这一页{who}已签收（{moment(row.signed_in_at)}），不用再签。")
            if row.outgoing_id == session.staff_id:
                raise Refused("自己交的班不能自己签收，请接班的人签。")
            before = {"incoming": row.incoming_id, "signed_in_at": None}
            after = {"incoming": session.staff_id, "signed_in_at": acting.at, "remark": clean(remark)}
            Handover.update(**after).where(Handover.id == row.id).execute()
            title = f"{row.area.name} {moment(row.until)}{row.shift_name} sha256:{row.hash}"
            acting.about("handover", row.id, title, row.area.subdistrict_id)
            acting.changed(f"接班 {row.area.name}", before, after)
    except AlreadyDone:
        pass
    return signed(session, page_id)


def add(session: Session, page_id: int, text: str, act_id: str) -> Page:
    """补充: add to a signed page, which itself stays as it is. Raises NotAllowed, Refused for nothing to add."""
    said = mask_phones_in(clean(text, 500))
    if len(said) < 2:
        raise Refused("请写明要补充什么。", "text")
    try:
        with acts.act(session, act_id, "handover.add") as acting:
            row = row_of(session, page_id)
            if session.staff_id not in (row.outgoing_id, row.incoming_id) and not permission.covers(
                session, "decide", row.area_id
            ):
                raise NotAllowed("补充由交班人、接班人或片区长写。")
            HandoverNote.create(
                handover=row, staff=session.staff_id, staff_name=session.name, text=said, at=acting.at
            )
            digest = hashlib.sha256(said.encode()).hexdigest()
            acting.about("handover", row.id, f"{row.area.name} 补充 sha256:{digest}", row.area.subdistrict_id)
            acting.changed(f"补充 {moment(row.until)}{row.shift_name}", None, {"text": said})
    except AlreadyDone:
        pass
    return signed(session, page_id)


# -- checking ---------------------------------------------------------------------------------------------------


def problems() -> Iterator[str]:
    """Signed pages that are not what was signed, by their own hash or by that in the audit chain."""
    rows: Any = Handover.select(Handover.id, Handover.content, Handover.hash, Handover.act).tuples()
    for page_id, content, kept, act_id in rows.iterator():
        found = hashlib.sha256(content.encode()).hexdigest()
        link = AuditEntry.get_or_none(AuditEntry.act == act_id)
        if found != kept or link is None or kept not in link.subject:
            yield f"交接班第{page_id}页与签字时不符"
