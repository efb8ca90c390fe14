"""The case: what it is, its deadlines, what 销项 still needs, and its story. Used beside the ledger and alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.style import Style
from textual.binding import Binding, BindingType

from dutydesk.widgets.cells import Line, cut, wrap
from dutydesk.widgets.frame import KeptLines, QuietFocus

if TYPE_CHECKING:
    from dutydesk.rules.case import CaseSheet, Person, StoryLine

_LABEL = 6
_FIRST = ("承办", "类别")  # before the deadlines, whose explanations are long


class CaseView(QuietFocus, KeptLines, can_focus=True):
    """One case as text that scrolls; draws again only the lines that differ from those on the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_by(-1)", "上一行", show=False),
        Binding("down,j", "scroll_by(1)", "下一行", show=False),
        Binding("pageup", "scroll_page(-1)", "上一页", show=False),
        Binding("pagedown,space", "scroll_page(1)", "下一页", show=False),
        Binding("home,g", "scroll_by(-99999)", "最前", show=False),
        Binding("end,G", "scroll_by(99999)", "最后", show=False),
    ]

    def __init__(self, *, empty: str = "", id: str | None = None) -> None:
        super().__init__(id=id)
        self.sheet: CaseSheet | None = None
        self.person: Person | None = None
        self.empty = empty
        self.top = 0
        self._lines: list[Line] = []

    def show(self, sheet: CaseSheet | None, person: Person | None = None) -> None:
        """Show another case, or the same one as it is now; `person` where the reporter was revealed."""
        if sheet is None or self.sheet is None or sheet.key != self.sheet.key:
            self.top = 0
        self.sheet, self.person = sheet, person or (sheet.reporter if sheet else None)
        self._lay_out()
        self.paint()

    def focus_changed(self) -> None:
        """Its number says whether the keys go here."""
        self._lay_out()
        self.paint()

    def _lay_out(self) -> None:
        self._lines = self._lines_at(self.size.width)
        self.top = min(self.top, max(len(self._lines) - self.size.height, 0))

    def anew(self) -> None:
        """Other breaks."""
        if self.is_mounted:
            self._lay_out()
        super().anew()

    def lines_in_sight(self, width: int, height: int) -> list[Line]:
        """From the top line on; the last says how many more there are."""
        lines = self._lines[self.top : self.top + height]
        if lines and self.top + height < len(self._lines):
            more = len(self._lines) - self.top - height + 1
            how = "↑↓ 翻看" if self.has_focus else "Tab 后翻看"
            lines[-1] = ((cut(f"↓ 还有{more}行，{how}", width), self.look("dim")),)
        return lines

    def _lines_at(self, width: int) -> list[Line]:
        if width < 4:
            return []
        plain = self.look()
        if self.sheet is None:
            return [((line, self.look("dim")),) for line in wrap(self.empty, width)] if self.empty else []
        sheet, lines = self.sheet, []
        head = self.look("head-here" if self.has_focus else "head")
        lines.append(((cut(f"{sheet.number} {sheet.state_words}", width), head),))
        lines += [((line, plain),) for line in wrap(sheet.title, width)]
        lines += [((line, plain),) for line in wrap(sheet.place, width)]
        if sheet.flags:
            lines += [((line, self.look("mark")),) for line in wrap("★ " + "、".join(sheet.flags), width)]
        for words in sheet.waiting:
            lines += [((line, self.look("mark")),) for line in wrap(f"◆ {words}", width)]
        lines += self._whose(sheet, width, plain)
        for said in sheet.deadlines:
            first, _, why = said.partition("\n")
            lines += [((line, plain),) for line in wrap(first, width)]
            lines += [((line, self.look("dim")),) for line in wrap(why, width)]
        for name, value in sheet.facts:
            if name in _FIRST:
                continue
            lines += self._fact(name, value, width, plain)
        if self.person is not None:
            shown = " ".join(
                part for part in (self.person.name, self.person.phone, self.person.address) if part
            )
            lines += self._fact(
                "反映人", shown + ("" if self.person.revealed else "（已隐去）"), width, plain
            )
        lines += self._demands(sheet, width, plain)
        lines.append((("经过", self.look("head")),))
        for step in sheet.story:
            lines += self._step(step, width, plain)
        return lines

    def _whose(self, sheet: CaseSheet, width: int, plain: Style) -> list[Line]:
        """In whose hands it is, and of what kind: beside each other where there is room."""
        facts = dict(sheet.facts)
        said = [(name, facts[name]) for name in _FIRST if facts.get(name)]
        beside = "　　".join(f"{name}　{value}" for name, value in said)
        if len(said) > 1 and cell_len(beside) <= width:
            return [((beside, plain),)]
        return [line for name, value in said for line in self._fact(name, value, width, plain)]

    @staticmethod
    def _fact(name: str, value: str, width: int, plain: Style) -> list[Line]:
        label = name + " " * max(_LABEL - cell_len(name), 0) + " "
        wrapped = wrap(value, max(width - _LABEL - 1, 4))
        indent = " " * (_LABEL + 1)
        return [(((label if number == 0 else indent) + line, plain),) for number, line in enumerate(wrapped)]

    def _demands(self, sheet: CaseSheet, width: int, plain: Style) -> list[Line]:
        if not sheet.demands:
            return []
        lines: list[Line] = [(("销项所需", self.look("head")),)]
        for demand in sheet.demands:
            mark, style = ("✓", plain) if demand.met else ("✗", self.look("mark"))
            lines += [((line, style),) for line in wrap(f"{mark} {demand.name}：{demand.said}", width)]
        return lines

    def _step(self, step: StoryLine, width: int, plain: Style) -> list[Line]:
        head = f"{step.when} {step.what} {step.who}" + ("（补录）" if step.entered_later else "")
        lines: list[Line] = [((line, self.look("dim")),) for line in wrap(head, width)]
        if step.text:
            lines += [((f"  {line}", plain),) for line in wrap(step.text, width - 2)]
        if step.proxy:
            lines += [((f"  {line}", self.look("mark")),) for line in wrap(f"代录：{step.proxy}", width - 2)]
        return lines

    def action_scroll_by(self, lines: int) -> None:
        """Move the text, not past its ends."""
        self.top = min(max(self.top + lines, 0), max(len(self._lines) - self.size.height, 0))
        self.paint()

    def action_scroll_page(self, pages: int) -> None:
        """Move by what is in sight, less one line."""
        self.action_scroll_by(pages * max(self.size.height - 1, 1))
