"""值班小结: a shift's page in the words of a working group's chat, and what its A4 sheet says. Masked both ways.

Telephone numbers are masked as everywhere; the names of those who reported, wherever they were typed, too: a chat has
more readers than the desk.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from dutydesk.models import Reporter
from dutydesk.rules import handover
from dutydesk.rules.handover import Page
from dutydesk.rules.handover_lines import SECTIONS, Line
from dutydesk.rules.handover_page import own_signed
from dutydesk.rules.workcalendar import CHINA, moment
from dutydesk.session import Session
from dutydesk.text import mask_name, mask_phone, mask_phones_in

_TOLD = 6  # lines of a section in the chat; the sheet has them all
# In the order in which a chat wants them.
_ORDER = ("came", "done", "due", "overdue", "promised", "flagged", "patrol", "free")
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Summary:
    """The text for a chat; the page with every name masked; and as much of it as one sheet takes."""

    title: str
    text: str
    page: Page
    brief: Page


def summary(session: Session, page_id: int | None = 0) -> Summary:
    """Sum up the shift as it stands now (0), or a signed page. Raises as `handover.page` and `handover.signed` do.

    None is the own shift: the page that handed it over, where there is one, and else as it stands now.
    """
    if page_id is None:
        page_id = own_signed(session)
    page = masked(handover.signed(session, page_id) if page_id else handover.page(session))
    title = f"{page.area} {handover.day_and_shift(page)}值班小结".replace("  ", " ")
    return Summary(title, _text(page, title), page, replace(page, lines=tuple(_first_of(page.lines))))


def _first_of(lines: tuple[Line, ...]) -> Iterator[Line]:
    """The first lines of each section, and how many there are beside them."""
    for section in SECTIONS:
        here = [line for line in lines if line.section == section]
        yield from here[:_TOLD]
        if len(here) > _TOLD:
            yield Line(section, f"其余{len(here) - _TOLD}条见交接班页")


def masked(page: Page) -> Page:
    """The page with telephone numbers, and the names and addresses of those who reported its cases, masked."""
    stars = _stars(line.issue_id for line in page.lines if line.issue_id)
    told = re.compile("|".join(map(re.escape, stars)) or "(?!)")  # longer pieces first

    def hide(text: str) -> str:
        return mask_phones_in(told.sub(lambda found: stars[found[0]], text))

    lines = tuple(replace(line, text=hide(line.text)) for line in page.lines)
    return replace(page, lines=lines, notes=tuple(map(hide, page.notes)), remark=hide(page.remark))


def _stars(issue_ids: Iterable[int]) -> dict[str, str]:
    """What must not be read, with what stands in its place; longer pieces first."""
    rows = Reporter.select().where(Reporter.issue.in_(sorted(set(issue_ids))))
    found: dict[str, str] = {}
    for row in rows:
        found |= {row.name: mask_name(row.name), row.phone: mask_phone(row.phone), row.address: "***"}
    return {said: found[said] for said in sorted(found, key=len, reverse=True) if len(said) > 1}


def _text(page: Page, title: str) -> str:
    since, until = page.since.astimezone(CHINA), page.until.astimezone(CHINA)
    head = [
        f"【{title}】",
        f"{moment(since)} 至 {moment(until)}（周{_WEEKDAYS[until.weekday()]}）",
        f"值班：{page.outgoing}" + (f"　接班：{page.incoming}" if page.incoming else ""),
        "，".join(f"{SECTIONS[section]}{page.count(section)}" for section in _ORDER if page.count(section))
        or "本班没有新情况",
    ]
    return "\n".join([*head, *_sections(page.lines)])


def _sections(lines: tuple[Line, ...]) -> list[str]:
    said: list[str] = []
    for section in _ORDER:
        here = [line for line in lines if line.section == section]
        if not here:
            continue
        said.append(f"■ {SECTIONS[section]}（{len(here)}）")
        said += [f"{place}. {_one(line)}" for place, line in enumerate(here[:_TOLD], 1)]
        if len(here) > _TOLD:
            said.append(f"（其余{len(here) - _TOLD}条见交接班页）")
    return said


def _one(line: Line) -> str:
    when = f"（{line.when}）" if line.when and line.section in ("due", "overdue", "promised") else ""
    return f"{line.text}{when}" + (f" {line.number}" if line.number else "")
