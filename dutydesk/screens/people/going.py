"""Which page a target of 人员 opens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dutydesk.screens.base import DeskScreen


def page_of(kind: str, key: Any = None) -> DeskScreen:
    """The page of a place, a person, a department, or one of the lists."""
    return _PAGES[kind](key)


def first_page(target: str) -> DeskScreen:
    """The page with which the duty opens: a list by its name, `person:3`, or the tree."""
    kind, _, key = target.partition(":")
    return page_of(kind or "tree", int(key) if key else None)


def _tree(key: Any) -> DeskScreen:
    from dutydesk.screens.people.tree import TreeScreen

    return TreeScreen(*key) if key else TreeScreen()


def _place(kind: str) -> Callable[[Any], DeskScreen]:
    def page(key: Any) -> DeskScreen:
        if kind == "unit":
            from dutydesk.screens.people.unit import UnitScreen

            return UnitScreen(key)
        from dutydesk.screens.people.place import AreaScreen

        return AreaScreen(key)

    return page


def _person(key: Any) -> DeskScreen:
    from dutydesk.screens.people.person import PersonScreen

    return PersonScreen(key)


def _keys(key: Any) -> DeskScreen:
    from dutydesk.screens.people.keys import KeysScreen

    return KeysScreen(key)


def _roster(key: Any) -> DeskScreen:
    from dutydesk.screens.people.roster import RosterScreen

    return RosterScreen(key)


def _postings(key: Any) -> DeskScreen:
    from dutydesk.screens.people.postings import GroupsScreen, PostingsScreen

    return PostingsScreen(key) if key is not None else GroupsScreen()


def _departments(_key: Any) -> DeskScreen:
    from dutydesk.screens.people.departments import DepartmentsScreen

    return DepartmentsScreen()


def _department(key: Any) -> DeskScreen:
    from dutydesk.screens.people.departments import DepartmentScreen

    return DepartmentScreen(key)


def _sponsors(_key: Any) -> DeskScreen:
    from dutydesk.screens.people.departments import SponsorsScreen

    return SponsorsScreen()


def _duties(key: Any) -> DeskScreen:
    from dutydesk.screens.people.duties import DutiesScreen

    return DutiesScreen(key)


def _questions(_key: Any) -> DeskScreen:
    from dutydesk.screens.people.duties import QuestionsScreen

    return QuestionsScreen()


def _issues(key: Any) -> DeskScreen:
    """The ledger with a question put to it."""
    from dutydesk.screens.issues import IssuesScreen

    screen = IssuesScreen()
    screen.question = key
    return screen


_PAGES: dict[str, Callable[[Any], DeskScreen]] = {
    "tree": _tree,
    "subdistrict": lambda key: _tree(("subdistrict", key)),
    "area": _place("area"),
    "unit": _place("unit"),
    "person": _person,
    "keys": _keys,
    "roster": _roster,
    "postings": _postings,
    "departments": _departments,
    "department": _department,
    "sponsors": _sponsors,
    "duties": _duties,
    "questions": _questions,
    "issues": _issues,
}
