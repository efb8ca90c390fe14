"""An export into a file: written beside its place, put on record as an act, and only then handed over."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dutydesk.rules import exporting, permission, personal_export
from dutydesk.rules.errors import Refused
from dutydesk.rules.exporting import Sheet
from dutydesk.rules.questions import Question
from dutydesk.session import Session
from dutydesk.text import clean, json_line

if TYPE_CHECKING:
    from dutydesk.rules.import_asking import KnownSource

Say = Callable[[str], None]


def write_issues(session: Session, question: Question, path: Path, form: str, say: Say) -> int:
    """A list of cases as xlsx, csv or json; answers with how many. Raises NotAllowed, NotWritten."""
    permission.require(session, "export")
    what = exporting.words_of(session, question)
    if form == "json":
        records = exporting.issues(session, question)
        return _hand_over(session, what, path, form, lambda beside: _write_json(records, beside, say))
    sheet = exporting.sheet(session, question)
    return _hand_over(session, what, path, form, lambda beside: _write_sheet(sheet, beside, form, say))


def write_personal(session: Session, question: Question, path: Path, form: str, reason: str, say: Say) -> int:
    """A list with the personal data of those who raised its cases, an act of its own; answers with how many.

    Raises NotAllowed, Refused without a reason, NotWritten.
    """
    permission.require(session, "export_personal")
    said = clean(reason)
    if len(said) < 2:
        raise Refused("导出个人信息要写明事由，会记入审计。", "reason")
    sheet = personal_export.sheet(session, question)
    what = f"{exporting.words_of(session, question)}（含个人信息）"
    write = partial(_write_sheet, sheet, form=form, say=say)
    return _hand_over(session, what, path, form, lambda beside: write(path=beside), said)


def write_answers(session: Session, source: KnownSource, since: date, path: Path, form: str, say: Say) -> int:
    """The answers for a source as xlsx or csv as it wants them, or as txt to paste; answers with how many.

    Raises NotAllowed, NotWritten.
    """
    from dutydesk.rules import answer_sheets

    if form == "txt":
        title, pieces = f"办理答复·{source.name}", answer_sheets.pieces(session, source, since)
        return _hand_over(session, title, path, form, lambda beside: _write_text(pieces, beside, say))
    sheet = answer_sheets.sheet(session, source, since)
    return _hand_over(session, sheet.title, path, form, lambda beside: _write_sheet(sheet, beside, form, say))


def _hand_over(
    session: Session, what: str, path: Path, form: str, write: Callable[[Path], int], reason: str = ""
) -> int:
    from dutydesk.documents.issue_sheet import NotWritten

    beside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        count = write(beside)
        exporting.note_export(session, what, form, count, str(uuid.uuid4()), reason)
        beside.replace(path)
    except OSError as error:
        raise NotWritten(f"{path} 没有写成。请检查磁盘空间和目录的写权限。") from error
    finally:
        with suppress(OSError):  # where nothing could be written nothing lies
            beside.unlink()
    return count


def _counting(rows: Iterable[Any], total: int, say: Say) -> tuple[Any, list[int]]:
    count = [0]

    def told(number: int) -> None:
        count[0] = number
        share = f"，{number * 100 // total}%" if total else ""
        say(f"已写{number}件{share}")

    return exporting.counted(iter(rows), told), count


def _write_sheet(sheet: Sheet, path: Path, form: str, say: Say) -> int:
    from dutydesk.documents import issue_sheet

    rows, count = _counting(sheet.rows, sheet.total, say)
    write = issue_sheet.write_xlsx if form == "xlsx" else issue_sheet.write_csv
    write(replace(sheet, rows=rows), path)
    return count[0]


def _write_text(pieces: Iterable[str], path: Path, say: Say) -> int:
    rows, count = _counting(pieces, 0, say)
    with path.open("w", encoding="utf-8-sig", newline="\r\n") as file:
        file.writelines(f"{piece}\n\n" for piece in rows)
    return count[0]


def _write_json(records: Iterable[dict[str, Any]], path: Path, say: Say) -> int:
    rows, count = _counting(records, 0, say)
    write_records(rows, path)
    return count[0]


def write_records(records: Iterable[dict[str, Any]], path: Path) -> None:
    """One JSON array, a record a line, written as the records come."""
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        for position, record in enumerate(records):
            file.write((",\n" if position else "\n") + json_line(record))
        file.write("\n]\n")
