"""A file that comes in: read, told what it would do, written, and what was refused handed back as a file."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from dutydesk.documents import issue_sheet, reading
from dutydesk.rules import edited_sheet, importing, permission
from dutydesk.rules.aside import Aside
from dutydesk.rules.errors import Refused
from dutydesk.rules.exporting import Sheet
from dutydesk.rules.import_rows import LABELS, known_heads
from dutydesk.session import Session
from dutydesk.vocabulary import Source

Say = Callable[[str], None]
_NAMED = 10  # things that are told of one by one


@dataclass(frozen=True)
class Wanted:
    """How a file is to be taken: whose list it is, what its columns mean, where rows go that do not say."""

    path: Path
    source: str = ""
    kind: Source = Source.HOTLINE
    sheet: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    old: bool = False  # what the source has answered is filed (旧案入档), not gone on with


def defaults(unit: str, category: str) -> dict[str, str]:
    """The ids of the unit and category that stand where rows are silent. Raises Refused for a name unknown."""
    from dutydesk.models import Category, Unit

    given: dict[str, str] = {}
    if unit:
        found = Unit.get_or_none((Unit.name == unit) | (Unit.code == unit))
        if found is None:
            raise Refused(f"没有治理单元“{unit}”，请写全名或代码。")
        given["unit"] = str(found.id)
    if category:
        kind = Category.get_or_none((Category.name == category) | (Category.code == category))
        if kind is None:
            raise Refused(f"没有类别“{category}”，请写本单位的类别名或代码。")
        given["category"] = str(kind.id)
    return given


def bring_in(session: Session, wanted: Wanted, outbox: Path, say: Say, dry: bool = False) -> int:
    """Import a list, or read an edited export back; says what becomes of each row. Answers how many were refused.

    `dry` only tells. Refused rows go to a file of the same shape in `outbox`. Raises Refused.
    """
    permission.require(session, "import")
    try:
        rows = reading.stream(wanted.path, wanted.sheet or _sheet(wanted.path))
        if is_edited(rows):
            return _edited(session, rows, wanted.path, outbox, say, dry)
        return _list(session, rows, wanted, outbox, say, dry)
    except reading.Unreadable as problem:
        raise Refused(str(problem)) from None


def is_edited(rows: importing.Rows) -> bool:
    """Whether a file is an export of this desk that was edited."""
    top = next(iter(rows), None)
    return top is not None and edited_sheet.is_edited_export(top[1])


def _list(session: Session, rows: importing.Rows, wanted: Wanted, outbox: Path, say: Say, dry: bool) -> int:
    source = importing.source_named(wanted.source or wanted.path.stem, wanted.kind)
    plan = importing.look(session, source, rows, wanted.mapping, wanted.defaults, say, wanted.old)
    _tell(plan, say)
    if not dry:
        importing.run(session, plan, say)
        say(f"导入完毕：{plan.report.says}。")
        _tell_left(plan.report.left, say)
    if plan.report.refused:
        _hand_back(importing.refused_sheet(plan.report), wanted.path, outbox, say, dry)
    return len(plan.report.refused)


def candidates(path: Path) -> list[str]:
    """The sheets of a file that may be the list: those with known headers, else all that hold anything.

    Raises reading.Unreadable.
    """
    tops = reading.tops(path)
    filled = [name for name, rows in tops.items() if rows] or list(tops)
    if len(filled) == 1:
        return filled
    known = [name for name in filled if known_heads(tops[name]) > 1]
    return known or filled


def _sheet(path: Path) -> str:
    names = candidates(path) if path.is_file() else [""]
    if len(names) > 1:
        raise Refused(f"文件里有几张工作表：{'、'.join(names)}。请用 --sheet 指明导入哪一张。")
    return names[0]


ANSWERED = "来源已答复的"  # how the line begins from which the screen knows that there is something to ask
_OLD = "作为已办结旧案入档：按答复日期销项，不计逾期，不再核查"
_GO_ON = "按「待核查」接续办理：今天立案，到现场核查后销项"


def _tell(plan: importing.Plan, say: Say) -> None:
    report = plan.report
    read = "，".join(
        f"{report.heads[place]}→{LABELS[name]}" for place, name in sorted(report.mapping.items())
    )
    say(f"核对结果：{report.says}。")
    if report.answered:
        say(f"{ANSWERED}{report.answered}件，{_OLD if plan.old else _GO_ON}。")
    say(f"列的对应：{read}。")
    if report.unknown:
        say(f"没有用到的列：{'、'.join(report.unknown)}。")
    if len(report.refused) > 1:
        say(
            f"有错的列：{'，'.join(f'{LABELS[name]} {many}行' for name, many in report.wrong.most_common())}。"
        )
    often = sorted(report.reasons.items(), key=lambda each: -each[1][0])
    for (name, words), (count, *numbers) in often[:_NAMED]:
        where = "、".join(map(str, numbers)) + (f"行等{count}行" if count > len(numbers) else "行")
        say(f"  第{where}　{LABELS[name]}：{words}")
    if len(often) > _NAMED:
        say("  还有别的错，都写在未导入的文件里。")


def _tell_left(left: Aside[str], say: Say) -> None:
    if left:
        say(f"来源改了而没有照改的{len(left)}处，都写在各件的经过里：")
    for said in islice(left, _NAMED):
        say(f"  {said}")


def _edited(session: Session, rows: importing.Rows, path: Path, outbox: Path, say: Say, dry: bool) -> int:
    every = iter(rows)
    heads, below = next(every)[1], every
    if dry:
        outcome = edited_sheet.dry_run(session, heads, below)
    else:
        outcome = edited_sheet.apply(
            session, heads, below, str(uuid.uuid4()), lambda done: say(f"已读回{done}行")
        )
    say(f"{'核对' if dry else '读回'}改过的导出清单：{outcome.says}。")
    for change in outcome.changes[:_NAMED]:
        say(f"  第{change.row}行　{change.number}　{'；'.join(change.says)}")
    if len(outcome.changes) > _NAMED:
        say(f"  还有{len(outcome.changes) - _NAMED}件有改动。")
    for left in outcome.refused[:_NAMED]:
        say(f"  第{left.row}行　{left.number}　不能改：{left.reason}")
    if len(outcome.refused) > _NAMED:
        say(f"  还有{len(outcome.refused) - _NAMED}件不能改，都写在未导入的文件里。")
    if outcome.refused:
        _hand_back(edited_sheet.refused_sheet(outcome), path, outbox, say, dry)
    return len(outcome.refused)


def place_of_refused(path: Path, outbox: Path) -> Path:
    """Where the rows of a file that were refused are written."""
    return outbox / f"未导入-{path.stem}.xlsx"


def _hand_back(sheet: Sheet, path: Path, outbox: Path, say: Say, dry: bool) -> None:
    if dry:
        return
    outbox.mkdir(parents=True, exist_ok=True)
    place = place_of_refused(path, outbox)
    issue_sheet.write_xlsx(sheet, place)
    say(f"没有导入的行写在 {place}，最后一列是原因；改好后可以直接再导入这个文件。")
