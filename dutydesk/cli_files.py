"""`dutydesk export` and `dutydesk import`: files and JSON, out and in."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dutydesk.cli import fail, open_database, say
from dutydesk.rules.errors import Refused
from dutydesk.rules.signing_on import sign_on
from dutydesk.text import json_line

if TYPE_CHECKING:
    import argparse


def export(chosen: argparse.Namespace) -> int:
    """Write out what is asked for; answers with the exit code."""
    from dutydesk.rules import exporting

    if chosen.what == "issues" and not chosen.output:
        if chosen.personal:
            fail("含个人信息的清单要写明 --output 文件。")
        if not chosen.json and chosen.format != "json":
            fail("请写明 --output 文件，或用 --json 写到标准输出。")
        open_database()
        if chosen.number or chosen.question or chosen.view != "all":
            session, question = _asked(chosen)
            write_json(exporting.issues(session, question))
        else:
            write_json(exporting.issues())
        return 0
    if chosen.what in ("staff", "postings", "tree"):
        return _export_people(chosen)
    if chosen.what == "audit":
        return _export_audit(chosen)
    if chosen.what == "shifts":
        from dutydesk.rules.shift_export import shifts

        open_database()
        write_json(shifts(_asked(chosen)[0], chosen.month))
        return 0
    if chosen.what == "letters":
        from dutydesk.rules.letters.export import records

        open_database()
        write_json(records(_asked(chosen)[0], chosen.since))
        return 0
    if chosen.what == "meetings":
        from dutydesk.rules.meetings.export import meetings

        open_database()
        write_json(meetings(_asked(chosen)[0], chosen.month))
        return 0
    if not chosen.output:
        fail("请写明 --output 文件。")
    return _export_to_file(chosen)


def _export_audit(chosen: argparse.Namespace) -> int:
    """The audit by somebody who may read it: JSON on standard output, or a file."""
    from dutydesk.documents.issue_sheet import NotWritten
    from dutydesk.rules import audit_export, audit_reading

    path = Path(chosen.output or "")
    form = chosen.format or path.suffix.lstrip(".").lower()
    if not chosen.number:
        fail("审计只有审计员、督查和管理员能看：请用 --as 写明是谁。")
    if not chosen.json and (not chosen.output or form not in audit_export.FORMS):
        fail("请写明 --output 文件（xlsx、csv、json），或用 --json 写到标准输出。")
    open_database()
    session, _question = _asked(chosen)
    try:
        asked = audit_reading.asked_for(session, chosen.person, chosen.period, chosen.act, chosen.case)
        if chosen.json:
            write_json(audit_export.records(session, asked))
            return 0
        count = audit_export.write(session, asked, path, form, say)
    except (Refused, NotWritten) as problem:
        fail(str(problem))
    print(f"已导出{count}条：{path}")  # noqa: T201
    return 0


def _export_people(chosen: argparse.Namespace) -> int:
    """Staff, postings or the tree of a day: JSON for scripts, or a file that can be read in again."""
    from dutydesk.documents.issue_sheet import NotWritten
    from dutydesk.rules import staff_files

    open_database()
    session, _question = _asked(chosen)
    try:
        day = _day(chosen.day) or session.day
        if chosen.json and chosen.what != "tree":
            write_json(staff_files.records(session, chosen.what, day))
            return 0
        if not chosen.output:
            fail("请写明 --output 文件；名册和下沉力量也可用 --json 写到标准输出。")
        path = Path(chosen.output)
        form = chosen.format or path.suffix.lstrip(".").lower()
        count = staff_files.write_out(session, chosen.what, day, path, form)
    except (Refused, NotWritten) as problem:
        fail(str(problem))
    print(f"已导出{count}行：{path}")  # noqa: T201
    return 0


def _export_to_file(chosen: argparse.Namespace) -> int:
    """Write the file beside its place, put the export on record, then let the file stand there."""
    from dutydesk.documents.issue_sheet import NotWritten
    from dutydesk.rules import answer_sheets, export_files

    path = Path(chosen.output)
    form = chosen.format or path.suffix.lstrip(".").lower()
    forms = {"issues": ("xlsx", "csv", "json"), "answers": ("xlsx", "csv", "txt")}.get(
        chosen.what, ("xlsx", "csv")
    )
    if form not in forms:
        fail(f"请写明 --format，可用：{'、'.join(forms)}。")
    open_database()
    try:
        session, question = _asked(chosen)
        if chosen.what == "duties":
            from dutydesk.rules.duty_files import write_out

            count = write_out(session, session.day, path, form)
        elif chosen.what == "answers":
            since = _day(chosen.since) or session.day
            source = answer_sheets.source_called(chosen.source)
            if chosen.heads:
                answer_sheets.take_shape(session, source, Path(chosen.heads), _pairs(chosen.map), say)
            count = export_files.write_answers(session, source, since, path, form, say)
        elif getattr(chosen, "personal", ""):
            if form == "json":
                fail("含个人信息的清单只导出 xlsx 或 csv。")
            count = export_files.write_personal(session, question, path, form, chosen.personal, say)
        else:
            count = export_files.write_issues(session, question, path, form, say)
    except (Refused, NotWritten) as problem:
        fail(str(problem))
    print(f"已导出{count}件：{path}")  # noqa: T201
    return 0


def forget(dry: bool) -> int:
    """`dutydesk retention`: tell what is past the time, and unless `dry` let it go."""
    from dutydesk.models import connection
    from dutydesk.rules import retention
    from dutydesk.rules.organisation import today
    from dutydesk.session import Session

    open_database()
    session = Session(None, "", "保存期限", (), today(), came_from())  # type: ignore[arg-type]
    try:
        for each in retention.due():
            kept = f"办结满{each.days}天的{each.cases}件" if each.ended_before else "不清除（设置为0）"
            print(f"{each.name}：{kept}")  # noqa: T201
        if not dry:
            print(f"已清除{retention.forget(session, say)}件的个人信息，已记入审计。")  # noqa: T201
    except connection.ERRORS as error:
        fail(str(connection.explain(error)))
    return 0


def bring_in(chosen: argparse.Namespace) -> int:
    """Bring a file in; 1 where some rows were refused."""
    if chosen.what != "issues":
        return _import_lists(chosen)
    from dutydesk.models import connection
    from dutydesk.rules import import_files
    from dutydesk.settings import load
    from dutydesk.vocabulary import Source

    if chosen.kind not in set(Source):
        fail(
            f"没有来源 {chosen.kind}。可用：{'、'.join(f'{kind.value}（{kind.label}）' for kind in Source)}。"
        )
    mapping = _pairs(chosen.map)
    open_database()
    try:
        session = sign_on(chosen.number, came_from())
        wanted = import_files.Wanted(
            Path(chosen.file),
            chosen.source,
            Source(chosen.kind),
            chosen.sheet,
            mapping,
            import_files.defaults(chosen.unit, chosen.category),
            chosen.answered == "旧案入档",
        )
        refused = import_files.bring_in(session, wanted, load().outbox, say, chosen.dry_run)
    except Refused as problem:
        fail(str(problem))
    except connection.ERRORS as error:
        fail(str(connection.explain(error)))
    return 1 if refused else 0


def _day(text: str | None) -> date | None:
    """The day written on the command line, if any. Leaves with a message where it cannot be understood."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        fail(f"日期 {text} 看不懂。请写成 2026-11-01。")


def came_from() -> str:
    """From where, as the audit shows it."""
    return f"命令行 {getpass.getuser()}"


def _pairs(given: list[str]) -> dict[str, str]:
    """What `--map` says of columns. Leaves with a message where it cannot be understood."""
    if wrong := [pair for pair in given if "=" not in pair]:
        fail(f"--map 要写成 列=字段，而不是 {wrong[0]}。")
    return dict(pair.rsplit("=", 1) for pair in given)


def _import_lists(chosen: argparse.Namespace) -> int:
    """Bring a 权责清单, a staff list, postings or a tree in; 1 where something is wrong with a row."""
    from functools import partial

    from dutydesk.rules import duty_files, staff_files

    bring_list_in = {
        "duties": duty_files.bring_in,
        "staff": staff_files.bring_in_staff,
        "postings": staff_files.bring_in_postings,
        "tree": partial(staff_files.bring_in_tree, end_neighbours=getattr(chosen, "end_neighbours", False)),
    }[chosen.what]
    open_database()
    try:
        session = sign_on(chosen.number, came_from())
        since = _day(chosen.since) or session.day
        well = bring_list_in(session, Path(chosen.file), chosen.sheet, since, say, chosen.dry_run)
    except Refused as problem:
        fail(str(problem))
    return 0 if well else 1


def _asked(chosen: argparse.Namespace) -> tuple[Any, Any]:
    """Who exports, and which list. Leaves with a message where either is unknown."""
    from dutydesk.rules import exporting
    from dutydesk.rules.questions import from_json

    try:
        session = (
            sign_on(chosen.number, came_from()) if chosen.number else exporting.whole_district(came_from())
        )
        asked = getattr(chosen, "question", None)
        return session, from_json(asked) if asked else exporting.view_named(getattr(chosen, "view", "all"))
    except Refused as refused:
        fail(str(refused))


def write_json(records: Iterable[dict[str, Any]]) -> None:
    """One JSON array, a record a line, written as the records come."""
    out = sys.stdout
    out.write("[")
    for position, record in enumerate(records):
        out.write(",\n" if position else "\n")
        out.write(json_line(record))
    out.write("\n]\n")
    out.flush()
