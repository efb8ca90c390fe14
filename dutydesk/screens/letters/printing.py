"""A letter's papers as Word files in the 发件夹: 约请函 with its 回执, 约请单, 督办单."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dutydesk.letter_words import LetterKind
from dutydesk.rules import finding, permission
from dutydesk.rules.letters import acting, personal, sheet, wording
from dutydesk.rules.letters.wording import PaperContent
from dutydesk.screens.base import DeskScreen
from dutydesk.settings import load
from dutydesk.widgets.action_menu import Action, ActionMenu

_NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|\s]+')
INVITATION, WHOLE, NEW, NOTICE = "invitation", "whole", "new", "notice:"


async def choose_paper(screen: DeskScreen, letter_id: int) -> None:
    """Which paper, then where it is."""
    content = await screen.ask(wording.paper, letter_id, datetime.now(UTC))
    choices = await screen.ask(acting.menu, letter_id)
    if content is None or choices is None:
        return
    name = LetterKind.SLIP.label if content.kind is not LetterKind.LETTER else content.kind.label
    options = [Action(INVITATION, name, "附回执" if content.kind is LetterKind.LETTER else "街镇内部用")]
    options += [
        Action(NOTICE + each.number, f"督办单 {each.number}", f"督{'、'.join(each.to)}")
        for each in content.notices[:3]
    ]
    supervise = next((each for each in choices if each.act == "supervise"), None)
    if supervise is not None:
        options.append(Action(NEW, "新编督办单", "先写要求和期限，编号后放进发件夹"))
    if permission.may_at_all(screen.session, "reveal"):
        options.append(Action(WHOLE, f"{name}，写明反映人", "要写理由，记入审计"))
    chosen = await screen.show(ActionMenu("放进发件夹的 Word 文件（反映人的个人信息不写进去）", options))
    if chosen == WHOLE:
        content = await _with_people(screen, letter_id)
        chosen = INVITATION
    elif chosen == NEW and supervise is not None:
        content, chosen = await _new_notice(screen, letter_id, supervise)
    if chosen is not None and content is not None:
        await _put_down(screen, content, chosen)


async def _with_people(screen: DeskScreen, letter_id: int) -> PaperContent | None:
    from dutydesk.widgets.ask_text import AskText

    reason = await screen.show(
        AskText("为什么要写明反映人？会记入审计", await screen.ask(finding.reveal_reasons) or [])
    )
    if reason is None:
        return None
    return await screen.do(personal.include, letter_id, reason, screen.new_act(), datetime.now(UTC))


async def _new_notice(
    screen: DeskScreen, letter_id: int, supervise: acting.Choice
) -> tuple[PaperContent | None, str | None]:
    """Numbered by an act of its own, then written."""
    from dutydesk.screens.letters.acting import Target, take

    found = await screen.ask(sheet.letter_sheet, letter_id)
    if found is None or not await take(
        screen, supervise, Target(letter_id, None, found.version, f"{found.number}　{found.title}")
    ):
        return None, None
    content = await screen.ask(wording.paper, letter_id, datetime.now(UTC))
    return content, (NOTICE + content.notices[0].number if content and content.notices else None)


async def _put_down(screen: DeskScreen, content: PaperContent, chosen: str) -> None:
    path = load().outbox / f"{_NOT_IN_A_NAME.sub('·', _called(content, chosen))[:80]}.docx"
    try:
        await asyncio.to_thread(_write, content, chosen, path)
    except OSError as problem:
        screen.say(f"没有写成：{problem}", "bad")
    else:
        whole = "（写明了反映人，请妥善保管）" if content.revealed_by else ""
        screen.say(f"已放进发件夹：{path}{whole}", "good")


def _called(content: PaperContent, chosen: str) -> str:
    if chosen.startswith(NOTICE):
        return f"督办单-{chosen.removeprefix(NOTICE)}"
    whole = "-含反映人" if content.revealed_by else ""
    return f"{content.kind.label}-{content.number or content.subject}{whole}"


def _write(content: PaperContent, chosen: str, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("wb") as stream:
            if chosen.startswith(NOTICE):
                from dutydesk.documents import supervision_notice

                supervision_notice.write(_supervision(content, chosen.removeprefix(NOTICE)), stream)
            elif content.kind is LetterKind.LETTER:
                from dutydesk.documents import invitation_letter

                invitation_letter.write(_letter(content), stream)
            else:
                from dutydesk.documents import internal_invitation

                internal_invitation.write(_slip(content), stream)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _matters(content: PaperContent) -> list[Any]:
    from dutydesk.documents.saying import Matter

    return [
        Matter(
            each.number, each.place, each.text, each.due,
            raised_by=each.raised_by, phone=each.phone, address=each.address,
        )
        for each in content.about
    ]  # fmt: skip


def _contact(content: PaperContent) -> Any:
    from dutydesk.documents.saying import Contact

    return Contact(content.contact, content.phone) if content.contact else None


def _letter(content: PaperContent) -> Any:
    from dutydesk.documents.invitation_letter import InvitationLetter, Request, Wording

    words = content.words
    return InvitationLetter(
        office=words["head"],
        signed_by=words["office"],
        revealed_by=content.revealed_by,
        wording=Wording(words["title"], words["opening"], words["answering"], words["closing"]),
        number=content.number,
        day=content.day,
        to=content.departments,
        subject=content.subject,
        area=content.area,
        reasons=content.reasons,
        matters=_matters(content),
        requests=[Request(each, content.request) for each in content.departments],
        tried=content.tried,
        meeting_at=content.meeting_at,
        place=content.place,
        answer_by=content.answer_by,
        contact=_contact(content),
    )


def _slip(content: PaperContent) -> Any:
    from dutydesk.documents.internal_invitation import InternalInvitation

    return InternalInvitation(
        title=content.words["slip"],
        revealed_by=content.revealed_by,
        number=content.number,
        day=content.day,
        area=content.area,
        to=content.departments,
        reasons=content.reasons,
        matters=_matters(content),
        asked=content.request,
        tried=content.tried,
        meeting_at=content.meeting_at,
        place=content.place,
        answer_by=content.answer_by,
        proposed_by=content.proposed_by,
        contact=_contact(content),
    )


def _supervision(content: PaperContent, number: str) -> Any:
    from dutydesk.documents.supervision_notice import SupervisionNotice

    notice = next(each for each in content.notices if each.number == number)
    return SupervisionNotice(
        title=content.words["supervision"],
        number=notice.number,
        day=notice.day,
        to=notice.to,
        matters=_matters(content),
        reason=notice.reason,
        wanted=notice.wanted,
        answer_by=notice.by,
        office=content.office,
        contact=_contact(content),
    )
