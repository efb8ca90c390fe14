"""The sheet that a source wants its answers in: its headers are asked for once, and remembered for the source.

The source gives an empty sheet; of each of its headers it is found by name, or asked, which part of an answer stands
below it. They are kept in the order of the source's sheet.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from itertools import islice
from pathlib import Path

from dutydesk.models import ImportSource
from dutydesk.rules import acts, answers, importing, permission
from dutydesk.rules.answers import FIELDS
from dutydesk.rules.errors import Refused
from dutydesk.rules.exporting import Column, Sheet
from dutydesk.rules.import_asking import KnownSource, known_sources
from dutydesk.rules.import_rows import field_named, find_heads, plain
from dutydesk.session import Session
from dutydesk.text import clean
from dutydesk.vocabulary import Source

EMPTY = ""  # a column of the source's that stays empty
_KEPT = "answers"  # in the source's defaults
_OUR_OWN = frozenset({Source.PATROL, Source.JOINT_PATROL, Source.VISIT, Source.MEETING})
_TOP = 10  # rows in which the headers are looked for
_WIDE = {"summary": 40, "outcome": 40, "told": 36, "answer": 60}
_SHOWN = 200
Shape = tuple[tuple[str, str], ...]  # header, field of the answer


@cache
def _names() -> dict[str, str]:
    import tomllib

    path = Path(__file__).parent.parent / "data" / "answer_headers.toml"
    table: dict[str, list[str]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return {plain(name): field for field, names in table.items() for name in names}


def part_named(head: str) -> str | None:
    """The part of an answer that a header asks for; None where it is not known."""
    found = _names().get(plain(head)) or field_named(head)
    return found if found in FIELDS else None


@dataclass(frozen=True)
class Asked:
    """A source's sheet: its headers, each with the part of the answer that it is known to mean, None where not."""

    heads: tuple[tuple[str, str | None], ...]

    @property
    def unknown(self) -> list[str]:
        """The headers that must be asked about."""
        return [head for head, part in self.heads if part is None]

    def shape(self, meant: Mapping[str, str]) -> Shape:
        """With what was said of the unknown ones. Raises Refused for a part that there is not."""
        if strange := next((part for part in meant.values() if part and part not in FIELDS), ""):
            raise Refused(
                f"答复里没有“{strange}”。可用：{'、'.join(f'{k}（{v}）' for k, v in FIELDS.items())}。"
            )
        return tuple((head, meant.get(head, part or EMPTY)) for head, part in self.heads)


def asked_by(rows: Iterable[tuple[int, Sequence[str]]]) -> Asked:
    """What an empty sheet of the source asks for. Raises Refused where it has no headers."""
    top = [row for row, _ in zip(rows, range(_TOP), strict=False)]
    if not top:
        raise Refused("这张表是空的，没有表头。请向来源要一张带表头的空表。")
    known = [sum(part_named(cell) is not None for cell in cells) for _, cells in top]
    best = known.index(max(known)) if max(known) else find_heads(top)
    heads = [clean(cell) for cell in top[best][1]]
    return Asked(tuple((head, part_named(head)) for head in heads if head))


def sources(session: Session) -> list[KnownSource]:
    """To whom answers may go: known sources first, none of the desk's own. Raises NotAllowed."""
    permission.require(session, "export")
    return [each for each in known_sources() if each.kind not in _OUR_OWN]


def source_called(name: str) -> KnownSource:
    """A source by the name of its list, or by its kind (`12345`). Raises Refused where there is none."""
    found = ImportSource.get_or_none(ImportSource.name == name)
    if found is not None:
        return KnownSource(found.name, found.source, False)
    kind = answers.source_named(name)
    return KnownSource(kind.label, kind, True)


def shape_of(_session: Session, name: str) -> Shape | None:
    """The headers that a source wants; none of its own (empty) where the desk's do, None where nobody was asked."""
    kept = json.loads(importing.source_named(name).defaults).get(_KEPT)
    return None if kept is None else tuple((head, part) for head, part in kept)


def remember(session: Session, name: str, kind: Source, shape: Shape, act_id: str) -> None:
    """Keep what a source wants. Raises NotAllowed unless the session may export."""
    permission.require(session, "export")
    with acts.act(session, act_id, "answers.shape") as acting:
        source = importing.source_named(name, kind)
        before = json.loads(source.defaults).get(_KEPT)
        source.defaults = json.dumps(json.loads(source.defaults) | {_KEPT: shape}, ensure_ascii=False)
        new = source.id is None
        source.changed_at = datetime.now(UTC) if new else source.changed_at
        source.save(force_insert=new)
        acting.about("import", source.id, name, session.subdistrict_id)
        acting.changed(f"{name}要的答复表", {"heads": before}, {"heads": shape})


def take_shape(
    session: Session, source: KnownSource, path: Path, meant: Mapping[str, str], say: Callable[[str], None]
) -> None:
    """Take the headers of a file for what a source wants, with what is meant by those that are not known.

    Says how each was taken. Raises Refused where one is neither known nor said, NotAllowed.
    """
    from dutydesk.documents import reading

    try:
        asked = asked_by(reading.stream(path))
    except reading.Unreadable as problem:
        raise Refused(str(problem)) from None
    if unsaid := [head for head in asked.unknown if head not in meant]:
        raise Refused(
            f"认不出这些列：{'、'.join(unsaid)}。请用 --map 列=部分 指明，部分可以是"
            f"{'、'.join(f'{key}（{label}）' for key, label in FIELDS.items())}；留空写 --map {unsaid[0]}="
        )
    shape = asked.shape(meant)
    remember(session, source.name, source.kind, shape, str(uuid.uuid4()))
    say("表头已记住：" + "，".join(f"{head}→{FIELDS.get(part, '留空')}" for head, part in shape) + "。")


def sheet(session: Session, source: KnownSource, since: date) -> Sheet:
    """The answers to the cases of a source that changed since a day, as it wants them.

    Raises NotAllowed unless the session may export.
    """
    permission.require(session, "export")
    shape = shape_of(session, source.name) or tuple((head, part) for part, head in FIELDS.items())
    places = [list(FIELDS).index(part) if part else None for _, part in shape]
    heads = tuple(Column(head, _WIDE.get(part, 16)) for head, part in shape)
    rows = answers.answers(session, source.kind, since, list_id(source.name))
    ordered = (tuple(None if place is None else row[place] for place in places) for row in rows)
    return Sheet(f"办理答复·{source.name}·{since:%Y-%m-%d}起", heads, ordered)


def list_id(name: str) -> int | None:
    """The source's list of a name, where lists of it came in."""
    found = ImportSource.get_or_none(ImportSource.name == name)
    return int(found.id) if found else None


def pieces(session: Session, source: KnownSource, since: date) -> Iterator[str]:
    """The same answers as text to paste, each below its number. Raises NotAllowed unless the session may export."""
    for row in answers.answers(session, source.kind, since, list_id(source.name)):
        said = dict(zip(FIELDS, row, strict=True))
        yield f"【{said['source_number'] or said['number']}】\n{said['answer']}"


def texts(session: Session, source: KnownSource, since: date) -> str:
    """The first 200 of them, one below the other."""
    told = list(islice(pieces(session, source, since), _SHOWN + 1))
    if len(told) > _SHOWN:
        told[_SHOWN] = f"只列出前{_SHOWN}件；做成文本或表就是全部的。"
    return "\n\n".join(told)
