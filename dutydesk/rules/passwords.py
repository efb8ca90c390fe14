"""Passwords of whoever comes in without a key: how they are kept, which are good enough, who sets them.

After NIST SP 800-63B: length counts, not kinds of characters; what is easily guessed is refused with the reason; none
expires by itself; what an administrator gives is for one use. Kept as Argon2id with what
OWASP's Password Storage Cheat Sheet asks for: fifty desks of one server may be asked at once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from dutydesk.models import SignInFailure, Staff, StaffPassword
from dutydesk.rules import acts, office, permission
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.session import Session

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LONGEST = 128  # characters; 63B asks for 64 at least
_OWN = 6  # so many characters must be left when all that is easily guessed is taken out
_SHORTEST_RUN = 4
_RUNS = (
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv",
)
_COMMON = (
    "password",
    "passw0rd",
    "iloveyou",
    "woaini",
    "admin",
    "welcome",
    "dutydesk",
    "zhibantai",
    "zhiban",
)
_PLACES = ("shanghai", "xuhui", "上海", "徐汇", "街道", "值班台", "密码")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_GROUPS = (4, 4, 4)

# Of nothing that anybody knows: what is tried against it costs as much as against a real one.
NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$S7Ekhley4BneD3IkgjUdIA$cGwfnBShdDrbKa9wRyN3s5NPSqrGmla9Usd2VDb2nfs"


@cache
def hasher() -> PasswordHasher:
    """Argon2id with 19 MiB, two passes, one lane; loaded when a password is there to be looked at."""
    from argon2 import PasswordHasher, Type

    return PasswordHasher(
        time_cost=2, memory_cost=19_456, parallelism=1, hash_len=32, salt_len=16, type=Type.ID
    )


def as_kept(password: str) -> str:
    """The same characters however they were typed: full-width digits are digits (63B: NFKC)."""
    return unicodedata.normalize("NFKC", password[: LONGEST + 1])


def hash_of(password: str) -> str:
    """What is kept of a password."""
    return hasher().hash(as_kept(password))


def fits(kept: str, password: str) -> bool:
    """Whether this is the password that was kept so. Takes as long when it is not."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return hasher().verify(kept, as_kept(password))
    except (VerificationError, InvalidHashError):
        return False


def one_time() -> str:
    """A password for one use, easily read to somebody over the telephone: `k7mp-2xqf-9hnd`, 59 bits."""
    import secrets

    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(size)) for size in _GROUPS)


# -- which are good enough ----------------------------------------------------------------------------------


def judge(person: Staff, password: str) -> None:
    """Raise Refused (`new`) with the reason for a password that is too short or easily guessed."""
    least = int(office.setting("password_least"))
    typed = as_kept(password)
    if len(typed) < least:
        raise Refused(f"太短了，至少要{least}个字符。可以用几个不相干的词连起来，空格、汉字都可以。", "new")
    if len(typed) > LONGEST:
        raise Refused(f"太长了，最多{LONGEST}个字符。", "new")
    left = typed.casefold()
    for guess in sorted(_guesses(person), key=len, reverse=True):
        left = left.replace(guess, "")
    if len(left) < _OWN or len(set(left)) < _SHORTEST_RUN:
        raise Refused(
            "太容易猜到：不能只是工号、姓名、常用的词、连着或重复的数字字母。请换几个不相干的词连起来。",
            "new",
        )


def _guesses(person: Staff) -> Iterator[str]:
    """What somebody would try first on this person."""
    from dutydesk.text import find_keys

    yield from (person.number.casefold(), person.number.casefold().lstrip("abcdefghijklmnopqrstuvwxyz"))
    yield person.name.casefold()
    yield from (spelt for spelt in find_keys(person.name) if len(spelt) >= _SHORTEST_RUN)
    yield from (person.phone, *_COMMON, *_PLACES) if person.phone else (*_COMMON, *_PLACES)
    for run in (*_RUNS, *(run[::-1] for run in _RUNS)):
        for size in range(_SHORTEST_RUN, len(run) + 1):
            yield from (run[at : at + size] for at in range(len(run) - size + 1))


# -- who sets them ------------------------------------------------------------------------------------------


def numbered_subject(number: str) -> str:
    """The row of `SignInFailure` that counts the tries for somebody's number."""
    return f"number:{number}"


def set_one_time(session: Session, staff_id: int, password: str, act_id: str) -> str:
    """Somebody comes in once with this password and chooses another then; the tries that failed are forgotten.

    Answers with what is said of it, without the password. Raises NotAllowed, Refused.
    """
    permission.require(session, "administer")
    person = Staff.get_or_none(Staff.id == staff_id)
    if person is None:
        raise Refused("没有找到这个人，请返回重看名册。")
    kept = hash_of(password)
    try:
        with acts.act(session, act_id, "staff.password_set") as acting:
            acting.about("staff", person.id, f"{person.number} {person.name}", person.subdistrict_id)
            had = _keep(person.id, kept, session.staff_id, one_use=True)
            acting.changed(f"{person.number} 密码", {"password": had}, {"password": True, "one_time": True})
    except AlreadyDone:
        pass
    days = int(office.setting("password_first_days"))
    return f"已给{person.name}（{person.number}）设一次性密码，{days}天内有效，首次登录时自己改。"


def take_away(session: Session, staff_id: int, act_id: str) -> str:
    """Nobody comes in by a password for this person any more. Raises NotAllowed, Refused where there is none."""
    permission.require(session, "administer")
    row = StaffPassword.get_or_none(StaffPassword.staff == staff_id)
    if row is None:
        raise Refused("这个人没有密码。")
    person = row.staff
    try:
        with acts.act(session, act_id, "staff.password_remove") as acting:
            acting.about("staff", person.id, f"{person.number} {person.name}", person.subdistrict_id)
            StaffPassword.delete().where(StaffPassword.staff == staff_id).execute()
            acting.changed(f"{person.number} 密码", {"password": True}, None)
    except AlreadyDone:
        pass
    return f"已删去{person.name}（{person.number}）的密码；凭它打开着的值班台随即退出。"


class Known(NamedTuple):
    """What an administrator sees of somebody's password: whether there is one, for one use, since when."""

    there: bool
    one_time: bool = False
    set_at: datetime | None = None


def known(session: Session, staff_id: int) -> Known:
    """What there is to be known of somebody's password. Raises NotAllowed."""
    permission.require(session, "administer")
    row = StaffPassword.get_or_none(StaffPassword.staff == staff_id)
    return Known(True, row.one_time, row.set_at) if row else Known(False)


def keep_own(session: Session, password: str, act_id: str) -> str:
    """This person's own new password, in place of the one just checked; answers with its stamp. Raises Refused (`new`)."""
    person = Staff.get_by_id(session.staff_id)
    judge(person, password)
    row = StaffPassword.get_or_none(StaffPassword.staff == person.id)
    if row is not None and fits(row.hash, password):
        raise Refused("和现在的一样，请换一个。", "new")
    kept = hash_of(password)
    try:
        with acts.act(session, act_id, "staff.password_own") as acting:
            acting.about("staff", person.id, f"{person.number} {person.name}", person.subdistrict_id)
            _keep(person.id, kept, session.staff_id, one_use=False)
            acting.changed(f"{person.number} 密码", {"password": True}, {"password": True, "one_time": False})
    except AlreadyDone:
        pass
    return str(StaffPassword.get_by_id(person.id).stamp)


def _keep(staff_id: int, kept: str, by: int | None, one_use: bool) -> bool:
    """Write it; answers whether there was one."""
    import secrets

    had = StaffPassword.delete().where(StaffPassword.staff == staff_id).execute()
    StaffPassword.insert(
        staff=staff_id,
        hash=kept,
        one_time=one_use,
        stamp=secrets.token_hex(8),
        set_at=datetime.now(UTC),
        set_by=by,
    ).execute()
    number = Staff.get_by_id(staff_id).number
    SignInFailure.delete().where(SignInFailure.subject == numbered_subject(number)).execute()
    return bool(had)
