"""The `dutydesk` command. Each subcommand imports what it needs only when it runs.

Exit codes: 0 done, 1 refused or failed with a message in Chinese on stderr, 2 wrong usage.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import argparse


def fail(message: str) -> NoReturn:
    """Say why not, in Chinese, and leave with 1."""
    print(message, file=sys.stderr)  # noqa: T201
    raise SystemExit(1)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """The console script."""
    from dutydesk import tty

    tty.clean_environment()
    if os.environ.get("SSH_ORIGINAL_COMMAND"):
        fail("这个账号只能打开值班台，不能执行别的命令。请直接 ssh 登录，不带命令。")
    from dutydesk.arguments import parser

    typed = sys.argv[1:] if arguments is None else list(arguments)
    chosen = parser(typed).parse_args(typed)
    from dutydesk.settings import SettingsError, load

    try:
        load()
    except SettingsError as error:
        fail(str(error))
    command = chosen.command or "desk"
    try:
        raise SystemExit(_COMMANDS[command](chosen))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        fail("已中断。")


def _desk(chosen: argparse.Namespace) -> int:
    number, duty, key = (getattr(chosen, name, "") for name in ("number", "duty", "key"))
    if not number:
        _sign_in(duty or "today")
    return _open_desk(number or None, duty or "today", key)


def _sign_in(duty: str) -> None:
    """Where somebody has to say who it is: the page, then the desk in this process's place, without what was typed.

    Comes back where nobody need be named (a demo).
    """
    from dutydesk import tty

    if reason := tty.refuse_without_tty():
        fail(reason)
    from dutydesk.models.connection import DatabaseProblem
    from dutydesk.settings import load
    from dutydesk.sign_in_page import NotNow, come_in

    try:
        came = come_in(load().database, tty.came_from())
    except (NotNow, DatabaseProblem) as problem:
        if str(problem):
            fail(str(problem))
        raise SystemExit(0) from None
    if came is not None:
        program = sys.orig_argv[: len(sys.orig_argv) - len(sys.argv) + 1]
        named = ["desk", "--as", came.number, "--key", came.key, "--open", duty]
        os.execv(sys.executable, [*program, *named])  # noqa: S606


def _open_desk(number: str | None, duty: str, key: str = "") -> int:
    from dutydesk import tty

    if reason := tty.refuse_without_tty():
        fail(reason)
    from dutydesk.lean_start import load_textual
    from dutydesk.settings import folders_of

    folders_of(number or "")
    load_textual()
    from dutydesk.app import open_desk

    problem = open_desk(number, duty, key)
    if problem:
        fail(problem)
    return 0


def _demo(chosen: argparse.Namespace) -> int:
    from dutydesk.models.connection import DatabaseProblem, is_there
    from dutydesk.settings import load

    if chosen.fill_only or not is_there(load().database):
        from dutydesk.demo import fill

        if chosen.issues < 0:
            fail("问题件数不能是负数。")
        try:
            fill(load().database, issues=chosen.issues, seed=chosen.seed, say=say)
        except DatabaseProblem as problem:
            fail(str(problem))
    if chosen.fill_only:
        return 0
    return _open_desk(chosen.number, chosen.duty)


def say(line: str) -> None:
    """A line of progress: over the one before on a terminal, line by line elsewhere."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201


def _doctor(chosen: argparse.Namespace) -> int:
    from dutydesk import doctor

    if not chosen.server:
        return doctor.main()
    from pathlib import Path

    from dutydesk.server_doctor import examine

    return doctor.tell(examine(Path(chosen.backups), say))


def _db(chosen: argparse.Namespace) -> int:
    from dutydesk.models.connection import DatabaseProblem, connect, upgrade
    from dutydesk.settings import load

    url = load().database
    try:
        if chosen.what == "init":
            return _init(url, chosen.empty)
        if chosen.what in ("backup", "restore"):
            from dutydesk.backup_command import run

            return run(chosen)
        if chosen.what == "copy":
            from dutydesk.rules.copying import copy

            print(f"已全部复制并核对，共 {copy(chosen.source, chosen.target, say)} 行。")  # noqa: T201
            return 0
        if chosen.what == "upgrade":
            applied = upgrade(url)
            print(f"已升级：{'、'.join(applied)}" if applied else "数据库已是最新，无需升级。")  # noqa: T201
            return 0
        connect(url)
        if chosen.what == "reindex":
            return _reindex()
        from dutydesk.rules.checking import check

        found = check(load().state / "audit-heads.tsv", say)
    except DatabaseProblem as problem:
        fail(str(problem))
    for line in found:
        print(line)  # noqa: T201
    if found:
        fail(f"发现 {len(found)} 处问题，请先备份，再告诉管理员。")
    print("检查完毕，没有发现问题。")  # noqa: T201
    return 0


def _reindex() -> int:
    from dutydesk.models import connection
    from dutydesk.rules import search

    def progress(done: int, of: int) -> None:
        if done == of or done % 50_000 == 0:
            say(f"已编入 {done * 100 // max(of, 1)}%")

    try:
        many = search.reindex(progress)
    except connection.ERRORS as error:
        raise connection.explain(error) from None
    print(f"查找索引已重建，共 {many} 件。")  # noqa: T201
    return 0


def _init(url: str, empty: bool) -> int:
    from dutydesk.models.connection import made_whole
    from dutydesk.settings import shown

    with made_whole(url):
        if not empty:
            from dutydesk.rules.district import load_shipped

            load_shipped(say)
    print(f"数据库已建立：{shown(url)}")  # noqa: T201
    return 0


def _staff(chosen: argparse.Namespace) -> int:
    if chosen.what != "list":
        from dutydesk.staff_command import run

        open_database()
        return run(chosen)
    from dutydesk.rules import exporting
    from dutydesk.vocabulary import Role

    if chosen.role and chosen.role not in set(Role):
        fail(f"没有岗位 {chosen.role}。可用：{'、'.join(role.value for role in Role)}。")
    open_database()
    people = exporting.staff(Role(chosen.role) if chosen.role else None)
    if chosen.json:
        from dutydesk.cli_files import write_json

        write_json(people)
    else:
        for person in people:
            print(f"{person['number']}\t{person['name']}\t{Role(person['role']).label}\t{person['scope']}")  # noqa: T201
    return 0


def _retention(chosen: argparse.Namespace) -> int:
    from dutydesk.cli_files import forget

    return forget(chosen.dry_run)


def _ssh_keys(chosen: argparse.Namespace) -> int:
    """Print all or nothing: whatever goes wrong, sshd is given no key."""
    from dutydesk.models import connection
    from dutydesk.rules import authorized_keys
    from dutydesk.settings import settings_file

    open_database()
    settings = settings_file()
    program = [sys.executable, "-I", "-m", "dutydesk", "desk", "--as"]
    try:
        lines = authorized_keys.lines(
            program, str(settings.absolute()) if settings.is_file() else "", chosen.fingerprint
        )
    except connection.ERRORS as error:
        fail(str(connection.explain(error)))
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def _export(chosen: argparse.Namespace) -> int:
    from dutydesk.cli_files import export

    return export(chosen)


def _import(chosen: argparse.Namespace) -> int:
    from dutydesk.cli_files import bring_in

    return bring_in(chosen)


def open_database() -> None:
    """Connect to the database of the settings, or leave with the reason."""
    from dutydesk.models.connection import DatabaseProblem, connect
    from dutydesk.settings import load

    try:
        connect(load().database)
    except DatabaseProblem as problem:
        fail(str(problem))


_COMMANDS = {
    "desk": _desk,
    "demo": _demo,
    "db": _db,
    "staff": _staff,
    "ssh-keys": _ssh_keys,
    "export": _export,
    "import": _import,
    "doctor": _doctor,
    "retention": _retention,
}
