"""A role whose place is known: who holds it next, or stands in while nobody does. Of units and departments."""

from __future__ import annotations

from typing import Any

from dutydesk.rules import role_grants
from dutydesk.rules.role_grants import Scope
from dutydesk.screens.people.acting import fill_in
from dutydesk.screens.people.listing import PeopleList
from dutydesk.vocabulary import Role
from dutydesk.widgets.action_menu import Action, ActionMenu


async def vacancy_menu(screen: PeopleList, role: Role, scope: Scope, town: int | None, place: str) -> None:
    """What can be done with a vacant post, or who does it."""
    found = await screen.whom("keep_people", town, "任命、请人代理找谁办")
    if not found:
        found = [
            Action("give", "任命", "从某一天起"),
            Action("stand_in", "请人代理", "从哪天到哪天，到期自行结束"),
        ]
    chosen = await screen.show(ActionMenu(f"{place}　{role.label}　空缺", found))
    if chosen is not None and chosen.startswith("whom:"):
        await screen.tell_whom(chosen)
    elif chosen is not None:
        screen.done(await _give(screen, role, scope, f"{place}　{role.label}　现在：空缺", chosen))


async def _give(screen: PeopleList, role: Role, scope: Scope, head: str, what: str) -> str | None:
    stands_in = what == "stand_in"

    def give(session: Any, fields: dict[str, Any], act_id: str) -> str:
        staff, since, until = int(fields["staff"]), fields["since"], fields["until"]
        return role_grants.give(session, staff, role, scope, since, act_id, until, stands_in)

    form, title = ("StandInForm", "代理") if stands_in else ("HolderForm", "任命")
    return await fill_in(screen, title, head, form, give, {"since": "今天"})
