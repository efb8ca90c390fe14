"""An export that was edited elsewhere and comes back: just what was edited is done, by the acts of the screen.

Each row brings the version that was exported and a fingerprint of its editable cells (`exporting.fingerprint`): so a
cell that was edited is known without the old file, and a case that somebody else changed since is left alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dutydesk.models import Category, Issue, IssueStep, database
from dutydesk.rules import acts, permission
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.rules.exporting import (
    BOTH_FLAGS,
    CHECK,
    EDITABLE,
    FLAG_WORDS,
    NEW_NOTE,
    NUMBER,
    VERSION,
    Column,
    Sheet,
    mark_of,
    shown_values,
)
from dutydesk.rules.lifecycle import BY_ACT
from dutydesk.rules.organisation import row_id
from dutydesk.rules.steps import Step, fresh, same_version, take
from dutydesk.rules.triage import by_number
from dutydesk.session import Session
from dutydesk.text import clean, narrow
from dutydesk.vocabulary import Urgency

AT_A_TIME = 500
REASON = "未改原因"
_WHY = "在导出的清单里修改"
# The editable columns that are texts, with the field of the case and how long it may be.
_TEXTS = {"具体位置": ("spot", 60), "问题": ("summary", 100), "详情": ("detail", 2000)}
_FLAGS = {"群众反映强烈": "strongly_felt", "居民区难以协调": "beyond_neighbourhood"}

Row = tuple[int, Sequence[str]]


@dataclass(frozen=True)
class Change:
    """A row that was edited: where in the file it stands, its case, and what becomes of it in words."""

    row: int
    number: str
    says: tuple[str, ...]


@dataclass(frozen=True)
class Left:
    """A row that was edited and is left alone: why, and its cells, for the file of what was refused."""

    row: int
    number: str
    reason: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What a reading of the file found: rows done (or that would be), rows refused, and how many are as they were."""

    heads: tuple[str, ...]
    changes: tuple[Change, ...]
    refused: tuple[Left, ...]
    unchanged: int

    @property
    def says(self) -> str:
        """In a line."""
        return f"改动{len(self.changes)}件，不能改{len(self.refused)}件，未动{self.unchanged}件"


def is_edited_export(heads: Iterable[str]) -> bool:
    """Whether a file with these heads is one that this desk exported."""
    return {NUMBER, VERSION, CHECK} <= {head.strip() for head in heads}


def dry_run(session: Session, heads: Sequence[str], rows: Iterable[Row]) -> Outcome:
    """What would be done and what refused: everything is done as in earnest, and then taken back.

    `rows` are numbers of rows in the file with their cells as text. Raises NotAllowed, Refused for other files.
    """
    return _all(session, heads, rows, "", lambda _done: None)


def apply(
    session: Session,
    heads: Sequence[str],
    rows: Iterable[Row],
    act_id: str,
    say: Callable[[int], None] = lambda _done: None,
) -> Outcome:
    """Do what was edited, 500 cases in one act; `say` hears how many rows have been done.

    Doing it again with the same `act_id` does nothing twice. Raises NotAllowed, Refused for other files.
    """
    return _all(session, heads, rows, act_id, say)


def refused_sheet(outcome: Outcome) -> Sheet:
    """The rows that were refused, in the shape of the file, each with the reason."""
    heads = [head for head in outcome.heads if head != REASON]
    keep = [place for place, head in enumerate(outcome.heads) if head != REASON]
    rows = (
        (*(left.cells[place] if place < len(left.cells) else "" for place in keep), left.reason)
        for left in outcome.refused
    )
    columns = tuple(Column(head, 18, hidden=head in (VERSION, CHECK)) for head in heads)
    return Sheet("未改的行", (*columns, Column(REASON, 50)), iter(rows), len(outcome.refused))


# -- finding what was edited -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Edit:
    """A row whose cells do not say any more what was exported."""

    row: int
    number: str
    version: int
    values: Mapping[str, str]
    note: str
    cells: tuple[str, ...]


def _edit(places: Mapping[str, int], row: int, cells: Sequence[str]) -> _Edit | None:
    """What was edited in a row; None where nothing was."""

    def cell(head: str) -> str:
        place = places.get(head, len(cells))
        return cells[place] if place < len(cells) else ""

    marks = cell(CHECK).strip().split("-")
    values = {
        head: cell(head)
        for place, head in enumerate(EDITABLE)
        if head in places and (place >= len(marks) or mark_of(cell(head)) != marks[place])
    }
    note = clean(cell(NEW_NOTE), 1000)
    if not values and not note:
        return None
    version = row_id(narrow(cell(VERSION)).strip().removesuffix(".0"))
    return _Edit(row, cell(NUMBER).strip(), version, values, note, tuple(cells))


def _batches(edits: Iterator[_Edit]) -> Iterator[list[_Edit]]:
    batch: list[_Edit] = []
    for edit in edits:
        batch.append(edit)
        if len(batch) == AT_A_TIME:
            yield batch
            batch = []
    if batch:
        yield batch


def _all(
    session: Session, heads: Sequence[str], rows: Iterable[Row], act_id: str, say: Callable[[int], None]
) -> Outcome:
    names = tuple(head.strip() for head in heads)
    if not is_edited_export(names):
        raise Refused("这个文件不是从值班台导出的清单：要有“编号”“版本”“校验”三列。")
    permission.require(session, "read")
    places = {head: place for place, head in enumerate(names)}
    unchanged = 0

    def edits() -> Iterator[_Edit]:
        nonlocal unchanged
        for row, cells in rows:
            edit = _edit(places, row, cells)
            if edit is not None:
                yield edit
            elif any(cells):
                unchanged += 1

    changes: list[Change] = []
    refused: list[Left] = []
    for number, batch in enumerate(_batches(edits())):
        same = _do(session, batch, str(uuid.uuid5(uuid.UUID(act_id), str(number))) if act_id else "",
                   changes, refused)  # fmt: skip
        unchanged += same
        say(len(changes))
    return Outcome(names, tuple(changes), tuple(refused), unchanged)


# -- doing it --------------------------------------------------------------------------------------------------------


class _TakenBack(Exception):
    """Ends a dry run: the transaction goes with it."""


def _do(session: Session, batch: list[_Edit], act_id: str, changes: list[Change], refused: list[Left]) -> int:
    """Do a batch in one act, each row as a whole or not at all; answers with how many ask for what is so already."""
    done: list[Change] = []
    left: list[Left] = []
    same = 0
    try:
        with acts.act(session, act_id or str(uuid.uuid4()), "issues.edited_sheet") as acting:
            acting.about("issues", None, f"改好的清单（{len(batch)}行）", session.subdistrict_id)
            for edit in batch:
                told = len(acting.changes)
                try:
                    with database.atomic():
                        says = _one(session, acting, edit)
                except Refused as reason:
                    del acting.changes[told:]
                    left.append(Left(edit.row, edit.number, str(reason), edit.cells))
                else:
                    same += not says
                    done += [Change(edit.row, edit.number, tuple(says))] if says else []
            if not act_id or not done:
                raise _TakenBack
    except _TakenBack:
        pass
    except AlreadyDone:
        return len(batch)
    changes += done
    refused += left
    return same


def _one(session: Session, acting: acts.Acting, edit: _Edit) -> list[str]:
    """Do what was edited in one row; what it changed in words, nothing where the case says so already."""
    found = by_number(edit.number)
    if found is None or not permission.may(session, "read", found.id):
        raise Refused(f"没有编号为“{clean(edit.number, 20)}”的问题，或不在您的范围内。")
    issue = fresh(found.id)
    shown = dict(zip(EDITABLE, shown_values(issue, issue.category.name), strict=True))
    values = {
        head: text
        for head, text in edit.values.items()
        if mark_of(_meant(head, text)) != mark_of(shown[head])
    }
    note = "" if _noted(issue, edit) else edit.note
    steps = list(_steps(issue, shown, values, note))
    if not steps:
        return []
    same_version(issue, edit.version)
    says = []
    for act, fields, said in steps:
        permission.require(session, act, issue.id)
        take(Step(session, acting, issue, BY_ACT[act], fields))
        says.append(said)
    return says


def _meant(head: str, text: str) -> str:
    """What a cell means: “无” empties the flags, blanks around do not count."""
    return "" if head == "优先标记" and text.strip() == "无" else text


def _noted(issue: Issue, edit: _Edit) -> bool:
    """Whether the note stands there already, from reading the file a first time."""
    if not edit.note or issue.version == edit.version:
        return False
    noted = IssueStep.select().where(IssueStep.issue == issue.id, IssueStep.name == "note")
    return bool(noted.where(IssueStep.text == edit.note).exists())


def _steps(
    issue: Issue, shown: Mapping[str, str], values: Mapping[str, str], note: str
) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The acts that a row asks for: each with its fields and what it says."""
    texts = {head: text for head, text in values.items() if head in _TEXTS}
    if texts:
        fields: dict[str, Any] = {"summary": issue.summary}
        fields |= {_TEXTS[head][0]: _text(head, text) for head, text in texts.items()}
        said = "；".join(f"{head}改为“{_short(text)}”" for head, text in texts.items())
        yield "amend", fields | {"reason": _WHY}, said
    if "类别" in values or "紧急程度" in values:
        fields = {
            "category": str(_category(values["类别"])) if "类别" in values else str(issue.category_id),
            "urgency": _urgency(values["紧急程度"]) if "紧急程度" in values else issue.urgency.value,
            "reason": _WHY,
        }
        changed = [head for head in ("类别", "紧急程度") if head in values]
        yield (
            "recategorise",
            fields,
            "；".join(f"{head}由{shown[head]}改为{values[head].strip()}" for head in changed),
        )
    if "优先标记" in values:
        yield (
            "flag",
            {"flags": _flags(values["优先标记"])},
            f"优先标记改为{values['优先标记'].strip() or '无'}",
        )
    if note:
        yield "note", {"text": note}, f"备注：{_short(note)}"


_SHORT = 20


def _short(text: str) -> str:
    said = clean(text, _SHORT + 1)
    return said if len(said) <= _SHORT else f"{said[:_SHORT]}…"


def _text(head: str, text: str) -> str:
    """A text as it is to be kept; the act puts back the numbers that the sheet showed masked."""
    if head == "问题" and not text.strip():
        raise Refused("“问题”不能是空的。", "summary")
    limit = _TEXTS[head][1]
    found = clean(text, limit + 1, lines=head == "详情")
    if len(found) > limit:
        raise Refused(f"“{head}”最多{limit}个字，请删短。")
    return found


def _category(name: str) -> int:
    found = Category.get_or_none(Category.name == name.strip(), Category.active)
    if found is None:
        raise Refused(f"没有类别“{clean(name, 30)}”，请从下拉的几项里选。", "category")
    return int(found.id)


def _urgency(label: str) -> str:
    for urgency in Urgency:
        if urgency.label == label.strip():
            return urgency.value
    raise Refused(
        f"紧急程度没有“{clean(label, 30)}”，可填：{'、'.join(u.label for u in Urgency)}。", "urgency"
    )


def _flags(words: str) -> str:
    said = words.strip()
    if said and said not in FLAG_WORDS:
        raise Refused(f"优先标记没有“{clean(words, 30)}”，可填：{'；'.join(FLAG_WORDS)}。", "flags")
    both = set(_FLAGS) if said == BOTH_FLAGS else {said}
    return " ".join(flag for word, flag in _FLAGS.items() if word in both)
