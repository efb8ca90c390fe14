"""The indexes that give the ledger's lists in their order, whatever the size of the table.

The columns before the order are the scope: an area's, a subdistrict's, a unit's desk, the whole district, or what was
given to a force of an area, to somebody by key, to a handler. Importing this adds them to the model; only making and
comparing schemas needs it, so that opening the desk does without.

Names matter: without statistics SQLite takes, of two indexes that serve alike, the one made later, and whoever makes
them anew goes by their names. So a wider one comes before a narrower one in the alphabet: all, open, to_contact; holder, team.
"""

from __future__ import annotations

from typing import Any

from dutydesk.models import issue_lists as lists
from dutydesk.models.issues import Issue

_AREA, _TOWN, _UNIT, _ID = Issue.area, Issue.subdistrict, Issue.unit, Issue.id
_PLACES: dict[str, tuple[Any, ...]] = {"area": (_AREA,), "town": (_TOWN,), "unit": (_UNIT,), "district": ()}
_HANDS: dict[str, tuple[Any, ...]] = {
    "handler": (Issue.handler,),
    "holder": (Issue.assignee_kind, Issue.assignee_key),
    "team": (Issue.area, Issue.assignee_key),
}


def _indexed(name: str, columns: tuple[Any, ...], where: Any = None) -> None:
    Issue.add_index(Issue.index(*columns, _ID, where=where, name=f"issue_{name}"))


def _given(scope: str, where: Any) -> Any:
    if scope != "team":
        return where
    return lists.TO_A_FORCE if where is None else lists.TO_A_FORCE & where


def _add_indexes() -> None:
    for scope, columns in (_PLACES | _HANDS).items():
        if columns:
            _indexed(f"all_{scope}", columns, _given(scope, None))
        _indexed(f"open_{scope}", columns, _given(scope, lists.OPEN))
        _indexed(f"due_{scope}", (*columns, Issue.due_at), _given(scope, lists.RUNNING_NOW))
        if scope in _HANDS:
            _indexed(f"hand_{scope}", columns, _given(scope, lists.ON_HAND))
        else:
            _indexed(
                f"first_{scope}", (*columns, Issue.beyond_neighbourhood, Issue.strongly_felt), lists.FIRST
            )
    for scope in ("area", "town", "district"):
        _indexed(f"sent_back_{scope}", _PLACES[scope], lists.SENT_BACK)
    _indexed("feedback_area", (_AREA, Issue.feedback_given), lists.IN_FEEDBACK)
    for scope in ("area", "town", "unit"):
        _indexed(f"sample_{scope}", _PLACES[scope], lists.SAMPLE)
    _indexed("contact_area", (_AREA, Issue.first_contact_due_at), lists.TO_CONTACT)
    _indexed("to_contact_area", (_AREA,), lists.TO_CONTACT)
    _indexed("paused_area", (_AREA, Issue.paused_until), lists.PAUSED)
    _indexed("pooled_area", (_AREA, Issue.look_again_on), lists.POOLED)
    _indexed("urgency_area", (_AREA, Issue.urgency), lists.OPEN)
    _indexed("waiting_first_area", (_AREA,), lists.WAITING_FIRST)
    _indexed("given_area", (_AREA, Issue.category), lists.GIVEN)


_add_indexes()
