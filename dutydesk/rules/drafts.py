"""What is being typed, kept from the first pause on: no act, unaudited, its owner's alone."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from dutydesk.models import Act, Draft
from dutydesk.models.connection import write_transaction
from dutydesk.session import Session


class Kept(NamedTuple):
    """A draft that can be gone on with; `id` is that of the act to come."""

    id: str
    kind: str
    title: str
    content: dict[str, Any]
    saved_at: datetime


def keep(session: Session, draft_id: str, kind: str, title: str, content: Mapping[str, Any]) -> bool:
    """Save a draft, over its older self; answers whether. One whose act is done already is not brought back."""
    with write_transaction():
        if Act.select().where(Act.id == draft_id).exists():
            return False
        Draft.delete().where(Draft.id == draft_id, Draft.staff == session.staff_id).execute()
        Draft.insert(
            id=draft_id,
            staff=session.staff_id,
            kind=kind,
            title=title,
            content=json.dumps(dict(content), ensure_ascii=False, default=str),
            saved_at=datetime.now(UTC),
        ).execute()
    return True


def kept(session: Session) -> list[Kept]:
    """This person's drafts, the newest first."""
    rows = Draft.select().where(Draft.staff == session.staff_id).order_by(Draft.saved_at.desc())
    return [Kept(row.id, row.kind, row.title, json.loads(row.content), row.saved_at) for row in rows]


def of_act(session: Session, issue_id: int, act: str, for_others: bool = False) -> Kept | None:
    """This person's newest draft of an act on a case (代录 apart), if there is one."""
    wanted = (issue_id, act, for_others)
    for draft in kept(session):
        told = draft.content
        if draft.kind == "act" and (told.get("_issue"), told.get("_act"), told.get("_for_others")) == wanted:
            return draft
    return None


def of_many(session: Session, act: str, issue_ids: Collection[int]) -> tuple[Kept | None, Kept | None]:
    """This person's newest draft of an act on just these cases, and the newest of that act on others."""
    these: Kept | None = None
    others: Kept | None = None
    for draft in kept(session):
        if draft.kind != "bulk" or draft.content.get("_act") != act:
            continue
        if {key for key, _version in draft.content.get("_rows", ())} == set(issue_ids):
            these = these or draft
        else:
            others = others or draft
    return these, others


def throw_away(session: Session, draft_id: str) -> None:
    """Delete one of this person's drafts."""
    with write_transaction():
        Draft.delete().where(Draft.id == draft_id, Draft.staff == session.staff_id).execute()


def last_words(folder: Path, session: Session, drafts: Mapping[str, Mapping[str, Any]]) -> None:
    """Write drafts to files that only this account can read, when the database cannot be reached any more."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for draft_id, draft in drafts.items():
        path = folder / f"draft-{session.staff_id}-{draft_id}.json"
        path.touch(mode=0o600)
        path.chmod(0o600)  # one that is there already, too
        path.write_text(json.dumps(dict(draft), ensure_ascii=False, default=str), encoding="utf-8")


def take_in(folder: Path, session: Session) -> int:
    """Bring drafts that were left as files into the database; answers how many."""
    taken = 0
    for path in sorted(folder.glob(f"draft-{session.staff_id}-*.json")):
        draft_id = path.stem.split("-", 2)[2]
        try:
            draft = json.loads(path.read_text(encoding="utf-8"))
            kept = keep(session, draft_id, draft["kind"], draft.get("title", ""), draft["content"])
        except (ValueError, KeyError, TypeError):
            path.rename(path.with_suffix(".unreadable"))  # somebody may still want to read it
            continue
        path.unlink()
        taken += kept
    return taken
