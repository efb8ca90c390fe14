"""Coming in by staff number and password: the same answer and the same work whichever of the two was wrong.

Each failed try makes the next one wait, longer each time: for the number, whoever tries it, and for the address, whichever
numbers are tried from it. Both are in the database, so that leaving and coming again changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any, NamedTuple
from uuid import uuid4

from dutydesk.models import SignInFailure, Staff, StaffPassword
from dutydesk.models.connection import take_turn, write_transaction
from dutydesk.rules import acts, office, passwords, signing_on
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.rules.organisation import in_service, today
from dutydesk.session import Session

WRONG = "工号或密码不对。忘了密码请找管理员重设。"
WRONG_PASSWORD = "密码不对。忘了请找管理员重设。"  # noqa: S105  where it is known already who sits there
AT_MOST = 100  # failures in a row for one number, after which only a new password helps (63B, 3.2.2)
_A_DAY = timedelta(days=1)


class Entered(NamedTuple):
    """Who has come in. `one_time`: only to choose another password. `stamp` is what `signing_on.out` looks for."""

    number: str
    one_time: bool
    stamp: str


class _Waits(NamedTuple):
    """How many tries are free, and seconds to wait after the next: doubled each time, up to the longest."""

    free: int
    first: int
    longest: int

    def after(self, failures: int) -> timedelta:
        over = failures - self.free
        return timedelta(seconds=min(self.first * 2 ** min(over, 20), self.longest) if over >= 0 else 0)


def enter(number: str, password: str, came_from: str, act_id: str) -> Entered:
    """Let somebody in. Raises Refused with one sentence for all that does not fit, NotAllowed without a role today."""
    number = passwords.as_kept(number).strip().upper()
    row = _tried(number, password, Session(None, "", "登录", (), today(), came_from))  # type: ignore[arg-type]
    if row.one_time and _is_old(row):
        raise Refused("这个一次性密码已过期，请管理员重设。")
    session = signing_on.sign_on(number, came_from)
    _came(session, "sign_in.done", act_id)
    return Entered(number, row.one_time, str(row.stamp))


def unlock(session: Session, password: str, act_id: str) -> None:
    """Open a locked desk for whom it belongs to. Raises Refused."""
    _tried(session.number, password, session)
    _came(session, "sign_in.unlocked", act_id)


def change(session: Session, now: str, new: str, again: str, act_id: str) -> str:
    """Another password of one's own; answers with its stamp. Raises Refused (`now`, `new`, `again`)."""
    passwords.judge(Staff.get_by_id(session.staff_id), new)
    if passwords.as_kept(new) != passwords.as_kept(again):
        raise Refused("两遍不一样，请重新输入新密码。", "again")
    _tried(session.number, now, session)
    _forget(session)
    return passwords.keep_own(session, new, act_id)


def has_password(session: Session) -> bool:
    """Whether this person has a password to come in by."""
    return bool(StaffPassword.select().where(StaffPassword.staff == session.staff_id).exists())


def _is_old(row: StaffPassword) -> bool:
    days = int(office.setting("password_first_days"))
    return bool(datetime.now(UTC) - row.set_at > timedelta(days=days))


def _tried(number: str, password: str, session: Session) -> StaffPassword:
    """The row whose password this is. Raises Refused; the failure is counted before anything is looked at."""
    person = Staff.get_or_none(Staff.number == number)
    failures = _count(number if person else "", number, session.came_from)
    there: Any = StaffPassword.select(StaffPassword, Staff).join(Staff, on=(StaffPassword.staff == Staff.id))
    row = there.where(Staff.number == number, in_service(today())).first()
    fits = passwords.fits(row.hash if row is not None else passwords.NOBODYS, password)
    if row is not None and fits and failures <= AT_MOST:
        found: StaffPassword = row
        return found
    with acts.act(session, str(uuid4()), "sign_in.failed") as acting:
        if person is not None:
            acting.about("staff", person.id, f"{person.number} {person.name}", person.subdistrict_id)
        else:
            acting.about("sign_in", None, "没有这个工号")
    raise Refused(WRONG_PASSWORD if session.number else WRONG)


def _subjects(known: str, typed: str, came_from: str) -> Iterator[tuple[str, str]]:
    """What a try counts for. What is no number of ours may be a password in the wrong place: 20 bits are kept of it."""
    unknown = hashlib.sha256(typed.encode()).hexdigest()[:5]
    yield passwords.numbered_subject(known) if known else f"unknown:{unknown}", "number"
    yield f"address:{came_from}", "address"


def _count(known: str, typed: str, came_from: str) -> int:
    """Count a failure in advance; answers how many there are for the number now. Raises Refused for who must wait."""
    waits = {name: _Waits(*each) for name, each in office.setting("sign_in_waits").items()}
    with write_transaction():
        take_turn("sign_in")
        now, found = datetime.now(UTC), []
        stale = ~SignInFailure.subject.startswith("number:") & (SignInFailure.last_at < now - _A_DAY)
        SignInFailure.delete().where(stale).execute()
        for subject, kind in _subjects(known, typed, came_from):
            row = SignInFailure.get_or_none(SignInFailure.subject == subject)
            if row:
                longest = timedelta(seconds=waits[kind].longest)  # whatever the clock was when it was written
                _wait(min(row.wait_until - now, longest))
            failures = (row.failures if row else 0) + 1
            if row is not None and kind == "address":  # many come through one: a failure a minute is forgiven
                failures -= min(int((now - row.last_at).total_seconds() // 60), row.failures)
            found.append(failures)
            until = now + waits[kind].after(failures)
            SignInFailure.delete().where(SignInFailure.subject == subject).execute()
            SignInFailure.insert(subject=subject, failures=failures, last_at=now, wait_until=until).execute()
    return found[0]


def _wait(left: timedelta) -> None:
    seconds = ceil(left.total_seconds())
    if left > timedelta(0):
        said = f"{seconds}秒" if seconds <= 90 else f"{-(-seconds // 60)}分钟"
        raise Refused(f"试得太多了，请等{said}再试。")


def _came(session: Session, name: str, act_id: str) -> None:
    """On record, and the tries before are forgotten."""
    with suppress(AlreadyDone), acts.act(session, act_id, name) as acting:
        acting.about("staff", session.staff_id, f"{session.number} {session.name}", session.subdistrict_id)
        _forget(session)


def _forget(session: Session) -> None:
    """The person's failures; of the address's the one that was counted in advance."""
    subject = SignInFailure.subject
    SignInFailure.delete().where(subject == passwords.numbered_subject(session.number)).execute()
    now = datetime.now(UTC)
    SignInFailure.update(failures=SignInFailure.failures - 1, wait_until=now).where(
        subject == f"address:{session.came_from}", SignInFailure.failures > 0
    ).execute()
