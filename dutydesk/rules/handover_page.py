"""The page of a handover read: as it would be signed now, as it was signed, and the latest of an area."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from dutydesk.models import Area, Handover, HandoverNote, Issue, RoleGrant, Staff
from dutydesk.rules import handover_lines, permission
from dutydesk.rules.errors import Refused
from dutydesk.rules.finding import Found
from dutydesk.rules.handling import name_of
from dutydesk.rules.handover_lines import Line
from dutydesk.rules.on_duty import TAKEN_OVER, Watch, need_area, watch
from dutydesk.rules.organisation import in_service, on_day
from dutydesk.rules.workcalendar import CHINA, moment
from dutydesk.session import Session

EARLY_MINUTES = 60  # before its end a duty is handed over without being asked about it
LONGEST = timedelta(days=7)  # how far back a page tells where nobody handed over
_SHOWN = 40


@dataclass(frozen=True)
class Page:
    """A page of a handover: as it would be signed now (`id` 0), or as it was signed.

    `digest` is of what the lines say. `still_open` are the cases taken over that are open now. `ends_at` is when the
    duty ends that is handed over, `begins_at` when it began; `own_signature` says when this person has signed, where
    that is so.
    """

    id: int
    area: str
    shift: str
    since: datetime
    until: datetime
    next_until: datetime
    outgoing: str
    incoming_id: int | None
    incoming: str
    lines: tuple[Line, ...]
    digest: str
    signed_in_at: datetime | None = None
    remark: str = ""
    notes: tuple[str, ...] = ()
    handed_over: bool = False
    may_sign: bool = False
    still_open: frozenset[int] = frozenset()
    ends_at: datetime | None = None
    own_signature: str = ""
    begins_at: datetime | None = None

    @property
    def signed(self) -> bool:
        """Whether the outgoing has signed: nothing in it changes any more."""
        return self.id > 0

    @property
    def free(self) -> tuple[str, ...]:
        """The free lines (留言)."""
        return tuple(line.text for line in self.lines if line.section == "free")

    @property
    def early(self) -> str:
        """How long before its end the duty would be handed over, in words; nothing within the last hour."""
        left = int((self.ends_at - self.until).total_seconds() // 60) if self.ends_at else 0
        if left < EARLY_MINUTES:
            return ""
        return f"{left // 60}小时" + (f"{left % 60}分" if left % 60 else "")

    def count(self, section: str) -> int:
        """How many lines a section has."""
        return sum(line.section == section for line in self.lines)

    @property
    def stands(self) -> str:
        """Where it stands, in words."""
        if not self.signed:
            return "还没有交班"
        if self.signed_in_at is None:
            return f"{moment(self.until)} {self.outgoing}已签，等{self.incoming or '接班人'}签收"
        return f"{moment(self.until)} {self.outgoing}已签，{moment(self.signed_in_at)} {self.incoming}签收"


@dataclass(frozen=True)
class Entry:
    """A line of the list of pages."""

    id: int
    title: str
    outgoing: str
    incoming: str
    signed_in: str


def page(session: Session) -> Page:
    """The page as this person would sign it now. Raises NotAllowed for who has no area."""
    return page_of(session, watch(session), datetime.now(UTC))


def page_of(session: Session, own: Watch, now: datetime) -> Page:
    """The page of a duty as it would be signed at a moment."""
    since = _since(own, now)
    before = _handed_over(own, session.staff_id)
    lines = tuple(handover_lines.collect(session, own, since, now))
    return Page(
        id=0,
        area=_area_name(Area.get_by_id(own.area_id)),
        shift=own.name,
        since=since,
        until=now,
        next_until=own.next_until,
        outgoing=session.name,
        incoming_id=own.next_id,
        incoming=own.next_name,
        lines=lines,
        digest=_hash([vars(line) for line in lines if line.section != "who"]),
        handed_over=before is not None,
        ends_at=own.ends_at if own.shift_id else None,
        own_signature=_own_signature(before, session.staff_id) if before else "",
        begins_at=own.starts_at if own.shift_id else None,
    )


def own_signature(session: Session, own: Watch) -> str:
    """That this person has handed over this duty already, and when; nothing where not."""
    row = _handed_over(own, session.staff_id)
    return _own_signature(row, session.staff_id) if row else ""


def own_signed(session: Session) -> int:
    """The page by which this person has handed over the duty now; 0 where it is not handed over."""
    row = _handed_over(watch(session), session.staff_id)
    return row.id if row else 0


def _handed_over(own: Watch, staff_id: int) -> Handover | None:
    """The page by which this person has handed over this duty already."""
    if own.shift_id is None:
        return None
    pages = Handover.select().where(Handover.shift == own.shift_id, Handover.outgoing == staff_id)
    found = pages.order_by(Handover.id.desc()).first()
    return found if isinstance(found, Handover) else None


def _own_signature(row: Handover, staff_id: int) -> str:
    """`您已签字（11月24日 18:02），等王芳签收`, or that this person has taken over; nothing for anybody else."""
    if row.outgoing_id == staff_id:
        comes = name_of(row.incoming_id)
        if row.signed_in_at is None:
            return f"您已签字（{moment(row.until)}），等{comes or '接班人'}签收"
        return f"您已签字（{moment(row.until)}），{comes}已签收（{moment(row.signed_in_at)}）"
    if row.incoming_id == staff_id and row.signed_in_at is not None:
        return f"您已签收（{moment(row.signed_in_at)}）"
    return ""


def _area_name(area: Area) -> str:
    return str(area.name) + ("（演示）" if area.demo else "")


def _since(own: Watch, now: datetime) -> datetime:
    """From where the page tells: from where the one before ended, so that nothing falls between two shifts."""
    before = Handover.select().where(Handover.area == own.area_id).order_by(Handover.id.desc()).first()
    if before is not None and before.until > now - LONGEST:
        return min(before.until, now)
    return own.starts_at if own.shift_id else now - timedelta(days=1)


def signed(session: Session, page_id: int) -> Page:
    """A signed page, as it was signed. Raises NotAllowed outside the own area, Refused where there is none."""
    row = row_of(session, page_id)
    content = json.loads(row.content)
    lines = tuple(
        Line(
            line["section"],
            line["text"],
            line.get("when", ""),
            line.get("issue"),
            line.get("number", ""),
            line.get("promise"),
        )
        for line in content["lines"]
    )
    lines = tuple(sorted(lines, key=lambda line: line.section != "free"))  # those of older pages stand last
    return Page(
        id=row.id,
        area=content["area"],
        shift=row.shift_name,
        since=row.since,
        until=row.until,
        next_until=row.next_until,
        outgoing=content["outgoing"],
        incoming_id=row.incoming_id,
        incoming=name_of(row.incoming_id),
        lines=lines,
        digest=row.hash,
        signed_in_at=row.signed_in_at,
        remark=row.remark,
        notes=tuple(f"{moment(note.at)} {note.staff_name}：{note.text}" for note in _notes(row)),
        may_sign=row.signed_in_at is None and row.outgoing_id != session.staff_id,
        still_open=_open_among(lines),
        own_signature=_own_signature(row, session.staff_id),
        begins_at=row.shift.starts_at if row.shift is not None else None,
    )


def _notes(row: Handover) -> Any:
    return HandoverNote.select().where(HandoverNote.handover == row.id).order_by(HandoverNote.id)


def _open_among(lines: tuple[Line, ...]) -> frozenset[int]:
    ids = {line.issue_id for line in lines if line.issue_id and line.section in TAKEN_OVER}
    if not ids:
        return frozenset()
    rows: Any = Issue.select(Issue.id).where(Issue.id.in_(ids), Issue.is_open == True).tuples()  # noqa: E712
    return frozenset(issue_id for (issue_id,) in rows)


def latest(session: Session) -> list[Entry]:
    """The latest pages of the own area, the newest first."""
    incoming: Any = Staff.alias()
    rows = (
        Handover.select(Handover, Staff, incoming)
        .join(Staff, on=(Handover.outgoing == Staff.id), attr="went")
        .switch(Handover)
        .left_outer_join(incoming, on=(Handover.incoming == incoming.id), attr="came")
        .where(Handover.area == need_area(session))
        .order_by(Handover.id.desc())
        .limit(_SHOWN)
    )
    return [
        Entry(
            row.id,
            f"{moment(row.until)} {row.shift_name}".strip(),
            row.went.name,
            row.came.name if row.incoming_id else "",
            f"{moment(row.signed_in_at)}签收" if row.signed_in_at else "等签收",
        )
        for row in rows
    ]


def successors(session: Session, text: str = "") -> list[Found]:
    """Who may take over in the own area: who comes by the roster first, then everybody with the duty."""
    own = watch(session)
    roles = [role.value for role in permission.MAY["shift"]]
    rows = (
        Staff.select(Staff, RoleGrant.role.alias("role"))
        .join(RoleGrant)
        .where(RoleGrant.area == own.area_id, RoleGrant.role.in_(roles), on_day(RoleGrant, session.day))
        .where(in_service(session.day))
        .order_by(RoleGrant.id)
        .limit(_SHOWN)
        .objects()
    )
    found: dict[int, Found] = {}
    for row in rows:
        if row.id == session.staff_id or text not in row.name + row.number:
            continue
        by_roster = row.id == own.next_id
        detail = f"值班表上接班，至{moment(own.next_until)}" if by_roster else row.number
        found.setdefault(row.id, Found(str(row.id), row.name, detail))
    return sorted(found.values(), key=lambda each: each.value != str(own.next_id))


def left_by_the_last(session: Session) -> str:
    """The free lines of the page before, for this one to begin with: what is done is deleted, the rest stays said."""
    area_id = need_area(session)
    row = Handover.select().where(Handover.area == area_id).order_by(Handover.id.desc()).first()
    if row is None or row.until < datetime.now(UTC) - LONGEST:
        return ""
    return "\n".join(line["text"] for line in json.loads(row.content)["lines"] if line["section"] == "free")


def row_of(session: Session, page_id: int) -> Handover:
    """The row of a signed page. Raises as `signed` does."""
    row = Handover.get_or_none(Handover.id == page_id)
    if row is None:
        raise Refused("没有找到这一页交接班，请返回重看。")
    permission.require_area(session, "shift", row.area_id)
    assert isinstance(row, Handover)
    return row


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def day_and_shift(found: Page) -> str:
    """`11月24日 日班`, as titles say it: a night is that of the day on which it begins."""
    local = (found.begins_at or found.until).astimezone(CHINA)
    return f"{local.month}月{local.day}日 {found.shift}".strip()
