"""Acts of a letter's tale: from the draft out, and what the departments answer."""

from __future__ import annotations

import json
from typing import Any

from dutydesk.demo.clock import day_of, moment_of, start_of
from dutydesk.demo.letter_tale import NUMBER, D, L, Tale, act
from dutydesk.demo.people import Person
from dutydesk.letter_words import Answer, Delivery, LetterKind, LetterState
from dutydesk.models import Invited, Letter, LetterIssue, LetterProxy
from dutydesk.rules.letters.life import ANSWERED, INVITED_ENDS
from dutydesk.rules.workcalendar import moment
from dutydesk.vocabulary import Means, ProxyState

_BY_WORD = 0.12  # of answers are entered 代录

# -- on its way out ------------------------------------------------------------------------------------------


@act
def draft(tale: Tale, replaces: int | None = None, said: str = "") -> None:
    """The letter with its departments and cases."""
    book, meeting = tale.setting.book, tale.working_day(tale.at + 9 * 1440)
    tale.letter = book.add(
        Letter,
        **tale.about["values"],
        state=L.DRAFT,
        subdistrict=tale.team.subdistrict_id,
        area=tale.team.id,
        tried=tale.pick("tried"),
        request=tale.pick("request"),
        meeting_at=start_of(meeting) + 14 * 60,
        meeting_place=f"{tale.team.name}党群服务中心",
        drafted_by=tale.officer.id,
        drafted_at=tale.at,
        replaces=replaces,
        changed_at=tale.at,
    )
    tale.invited = [
        book.add(Invited, letter=tale.letter["id"], department=side.id, state=D.LISTED, added_at=tale.at)
        for side in tale.sides
    ]
    for case in tale.about["cases"]:
        book.add(LetterIssue, letter=tale.letter["id"], issue=case)
    names = "、".join(side.name for side in tale.sides)
    tale.record("remade" if replaces else "draft", tale.officer, said or f"约请{names}", "", L.DRAFT.value)


def forward(tale: Tale, act: str, who: Person, to: LetterState) -> None:
    """On to the next hand, or out: numbered and delivered."""
    if to is not L.OUT:
        note = tale.rng.choice(("", tale.pick("note"))) if act != "submit" else ""
        tale.on_letter(act, who, note, to)
        return
    tale.letter |= {"number": NUMBER, "issued_at": tale.at, "signed_by": who.id}
    for row in tale.invited:
        row |= {"state": D.SENT, "delivered_at": tale.at, "delivered_by": Delivery.DESK}
        row |= {"answer_due_at": tale.due(3), "version": row["version"] + 1}
    names = "、".join(side.name for side in tale.sides)
    tale.on_letter(act, who, f"{NUMBER}，送{names}", L.OUT, number=NUMBER)


@act
def submit(tale: Tale) -> None:
    """To the chief; a call is out at once."""
    to = L.OUT if tale.letter["kind"] is LetterKind.CALL else L.PROPOSING
    forward(tale, "submit", tale.officer, to)


@act
def propose(tale: Tale) -> None:
    """The chief proposes; a slip is out."""
    forward(tale, "propose", tale.team.chief, L.OUT if tale.letter["kind"] is LetterKind.SLIP else L.CHECKING)


@act
def check(tale: Tale) -> None:
    """The coordinator has checked it."""
    forward(tale, "check", tale.team.coordinator, L.SIGNING)


@act
def sign(tale: Tale) -> None:
    """Signed: out."""
    forward(tale, "sign", tale.people.signatory, L.OUT)


@act
def send_back(tale: Tale) -> None:
    """The coordinator wants it changed."""
    tale.on_letter("send_back", tale.team.coordinator, tale.pick("send_back"), L.DRAFT)


@act
def withdraw(tale: Tale) -> None:
    """Taken back."""
    reason = tale.pick("withdraw")
    tale.everybody(D.FREED)
    tale.letter["closed_at"] = tale.at
    tale.about["void"] = (tale.at, f"撤回：{reason}")
    tale.on_letter("withdraw", tale.team.chief, reason, L.WITHDRAWN)


@act
def reissue(tale: Tale) -> Tale:
    """Made anew: the old number is void. Answers with the tale of the new one."""
    reason = tale.pick("reissue")
    tale.everybody(D.FREED)
    tale.letter["closed_at"] = tale.at
    tale.about["void"] = (tale.at, f"重发：{reason}")
    about = {
        "values": dict(tale.about["values"]),
        "cases": tale.about["cases"],
        "category": tale.about["category"],
    }
    made = Tale(tale.setting, tale.team, tale.people, tale.sides, about, day_of(tale.at))
    made.at = tale.at
    draft(made, tale.letter["id"], f"接{NUMBER}重拟：{reason}")
    tale.on_letter("reissue", tale.team.chief, reason, L.REPLACED, new=made.letter["id"])
    return made


# -- answers -------------------------------------------------------------------------------------------------


@act
def receive(tale: Tale, who: int) -> None:
    """签收, once."""
    if tale.invited[who]["state"] is not D.SENT:
        return
    tale.invited[who]["received_at"] = tale.at
    tale.on_side("receive", who, tale.sides[who].liaison, tale.sides[who].name, D.RECEIVED)


@act
def answer(tale: Tale, who: int, answer: Answer) -> None:
    """What the liaison answers; it waits for the head where the office has it so."""
    side, values = tale.sides[who], _values(tale, who, answer)
    said = values.pop("said")
    tale.about.setdefault("drafted", {})[who] = (answer, values, said)
    if side.head is not None:
        drafted = {"answer": answer.value, "said": said} | {
            name: moment_of(value).isoformat() if name == "time" and value else value
            for name, value in values.items()
        }
        tale.invited[who]["drafted"] = json.dumps(drafted, ensure_ascii=False)
        text = f"{side.name}拟{answer.label}，待负责人审发：{said}"
        tale.on_side(answer.value, who, side.liaison, text, D.DRAFTED)
        return
    _count(tale, who)
    text = f"{side.name}{answer.label}：{said}"
    if tale.rng.random() >= _BY_WORD:
        tale.on_side(answer.value, who, side.liaison, text, ANSWERED[answer])
        return
    means = tale.rng.choice(list(Means))
    text = f"代{side.liaison.name}录入（{means.label}）：{text}"
    proxy = {"person": side.liaison.name, "means": means.value}
    step = tale.on_side(answer.value, who, tale.officer, text, ANSWERED[answer], proxy=proxy)
    tale.setting.book.add(
        LetterProxy,
        step=step["id"],
        letter=tale.letter["id"],
        staff=side.liaison.id,
        person_name=side.liaison.name,
        means=means,
        told_at=tale.at,
        entered_by=tale.officer.id,
        state=ProxyState.PENDING,
    )


@act
def release(tale: Tale, who: int) -> None:
    """The head releases what was drafted."""
    side = tale.sides[who]
    if side.head is None:
        return
    answer, _, said = tale.about["drafted"][who]
    _count(tale, who)
    tale.on_side("release", who, side.head, f"{side.name}{answer.label}：{said}", ANSWERED[answer])


def _values(tale: Tale, who: int, answer: Answer) -> dict[str, Any]:
    letter = tale.letter
    if answer is Answer.COME:
        attendee = f"{tale.sides[who].liaison.name}（{tale.pick('attendee')}）"
        said = f"{attendee}来，{moment(moment_of(letter['meeting_at']))}"
        return {"attendee": attendee, "time": letter["meeting_at"], "text": "", "said": said}
    if answer is Answer.MOVE:
        later = tale.working_day(max(letter["meeting_at"], tale.at) + 2 * 1440)
        time, reason = start_of(later) + 15 * 60, tale.pick("move")
        return {
            "time": time,
            "text": reason,
            "attendee": "",
            "said": f"请改到{moment(moment_of(time))}：{reason}",
        }
    if answer is Answer.WRITE:
        text = tale.pick("write")
        return {"text": text, "said": text}
    found = [
        each for each in tale.setting.bases.get(tale.about["category"], []) if each[1] != tale.sides[who].id
    ]
    basis, owner = tale.rng.choice(found) if found else ("清单无此项", None)
    reason = tale.pick("refuse")
    return {"text": reason, "basis": basis, "instead": owner, "said": f"依据：{basis}。{reason}"}


def _count(tale: Tale, who: int) -> None:
    answer, values, _ = tale.about["drafted"][who]
    row = tale.invited[who]
    row |= {"answer": answer, "answered_at": tale.at, "drafted": ""} | values
    row["received_at"] = row["received_at"] or tale.at
    row["refusals"] += answer is Answer.REFUSE


@act
def agree_time(tale: Tale, who: int) -> None:
    """The area agrees to another time."""
    tale.letter["meeting_at"] = time = tale.invited[who]["time"]
    tale.on_side("agree_time", who, tale.officer, f"会商改到{moment(moment_of(time))}", D.COMING)


@act
def insist(tale: Tale, who: int) -> None:
    """The chief does not accept a refusal: the limit begins anew."""
    tale.invited[who]["answer_due_at"] = tale.due(3)
    tale.on_side("insist", who, tale.team.chief, f"{tale.sides[who].name}：{tale.pick('insist')}", D.RECEIVED)


@act
def free(tale: Tale, who: int) -> None:
    """The chief accepts a refusal."""
    tale.on_side(
        "free", who, tale.team.chief, f"{tale.sides[who].name}不属职责。{tale.pick('free')}", D.FREED
    )


@act
def urge(tale: Tale) -> None:
    """Whoever has not ended is urged."""
    names = []
    for side, row in zip(tale.sides, tale.invited, strict=True):
        if row["state"] not in INVITED_ENDS:
            row["urges"] += 1
            names.append(side.name)
    tale.on_letter("urge", tale.officer, f"{'、'.join(names)}：{tale.pick('urge')}")
