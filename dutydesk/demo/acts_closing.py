"""反馈, 销项, 抽查 and 重开 as the demo tells them; mirrors `rules/closing`."""

from __future__ import annotations

import zlib

from dutydesk.demo.case import Case
from dutydesk.demo.stories import LEVELS, Teller, act, back_to_the_area, said_once


@act("feedback")
def _feedback(teller: Teller, case: Case) -> None:
    _feed_back(teller, case, teller.rng.random() < 0.94)


@act("unhappy")
def _unhappy(teller: Teller, case: Case) -> None:
    _feed_back(teller, case, False)


def _feed_back(teller: Teller, case: Case, satisfied: bool) -> None:
    words = teller.words
    own = case.kind.words.feedback
    if not satisfied:
        told = words.pick(words.general["told_unsatisfied"])
    elif own and teller.rng.random() < 0.6:
        told = teller.rng.choice(own).format_map(case.slots)
    else:
        told = words.pick(words.general["told"])
    means = "电话" if "电话" in told else "口头"
    case.feedback_given, case.satisfied = True, satisfied
    told = said_once(told.rstrip("。"))
    case.feedback_text = f"{means}告知反映人：{told}。反映人{'满意' if satisfied else '不满意'}"
    case.tell("feedback", teller.on_the_ground(case), case.feedback_text)


def _fits(text: str, case: Case) -> bool:
    """Whether a closing remark agrees with the level and with what the one who raised it said."""
    named = {"居委层面": "neighbourhood", "片区协调": "area"}
    at_level = all(case.level == level for words, level in named.items() if words in text)
    return at_level and ("满意" not in text or case.satisfied is True)


@act("close")
def _close(teller: Teller, case: Case) -> None:
    case.level, case.closed_at = case.level_if_done, case.at
    fitting = [text for text in teller.words.steps["close"] if _fits(text, case)]
    note = teller.words.pick(fitting) if fitting and teller.rng.random() < 0.5 else ""
    text = f"在{LEVELS[case.level]}一级解决" + (f"：{note}" if note else "")
    case.tell("close", case.team.chief, text, "closed")


@act("solve_on_spot")
def _solve_on_spot(teller: Teller, case: Case) -> None:
    person = case.reporter
    assert person is not None
    case.outcome = case.on_the_spot
    case.handled_by, case.solved_on_spot = person.id, True
    drawn = zlib.crc32(case.number.encode()) % 1000 < round(case.kind.spot_share * 1000)
    case.sample_due = case.sampled or drawn
    case.level = "neighbourhood" if person.role == "neighbourhood_officer" else "area"
    case.feedback_given, case.closed_at = True, case.at
    case.feedback_text = "当场告知" if case.contact else "当场发现当场解决"
    case.tell("solve_on_spot", person, case.outcome, "closed")


@act("sample_check")
def _sample_check(teller: Teller, case: Case) -> None:
    person = teller.officer(case)
    if person.id == case.handled_by:
        person = case.team.coordinator
    case.sample_due, case.checked_by = False, person.id
    case.tell("sample_check", person, teller.words.step("sample_check"))


@act("reopen")
def _reopen(teller: Teller, case: Case) -> None:
    back_to_the_area(case)
    case.handled_by = case.checked_by = case.satisfied = case.level = case.closed_at = None
    case.outcome = case.feedback_text = ""
    case.feedback_given = case.solved_on_spot = case.sample_due = False
    case.opened_at = case.at
    teller.start_deadlines(case, case.at, case.contact is not None and case.first_contact_at is None)
    case.tell("reopen", case.team.chief, teller.words.step("reopen"), "opened")
