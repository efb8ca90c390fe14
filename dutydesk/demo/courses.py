"""The courses that stories take, as tables: which acts follow each other, how often, how long each waits.

A course is a row of acts of `rules/lifecycle.py`; `note:30` happens in 30 of 100 stories. `assign`, `feedback` and
`first_contact` adapt to the case: a withheld category goes by way of the chief, and nobody is told where nobody asked.
"""

from __future__ import annotations

from dataclasses import dataclass

_START = "open first_contact"
_CHECK = "pass_check feedback close"
_DONE = f"report_done {_CHECK}"
_IN_HAND = f"{_START} note:6 assign take_up note:14"

# (how often, course): what happens to an issue that is not solved where it was found.
COURSES: tuple[tuple[float, str], ...] = (
    (46, f"flag:3 {_IN_HAND} urge:8 {_DONE}"),
    (12, f"{_START} send_down take_up note:10 {_DONE}"),
    (9, f"handle_locally first_contact note:10 {_DONE}"),
    (4, f"{_START} assign send_back assign take_up note:20 urge:20 {_DONE}"),
    (1, f"{_START} assign send_back assign send_back note assign take_up urge {_DONE}"),
    (2, f"{_START} send_down take_up pass_up assign take_up {_DONE}"),
    (1, f"{_START} send_down pass_up assign take_up {_DONE}"),
    (3, f"{_IN_HAND} reassign take_up {_DONE}"),
    (2, f"recategorise amend:40 {_IN_HAND} {_DONE}"),
    (1, f"{_START} recategorise assign take_up {_DONE}"),
    (5, f"{_IN_HAND} report_done fail_check report_done {_CHECK}"),
    (2, f"{_IN_HAND} report_done pass_check unhappy rework report_done {_CHECK}"),
    (9, f"{_IN_HAND} ask_extension extend note:30 {_DONE}"),
    (1, f"{_IN_HAND} ask_extension refuse urge {_DONE}"),
    (6, f"{_IN_HAND} ask_pause pause resume note:30 {_DONE}"),
    (9, f"{_IN_HAND} ask_pool pool look_again:40 resume {_DONE}"),
    (4, "first_contact:50 reject"),
    (0.4, f"reject reconsider {_IN_HAND} {_DONE}"),
    (3, "merge"),
    (0.3, f"merge unmerge {_IN_HAND} {_DONE}"),
    (1, f"{_IN_HAND} {_DONE} reopen assign take_up {_DONE}"),
)
TO_THE_END = f"{_IN_HAND} urge:8 {_DONE}"
ON_THE_SPOT = "solve_on_spot sample_check"
# Needs collected ahead that nobody has solved yet.
UNSOLVED: tuple[tuple[float, str], ...] = (
    (20, _IN_HAND),
    (20, f"{_IN_HAND} ask_pool pool"),
    (12, f"{_IN_HAND} ask_pause pause"),
    (15, f"{_IN_HAND} report_done"),
    (15, f"{_IN_HAND} report_done pass_check"),
    (10, f"{_START} assign"),
    (8, _START),
)

# Office minutes that pass before an act, where no limit sets the pace; else how they stand to each other.
GAPS: dict[str, tuple[int, int]] = {
    "open": (10, 1100),
    "solve_on_spot": (0, 0),
    "handle_locally": (10, 240),
    "reject": (60, 700),
    "reconsider": (500, 2000),
    "merge": (15, 300),
    "unmerge": (200, 1200),
    "recategorise": (10, 120),
    "amend": (10, 200),
    "flag": (10, 200),
    "first_contact": (8, 110),
    "note": (30, 400),
    "propose_assign": (10, 90),
    "grant_assign": (20, 300),
    "assign": (5, 160),
    "send_down": (5, 160),
    "take_up": (10, 260),
    "send_back": (20, 220),
    "pass_up": (120, 900),
    "reassign": (60, 600),
    "urge": (100, 700),
    "ask_extension": (60, 500),
    "extend": (20, 420),
    "refuse": (20, 420),
    "ask_pause": (60, 500),
    "pause": (20, 420),
    "ask_pool": (100, 900),
    "pool": (20, 600),
    "resume": (10, 500),
    "look_again": (0, 450),
    "report_done": (200, 1500),
    "pass_check": (60, 1100),
    "fail_check": (60, 900),
    "feedback": (30, 900),
    "unhappy": (30, 900),
    "rework": (10, 200),
    "close": (30, 1600),
    "reopen": (900, 6000),
    "sample_check": (100, 2200),
}
# Acts before which the time of the limit does not run; the rest of a story is fitted to it.
UNCOUNTED = frozenset(
    {
        *(
            "open",
            "handle_locally",
            "reject",
            "reconsider",
            "merge",
            "unmerge",
            "recategorise",
            "flag",
            "amend",
        ),
        *("pause", "pool", "resume", "look_again", "reopen", "solve_on_spot", "sample_check"),
    }
)
LATE = 0.2  # the share of stories that take longer than their limit


@dataclass(frozen=True)
class Stage:
    """So many open cases of the own area, on a course that stops here; `age` is in office minutes before now.

    `due`: over, today, any, or later where empty. `contact`: whether somebody raised it. `proxied`: steps of others
    were entered 代录 and wait to be confirmed. `withheld`: a category that the chief assigns.
    """

    many: int
    course: str
    age: tuple[int, int]
    due: str = ""
    contact: bool | None = None
    proxied: bool = False
    withheld: bool = False
    sampled: bool = False


STAGES: tuple[Stage, ...] = (
    Stage(36, "", (5, 1100), due="any"),
    Stage(5, "open first_contact", (60, 500)),
    Stage(5, "open first_contact assign", (20, 170)),
    Stage(4, "open first_contact assign take_up", (200, 700)),
    Stage(3, "open first_contact assign take_up report_done", (300, 1300)),
    Stage(4, "open first_contact assign take_up report_done pass_check", (500, 1800), contact=True),
    Stage(3, "open first_contact assign take_up report_done pass_check feedback", (600, 2200), contact=True),
    Stage(3, "open assign take_up ask_pause pause", (1200, 4000)),
    Stage(3, "open assign take_up ask_pool pool", (3000, 9000)),
    Stage(2, "merge", (200, 1100)),
    Stage(2, "reject", (400, 1300), due="any"),
    Stage(6, "open first_contact assign take_up", (900, 2800), due="over"),
    Stage(5, "open first_contact assign take_up note", (300, 900), due="today"),
    Stage(3, "open first_contact assign send_back", (250, 900)),
    Stage(2, "open first_contact assign send_back assign send_back", (700, 1600)),
    Stage(4, "solve_on_spot", (60, 1300), sampled=True),
    Stage(3, "open assign take_up ask_extension", (300, 900)),
    Stage(2, "open propose_assign", (100, 500), withheld=True),
    Stage(2, "open assign take_up ask_pause", (300, 900)),
    Stage(2, "open assign take_up ask_pool", (600, 1500)),
    Stage(5, "open assign take_up report_done", (400, 1300), proxied=True),
    Stage(4, "flag", (60, 900), due="any", contact=True),
    Stage(3, "flag open first_contact assign take_up urge", (500, 1400), contact=True),
    Stage(2, "open send_down pass_up", (300, 900)),
    Stage(2, "open send_down", (40, 300)),
    Stage(2, "handle_locally first_contact", (100, 500)),
    Stage(2, "open assign take_up report_done fail_check", (700, 1600)),
    Stage(1, "open assign take_up report_done pass_check unhappy rework", (1000, 2500), contact=True),
    Stage(2, "open assign take_up report_done pass_check", (500, 1500), contact=False),
    Stage(2, "recategorise", (60, 600), due="any"),
    Stage(5, "open first_contact assign take_up report_done pass_check feedback close", (1000, 2400)),
    Stage(1, "open assign take_up ask_pause pause", (16_000, 18_000), due="over"),
)
