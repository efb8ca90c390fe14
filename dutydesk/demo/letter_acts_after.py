"""Acts of a letter's tale after the answers: the district, the talks, promises, closing and rating."""

from __future__ import annotations

from datetime import timedelta

from dutydesk.demo.clock import day_of, moment_of, start_of
from dutydesk.demo.letter_tale import D, L, Tale, act
from dutydesk.letter_words import Ground, Part, Score
from dutydesk.models import LetterPromise
from dutydesk.rules.letters.life import INVITED_ENDS, TAKING_PART
from dutydesk.rules.workcalendar import moment

# -- the district --------------------------------------------------------------------------------------------


@act
def raised(tale: Tale, ground: Ground) -> None:
    """The chief wants it before the district."""
    tale.letter |= {"returns_to": tale.letter["state"], "raised_for": ground.value}
    reason = tale.pick("raise_silence" if ground is Ground.SILENCE else "raise_refusal")
    tale.on_letter("raise", tale.team.chief, f"{ground.label}：{reason}", L.RAISING)


@act
def raise_agree(tale: Tale) -> None:
    """The subdistrict agrees."""
    tale.letter["raised_at"] = tale.at
    tale.on_letter("raise_agree", tale.people.signatory, tale.pick("raise_agree"), L.RAISED)


@act
def back(tale: Tale, act: str) -> None:
    """The subdistrict does not agree, or the district gives it back."""
    to, tale.letter["returns_to"] = tale.letter["returns_to"], None
    tale.on_letter(
        act, tale.people.district if act == "give_back" else tale.people.signatory, tale.pick(act), to
    )


@act
def accept(tale: Tale) -> None:
    """The district takes it."""
    tale.on_letter("accept", tale.people.district, tale.pick("accept"), L.DISTRICT)


@act
def convene(tale: Tale) -> None:
    """The district calls them together."""
    tale.letter["meeting_at"] = at = start_of(tale.working_day(tale.at + 5 * 1440)) + 14 * 60
    text = f"{moment(moment_of(at))} {tale.letter['meeting_place']}。{tale.pick('convene')}"
    tale.on_letter("convene", tale.people.district, text)


@act
def name_lead(tale: Tale) -> None:
    """The district names who leads."""
    tale.invited[0]["lead"] = True
    tale.on_letter("name_lead", tale.people.district, f"{tale.sides[0].name}牵头：{tale.pick('name_lead')}")


# -- talks, promises, the end --------------------------------------------------------------------------------


@act
def hold(tale: Tale) -> None:
    """They have met."""
    tale.letter["held_at"] = tale.at
    to = None if tale.letter["state"] is L.DISTRICT else L.TALKS
    tale.on_letter("hold", tale.officer, f"{moment(moment_of(tale.at))}会商：{tale.pick('held')}", to)


@act
def agree(tale: Tale) -> None:
    """What each of them promises: the first one that takes part leads."""
    here = [who for who, row in enumerate(tale.invited) if row["state"] not in INVITED_ENDS]
    for place, who in enumerate(here):
        part = Part.LEAD if place == 0 else Part.SUPPORT
        what, due = tale.pick(part.value), day_of(tale.at) + timedelta(days=tale.rng.choice((7, 10, 14)))
        promise = tale.setting.book.add(
            LetterPromise,
            letter=tale.letter["id"],
            invited=tale.invited[who]["id"],
            part=part,
            what=what,
            due_on=due,
            made_at=tale.at,
        )
        tale.promises.append(promise)
        row = tale.invited[who]
        row |= {"state": D.PROMISED, "lead": part is Part.LEAD, "version": row["version"] + 1}
        said = f"{tale.sides[who].name}{part.label}：{what}，{due.month}月{due.day}日前"
        tale.on_letter("agree", tale.officer, said, L.DOING)
        tale.at += 3


@act
def fulfil(tale: Tale, who: int) -> None:
    """A department says that it is done."""
    row = tale.invited[who]
    if row["state"] is not D.PROMISED:
        return
    text = tale.pick("fulfilled")
    for promise in tale.promises:
        if promise["invited"] == row["id"]:
            promise |= {"done_at": tale.at, "done_text": text}
    tale.on_side("fulfil", who, tale.sides[who].liaison, f"{tale.sides[who].name}：{text}", D.DONE)


@act
def propose_close(tale: Tale) -> None:
    """The chief proposes to close; the area's agreement is in it."""
    outcome = tale.pick("outcome")
    tale.letter |= {"outcome": outcome, "returns_to": tale.letter["state"], "area_agreed_at": tale.at}
    tale.on_letter("propose_close", tale.team.chief, outcome, L.CLOSING)


@act
def consent(tale: Tale, who: int) -> None:
    """A department agrees to closing."""
    row = tale.invited[who]
    if row["state"] not in TAKING_PART:
        return
    row["consented_at"] = tale.at
    tale.on_side("consent", who, tale.sides[who].liaison, tale.sides[who].name, row["state"])


@act
def close_agree(tale: Tale) -> None:
    """The subdistrict agrees, as the last: closed."""
    tale.letter |= {"town_agreed_at": tale.at, "closed_at": tale.at}
    tale.everybody(D.ENDED)
    tale.on_letter("close_agree", tale.team.coordinator, "街镇同意", L.CLOSED)


@act
def rate(tale: Tale, who: int) -> None:
    """The chief rates a department."""
    row = tale.invited[who]
    if row["state"] is not D.ENDED:
        return
    score, text = tale.rng.choice(((Score.GOOD, 0), (Score.GOOD, 0), (Score.FAIR, 1), (Score.POOR, 2)))
    row |= {
        "score": score,
        "rated_text": tale.words["rated"][text],
        "rated_at": tale.at,
        "say_until": tale.due(5),
    }
    said = f"{tale.sides[who].name}：{score.label}，{row['rated_text']}"
    tale.on_side("rate", who, tale.team.chief, said, D.RATED)


@act
def say(tale: Tale, who: int) -> None:
    """A department has its say."""
    row = tale.invited[who]
    if row["state"] is not D.RATED:
        return
    row |= {"said": tale.pick("said"), "said_at": tale.at}
    tale.on_side("say", who, tale.sides[who].liaison, f"{tale.sides[who].name}：{row['said']}", D.SETTLED)
