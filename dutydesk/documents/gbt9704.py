"""Official papers as GB/T 9704-2012 lays them out: A4, 22 lines of 28 characters, 3号仿宋; the one layout of all.

The measures are the standard's; a pitch of 579 twips and characters 5 twips tighter make them come true. Office
names, red heads and numbers are values that the caller takes from the office's settings. Fonts are named and not
shipped: where one is missing, its next of kin from the file's font table stands in.

Imported only to write: python-docx takes a fifth of a second.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, BinaryIO, NamedTuple

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm

from dutydesk.documents.docx_parts import (
    BIAOSONG,
    FANGSONG,
    HEI,
    KAI,
    SONG,
    Cell,
    Look,
    Run,
    at_foot,
    keep_with_next,
    left_and_right,
    new_document,
    page_number,
    paragraph,
    save,
    set_indent,
    table,
    thin_rule,
)
from dutydesk.documents.saying import said_count, said_day

PITCH = 579  # twips: 22 lines on a page
TIGHTER = 5  # twips: 28 characters of 16 points on a line
WIDTH = 8845  # twips: a page less 28 and 26 mm
_RED_RULE = '<w:{} w:val="{}" w:sz="24" w:space="{}" w:color="FF0000"/>'

_TEXT = Look("正文", line=PITCH, tighter=TIGHTER)
TEXT = _TEXT._replace(name="公文正文", first=2)
FLUSH = _TEXT._replace(name="公文顶格")
ADDRESSED = _TEXT._replace(name="主送机关")
HEADING = _TEXT._replace(name="一级标题", font=HEI, first=2, keep=True)
SUBHEADING = _TEXT._replace(name="二级标题", font=KAI, first=2, keep=True)
NUMBER = _TEXT._replace(name="发文字号", align="center")
NUMBER_RIGHT = _TEXT._replace(name="信函字号", align="right")
TITLE = Look("公文标题", BIAOSONG, 22, "center", line=680, grid=False, keep=True)
ATTACHED = _TEXT._replace(name="附件说明", left=5, first=-3)
SIGNED = _TEXT._replace(name="署名日期", align="right", keep=True)
LISTED = _TEXT._replace(name="人员名单", left=5, first=-3)
RED_HEAD = Look("发文机关标志", BIAOSONG, 42, "center", red=True, grid=False)
COPIED = Look("版记", FANGSONG, 14, "both", left=1, right=1, line=PITCH, grid=False)
FOOT_RULE = Look("版记细线", FANGSONG, 4, "left", line=100, grid=False)
HEAD_CELL = Look("表头", HEI, 12, "center", line=400, grid=False)
CELL = Look("表格", FANGSONG, 12, "left", line=400, grid=False)
CELL_MIDDLE = CELL._replace(name="表格居中", align="center")
FIELD = Look("栏目", FANGSONG, 14, "left", line=440, grid=False)
FIELD_NAME = FIELD._replace(name="栏目名", align="center")
SMALL = Look("说明", FANGSONG, 12, "both", line=400, grid=False)
ODD = Look("单页页码", SONG, 14, "right", right=1, line=454, grid=False)
EVEN = Look("双页页码", SONG, 14, "left", left=1, line=454, grid=False)
BLANK = Look("版头空白", FANGSONG, 16, "left", line=1420, grid=False)
_LOOKS = (
    *(
        _TEXT,
        TEXT,
        FLUSH,
        ADDRESSED,
        HEADING,
        SUBHEADING,
        NUMBER,
        NUMBER_RIGHT,
        TITLE,
        ATTACHED,
        SIGNED,
        LISTED,
    ),
    *(RED_HEAD, COPIED, FOOT_RULE, HEAD_CELL, CELL, CELL_MIDDLE, FIELD, FIELD_NAME, SMALL, ODD, EVEN, BLANK),
)


class Column(NamedTuple):
    """A column of a table: its head, its width in twips (all of them 8,845), whether its text stands in the middle."""

    head: str
    width: int
    middle: bool = False


class Paper:
    """A document being written from the top. Every text that comes in has been cleaned (`saying.Teller`)."""

    def __init__(self, title: str, author: str) -> None:
        self._made = new_document(_LOOKS, title, author)
        self._body = self._made.element.body
        self._headings = 0
        self._section = section = self._made.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        # A page number stands 7 mm below the text.
        section.header_distance, section.footer_distance = Mm(15), Mm(20)
        grid = section._sectPr.find(f"{{{section._sectPr.nsmap['w']}}}docGrid")
        section._sectPr.remove(grid)
        section._sectPr.append(parse_xml(f'<w:docGrid {nsdecls("w")} w:type="lines" w:linePitch="{PITCH}"/>'))
        self._put(section.footer, page_number(ODD))
        self._put(section.even_page_footer, page_number(EVEN))

    @staticmethod
    def _put(where: Any, made: Any) -> None:
        where.is_linked_to_previous = False
        for old in list(where._element):
            where._element.remove(old)
        where._element.append(made)

    def _add(self, made: Any) -> None:
        self._section._sectPr.addprevious(made)

    # -- heads --------------------------------------------------------------------------------------------------

    def letter_head(self, office: str) -> None:
        """信函格式: the office in red 30 mm from the page's edge, a rule below it, another 20 mm from the foot.

        The first page bears no number.
        """
        section = self._section
        section.different_first_page_header_footer = True
        section.header_distance = Mm(29.2)
        rule = _RED_RULE.format("bottom", "thickThinSmallGap", 7)
        self._put(section.first_page_header, _widened(_red(office, rule)))
        rule = _RED_RULE.format("bottom", "thinThickSmallGap", 1)
        self._put(section.first_page_footer, _widened(paragraph(SMALL, borders=rule)))

    def red_head(self, name: str, number: str, office: str = "", day: date | None = None) -> None:
        """The name in red 35 mm below the text's upper edge, its number, and a red rule 4 mm below that.

        With an office there is a line more, as 纪要 has it: the office at the left, the day at the right.
        """
        self._add(paragraph(BLANK))
        self._add(_red(name))
        self.blank()
        rule = _RED_RULE.format("bottom", "single", 9)
        self._add(paragraph(NUMBER, Run(number), borders="" if office else rule))
        if office:
            self._add(left_and_right(FLUSH, office, said_day(day), WIDTH, rule))

    def number(self, text: str) -> None:
        """A letter's number, at the right under the rule."""
        self._add(paragraph(NUMBER_RIGHT, Run(text)))

    def number_between(self, text: str) -> None:
        """A number in the middle, without a rule."""
        self._add(paragraph(NUMBER, Run(text)))

    def title(self, text: str, *, above: int = 2, below: int = 1) -> None:
        """The title, `above` lines below what stands over it, `below` lines above what follows."""
        for _ in range(above):
            self.blank()
        for line in title_lines(text):
            self._add(paragraph(TITLE, Run(line)))
        for _ in range(below):
            self.blank()

    # -- text ---------------------------------------------------------------------------------------------------

    def blank(self) -> None:
        """An empty line."""
        self._add(paragraph(FLUSH))

    def addressed(self, names: str) -> None:
        """主送机关, at the edge, with its colon."""
        self._add(paragraph(ADDRESSED, Run(f"{names}：")))

    def heading(self, text: str) -> None:
        """`一、…`, counted by itself."""
        self._headings += 1
        self._add(paragraph(HEADING, Run(f"{said_count(self._headings)}、{text}")))

    def text(self, text: str, lead: str = "") -> None:
        """Paragraphs of running text, one a line of `text`; `lead` stands before the first in 楷体."""
        for place, line in enumerate(line for line in text.split("\n") if line.strip()):
            runs = [Run(lead, KAI)] if lead and place == 0 else []
            self._add(paragraph(TEXT, *runs, Run(line.strip())))

    def people(self, kind: str, names: str) -> None:
        """`出席：…`, as minutes name who was there."""
        hanging = len(kind) + 1
        moved = LISTED._replace(left=2 + hanging, first=-hanging)
        self._add(paragraph(LISTED, Run(f"{kind}：", HEI), Run(names), moved=moved))

    def attachments(self, names: Sequence[str]) -> None:
        """`附件：1. …` one line below the text; a single one bears no number."""
        if not names:
            return
        self.blank()
        many = len(names) > 1
        for place, name in enumerate(names, 1):
            number = f"{place}. " if many else ""
            moved = ATTACHED._replace(left=6 if many else 5, first=-4 if many else -3)
            if place > 1:
                moved = moved._replace(first=-1)
            head = "附件：" if place == 1 else ""
            self._add(paragraph(ATTACHED, Run(f"{head}{number}{name}"), moved=moved))

    def signature(self, office: str, day: date | None) -> None:
        """Who signs and when, two lines below the text, with room for a seal; never alone on a page.

        The date stands four characters from the right, the office in the middle above it.
        """
        self._keep_last()
        for _ in range(2):
            self._add(paragraph(SIGNED))
        said = said_day(day)
        shift = (_characters(office) - _characters(said)) / 2
        from_right = max(4.0, shift)
        office_right = max(from_right - shift, 0)
        self._add(paragraph(SIGNED, Run(office), moved=SIGNED._replace(right=office_right)))
        self._add(paragraph(FLUSH, Run(said), moved=SIGNED._replace(right=from_right)))

    def note(self, text: str) -> None:
        """附注 in brackets below the date."""
        self._keep_last()
        self._add(paragraph(TEXT, Run(f"（{text}）")))

    def small(self, text: str) -> None:
        """An explanation in small print."""
        for line in text.split("\n"):
            self._add(paragraph(SMALL, Run(line)))

    def attachment(self, place: int, many: bool, title: str) -> None:
        """A new page for an attachment: `附件1` at the edge, its title below."""
        self._add(paragraph(FLUSH, Run(f"附件{place if many else ''}", HEI), new_page=True))
        self.title(title, above=1)

    # -- tables and the foot ------------------------------------------------------------------------------------

    def list(self, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
        """A table whose heads stand again on each page."""
        looks = [CELL_MIDDLE if column.middle else CELL for column in columns]
        cells = [[Cell(column.head, HEAD_CELL) for column in columns]]
        cells += [[Cell(text, look) for text, look in zip(row, looks, strict=True)] for row in rows]
        self._add(table([column.width for column in columns], cells, heads=1))
        self._add(paragraph(SMALL))

    def form(self, widths: Sequence[int], rows: Sequence[Sequence[Cell]], *, whole: bool = False) -> None:
        """A ruled form; with `whole` all of it on one page."""
        self._add(table(widths, rows, whole=whole))
        self._add(paragraph(FOOT_RULE))  # Word wants a paragraph behind the last table

    def imprint(self, copied_to: str, printed_by: str = "", printed_on: date | None = None) -> None:
        """版记 at the foot of the last page: who gets copies, and (not in a letter) who printed it and when."""
        rule = '<w:{} w:val="single" w:sz="8" w:space="2" w:color="000000"/>'
        rules = rule.format("top") + rule.format("bottom") if printed_by else ""
        lines = []
        if copied_to:
            lines.append(paragraph(COPIED, Run(f"抄送：{copied_to}。"), borders=rules))
        if copied_to and printed_by:
            lines.append(thin_rule(FOOT_RULE, WIDTH, rules))
        if printed_by:
            lines.append(
                left_and_right(COPIED, printed_by, f"{said_day(printed_on)}印发", WIDTH - 280, rules)
            )
        for line in lines:
            self._add(at_foot(line, WIDTH))
        self._add(paragraph(SMALL))

    def save(self, stream: BinaryIO) -> None:
        """Write the document, the same bytes for the same content."""
        save(self._made, stream)

    def _keep_last(self) -> None:
        """What was written last stays with what follows."""
        last = self._section._sectPr.getprevious()
        if last is not None and last.tag.endswith("}p"):
            keep_with_next(last)


_TITLE_LINE = 442 // 22  # characters
_NEAR = 5  # characters from the middle within which a word's end is looked for
_BREAKS = re.compile(
    r"(?<=[的和与及、》）”])(?!函|通知|纪要|报告)|(?<=解决|协调|召开|小区|新村|广场|花园|公寓|大楼|片区|街道)"
    r"|(?<=\D)(?=问题|情况|工作|会议|事项)"
)


def title_lines(text: str) -> list[str]:
    """A title in lines of about one length, broken where a word ends as far as that can be told."""
    lines: list[str] = []
    while len(text) > _TITLE_LINE:
        even = -(-len(text) // -(-len(text) // _TITLE_LINE))
        near = range(max(even - _NEAR, 1), min(even + _NEAR, _TITLE_LINE) + 1)
        wanted = {found.start() for found in _BREAKS.finditer(text)}
        whole = [place for place in near if not (text[place - 1].isascii() and text[place].isascii())]
        places = [place for place in whole if place in wanted] or whole or [even]
        place = min(places, key=lambda place: abs(place - even))
        lines.append(text[:place])
        text = text[place:]
    return [*lines, text]


def _red(name: str, rule: str = "") -> Any:
    size = max(min(42, 442 // max(len(name), 1)), 16)
    return paragraph(RED_HEAD, Run(name, size=size), borders=rule)


def _widened(made: Any) -> Any:
    """170 mm wide, in the middle of the page: 8 mm over the left margin, 6 mm over the right."""
    set_indent(made, -454, -340)
    return made


def _characters(text: str) -> float:
    """How many characters wide a text is; a digit is half of one."""
    return sum(1 if unicodedata.east_asian_width(character) in "WFA" else 0.5 for character in text)
