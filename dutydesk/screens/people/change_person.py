"""The demo's F9: become somebody else, so that one person can walk a case through everyone's hands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dutydesk.rules import signing_on
from dutydesk.vocabulary import Role
from dutydesk.widgets.action_menu import Action, ActionMenu

if TYPE_CHECKING:
    from dutydesk.app import DutyDesk


async def choose_person(app: DutyDesk) -> tuple[str, Role] | None:
    """First the role, then who holds it hereabouts; the staff number with the role, or None."""
    roles = [Action(role, role.label) for role in Role]
    role = await app.show(ActionMenu("换成哪个岗位？（演示）", roles))
    if role is None:
        return None
    people = await app.desk.read(signing_on.holders_nearby, role)
    if len(people) == 1:
        return people[0].number, role
    options = [
        Action(each.number, each.place, f"{each.name}　{each.number}")
        if role in signing_on.FOR_DEPARTMENTS
        else Action(each.number, each.name, f"{each.place}　{each.number}")
        for each in people
    ]
    number = await app.show(ActionMenu(f"哪一位{role.label}？", options)) if options else None
    return (number, role) if number else None
