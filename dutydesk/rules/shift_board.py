"""值班 on one page: who is on duty, what is to sign, the rosters, swaps, and how many wait for 先行联系."""

from __future__ import annotations

from dataclasses import dataclass

from dutydesk.rules import duty_roster, first_contact, handover, on_duty, swaps
from dutydesk.rules.roster_reading import month_after
from dutydesk.rules.today import on_duty as who_is_here
from dutydesk.session import Session

_PAGES = 8


@dataclass(frozen=True)
class BoardLine:
    """A line of the page: what it says, a word beside it, and what it opens (`page:3`, `roster`, `contact` …)."""

    key: str
    section: str
    text: str
    note: str = ""
    pressing: bool = False


def board(session: Session) -> list[BoardLine]:
    """Read it. Raises NotAllowed for who has no area."""
    on_duty.need_area(session)
    lines = [BoardLine("roster", "现在", "　".join(who_is_here(session)))]
    own = on_duty.watch(session)
    name = f"{own.name}交给{own.next_name or '接班的人'}" if own.shift_id else "现在没有您的班，也可以交"
    signed = handover.own_signature(session, own)
    done, _, then = signed.partition("，")  # who comes, beside it: both have room at 80 columns
    note = then.partition("（")[0] if signed else "1 看交班页、签字"
    lines.append(BoardLine("page:0", "交班", f"{own.name}：{done}" if signed else name, note))
    to_call = first_contact.remaining(session)
    lines.append(BoardLine("contact", "先行联系", f"{to_call}件等联系反映人" if to_call else "没有等联系的"))
    lines += _rosters(session)
    lines += [
        BoardLine(
            f"swaps:{line.id}",
            "换班",
            line.words,
            "等您答复" if line.asked else line.state.label,
            line.asked,
        )
        for line in swaps.listed(session)
        if line.fresh
    ]
    waiting = set(on_duty.unsigned(session.staff_id))
    pages = handover.latest(session)
    for entry in pages[:_PAGES]:
        mine = entry.id in waiting
        note = "等您签收" if mine else entry.signed_in
        who = f"{entry.outgoing}交{entry.incoming or '（未定）'}"
        lines.append(BoardLine(f"page:{entry.id}", "交接记录", f"{entry.title}　{who}", note, mine))
    lines.sort(key=lambda line: not line.pressing)
    return lines


def _rosters(session: Session) -> list[BoardLine]:
    """This month and the next."""
    found = []
    for steps in (0, 1):
        month = month_after(f"{session.day:%Y-%m}", steps)
        sheet = duty_roster.sheet(session, month)
        wrong = f"，{len(sheet.problems)}处要注意" if sheet.problems else ""
        found.append(BoardLine(f"roster:{month}", "值班表", f"{month}　{sheet.stands}{wrong}"))
        if sheet.merged:
            words = "；".join(sheet.merged)
            found.append(BoardLine(f"roster:{month}", "值班表", words, f"{month}要重排", sheet.chief))
    return found
