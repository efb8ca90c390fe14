"""换班: one's duty for a colleague's, or given to a colleague; both agree, then the chief decides (待我定)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from dutydesk.models import Area, Shift, ShiftSwap, Staff
from dutydesk.rules import acts, permission
from dutydesk.rules.acts import Acting
from dutydesk.rules.duty_roster import as_duty, days_in_a_row
from dutydesk.rules.errors import AlreadyDone, NotAllowed, Refused
from dutydesk.rules.on_duty import in_turn, need_area, shifts_between
from dutydesk.rules.organisation import start_of
from dutydesk.rules.roster_people import people
from dutydesk.rules.shift_pattern import wrong_with
from dutydesk.rules.workcalendar import CHINA
from dutydesk.session import Session
from dutydesk.text import clean
from dutydesk.vocabulary import SwapState

OPEN = (SwapState.ASKED, SwapState.AGREED)
_AHEAD = timedelta(days=62)
_SHOWN = 60
_NEWS = timedelta(days=3)  # for so long a swap that is settled stands on the shift's page
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class DutyLine:
    """A duty to come that can be swapped, or (`shift_id` 0) a colleague who can take one over.

    `warning` is what the swap would make wrong.
    """

    shift_id: int
    staff_id: int
    words: str
    warning: str = ""


@dataclass(frozen=True)
class SwapLine:
    """A swap as it is listed. `mine`: I asked; `asked`: it waits for my answer; `warning`: what it would make wrong.

    `fresh`: it is open, or was settled in the last days. `decides`: who has just agreed to it is the chief too, and
    has to decide it yet.
    """

    id: int
    words: str
    state: SwapState
    reason: str
    warning: str
    mine: bool
    asked: bool
    fresh: bool = True
    decides: bool = False


def coming(session: Session) -> list[DutyLine]:
    """The own duties to come, in order."""
    mine = [row for row in _to_be(session) if row.staff_id == session.staff_id]
    return [DutyLine(row.id, row.staff_id, words_of(row, weekday=True)) for row in mine]


def offers(session: Session, shift_id: int) -> list[DutyLine]:
    """For which duties of colleagues the own one can be swapped, with what each would make wrong; the good first."""
    rows = _to_be(session)
    own = next((row for row in rows if row.id == shift_id), None)
    if own is None:
        return []
    most = _most(own.area_id)
    found = [
        DutyLine(
            row.id,
            row.staff_id,
            f"{words_of(row, weekday=True)} {row.staff.name}",
            _wrong_by(own, row, session.staff_id, row.staff_id, most, session.staff_id),
        )
        for row in rows
        if row.staff_id != session.staff_id
    ]
    return sorted(found, key=lambda line: bool(line.warning))


def stand_ins(session: Session, shift_id: int) -> list[DutyLine]:
    """Who can take the own duty over, with what that would make wrong; the good first."""
    own = next((row for row in _to_be(session) if row.id == shift_id), None)
    if own is None:
        return []
    day, most = own.starts_at.astimezone(CHINA).date(), _most(own.area_id)
    found = [
        DutyLine(0, staff_id, name, _wrong_by(own, None, session.staff_id, staff_id, most, session.staff_id))
        for staff_id, (name, _number, _spans) in people(own.area_id, [day]).items()
        if staff_id != session.staff_id
    ]
    return sorted(found, key=lambda line: bool(line.warning))


def _to_be(session: Session) -> list[Shift]:
    now = datetime.now(UTC)
    return shifts_between(need_area(session), now, now + _AHEAD)


def words_of(shift: Shift, weekday: bool = False) -> str:
    """`12月9日 日班`, with the day of the week for who has to choose."""
    day = shift.starts_at.astimezone(CHINA)
    named = f" 周{_WEEKDAYS[day.weekday()]}" if weekday else ""
    return f"{day.month}月{day.day}日{named} {shift.name}"


def listed(session: Session) -> list[SwapLine]:
    """Swaps on the own page: those that wait for the own answer, then all that one has part in, the newest first."""
    me = session.staff_id
    rows = [
        *_swaps(ShiftSwap.asked_of == me, ShiftSwap.state == SwapState.ASKED),
        *_swaps(
            ShiftSwap.area == need_area(session), (ShiftSwap.asked_by == me) | (ShiftSwap.asked_of == me)
        ),
    ]
    found = {row.id: _line(row, me) for row in rows}
    return list(found.values())


def waiting(areas: Iterable[int]) -> list[SwapLine]:
    """Swaps on which both agree, for the chief of these areas."""
    rows = _swaps(ShiftSwap.area.in_(list(areas)), ShiftSwap.state == SwapState.AGREED)
    return [_line(row, 0) for row in rows]


def _swaps(*where: Any) -> list[ShiftSwap]:
    return list(ShiftSwap.select().where(*where).order_by(ShiftSwap.id.desc()).limit(_SHOWN))


def _line(row: ShiftSwap, me: int) -> SwapLine:
    by, of = _name(row.asked_by_id), _name(row.asked_of_id)
    words = f"{by} {words_of(row.shift)}"
    words += f" 换 {of} {words_of(row.other)}" if row.other is not None else f" 由{of}代"
    settled = row.decided_at or row.answered_at
    return SwapLine(
        id=row.id,
        words=words,
        state=row.state,
        reason=row.reason,
        warning=_warning(row, me) if row.state in OPEN else row.decision,
        mine=row.asked_by_id == me,
        asked=row.asked_of_id == me and row.state is SwapState.ASKED,
        fresh=row.state in OPEN or (settled is not None and settled > datetime.now(UTC) - _NEWS),
    )


def _name(staff_id: int) -> str:
    found = Staff.get_or_none(Staff.id == staff_id)
    return str(found.name) if found else ""


def _most(area_id: int) -> int:
    return days_in_a_row(Area.get_by_id(area_id).subdistrict_id)


def _warning(row: ShiftSwap, me: int) -> str:
    return _wrong_by(row.shift, row.other, row.asked_by_id, row.asked_of_id, _most(row.area_id), me)


def _wrong_by(shift: Shift, other: Shift | None, by: int, of: int, most: int, me: int = 0) -> str:
    """What a swap would make wrong: two duties on a day, no rest after a night, too many days in a row; `me` reads it."""
    said: list[str] = []
    around = timedelta(days=most + 1)
    for staff_id, gains, gives in ((of, shift, other), (by, other, shift)):
        if gains is None:
            continue
        day = gains.starts_at.astimezone(CHINA).date()
        near = shifts_between(shift.area_id, start_of(day - around), start_of(day + around))
        mine = [each for each in near if each.staff_id == staff_id]
        left = [each for each in mine if each.id not in (gains.id, gives.id if gives else 0)]
        had = wrong_with([as_duty(each) for each in mine], most)
        wrong = wrong_with([replace(as_duty(each), staff_id=staff_id) for each in (*left, gains)], most)
        new = sorted(wrong.items() - had.items())
        if new:
            days = "、".join(f"{at.month}月{at.day}日{what}" for (at, _), what in new)
            said.append(f"{'您' if staff_id == me else _name(staff_id)}{days}")
    return "；".join(said)


# -- asking, answering, deciding ---------------------------------------------------------------------------------


def ask(
    session: Session, shift_id: int, other_id: int | None, asked_of: int | None, reason: str, act_id: str
) -> SwapLine:
    """Ask a colleague to swap one's duty for his (`other_id`), or to take it over (`asked_of`).

    Raises Refused for a duty that is not one's own, has begun, or stands in another swap.
    """
    try:
        with acts.act(session, act_id, "swap.ask") as acting:
            in_turn(need_area(session))
            shift, other = _to_come(shift_id, acting), _to_come(other_id, acting) if other_id else None
            permission.require_area(session, "shift", shift.area_id)
            if shift.staff_id != session.staff_id:
                raise Refused("只能换自己的班。", "shift")
            if other is not None and other.area_id != shift.area_id:
                raise Refused("只能和本片区的同事换班。", "other")
            of = other.staff_id if other else asked_of
            if of is None or of == session.staff_id:
                raise Refused("请选和谁换。", "other")
            day = shift.starts_at.astimezone(CHINA).date()
            if of not in people(shift.area_id, [day]):
                raise Refused("这个人那天不在本片区值班，请选别人。", "other")
            if len(clean(reason)) < 2:
                raise Refused("请写明为什么换，对方和片区长看得到。", "reason")
            _in_no_other_swap(shift, other)
            row = ShiftSwap.create(
                area=shift.area_id,
                shift=shift,
                other=other,
                asked_by=session.staff_id,
                asked_of=of,
                reason=clean(reason),
                state=SwapState.ASKED,
                asked_at=acting.at,
            )
            _about(acting, row)
            acting.changed(_line(row, 0).words, None, {"state": "asked", "reason": row.reason})
            swap_id = row.id
    except AlreadyDone as done:
        swap_id = done.subject_id or 0
    return _line(ShiftSwap.get_by_id(swap_id), session.staff_id)


def _to_come(shift_id: int, acting: Acting) -> Shift:
    shift = Shift.get_or_none(Shift.id == shift_id)
    if shift is None:
        raise Refused("这一班已不在值班表上，请返回重看。", "shift")
    if shift.starts_at <= acting.at:
        raise Refused(f"{words_of(shift)}已经开始，不能再换。", "shift")
    assert isinstance(shift, Shift)
    return shift


def _in_no_other_swap(shift: Shift, other: Shift | None) -> None:
    ids = [each.id for each in (shift, other) if each is not None]
    taken = ShiftSwap.select().where(
        ShiftSwap.shift.in_(ids) | ShiftSwap.other.in_(ids), ShiftSwap.state.in_(OPEN)
    )
    if taken.exists():
        raise Refused("其中一班已经在换，等那一次有了结果再说。", "shift")


def _about(acting: Acting, row: ShiftSwap) -> None:
    area = Area.get_by_id(row.area_id)
    acting.about("swap", row.id, f"{area.name} {words_of(row.shift)}", area.subdistrict_id)


def _fresh(swap_id: int, *states: SwapState) -> ShiftSwap:
    row = ShiftSwap.get_or_none(ShiftSwap.id == swap_id)
    if row is None:
        raise Refused("没有找到这次换班，请返回重看。")
    in_turn(row.area_id)
    row = ShiftSwap.get_by_id(swap_id)
    if row.state not in states:
        raise Refused(f"这次换班现在是“{row.state.label}”，不能再答。")
    assert isinstance(row, ShiftSwap)
    return row


def answer(session: Session, swap_id: int, agree: bool, act_id: str) -> SwapLine:
    """The colleague's word. Raises NotAllowed for anybody else's, Refused where it waits for none."""
    try:
        with acts.act(session, act_id, "swap.answer") as acting:
            row = _fresh(swap_id, SwapState.ASKED)
            if row.asked_of_id != session.staff_id:
                raise NotAllowed("这次换班不是问您的。")
            _move(acting, row, SwapState.AGREED if agree else SwapState.REFUSED, answered_at=acting.at)
    except AlreadyDone:
        pass
    row = ShiftSwap.get_by_id(swap_id)
    decides = row.state is SwapState.AGREED and permission.covers(session, "decide", row.area_id)
    return replace(_line(row, session.staff_id), decides=decides)


def withdraw(session: Session, swap_id: int, act_id: str) -> SwapLine:
    """Who asked takes it back, until it is done."""
    try:
        with acts.act(session, act_id, "swap.withdraw") as acting:
            row = _fresh(swap_id, *OPEN)
            if row.asked_by_id != session.staff_id:
                raise NotAllowed("只有提出的人能撤回。")
            _move(acting, row, SwapState.WITHDRAWN, decided_at=acting.at)
    except AlreadyDone:
        pass
    return _line(ShiftSwap.get_by_id(swap_id), session.staff_id)


def decide(session: Session, swap_id: int, agree: bool, text: str, act_id: str) -> SwapLine:
    """The chief's word; agreeing does the swap. Raises NotAllowed, Refused without a reason or where duties changed."""
    try:
        with acts.act(session, act_id, "swap.decide") as acting:
            row = _fresh(swap_id, SwapState.AGREED)
            permission.require_area(session, "decide", row.area_id)
            if not agree and len(clean(text)) < 2:
                raise Refused("不同意要写明理由，两位都看得到。", "text")
            if agree:
                _exchange(acting, row)
            decided = {"decided_by": session.staff_id, "decided_at": acting.at, "decision": clean(text)}
            _move(acting, row, SwapState.DONE if agree else SwapState.REFUSED, **decided)
    except AlreadyDone:
        pass
    return _line(ShiftSwap.get_by_id(swap_id), session.staff_id)


def _move(acting: Acting, row: ShiftSwap, state: SwapState, **values: Any) -> None:
    before = row.state
    ShiftSwap.update(state=state, **values).where(ShiftSwap.id == row.id, ShiftSwap.state == before).execute()
    _about(acting, row)
    acting.changed(
        _line(row, 0).words,
        {"state": before.value},
        {"state": state.value, "text": values.get("decision", "")},
    )


def _exchange(acting: Acting, row: ShiftSwap) -> None:
    pairs = [(row.shift, row.asked_by_id, row.asked_of_id)]
    if row.other is not None:
        pairs.append((row.other, row.asked_of_id, row.asked_by_id))
    for shift, had, gets in pairs:
        if shift.starts_at <= acting.at:
            raise Refused(f"{words_of(shift)}已经开始，不能再换。")
        if shift.staff_id != had:
            raise Refused(f"{words_of(shift)}已不是{_name(had)}的班，请不同意，让他们重新提。")
        Shift.update(staff=gets).where(Shift.id == shift.id).execute()
