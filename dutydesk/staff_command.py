"""`dutydesk staff add|edit|disable|enable|key|password …`: what an administrator does where there is no screen yet.

Without `--as` it is the operator of the machine who acts, and the audit says so.
"""

from __future__ import annotations

import getpass
import json
import sys
import uuid
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import argparse

    from dutydesk.session import Session

_MENDED = ("name", "phone", "title", "department")


def run(chosen: argparse.Namespace) -> int:
    """Do what was typed, connected already. Leaves with 1 and the reason where it is refused."""
    from dutydesk.models import connection
    from dutydesk.rules import accounts
    from dutydesk.rules.errors import Refused
    from dutydesk.rules.signing_on import sign_on

    came_from = f"命令行 {getpass.getuser()}"
    do = {
        "add": _add,
        "edit": _edit,
        "disable": _disable,
        "enable": _enable,
        "key": _key,
        "password": _password,
    }[chosen.what]
    try:
        session = sign_on(chosen.number, came_from) if chosen.number else accounts.operator(came_from)
        do(session, chosen)
    except Refused as refused:
        _fail(str(refused))
    except connection.ERRORS as error:
        _fail(str(connection.explain(error)))
    return 0


def _fail(message: str) -> NoReturn:
    print(message, file=sys.stderr)  # noqa: T201
    raise SystemExit(1)


def _say(message: str) -> None:
    print(message)  # noqa: T201


def _new() -> str:
    return str(uuid.uuid4())


def _add(session: Session, chosen: argparse.Namespace) -> None:
    from dutydesk.models import Staff
    from dutydesk.rules.errors import Refused

    if taken := Staff.get_or_none(Staff.number == chosen.staff.upper()):
        raise Refused(f"工号 {taken.number} 已是{taken.name}的。更正资料请用 dutydesk staff edit。")
    _list_of_one(session, chosen, chosen.name)
    _say(
        f"已添加{chosen.name}（{chosen.staff.upper()}）。" + ("" if chosen.role else "还没有岗位，不能登录。")
    )


def _list_of_one(session: Session, chosen: argparse.Namespace, name: str) -> None:
    """One person with at most one role, read as a staff list of one line is."""
    from dutydesk.rules import staff_lists
    from dutydesk.rules.errors import Refused
    from dutydesk.rules.staff_rows import HEADS
    from dutydesk.vocabulary import Role

    role = Role(chosen.role).label if chosen.role in set(Role) else chosen.role
    about = (chosen.staff, name, chosen.phone or "", chosen.department or "", chosen.title or "")
    cells = (*about, role, chosen.scope, chosen.force, "", chosen.since, chosen.until)
    report = staff_lists.bring_in(session, list(HEADS), [(1, cells)], session.day)
    if report.errors:
        raise Refused("\n".join(f"{error.head}：{error.says}" for error in report.errors))


def _edit(session: Session, chosen: argparse.Namespace) -> None:
    from dutydesk.models import Department
    from dutydesk.rules import accounts, person
    from dutydesk.rules.errors import Refused

    row = accounts.numbered(chosen.staff)
    if not chosen.role and all(getattr(chosen, name) is None for name in _MENDED):
        raise Refused("没有写要改什么。可改姓名、电话、职务、部门，或用 --role 安排岗位，见 --help。")
    if any(getattr(chosen, name) is not None for name in _MENDED):
        fields = {"name": row.name, "phone": row.phone, "title": row.title, "department": row.department_id}
        said = {name: value for name in _MENDED if (value := getattr(chosen, name)) is not None}
        if said.get("department"):
            named = said["department"]
            office = Department.get_or_none((Department.name == named) | (Department.code == named))
            if office is None:
                raise Refused(f"没有部门“{named}”，请写全称或代码。")
            said["department"] = office.id
        _say(person.mend(session, row.id, fields | said, _new()).says)
    if chosen.role:
        _list_of_one(session, chosen, chosen.name or row.name)
        _say(f"已给{chosen.name or row.name}安排岗位。")


def _disable(session: Session, chosen: argparse.Namespace) -> None:
    from dutydesk.rules import accounts

    _say(accounts.disable(session, accounts.numbered(chosen.staff).id, _new()).says)


def _enable(session: Session, chosen: argparse.Namespace) -> None:
    from dutydesk.rules import accounts, person

    _say(person.come_back(session, accounts.numbered(chosen.staff).id, _new()).says)


def _key(session: Session, chosen: argparse.Namespace) -> None:
    from dutydesk.rules import accounts, ssh_keys

    if chosen.key == "add":
        person = accounts.numbered(chosen.staff)
        _say(ssh_keys.add(session, person.id, _pasted(chosen.file), _new()).says)
    elif chosen.key == "remove":
        _say(ssh_keys.remove(session, ssh_keys.key_called(session, chosen.fingerprint), _new()))
    else:
        _list_keys(session, chosen)


def _password(session: Session, chosen: argparse.Namespace) -> None:
    """The one-time password goes to standard output alone, what is said of it to standard error."""
    from dutydesk.rules import accounts, passwords

    person = accounts.numbered(chosen.staff)
    if chosen.remove:
        _say(passwords.take_away(session, person.id, _new()))
        return
    password = passwords.one_time()
    print(passwords.set_one_time(session, person.id, password, _new()), file=sys.stderr)  # noqa: T201
    _say(password)


def _pasted(file: str) -> str:
    """What a `.pub` file holds, or standard input."""
    from pathlib import Path

    try:
        return sys.stdin.read(65_536) if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "不是文本"
        _fail(f"文件 {file} 读不了（{reason}）。")


def _list_keys(session: Session, chosen: argparse.Namespace) -> None:
    from dutydesk.rules import accounts, ssh_keys

    found = ssh_keys.keys(session, accounts.numbered(chosen.staff).id if chosen.staff else None)
    if chosen.json:
        records = [
            {
                "number": key.number,
                "name": key.name,
                "kind": key.kind,
                "fingerprint": key.fingerprint,
                "comment": key.comment,
                "added_at": key.added_at.isoformat(timespec="seconds"),
                "active": key.active,
            }
            for key in found
        ]
        _say(json.dumps(records, ensure_ascii=False, indent=1))
        return
    for key in found:
        stopped = "" if key.active else "\t已停用"
        _say(f"{key.number}\t{key.name}\t{key.kind}\t{key.fingerprint}\t{key.comment}{stopped}")
