"""A row of somebody's list as a case would have it: its columns known by name, each cell read or refused in words."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from dutydesk.forms.when import SHANGHAI, parse_day, parse_moment
from dutydesk.models import Issue, Unit
from dutydesk.rules import permission
from dutydesk.rules.evidence import Vocabulary, likenesses
from dutydesk.rules.exporting import mark_of
from dutydesk.rules.organisation import areas_of_units, row_id
from dutydesk.session import Session
from dutydesk.text import LINE_LIMIT, PROSE_LIMIT, clean, narrow
from dutydesk.vocabulary import Urgency

DAMAGED = "#已损坏#"  # how `documents.reading` marks a number that Excel has rounded
LABELS: dict[str, str] = {
    "source_number": "来源编号", "summary": "问题", "detail": "详情", "unit": "居民区", "spot": "具体位置",
    "category": "类别", "urgency": "紧急程度", "reported_at": "发现时间", "reporter_name": "反映人",
    "reporter_phone": "电话", "source_due": "来源时限", "answer": "答复", "answered_at": "答复时间",
}  # fmt: skip
FIELDS = tuple(LABELS)
IGNORED = "-"
_MOMENTS = ("reported_at", "source_due", "answered_at")
LOOKED_FOR_HEADS = 10  # rows at the top of a file
_LIMITS = {"summary": 1000, "detail": PROSE_LIMIT, "answer": 32_767}  # characters; a line's of all others
_HEADLINE = 100  # characters of a problem in a line; what is longer begins the detail as well
NOTHING = mark_of("")
MEANS, MEANT = "means", ("unit", "category", "urgency")
_SUMMARY = 40  # characters of the detail that stand for a missing title


@cache
def _names() -> dict[str, str]:
    """Each known header, without blanks and brackets, with its field."""
    import tomllib

    path = Path(__file__).parent.parent / "data" / "import_headers.toml"
    table: dict[str, list[str]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        plain(name): field_name
        for field_name, names in table.items()
        for name in [*names, LABELS[field_name]]
    }


def plain(header: str) -> str:
    """A header without its blanks, brackets, and signs."""
    return narrow(header).split("(")[0].replace(" ", "").replace("*", "").replace(":", "").strip()


def field_named(header: str) -> str:
    """The field that a header means; empty where none is known."""
    return _names().get(plain(header), "")


def _known_in(cells: Sequence[str]) -> int:
    return sum(bool(field_named(cell)) for cell in cells)


def known_heads(rows: Sequence[tuple[int, Sequence[str]]]) -> int:
    """How many known headers stand in the best of the first ten rows."""
    return max((_known_in(cells) for _, cells in rows[:LOOKED_FOR_HEADS]), default=0)


def find_heads(rows: Sequence[tuple[int, Sequence[str]]]) -> int:
    """The place of the row of headers: of the first ten, the one in which most are known."""
    known = [_known_in(cells) for _, cells in rows[:LOOKED_FOR_HEADS]]
    best: int = max(known, default=0)
    return known.index(best) if best else 0


def mapping_of(heads: Sequence[str], remembered: Mapping[str, str]) -> dict[int, str]:
    """Which column is which field: as remembered for the source, else by name; each field once."""
    found: dict[int, str] = {}
    for place, head in enumerate(heads):
        chosen = remembered.get(head) or field_named(head)
        if chosen and chosen != IGNORED and chosen not in found.values():
            found[place] = chosen
    return found


@dataclass(frozen=True)
class Places:
    """What names of places and categories mean, and which places are within reach; read once for a file."""

    units: dict[str, int]
    names: re.Pattern[str]
    session: Session
    within: dict[int, bool]  # by area, whether the session may import into it
    out_of_reach: dict[int, str]
    categories: dict[str, int]
    words: Vocabulary

    @classmethod
    def read(cls, session: Session) -> Places:
        """All units with their area of today, all active categories."""
        units = list(Unit.select())
        names = {unit.name: unit.id for unit in units} | {unit.code: unit.id for unit in units}
        longest_first = sorted((unit.name for unit in units if len(unit.name) > 2), key=len, reverse=True)
        areas = areas_of_units(session.day)
        within = {area: permission.covers(session, "import", area) for area in set(areas.values())}
        no = {unit.id: _NO_AREA for unit in units if unit.id not in areas}
        no |= {unit_id: _NOT_YOURS for unit_id, area in areas.items() if not within[area]}
        vocabulary = Vocabulary.read()
        categories = {name: row.id for row, _ in vocabulary.words for name in (row.name, row.code)}
        pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
        return cls(names, pattern, session, within, no, categories, vocabulary)

    def reaches(self, area_id: int) -> bool:
        """Whether cases of an area are this session's to import, of one that was taken over too."""
        if area_id not in self.within:
            self.within[area_id] = permission.covers(self.session, "import", area_id)
        return self.within[area_id]

    def unit_in(self, text: str) -> int | None:
        """The unit whose whole name stands in a text, the longest such name."""
        named = self.names.findall(text)
        return self.units[max(named, key=len)] if named else None


_NO_AREA = "这个单元今天不属于任何片区，请管理员核对片区划分"
_NOT_YOURS = "不在您的职责范围内，请由该片区或街镇的人导入"


@dataclass
class Read:
    """A row as it was read: the texts by field, what they mean, and what is wrong by field."""

    number: int
    cells: Sequence[str]
    said: dict[str, str] = field(default_factory=dict)
    means: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    heavy: bool = False  # brings more than a new line in the ledger

    @property
    def key(self) -> str:
        """来源编号, or the digest of what it says."""
        if self.said.get("source_number"):
            return self.said["source_number"]
        told = "|".join(self.said.get(name, "") for name in ("summary", "detail", "reported_at"))
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    @property
    def texts(self) -> dict[str, str]:
        """The texts of the case as the row has them: a long headline is whole in the detail."""
        said, short = self.said, self.means["summary"]
        detail, whole = said.get("detail", ""), said.get("summary", "")
        if whole and whole != short:
            detail = f"{whole}\n{detail}".strip()
        return {"summary": short, "detail": detail, "spot": said.get("spot", "")}

    @property
    def marks(self) -> dict[str, str]:
        """A fingerprint of each field: enough to tell what a newer list changes, and no personal data."""
        return {name: mark_of(text) for name, text in (self.said | self.texts).items()}

    @cached_property
    def content(self) -> str:
        """What is kept of it: its marks, and what its place, category and urgency meant."""
        meant = {name: self.means.get(name) for name in MEANT}
        return json.dumps(self.marks | {MEANS: meant}, sort_keys=True)

    @property
    def why(self) -> str:
        """All that is wrong with it, in one cell."""
        return "；".join(f"{LABELS.get(name, name)}：{words}" for name, words in self.wrong.items())


def same_marks(one: str, other: str) -> bool:
    """Whether a list says the same as before of a row, given what was kept of it each time."""
    if one == other:
        return True
    first, second = json.loads(one), json.loads(other)
    return {**first, MEANS: None} == {**second, MEANS: None}


def read_row(
    number: int,
    cells: Sequence[str],
    mapping: Mapping[int, str],
    places: Places,
    defaults: Mapping[str, str],
) -> Read:
    """Read one row; what cannot be read stands in `wrong`, each with what to do."""
    row = Read(number, cells)
    for place, name in mapping.items():
        text = cells[place] if place < len(cells) else ""
        limit = _LIMITS.get(name, LINE_LIMIT)
        row.said[name] = clean(text, limit + 1, lines=name in ("detail", "answer"))
        if len(row.said[name]) > limit:
            row.wrong[name] = f"超过{limit}个字，请删短"
        if text.startswith(DAMAGED):
            row.wrong[name] = "超过15位，Excel 已改成近似数，请把这一列设为文本后从来源重新导出"
    _summary(row)
    _moments(row)
    _place(row, places, defaults)
    _category(row, places, defaults)
    _urgency(row)
    return row


def _summary(row: Read) -> None:
    said = row.said
    text = said.get("summary") or said.get("detail", "").replace("\n", " ")[:_SUMMARY]
    row.means["summary"] = text if len(text) <= _HEADLINE else f"{text[: _HEADLINE - 1]}…"
    if not text:
        row.wrong["summary"] = "是空的，请填写是什么问题"


# A list is read on another day than it was written: 昨天, 周五, 26日 or a time alone would mean another day here.
_DATED = re.compile(r"\s*(\d{8}|\d{1,4}\s*[-/.年月]\s*\d)")


def _moments(row: Read) -> None:
    now = datetime.now(UTC)
    for name in _MOMENTS:
        text = row.said.get(name, "")
        if not text:
            continue
        if not _DATED.match(narrow(text)):
            row.wrong[name] = (
                f"“{text[:20]}”没有写明是哪月哪日，请写明日期，如 2026-11-24 或 2026-11-24 15:30"
            )
            continue
        try:
            moment = _moment(text, name == "source_due", now.astimezone(SHANGHAI))
        except ValueError:
            row.wrong[name] = f"“{text[:20]}”不是看得懂的日期，请写成 2026-11-24 或 2026-11-24 15:30"
            continue
        if name != "source_due" and moment > now:
            row.wrong[name] = f"“{text[:20]}”还没到，请核对年月日"
        row.means[name] = moment
    if row.said.get("answer") and "answered_at" not in row.means and "answered_at" not in row.wrong:
        row.means["answered_at"] = now


def _moment(text: str, end_of_day: bool, now: datetime) -> datetime:
    try:
        return parse_moment(text, now).astimezone(UTC)
    except ValueError:
        day = parse_day(text, now.date())
    return datetime.combine(day, time(18) if end_of_day else time(), SHANGHAI).astimezone(UTC)


def _place(row: Read, places: Places, defaults: Mapping[str, str]) -> None:
    said = row.said.get("unit", "")
    found = places.units.get(said)
    if not found:
        told = " ".join(row.said.get(name, "") for name in ("unit", "spot", "summary", "detail"))
        found = places.unit_in(told) or row_id(defaults.get("unit"))
    if not found:
        words = f"“{said[:20]}”不在治理单元里" if said else "没有写，文字里也没有找到"
        row.wrong["unit"] = f"{words}。请写全名；没写明地点的也可以统一归到一处"
        return
    if reason := places.out_of_reach.get(found):
        row.wrong["unit"] = reason
    row.means["unit"] = found


def _category(row: Read, places: Places, defaults: Mapping[str, str]) -> None:
    said = row.said.get("category", "")
    found = places.categories.get(said) or _by_words(row, places) or row_id(defaults.get("category"))
    if found:
        row.means["category"] = found
    else:
        words = f"“{said[:20]}”不在类别里" if said else "没有写，文字也看不出"
        row.wrong["category"] = f"{words}。请写本单位的类别名；看不出类别的也可以统一归到一类"


def _by_words(row: Read, places: Places) -> int | None:
    told = Issue(summary=row.means.get("summary", ""), detail=row.said.get("detail", ""), spot="")
    found = likenesses(told, places.words)
    return found[0].category.id if found else None


def _urgency(row: Read) -> None:
    said = row.said.get("urgency", "")
    by_label = {urgency.label: urgency for urgency in Urgency}
    if not said:
        row.means["urgency"] = Urgency.NORMAL
    elif said in by_label:
        row.means["urgency"] = by_label[said]
    else:
        row.wrong["urgency"] = f"“{said[:10]}”不认识，请写{'、'.join(by_label)}"
