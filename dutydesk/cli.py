"""The `dutydesk` command. Each subcommand imports what it needs only when it runs.

Exit codes: 0 done, 1 refused or failed with a message in Chinese on stderr, 2 wrong usage.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

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
    return _open_desk(getattr(chosen, "number", None), getattr(chosen, "duty", "today"))


def _open_desk(number: str | None, duty: str) -> int:
    from dutydesk import tty

    if reason := tty.refuse_without_tty():
        fail(reason)
    from dutydesk.lean_start import load_textual

    load_textual()
    from dutydesk.app import open_desk

    problem = open_desk(number, duty)
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
            fill(load().database, issues=chosen.issues, seed=chosen.seed, say=_say)
        except DatabaseProblem as problem:
            fail(str(problem))
    if chosen.fill_only:
        return 0
    return _open_desk(chosen.number, chosen.duty)


def _say(line: str) -> None:
    """A line of progress: over the one before on a terminal, line by line elsewhere."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201


def _db(chosen: argparse.Namespace) -> int:
    from dutydesk.models.connection import DatabaseProblem, connect, upgrade
    from dutydesk.settings import load

    url = load().database
    try:
        if chosen.what == "init":
            return _init(url, chosen.empty)
        if chosen.what == "copy":
            from dutydesk.rules.copying import copy

            print(f"已全部复制并核对，共 {copy(chosen.source, chosen.target, _say)} 行。")  # noqa: T201
            return 0
        if chosen.what == "upgrade":
            applied = upgrade(url)
            print(f"已升级：{'、'.join(applied)}" if applied else "数据库已是最新，无需升级。")  # noqa: T201
            return 0
        connect(url)
        if chosen.what == "reindex":
            return _reindex()
        from dutydesk.rules.checking import check

        found = check(load().state / "audit-heads.tsv", _say)
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
            _say(f"已编入 {done * 100 // max(of, 1)}%")

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

            load_shipped(_say)
    print(f"数据库已建立：{shown(url)}")  # noqa: T201
    return 0


def _staff(chosen: argparse.Namespace) -> int:
    if chosen.what != "list":
        from dutydesk.staff_command import run

        _connect()
        return run(chosen)
    from dutydesk.rules import exporting
    from dutydesk.vocabulary import Role

    if chosen.role and chosen.role not in set(Role):
        fail(f"没有岗位 {chosen.role}。可用：{'、'.join(role.value for role in Role)}。")
    _connect()
    people = exporting.staff(Role(chosen.role) if chosen.role else None)
    if chosen.json:
        _write_json(people)
    else:
        for person in people:
            print(f"{person['number']}\t{person['name']}\t{Role(person['role']).label}\t{person['scope']}")  # noqa: T201
    return 0


def _ssh_keys(chosen: argparse.Namespace) -> int:
    """Print all or nothing: whatever goes wrong, sshd is given no key."""
    from dutydesk.models import connection
    from dutydesk.rules import authorized_keys
    from dutydesk.settings import settings_file

    _connect()
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
    from dutydesk.rules import exporting

    if chosen.what == "issues" and not chosen.output:
        if not chosen.json and chosen.format != "json":
            fail("请写明 --output 文件，或用 --json 写到标准输出。")
        _connect()
        if chosen.number or chosen.question or chosen.view != "all":
            session, question = _asked(chosen)
            _write_json(exporting.issues(session, question))
        else:
            _write_json(exporting.issues())
        return 0
    if chosen.what in ("staff", "postings", "tree"):
        return _export_people(chosen)
    if chosen.what == "shifts":
        from dutydesk.rules.shift_export import shifts

        _connect()
        _write_json(shifts(_asked(chosen)[0], chosen.month))
        return 0
    if chosen.what == "letters":
        from dutydesk.rules.letters.export import records

        _connect()
        _write_json(records(_asked(chosen)[0], chosen.since))
        return 0
    if chosen.what == "meetings":
        from dutydesk.rules.meetings.export import meetings

        _connect()
        _write_json(meetings(_asked(chosen)[0], chosen.month))
        return 0
    if not chosen.output:
        fail("请写明 --output 文件。")
    return _export_to_file(chosen)


def _export_people(chosen: argparse.Namespace) -> int:
    """Staff, postings or the tree of a day: JSON for scripts, or a file that can be read in again."""
    from datetime import date
    from pathlib import Path

    from dutydesk.documents.issue_sheet import NotWritten
    from dutydesk.rules import staff_files
    from dutydesk.rules.errors import Refused

    _connect()
    session, _question = _asked(chosen)
    try:
        day = date.fromisoformat(chosen.day) if chosen.day else session.day
        if chosen.json and chosen.what != "tree":
            _write_json(staff_files.records(session, chosen.what, day))
            return 0
        if not chosen.output:
            fail("请写明 --output 文件；名册和下沉力量也可用 --json 写到标准输出。")
        path = Path(chosen.output)
        form = chosen.format or path.suffix.lstrip(".").lower()
        count = staff_files.write_out(session, chosen.what, day, path, form)
    except (Refused, NotWritten) as problem:
        fail(str(problem))
    except ValueError:
        fail(f"日期 {chosen.day} 看不懂。请写成 2026-11-01。")
    print(f"已导出{count}行：{path}")  # noqa: T201
    return 0


def _export_to_file(chosen: argparse.Namespace) -> int:
    """Write the file beside its place, put the export on record, then let the file stand there."""
    from datetime import date
    from pathlib import Path

    from dutydesk.documents.issue_sheet import NotWritten
    from dutydesk.rules import answer_sheets, export_files
    from dutydesk.rules.errors import Refused

    path = Path(chosen.output)
    form = chosen.format or path.suffix.lstrip(".").lower()
    forms = {"issues": ("xlsx", "csv", "json"), "answers": ("xlsx", "csv", "txt")}.get(
        chosen.what, ("xlsx", "csv")
    )
    if form not in forms:
        fail(f"请写明 --format，可用：{'、'.join(forms)}。")
    _connect()
    try:
        session, question = _asked(chosen)
        if chosen.what == "duties":
            from dutydesk.rules.duty_files import write_out

            count = write_out(session, session.day, path, form)
        elif chosen.what == "answers":
            since = date.fromisoformat(chosen.since) if chosen.since else session.day
            source = answer_sheets.source_called(chosen.source)
            if chosen.heads:
                answer_sheets.take_shape(session, source, Path(chosen.heads), _pairs(chosen.map), _say)
            count = export_files.write_answers(session, source, since, path, form, _say)
        else:
            count = export_files.write_issues(session, question, path, form, _say)
    except (Refused, NotWritten) as problem:
        fail(str(problem))
    except ValueError:
        fail(f"日期 {chosen.since} 看不懂。请写成 2026-11-01。")
    print(f"已导出{count}件：{path}")  # noqa: T201
    return 0


def _import(chosen: argparse.Namespace) -> int:
    """Bring a file in; 1 where some rows were refused."""
    if chosen.what != "issues":
        return _import_lists(chosen)
    import getpass
    from pathlib import Path

    from dutydesk.models import connection
    from dutydesk.rules import import_files
    from dutydesk.rules.errors import Refused
    from dutydesk.rules.signing_on import sign_on
    from dutydesk.settings import load
    from dutydesk.vocabulary import Source

    if chosen.kind not in set(Source):
        fail(
            f"没有来源 {chosen.kind}。可用：{'、'.join(f'{kind.value}（{kind.label}）' for kind in Source)}。"
        )
    mapping = _pairs(chosen.map)
    _connect()
    try:
        session = sign_on(chosen.number, f"命令行 {getpass.getuser()}")
        wanted = import_files.Wanted(
            Path(chosen.file),
            chosen.source,
            Source(chosen.kind),
            chosen.sheet,
            mapping,
            import_files.defaults(chosen.unit, chosen.category),
            chosen.answered == "旧案入档",
        )
        refused = import_files.bring_in(session, wanted, load().outbox, _say, chosen.dry_run)
    except Refused as problem:
        fail(str(problem))
    except connection.ERRORS as error:
        fail(str(connection.explain(error)))
    return 1 if refused else 0


def _pairs(given: list[str]) -> dict[str, str]:
    """What `--map` says of columns. Leaves with a message where it cannot be understood."""
    if wrong := [pair for pair in given if "=" not in pair]:
        fail(f"--map 要写成 列=字段，而不是 {wrong[0]}。")
    return dict(pair.rsplit("=", 1) for pair in given)


def _import_lists(chosen: argparse.Namespace) -> int:
    """Bring a 权责清单, a staff list, postings or a tree in; 1 where something is wrong with a row."""
    import getpass
    from datetime import date
    from pathlib import Path

    from dutydesk.rules import duty_files, staff_files
    from dutydesk.rules.errors import Refused
    from dutydesk.rules.signing_on import sign_on

    bring_in = {
        "duties": duty_files.bring_in,
        "staff": staff_files.bring_in_staff,
        "postings": staff_files.bring_in_postings,
        "tree": staff_files.bring_in_tree,
    }[chosen.what]
    _connect()
    try:
        session = sign_on(chosen.number, f"命令行 {getpass.getuser()}")
        since = date.fromisoformat(chosen.since) if chosen.since else session.day
        well = bring_in(session, Path(chosen.file), chosen.sheet, since, _say, chosen.dry_run)
    except Refused as problem:
        fail(str(problem))
    except ValueError:
        fail(f"日期 {chosen.since} 看不懂。请写成 2026-12-01。")
    return 0 if well else 1


def _asked(chosen: argparse.Namespace) -> tuple[Any, Any]:
    """Who exports, and which list. Leaves with a message where either is unknown."""
    import getpass

    from dutydesk.rules import exporting
    from dutydesk.rules.errors import Refused
    from dutydesk.rules.questions import from_json
    from dutydesk.rules.signing_on import sign_on

    came_from = f"命令行 {getpass.getuser()}"
    try:
        session = sign_on(chosen.number, came_from) if chosen.number else exporting.whole_district(came_from)
        asked = getattr(chosen, "question", None)
        return session, from_json(asked) if asked else exporting.view_named(getattr(chosen, "view", "all"))
    except Refused as refused:
        fail(str(refused))


def _connect() -> None:
    from dutydesk.models.connection import DatabaseProblem, connect
    from dutydesk.settings import load

    try:
        connect(load().database)
    except DatabaseProblem as problem:
        fail(str(problem))


def _write_json(records: Iterable[dict[str, Any]]) -> None:
    """One JSON array, a record a line, written as the records come."""
    out = sys.stdout
    out.write("[")
    for position, record in enumerate(records):
        out.write(",\n" if position else "\n")
        out.write(json.dumps(record, ensure_ascii=False))
    out.write("\n]\n")
    out.flush()


_COMMANDS = {
    "desk": _desk,
    "demo": _demo,
    "db": _db,
    "staff": _staff,
    "ssh-keys": _ssh_keys,
    "export": _export,
    "import": _import,
}
