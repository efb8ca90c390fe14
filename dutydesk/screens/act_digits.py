"""Which digit an act has in the menu of a case: the same one wherever it is offered, so that the hand learns it.

Acts on one digit are never offered together: they lead on from different states, or belong to different roles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dutydesk.widgets.action_menu import Action

FOR_OTHERS, READ, REVEAL, ANSWER = "_for_others", "_read", "_reveal", "_answer"

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
        ("extend", "ask_extension"),
        ("pause", "ask_pause", "file_old"),
        ("pool", "ask_pool"),
        (FOR_OTHERS,),
        (REVEAL,),
    ),
    (
        ("source_extension",),
        (ANSWER,),
    ),
)
PLACES: dict[str, tuple[int, int]] = {
    act: (page, digit)
    for page, digits in enumerate(PAGES, 1)
    for digit, acts in enumerate(digits, 1)
    for act in acts
}
_LAST_DIGIT = 8


def placed(actions: Sequence[Action[str]]) -> list[Action[str]]:
    """The entries, each on its digit. Who has two roles at once may be offered two for one: the later one goes last."""
    taken: set[tuple[int, int]] = set()
    found = []
    for action in actions:
        place = PLACES.get(action.value, (0, 0))
        if place in taken or place == (0, 0):
            place = next(each for each in _places() if each not in taken and each not in PLACES.values())
        taken.add(place)
        found.append(replace(action, place=place))
    return found


def _places() -> Iterator[tuple[int, int]]:
    """The digits from the last page on."""
    page = len(PAGES)
    while True:
        yield from ((page, digit) for digit in range(1, _LAST_DIGIT + 1))
        page += 1
