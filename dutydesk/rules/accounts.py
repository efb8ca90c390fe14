"""Who may come in at all: an account is stopped at once, and the session of whoever works on the server itself."""

from __future__ import annotations

from dutydesk.models import Staff
from dutydesk.rules import acts, keeping
from dutydesk.rules.errors import AlreadyDone, NotAllowed, Refused
from dutydesk.rules.organisation import today
from dutydesk.rules.person import Saved
from dutydesk.session import Grant, Session
from dutydesk.vocabulary import Role


def operator(came_from: str) -> Session:
    """Whoever may run commands on the server with the desk's settings, and names nobody: an administrator.

    This is how the first administrator comes into an empty database; the audit says where from.
    """
    grant = Grant(Role.ADMINISTRATOR)
    return Session(None, "", "命令行", (grant,), today(), came_from)  # type: ignore[arg-type]


def numbered(number: str) -> Staff:
    """The member of staff with a number, in service or not. Raises Refused."""
    person = Staff.get_or_none(Staff.number == number.upper())
    if person is None:
        raise Refused(f"没有工号为 {number} 的人。工号可用 dutydesk staff list 查到。", "number")
    return person


def disable(session: Session, staff_id: int, act_id: str) -> Saved:
    """Somebody can no longer come in, and a desk that is open ends at once; roles and history stay as they are.

    Raises NotAllowed, Refused where that is so already.
    """
    person = Staff.get_or_none(Staff.id == staff_id)
    if person is None:
        raise Refused("没有找到这个人，请返回重看名册。")
    try:
        with acts.act(session, act_id, "staff.disable") as acting:
            if person.id == session.staff_id:
                raise NotAllowed("不能停用自己，请交给其他管理员或协调员。")
            keeping.require(session, "keep_people", person.subdistrict_id)
            if not person.active:
                raise Refused(f"{person.name}（{person.number}）已经停用了。")
            acting.about("staff", person.id, f"{person.number} {person.name}", person.subdistrict_id)
            Staff.update(active=False).where(Staff.id == person.id).execute()
            acting.changed(person.number, {"active": True}, {"active": False})
    except AlreadyDone:
        pass
    return Saved(
        person.id,
        f"已停用{person.name}（{person.number}），打开着的值班台随即退出。岗位和历史都保留，可以恢复。",
    )
