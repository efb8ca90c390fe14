"""Where a desk was that ended because it was left alone: kept once, gone to once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from dutydesk.models import DeskPlace
from dutydesk.models.connection import write_transaction
from dutydesk.session import Session

_FRESH = timedelta(hours=12)  # the next day begins with 今日


def keep(session: Session, place: Mapping[str, Any]) -> None:
    """Keep a place, in place of the one before."""
    with write_transaction():
        DeskPlace.delete().where(DeskPlace.staff == session.staff_id).execute()
        DeskPlace.insert(
            staff=session.staff_id,
            place=json.dumps(dict(place), ensure_ascii=False),
            left_at=datetime.now(UTC),
        ).execute()


def take(session: Session) -> dict[str, Any] | None:
    """The place where this person's desk was, which is forgotten with that; None when there is none, or an old one."""
    row = DeskPlace.get_or_none(DeskPlace.staff == session.staff_id)
    if row is None:
        return None
    with write_transaction():
        DeskPlace.delete().where(DeskPlace.staff == session.staff_id).execute()
    if datetime.now(UTC) - row.left_at > _FRESH:
        return None
    found: dict[str, Any] = json.loads(row.place)
    return found
