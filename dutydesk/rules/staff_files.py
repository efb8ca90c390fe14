"""Staff lists, postings and trees as files: read in from xlsx or csv, told what they would change, written out again."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from dutydesk.documents import issue_sheet
from dutydesk.rules import exporting, posting_lists, staff_lists, staff_records, tree_lists
from dutydesk.rules.duty_files import Say, read_rows, tell_errors
from dutydesk.session import Session


def bring_in_staff(
    session: Session, path: Path, sheet: str, since: date, say: Say, dry: bool = False
) -> bool:
    """Bring a staff list in; `dry` only tells. Says whether all rows were well. Raises NotAllowed, Refused."""
    heads, rows = read_rows(path, sheet)
    report = staff_lists.bring_in(session, heads, rows, since, dry, say)
    tell_errors(report.errors, say)
    say(f"{'核对结果' if dry else '导入完毕'}：{report.says}")
    return not report.errors


def bring_in_postings(
    session: Session, path: Path, sheet: str, since: date, say: Say, dry: bool = False
) -> bool:
    """Bring a list of postings in; `dry` only tells. Says whether all rows were well. Raises NotAllowed, Refused."""
    heads, rows = read_rows(path, sheet)
    report = posting_lists.bring_in(session, heads, rows, since, dry, say)
    tell_errors(report.errors, say)
    say(f"{'核对结果' if dry else '导入完毕'}：{report.says}")
    return not report.errors


def bring_in_tree(
    session: Session,
    path: Path,
    sheet: str,
    since: date,
    say: Say,
    dry: bool = False,
    end_neighbours: bool = False,
) -> bool:
    """Let an office's own areas and units hold from a day on; with an error nothing changes. Raises as above."""
    heads, rows = read_rows(path, sheet)
    report = tree_lists.bring_in(session, heads, rows, since, str(uuid.uuid4()), dry, end_neighbours)
    tell_errors(report.errors, say)
    for line in report.told:
        say(f"  {line}")
    done = "核对结果" if dry or report.errors else f"导入完毕，区划自{since:%Y年%m月%d日}起"
    say(f"{done}：{report.says}")
    return not report.errors


def write_out(session: Session, what: str, day: date, path: Path, form: str) -> int:
    """`staff`, `postings` or `tree` as a file that is read in again; answers with how many rows. Raises NotAllowed."""
    sheets = {
        "staff": staff_records.sheet,
        "postings": staff_records.posting_sheet,
        "tree": tree_lists.sheet,
    }
    made = sheets[what](session, day)
    count = [0]

    def told(number: int) -> None:
        count[0] = number

    sheet = exporting.Sheet(made.title, made.columns, exporting.counted(made.rows, told), notes=made.notes)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    try:
        (issue_sheet.write_xlsx if form == "xlsx" else issue_sheet.write_csv)(sheet, beside)
        exporting.note_export(session, made.title, form, count[0], str(uuid.uuid4()))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return count[0]


def records(session: Session, what: str, day: date) -> Iterable[dict[str, object]]:
    """`staff` or `postings` of a day for scripts. Raises NotAllowed."""
    return {"staff": staff_records.staff, "postings": staff_records.postings}[what](session, day)
