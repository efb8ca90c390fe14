"""Which digit an act has in the menu of a case, and in that of marked cases: the same one wherever it is offered.

So the hand learns it. Acts on one digit are never offered together: they lead on from different states, or belong to
different roles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dutydesk.widgets.action_menu import Action

FOR_OTHERS, READ, LETTER = "_for_others", "_read", "_letter"

# Page by page, the digits 1 to 8 from left to right.
PAGES: tuple[tuple[tuple[str, ...], ...], ...] = (
    (
        # what leads on
        (
            *("open", "assign", "take_up", "report_done", "pass_check", "feedback"),
            *("resume", "reopen", "reconsider"),
        ),
        # another way, or back
        (
            *("solve_on_spot", "propose_assign", "send_back", "fail_check", "rework"),
            *("look_again", "sample_check", "unmerge"),
        ),
        ("reject", "send_down", "pass_up", "close", "handle_locally"),
        ("first_contact",),
        ("note",),
        ("recategorise", "reassign"),
        ("merge",),
        (READ,),
    ),
    (
        ("urge",),
        ("amend",),
        ("flag",),
        (
            "extend",
            "ask_extension",
            "source_extension",
        ),  # the last in the place of these, for a source's case
        ("pause", "ask_pause", "file_old"),
        ("pool", "ask_pool"),
        (FOR_OTHERS,),
        (LETTER, "move_area"),
    ),
)
# Marked cases are in different states: what leads on from each needs a digit of its own. All else is where the menu
# of one case has it.
PAGES_OF_MARKED: tuple[tuple[tuple[str, ...], ...], ...] = (
    (
        ("assign", "take_up"),
        ("open",),
        ("close",),
        ("propose_assign",),
        ("note",),
        ("reassign",),
        ("merge",),
        ("urgency",),
    ),
    (
        ("urge",),
        ("category",),
        ("flag",),
        ("extend", "ask_extension"),
        ("pause", "ask_pause"),
        ("pool", "ask_pool"),
        (LETTER,),
        ("move_area",),
    ),
)
_LAST_DIGIT = 8


def placed(
    actions: Sequence[Action[str]], pages: Sequence[Sequence[Sequence[str]]] = PAGES
) -> list[Action[str]]:
    """The entries, each on its digit. Who has two roles at once may be offered two for one: the later one goes last."""
    places = places_of(pages)
    taken: set[tuple[int, int]] = set()
    found = []
    for action in actions:
        place = places.get(action.value, (0, 0))
        if place in taken or place == (0, 0):
            free = _from_page(len(pages))
            place = next(each for each in free if each not in taken and each not in places.values())
        taken.add(place)
        found.append(replace(action, place=place))
    return found


def places_of(pages: Sequence[Sequence[Sequence[str]]]) -> dict[str, tuple[int, int]]:
    """Page and digit of each entry."""
    return {
        act: (page, digit)
        for page, digits in enumerate(pages, 1)
        for digit, acts in enumerate(digits, 1)
        for act in acts
    }


def _from_page(page: int) -> Iterator[tuple[int, int]]:
    """The digits from a page on."""
    while True:
        yield from ((page, digit) for digit in range(1, _LAST_DIGIT + 1))
        page += 1
