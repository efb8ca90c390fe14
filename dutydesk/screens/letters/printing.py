"""A letter's papers as Word files in the 发件夹: 约请函 with its 回执, 约请单, 督办单."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dutydesk.letter_words import LetterKind
from dutydesk.rules.letters import wording
from dutydesk.rules.letters.wording import PaperContent
from dutydesk.rules.organisation import today
from dutydesk.screens.base import DeskScreen
from dutydesk.settings import load
from dutydesk.widgets.action_menu import Action, ActionMenu

_NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|\s]+')
INVITATION, SUPERVISION = "invitation", "supervision"


async def choose_paper(screen: DeskScreen, letter_id: int) -> None:
    """Which paper, then where it is."""
    content = await screen.ask(wording.paper, letter_id, datetime.now(UTC))
    if content is None:
        return
    name = LetterKind.SLIP.label if content.kind is not LetterKind.LETTER else content.kind.label
    options = [Action(INVITATION, name, "附回执" if content.kind is LetterKind.LETTER else "街镇内部用")]
    late = "" if content.behind else "没有部门逾期未答"
    options.append(
        Action(SUPERVISION, "督办单", f"督{'、'.join(content.behind)}" if content.behind else "", late)
    )
    chosen = await screen.show(ActionMenu("放进发件夹的 Word 文件（反映人的个人信息不写进去）", options))
    if chosen is None:
        return
    path = load().outbox / f"{_NOT_IN_A_NAME.sub('·', _called(content, chosen))[:80]}.docx"
    try:
        await asyncio.to_thread(_write, content, chosen, path)
    except OSError as problem:
        screen.say(f"没有写成：{problem}", "bad")
    else:
        screen.say(f"已放进发件夹：{path}", "good")


def _called(content: PaperContent, chosen: str) -> str:
    what = "督办单" if chosen == SUPERVISION else content.kind.label
    return f"{what}-{content.number or content.subject}"


def _write(content: PaperContent, chosen: str, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("wb") as stream:
            if chosen == SUPERVISION:
                from dutydesk.documents import supervision_notice

                supervision_notice.write(_supervision(content), stream)
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

    return [Matter(each.number, each.place, each.text, each.due) for each in content.about]


def _contact(content: PaperContent) -> Any:
    from dutydesk.documents.saying import Contact

    return Contact(content.contact, content.phone) if content.contact else None


def _letter(content: PaperContent) -> Any:
    from dutydesk.documents.invitation_letter import InvitationLetter, Request

    return InvitationLetter(
        office=content.office,
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
        title=f"{content.office.removeprefix('徐汇区').removesuffix('办事处')}约请单",
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


def _supervision(content: PaperContent) -> Any:
    from dutydesk.documents.supervision_notice import SupervisionNotice

    return SupervisionNotice(
        title=f"{content.office.removeprefix('徐汇区').removesuffix('办事处')}督办单",
        number="",
        day=today(),
        to=content.behind,
        matters=_matters(content),
        reason=f"{content.number}约请答复期限已过，至今未答复",
        wanted=content.request,
        office=content.office,
        contact=_contact(content),
    )
