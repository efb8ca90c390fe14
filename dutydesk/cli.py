"""The `dutydesk` command. Each subcommand imports what it needs only when it runs.

Exit codes: 0 done, 1 refused or failed with a message in Chinese on stderr, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

DUTIES = ("today", "patrol", "intake", "issues", "triage", "decisions")


class _Parser(argparse.ArgumentParser):
    """argparse in Chinese."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("add_help", False)
        super().__init__(*args, **kwargs)
        self._positionals.title, self._optionals.title = "命令", "选项"
        self.add_argument("-h", "--help", action="help", help="显示这页帮助")

    def format_usage(self) -> str:
        return super().format_usage().replace("usage:", "用法：", 1)

    def format_help(self) -> str:
        return super().format_help().replace("usage:", "用法：", 1)

    def error(self, message: str) -> NoReturn:
        """Wrong usage: what is expected, and 2."""
        self.exit(
            2, f"用法不对：{_in_chinese(message)}\n{self.format_usage()}请用 {self.prog} --help 查看。\n"
        )


def _in_chinese(message: str) -> str:
    for english, chinese in (
        ("the following arguments are required:", "还缺"),
        ("unrecognized arguments:", "不认识"),
        ("invalid choice:", "没有这个选择："),
        ("expected one argument", "后面要跟一个值"),
        ("invalid int value:", "要填整数，而不是"),
        ("(choose from", "（可选"),
        ("argument ", ""),
    ):
        message = message.replace(english, chinese)
    return message


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="dutydesk", description="片区长值班台。不带命令时打开值班台。")
    commands = parser.add_subparsers(dest="command", metavar="", parser_class=_Parser)

    desk = commands.add_parser("desk", help="打开值班台", description="打开值班台。")
    _desk_options(desk)
    demo = commands.add_parser(
        "demo", help="打开演示区（没有时先建立）", description="建立并打开一个演示用的区。"
    )
    _desk_options(demo)
    demo.add_argument("--issues", type=int, default=30_000, metavar="数目", help="问题件数，默认三万")
    demo.add_argument("--seed", type=int, default=1, metavar="种子", help="同样的种子得到同样的数据")
    demo.add_argument("--fill-only", action="store_true", help="只建立数据，不打开")

    db = commands.add_parser("db", help="数据库：建立、升级、检查", description="建立、升级和检查数据库。")
    what = db.add_subparsers(dest="what", metavar="", required=True, parser_class=_Parser)
    init = what.add_parser("init", help="建立数据库，装入徐汇区的单元和默认设置")
    init.add_argument("--empty", action="store_true", help="只建表，不装入单元")
    what.add_parser("upgrade", help="升级到本版本的结构")
    what.add_parser("check", help="检查结构、数据、查找索引和审计链")
    what.add_parser("reindex", help="重建查找索引")
    copy = what.add_parser("copy", help="把整个区搬到另一个数据库（SQLite、PostgreSQL 均可）")
    copy.add_argument("source", metavar="从", help="sqlite:////… 或 postgresql://…")
    copy.add_argument("target", metavar="到", help="还没有的文件，或空的库")

    staff = commands.add_parser("staff", help="人员", description="人员。")
    what = staff.add_subparsers(dest="what", metavar="", required=True, parser_class=_Parser)
    listing = what.add_parser("list", help="在岗人员及其岗位")
    listing.add_argument("--role", metavar="岗位", help="只列这一岗位，如 duty_officer")
    listing.add_argument("--json", action="store_true", help="输出 JSON")

    export = commands.add_parser("export", help="导出", description="导出数据（不含个人信息）。")
    what = export.add_subparsers(dest="what", metavar="", required=True, parser_class=_Parser)
    issues = what.add_parser("issues", help="问题清单，可在 Excel 里改好再导入")
    issues.add_argument("--json", action="store_true", help="把 JSON 写到标准输出")
    issues.add_argument("--view", default="all", metavar="清单", help="如 待核查；不写是全部")
    issues.add_argument("--question", metavar="条件", help=argparse.SUPPRESS)
    _file_options(issues, ("xlsx", "csv", "json"))
    answers = what.add_parser("answers", help="给来源的办理答复")
    answers.add_argument("--source", default="hotline", metavar="来源", help="如 12345；不写是12345热线")
    answers.add_argument("--since", metavar="日期", help="这一天起有变动的，如 2026-11-01；不写是今天起")
    _file_options(answers, ("xlsx", "csv"))
    duties = what.add_parser("duties", help="权责清单")
    _file_options(duties, ("xlsx", "csv"))

    bring = commands.add_parser("import", help="导入", description="导入清单，或读回改过的导出清单。")
    what = bring.add_subparsers(dest="what", metavar="", required=True, parser_class=_Parser)
    issues = what.add_parser("issues", help="来源的问题清单（xlsx、csv），或改过的导出清单")
    issues.add_argument("file", metavar="文件")
    issues.add_argument("--as", dest="number", metavar="工号", help="以谁的身份导入")
    issues.add_argument(
        "--source", default="", metavar="名称", help="这份清单叫什么，列的对应按它记住；不写是文件名"
    )
    issues.add_argument(
        "--kind", default="hotline", metavar="来源", help="hotline 12345热线、grid 网格上报等"
    )
    issues.add_argument("--sheet", default="", metavar="工作表", help="有几张清单时指明一张")
    issues.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="列=字段",
        help="指明一列，可写多次；字段写 - 是不要这一列",
    )
    issues.add_argument("--unit", default="", metavar="居民区", help="没写明地点的归到哪里")
    issues.add_argument("--category", default="", metavar="类别", help="看不出类别的归到哪一类")
    issues.add_argument("--dry-run", action="store_true", help="只核对，不写入")
    duties = what.add_parser("duties", help="权责清单（部门、类别、编号、依据），替换表里各部门的旧清单")
    duties.add_argument("file", metavar="文件")
    duties.add_argument("--as", dest="number", metavar="工号", help="以谁的身份导入")
    duties.add_argument("--from", dest="since", metavar="日期", help="从哪天起，如 2026-12-01；不写是今天")
    duties.add_argument("--sheet", default="", metavar="工作表", help="不写是第一张")
    duties.add_argument("--dry-run", action="store_true", help="只核对，不写入")
    return parser


def _desk_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="number", metavar="工号", help="以谁的身份打开")
    parser.add_argument(
        "--open", dest="duty", choices=DUTIES, default="today", metavar="页", help="、".join(DUTIES)
    )


def _file_options(parser: argparse.ArgumentParser, forms: tuple[str, ...]) -> None:
    parser.add_argument("--as", dest="number", metavar="工号", help="按谁的范围；不写是全区")
    parser.add_argument("--format", choices=forms, metavar="格式", help="、".join(forms) + "；不写看文件名")
    parser.add_argument("--output", metavar="文件", help="写到哪里")


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
    chosen = _parser().parse_args(arguments)
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
    _hasten()
    from dutydesk.app import open_desk

    problem = open_desk(number, duty)
    if problem:
        fail(problem)
    return 0


def _hasten() -> None:
    """Start sooner: no collecting of garbage while modules load, and no ssl for asyncio where nothing speaks TLS.

    The database's thread waits up to a switch interval for its turn after each call: a millisecond is enough.

    Each takes a tenth of the start. asyncio does without ssl where there is none; whoever imports it later gets it.
    """
    import gc

    from dutydesk.settings import on_postgresql

    gc.disable()
    sys.setswitchinterval(0.001)
    if not on_postgresql() and "ssl" not in sys.modules:
        sys.modules["ssl"] = None  # type: ignore[assignment]
        import asyncio  # noqa: F401

        del sys.modules["ssl"]


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
    if not chosen.output:
        fail("请写明 --output 文件。")
    return _export_to_file(chosen)


def _export_to_file(chosen: argparse.Namespace) -> int:
    """Write the file beside its place, put the export on record, then let the file stand there."""
    from datetime import date
    from pathlib import Path

    from dutydesk.documents.issue_sheet import NotWritten
    from dutydesk.rules import export_files
    from dutydesk.rules.answers import source_named
    from dutydesk.rules.errors import Refused

    path = Path(chosen.output)
    form = chosen.format or path.suffix.lstrip(".").lower()
    if form not in ("xlsx", "csv", "json"):
        fail("请写明 --format xlsx、csv 或 json。")
    _connect()
    try:
        session, question = _asked(chosen)
        if chosen.what == "duties":
            from dutydesk.rules.duty_files import write_out

            count = write_out(session, session.day, path, form)
        elif chosen.what == "answers":
            since = date.fromisoformat(chosen.since) if chosen.since else session.day
            source = source_named(chosen.source)
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
    if chosen.what == "duties":
        return _import_duties(chosen)
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
    if wrong := [pair for pair in chosen.map if "=" not in pair]:
        fail(f"--map 要写成 列=字段，而不是 {wrong[0]}。")
    _connect()
    try:
        session = sign_on(chosen.number, f"命令行 {getpass.getuser()}")
        wanted = import_files.Wanted(
            Path(chosen.file),
            chosen.source,
            Source(chosen.kind),
            chosen.sheet,
            dict(pair.rsplit("=", 1) for pair in chosen.map),
            import_files.defaults(chosen.unit, chosen.category),
        )
        refused = import_files.bring_in(session, wanted, load().outbox, _say, chosen.dry_run)
    except Refused as problem:
        fail(str(problem))
    except connection.ERRORS as error:
        fail(str(connection.explain(error)))
    return 1 if refused else 0


def _import_duties(chosen: argparse.Namespace) -> int:
    """Bring a 权责清单 in; 1 where something is wrong with a row, and then nothing has changed."""
    import getpass
    from datetime import date
    from pathlib import Path

    from dutydesk.rules import duty_files
    from dutydesk.rules.errors import Refused
    from dutydesk.rules.signing_on import sign_on

    _connect()
    try:
        session = sign_on(chosen.number, f"命令行 {getpass.getuser()}")
        since = date.fromisoformat(chosen.since) if chosen.since else session.day
        well = duty_files.bring_in(session, Path(chosen.file), chosen.sheet, since, _say, chosen.dry_run)
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


_COMMANDS = {"desk": _desk, "demo": _demo, "db": _db, "staff": _staff, "export": _export, "import": _import}
