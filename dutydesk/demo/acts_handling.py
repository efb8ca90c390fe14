"""Handling and the check on site as the demo tells them; mirrors `rules/handling`."""

from __future__ import annotations

from typing import Any

from dutydesk.demo.case import Case
from dutydesk.demo.stories import SOURCES, Teller, act, back_to_the_area, dumped, said_once
from dutydesk.vocabulary import Means


@act("take_up")
def _take_up(teller: Teller, case: Case) -> None:
    case.handler = case.holder.id if case.holder else None
    teller.done_by(case, "take_up", "", "handling")


@act("send_back")
def _send_back(teller: Teller, case: Case) -> None:
    ground = teller.rng.choice(teller.words.texts["send_back"])
    case.send_backs += 1
    text = f"{case.assignee_name}退单。依据：{ground['basis']}。{ground['reason']}"
    if case.send_backs >= 2:
        text += "（已多次退单，建议条块约请）"
    teller.done_by(case, "send_back", text, "opened", dumped(basis=ground["basis"]))
    back_to_the_area(case)


@act("pass_up")
def _pass_up(teller: Teller, case: Case) -> None:
    teller.done_by(case, "pass_up", f"居委已做：{teller.words.step('pass_up')}", "opened")
    back_to_the_area(case)


@act("handle_locally")
def _handle_locally(teller: Teller, case: Case) -> None:
    if case.opened_at is None:
        case.opened_at = case.at
        teller.start_deadlines(case, case.at, case.contact is not None)
    officer = case.team.unit_officers[case.unit]
    teller.give(case, ("unit", str(case.unit), case.unit_name, officer, "neighbourhood"))
    case.handler, case.assigned_at = officer.id, case.at
    case.tell("handle_locally", officer, "", "handling")


@act("report_done")
def _report_done(teller: Teller, case: Case) -> None:
    rng, words = teller.rng, teller.words
    case.outcome = text = rng.choice(case.template.handled).format_map(case.slots)
    case.handled_by = case.holder.id if case.holder else None
    details: dict[str, Any] = {}
    if rng.random() < 0.08:
        others = [name for _, name in case.team.partners if name != case.assignee_name][:2]
        partners = "、".join([case.assignee_name, *others])
        case.outcome = text = words.pick(
            words.general["joint_done"], assignee=case.assignee_name, partners="、".join(others)
        )
        enforced = case.force == "management" and rng.random() < 0.4
        kind, label = ("enforcement", "联合执法") if enforced else ("handling", "联合处置")
        details |= {"joint_work": kind, "participants": partners}
        text += f"（{label}：{partners}）"
    if rng.random() < 0.25:
        evidence = words.pick(words.general["evidence"])
        kind, label = ("photos", "照片") if "照片" in evidence else ("text", "文字")
        details["evidence"] = {"kind": kind, "said": evidence}
        text += f"（凭据·{label}：{evidence}）"
    teller.done_by(case, "report_done", text, "review", dumped(**details) if details else "{}")


@act("pass_check")
def _pass_check(teller: Teller, case: Case) -> None:
    person = teller.checker(case)
    case.checked_by = person.id
    if case.contact is None:
        case.feedback_given = True
        case.feedback_text = f"无反映人（{SOURCES[case.source]}），不需反馈"
    case.tell("pass_check", person, teller.words.step("pass_check"), "feedback")


def _again(case: Case) -> None:
    case.reworks += 1
    case.checked_by = case.satisfied = None
    case.feedback_given, case.feedback_text = False, ""


@act("fail_check")
def _fail_check(teller: Teller, case: Case) -> None:
    person = teller.checker(case)
    _again(case)
    case.tell("fail_check", person, teller.words.step("fail_check"), "handling")


@act("rework")
def _rework(teller: Teller, case: Case) -> None:
    _again(case)
    case.tell("rework", teller.officer(case), teller.words.step("rework"), "handling")


@act("urge")
def _urge(teller: Teller, case: Case) -> None:
    case.urges += 1
    person = case.team.chief if teller.rng.random() < 0.25 else teller.officer(case)
    case.tell("urge", person, teller.words.step("urge"))


@act("note")
def _note(teller: Teller, case: Case) -> None:
    person = case.holder if case.holder and teller.rng.random() < 0.6 else teller.on_the_ground(case)
    case.tell("note", person, teller.words.step("note"))


@act("first_contact")
def _first_contact(teller: Teller, case: Case) -> None:
    case.first_contact_at = case.at
    text = teller.words.step("first_contact")
    means = Means.WORD if text.startswith("上门") else Means.PHONE
    person = case.holder if case.holder and teller.rng.random() < 0.6 else teller.on_the_ground(case)
    case.tell("first_contact", person, f"{means.label}联系反映人：{said_once(text)}")
