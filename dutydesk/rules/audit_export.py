"""The audit taken out as a file, or as JSON for scripts: an act of its own, on record before anything is handed over."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from dutydesk.rules import acts, audit_reading, permission
from dutydesk.rules.audit_reading import Asked
from dutydesk.rules.exporting import Cell, Column, Sheet, counted
from dutydesk.session import Session

FORMS = ("xlsx", "csv", "json")


def note(session: Session, asked: Asked, form: str, count: int | None) -> None:
    """Put on record who took out what of the audit. Raises NotAllowed."""
    with acts.act(session, str(uuid.uuid4()), "audit.export") as acting:
        permission.require(session, "read_audit")
        what = audit_reading.words_of(asked)
        acting.about("audit", None, what)
        acting.changed(what, None, {"format": form, "count": count})


def records(session: Session, asked: Asked) -> Iterator[dict[str, Any]]:
    """All that is asked for, for scripts; on record before the first is given. Raises NotAllowed."""
    note(session, asked, "json", None)
    return audit_reading.records(session, asked)


def write(session: Session, asked: Asked, path: Path, form: str, say: Callable[[str], None]) -> int:
    """All that is asked for as a file; answers with how many. Raises NotAllowed, NotWritten, and no file is left."""
    from dutydesk.documents import issue_sheet
    from dutydesk.rules.export_files import write_records

    permission.require(session, "read_audit")
    count = [0]

    def told(number: int) -> None:
        count[0] = number
        say(f"已写{number}条")

    beside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if form == "json":
            write_records(counted(audit_reading.records(session, asked), told), beside)
        else:
            made = _sheet(session, asked, told)
            (issue_sheet.write_xlsx if form == "xlsx" else issue_sheet.write_csv)(made, beside)
        note(session, asked, form, count[0])
        beside.replace(path)
    except OSError as error:
        raise issue_sheet.NotWritten(f"{path} 没有写成。请检查磁盘空间和目录的写权限。") from error
    finally:
        beside.unlink(missing_ok=True)
    return count[0]


def _sheet(session: Session, asked: Asked, told: Callable[[int], None]) -> Sheet:
    with_values = permission.may_at_all(session, "read_audit_values")
    columns = [
        Column("时间", 17),
        Column("谁", 16),
        Column("从哪里", 18),
        Column("做了什么", 18),
        Column("对什么", 30),
    ]
    if with_values:
        columns += [Column("以前", 40), Column("以后", 40)]
    rows = counted(audit_reading.records(session, asked), told)
    return Sheet(
        f"审计·{audit_reading.words_of(asked)}",
        tuple(columns),
        (_row(record, with_values) for record in rows),
    )


def _row(record: dict[str, Any], with_values: bool) -> tuple[Cell, ...]:
    at = datetime.fromisoformat(record["at"]).replace(tzinfo=None, second=0, microsecond=0)
    row: tuple[Cell, ...] = (at, record["who"], record["from"], record["act"], record["subject"])
    if not with_values:
        return row
    changes = record["changes"]
    return (*row, *("\n".join(_said(change, side) for change in changes) for side in ("before", "after")))


def _said(change: dict[str, str], side: str) -> str:
    return f"{change['what']}：{change[side]}" if change[side] else ""
