"""The append-only hash chains: one for each subdistrict, one for the district.

A link's hash covers who, when, from where, which act, on what and a *salted digest* of the values. The values
stand beside it and may be deleted by retention: the chain stays whole, the personal data is gone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from peewee import JOIN

from dutydesk.models import Act, AuditEntry, AuditHead, AuditValues, Subdistrict
from dutydesk.models.connection import write_transaction

DISTRICT = "district"


def chain_of(subdistrict_id: int | None) -> str:
    """The chain to which acts in a subdistrict belong."""
    if subdistrict_id is None:
        return DISTRICT
    return str(Subdistrict.get_by_id(subdistrict_id).code)


def digest_of(salt: str, content: str) -> str:
    """The salted digest that the chain covers."""
    return hashlib.sha256(f"{salt}\n{content}".encode()).hexdigest()


def hash_of(fields: tuple[str, ...]) -> str:
    """A link's hash over its fields, the one before among them."""
    return hashlib.sha256("\x1f".join(fields).encode()).hexdigest()


def _fields(entry: AuditEntry) -> tuple[str, ...]:
    moment = entry.at if isinstance(entry.at, datetime) else datetime.fromisoformat(entry.at)
    return (
        entry.previous,
        entry.chain,
        str(entry.sequence),
        entry.act,
        moment.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.staff_number,
        entry.came_from,
        entry.name,
        entry.subject,
        entry.digest,
    )


def link(
    act: Act, staff_number: str, chain: str, subject: str, values: Any
) -> tuple[AuditEntry, AuditValues]:
    """A link for an act, with its values, both unsaved; `close` gives it its place in the chain."""
    import secrets  # brings random and hmac along, which only a write needs

    content = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    salt = secrets.token_hex(16)
    entry = AuditEntry(
        chain=chain,
        act=act.id,
        at=act.at,
        staff_number=staff_number,
        came_from=act.came_from,
        name=act.name,
        subject=subject,
        digest=digest_of(salt, content),
    )
    return entry, AuditValues(salt=salt, content=content)


def close(entry: AuditEntry, sequence: int, previous: str) -> None:
    """Give a link its place: its number in the chain and the hash of the link before."""
    entry.sequence, entry.previous = sequence, previous
    entry.hash = hash_of(_fields(entry))


def append(act: Act, staff_number: str, chain: str, subject: str, values: Any) -> None:
    """Add a link for an act; the last thing in its transaction, since it takes the lock on the chain's head."""
    entry, kept = link(act, staff_number, chain, subject, values)
    AuditHead.insert(chain=chain).on_conflict_ignore().execute()
    AuditHead.update(sequence=AuditHead.sequence + 1).where(AuditHead.chain == chain).execute()
    head = AuditHead.get_by_id(chain)
    close(entry, head.sequence, head.hash)
    entry.save(force_insert=True)
    AuditValues.insert(entry=entry.id, salt=kept.salt, content=kept.content).execute()
    AuditHead.update(hash=entry.hash).where(AuditHead.chain == chain).execute()


class Problem(NamedTuple):
    """The first thing that is off in a chain."""

    chain: str
    sequence: int
    what: str


def verify(chain: str) -> Problem | None:
    """Walk one chain from its beginning; the first changed, missing or inserted link, or None."""
    previous, expected = "", 1
    entries = (
        AuditEntry.select(AuditEntry, AuditValues)
        .join(AuditValues, JOIN.LEFT_OUTER, on=(AuditValues.entry == AuditEntry.id), attr="kept")
        .where(AuditEntry.chain == chain)
        .order_by(AuditEntry.sequence)
    )
    for entry in entries.iterator():
        if entry.sequence != expected:
            return Problem(chain, expected, "缺少这一条")
        if entry.previous != previous:
            return Problem(chain, entry.sequence, "与上一条不衔接")
        if entry.hash != hash_of(_fields(entry)):
            return Problem(chain, entry.sequence, "内容被改动过")
        kept = getattr(entry, "kept", None)
        if kept is not None and kept.salt is not None and entry.digest != digest_of(kept.salt, kept.content):
            return Problem(chain, entry.sequence, "记录的前后值被改动过")
        previous, expected = entry.hash, expected + 1
    head = AuditHead.get_or_none(AuditHead.chain == chain)
    if head is None and expected > 1:
        return Problem(chain, expected - 1, "链头记录不见了")
    if head and (head.sequence != expected - 1 or head.hash != previous):
        return Problem(chain, expected, "链尾被截断")
    return None


def chains() -> list[str]:
    """All chains that have links or a head."""
    with_links = {row.chain for row in AuditEntry.select(AuditEntry.chain).distinct()}
    return sorted(with_links | {row.chain for row in AuditHead.select()})


def _anchors(path: Path) -> Iterator[tuple[str, str, int, str]]:
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        parts = line.split("\t")
        if len(parts) == 4 and parts[2].isdigit():
            yield parts[0], parts[1], int(parts[2]), parts[3]


def newest() -> datetime | None:
    """When the latest entry was written, None where there is none."""
    last = AuditEntry.select(AuditEntry.at).order_by(AuditEntry.at.desc()).first()
    return last.at if last is not None else None


def anchor_heads(path: Path, today: date) -> None:
    """Write the heads' hashes outside the database, once a day, so that a tail cut off is seen later."""
    if any(day == today.isoformat() for day, *_ in _anchors(path)):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        for head in AuditHead.select().order_by(AuditHead.chain):
            file.write(f"{today.isoformat()}\t{head.chain}\t{head.sequence}\t{head.hash}\n")


def verify_anchors(path: Path) -> Problem | None:
    """Compare the heads kept outside with the links inside; the first that does not stand there any more."""
    for day, chain, sequence, kept in _anchors(path):
        if sequence == 0:
            continue
        entry = AuditEntry.get_or_none(AuditEntry.chain == chain, AuditEntry.sequence == sequence)
        if entry is None or entry.hash != kept:
            return Problem(chain, sequence, f"与{day}在库外留存的链头不符")
    return None


def rebuild_heads() -> None:
    """Set every head to its chain's last link; for the bulk fill, which writes links by itself."""
    with write_transaction():
        for chain in chains():
            last = (
                AuditEntry.select()
                .where(AuditEntry.chain == chain)
                .order_by(AuditEntry.sequence.desc())
                .first()
            )
            if last:
                AuditHead.delete().where(AuditHead.chain == chain).execute()
                AuditHead.insert(chain=chain, sequence=last.sequence, hash=last.hash).execute()
