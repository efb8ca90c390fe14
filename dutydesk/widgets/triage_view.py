"""A waiting case and, below it, what is proposed for it with the reasons; each part has its digit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dutydesk.widgets.cells import Line, cut, wrap, wrap_at_most
from dutydesk.widgets.frame import KeptLines

if TYPE_CHECKING:
    from dutydesk.rules.proposals import Part
    from dutydesk.rules.triage_queue import Card

_SHOWN_FACTS = ("来源", "发现", "当场")
_DETAIL_AT_LEAST = 1
_REASON_LINES = 2
_CASE_LINES = 9
_TALL = 28
OTHER_WAYS = "4 不予立案　5 当场解决　6 并案　7 先放一放　8 看全案　9 变成清单　0 撤销上一件"
INDENT = "　　　　"


class TriageView(KeptLines, can_focus=True):
    """One card; draws again only the lines that differ. `gone` says that the case was dealt with meanwhile."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.card: Card | None = None
        self.words = ""

    def show(self, card: Card | None, words: str = "") -> None:
        """Show a card; `words` stand in place of the proposal, or of everything where there is no card."""
        self.card, self.words = card, words
        self.paint()

    def lines_in_sight(self, width: int, height: int) -> list[Line]:
        """The case, and below it the proposal."""
        if width < 4:
            return []
        plain = self.look()
        if self.card is None:
            return [((line, plain),) for line in wrap(self.words, width)]
        likely = 1 if height < _TALL else len(self.card.likely)
        head, tail = self._case(self.card, width, likely), self._below(self.card, width)
        facts = dict(self.card.sheet.facts)
        room = max(height - len(head) - len(tail), _DETAIL_AT_LEAST)
        above = [*head, *self._detail(facts.get("详情", ""), width, room)]
        # the proposal stands at the same place for most cases: the eye need not look for it
        above += [()] * min(_CASE_LINES - len(above), height - len(above) - len(tail))
        return [*above[: max(height - len(tail), 1)], *tail]

    def _case(self, card: Card, width: int, likely: int) -> list[Line]:
        """What it is, where, from whom, what it may be the same as: so many of those."""
        sheet, plain = card.sheet, self.look()
        lines: list[Line] = [((cut(f"{sheet.number}　{card.waits}", width), self.look("head")),)]
        if sheet.flags:
            lines.append(((cut("★ " + "、".join(sheet.flags), width), self.look("mark")),))
        lines += [((line, self.look("head")),) for line in wrap_at_most(sheet.title, width, 2)]
        lines.append(((cut(f"地点　{sheet.place}", width), plain),))
        facts = dict(sheet.facts)
        said = [f"{name}　{facts[name]}" for name in _SHOWN_FACTS if facts.get(name)]
        if sheet.reporter is not None:
            shown = " ".join(part for part in (sheet.reporter.name, sheet.reporter.phone) if part)
            said.insert(1, f"反映人　{shown}（已隐去）")
        lines += [((line, plain),) for line in _joined(said, width)]
        for each in card.likely[:likely]:
            words = f"相近　{each.number} {each.state.label} {each.reported_on} {each.summary}"
            lines.append(((cut(words, width), self.look("mark")),))
        return lines

    def _detail(self, text: str, width: int, room: int) -> list[Line]:
        """As much of the detail as there is room for."""
        plain = self.look()
        lines = wrap(f"详情　{text}", width) if text else []
        if len(lines) > room:
            lines = [*lines[: room - 1], cut(lines[room - 1], width - 14) + "（8 看全案）"]
        return [((line, plain),) for line in lines]

    def _below(self, card: Card, width: int) -> list[Line]:
        """The proposal, or what has become of the case meanwhile."""
        rule: Line = (("─" * width, self.look("dim")),)
        if self.words:
            return [rule, *(((line, self.look("mark")),) for line in wrap(self.words, width))]
        proposal = card.proposal
        lines: list[Line] = [rule]
        lines += [
            ((line, self.look("head")),)
            for line in wrap_at_most(f"提议（按 Enter 就这么办）：{proposal.does}", width, 2)
        ]
        if card.likely:
            same = f"可能与 {card.likely[0].number} 是同一件：是的话按 6 并案，不是就照提议办"
            lines.append(((cut(same, width), self.look("mark")),))
        for digit, label, part in (
            ("1", "类别", proposal.category),
            ("2", "紧急", proposal.urgency),
            ("3", "承办", proposal.assignee),
        ):
            lines += self._part(f"{digit} {label}", part, width)
        lines += self._said("  期限", proposal.deadline, (proposal.explanation,), width)
        lines += [((line, self.look("dim")),) for line in wrap(OTHER_WAYS, width)]
        return lines

    def _part(self, label: str, part: Part, width: int) -> list[Line]:
        mark = "（已改）" if part.by_hand else ""
        return self._said(label, part.said + mark, part.reasons, width)

    def _said(self, label: str, said: str, reasons: tuple[str, ...], width: int) -> list[Line]:
        """A part and, dim, why: on its line where there is room, else on one below."""
        plain, dim = self.look(), self.look("dim")
        words, why = f"{label}　{said}", "；".join(reasons)
        beside = f"{words}　　"
        if len(wrap(beside + why, width)) == 1:
            return [((beside, plain), (why, dim))]
        room = width - len(INDENT) * 2
        below = wrap(cut(why, room * _REASON_LINES), room) if why else []
        return [((cut(words, width), plain),), *(((INDENT + line, dim),) for line in below)]


def _joined(said: list[str], width: int) -> list[str]:
    """Short facts beside each other, as many on a line as there is room for."""
    lines: list[str] = []
    for words in said:
        if lines and len(wrap(f"{lines[-1]}　　{words}", width)) == 1:
            lines[-1] += f"　　{words}"
        else:
            lines.append(cut(words, width))
    return lines
