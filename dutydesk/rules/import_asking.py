"""What must be asked before a list comes in from the screen: whose it is, and what its unknown columns mean."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice

from dutydesk.models import ImportSource
from dutydesk.rules import importing, permission
from dutydesk.rules.import_rows import IGNORED, LABELS, LOOKED_FOR_HEADS, find_heads, mapping_of
from dutydesk.rules.importing import Rows
from dutydesk.session import Session
from dutydesk.vocabulary import Source

_SAMPLE = 24  # characters of a cell shown beside its header
_ROWS_LOOKED_AT = 50


@dataclass(frozen=True)
class KnownSource:
    """A source whose lists came in before, or a kind of source from which none did yet (`new`)."""

    name: str
    kind: Source
    new: bool


def sources(session: Session) -> list[KnownSource]:
    """Whose list a file may be: those known, the latest first, then the kinds by their own names. Raises NotAllowed."""
    permission.require(session, "import")
    return known_sources()


def known_sources() -> list[KnownSource]:
    """The same, for who may know."""
    known = [
        KnownSource(row.name, row.source, False)
        for row in ImportSource.select().order_by(ImportSource.changed_at.desc())
    ]
    names = {each.name for each in known}
    order = sorted(Source, key=lambda kind: kind is not Source.HOTLINE)
    return known + [KnownSource(kind.label, kind, True) for kind in order if kind.label not in names]


@dataclass(frozen=True)
class Unknown:
    """A column that means nothing to the desk yet: its header, and something that stands in it."""

    head: str
    sample: str


@dataclass(frozen=True)
class Columns:
    """What a file's columns are: those to ask about, and the fields (name, label) that none of them is yet."""

    unknown: tuple[Unknown, ...]
    free: tuple[tuple[str, str], ...]


def columns(_session: Session, source_name: str, every: Rows) -> Columns:
    """Which columns of a file must be asked about, given what is remembered for its source."""
    remembered = json.loads(importing.source_named(source_name).mapping)
    rows = list(islice(every, LOOKED_FOR_HEADS + _ROWS_LOOKED_AT))
    top = find_heads(rows)
    heads = rows[top][1] if rows else ()
    meant = mapping_of(heads, remembered)
    below = rows[top + 1 : top + 1 + _ROWS_LOOKED_AT]
    unknown = []
    for place, head in enumerate(heads):
        sample = next((cells[place] for _, cells in below if place < len(cells) and cells[place]), "")
        if (
            head
            and sample
            and place not in meant
            and remembered.get(head) != IGNORED
            and head != importing.WHY
        ):
            unknown.append(Unknown(head, " ".join(sample.split())[:_SAMPLE]))
    free = tuple((name, label) for name, label in LABELS.items() if name not in meant.values())
    return Columns(tuple(unknown), free)
