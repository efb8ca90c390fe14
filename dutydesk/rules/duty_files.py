"""The 权责清单 as a file: read in from an office's own, told what it would change, written out again."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from dutydesk.documents import issue_sheet, reading
from dutydesk.rules import duty_lists
from dutydesk.rules.duty_lists import RowError
from dutydesk.rules.errors import Refused
from dutydesk.session import Session

_NAMED = 40  # rows with something wrong that are told of one by one
Say = Callable[[str], None]


def read_rows(path: Path, sheet: str) -> tuple[Sequence[str], list[reading.Row]]:
    """The heads of a list and the rows below them. Raises Refused for what is no list, or an empty one."""
    try:
        rows = reading.read(path, sheet).rows
    except reading.Unreadable as problem:
        raise Refused(str(problem)) from None
    if not rows:
        raise Refused(f"{path.name} 是空的。")
    return rows[0][1], rows[1:]


def tell_errors(errors: Sequence[RowError], say: Say) -> None:
    """Name each place with something wrong, as far as a person reads on, and how many there are besides."""
    for error in errors[:_NAMED]:
        say(f"  第{error.row}行　{error.head}：{error.says}")
    if len(errors) > _NAMED:
        say(f"  还有{len(errors) - _NAMED}处。")


def bring_in(session: Session, path: Path, sheet: str, since: date, say: Say, dry: bool = False) -> bool:
    """Let a list hold from a day on; `dry` only tells. Says whether all rows were well. Raises NotAllowed, Refused."""
    heads, rows = read_rows(path, sheet)
    if dry:
        report = duty_lists.dry_run(session, heads, rows, since)
    else:
        report = duty_lists.replace(session, heads, rows, since, str(uuid.uuid4()))
    tell_errors(report.errors, say)
    done = "核对结果" if dry or report.errors else f"权责清单自{since:%Y年%m月%d日}起"
    say(f"{done}：{report.says}")
    return not report.errors


def write_out(session: Session, day: date, path: Path, form: str) -> int:
    """The list as it holds on a day; answers with how many lines. Raises NotAllowed, NotWritten."""
    sheet = duty_lists.sheet(session, day)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    (issue_sheet.write_xlsx if form == "xlsx" else issue_sheet.write_csv)(sheet, path)
    return sheet.total
