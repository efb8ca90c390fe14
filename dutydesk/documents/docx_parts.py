"""A Word file below its text: styles, fonts, settings, paragraphs, tables, and bytes that stay the same.

Knows how the format says a thing, not what an official paper looks like: that is `gbt9704`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

if TYPE_CHECKING:
    from docx.document import Document as Word

SONG, FANGSONG, HEI, KAI, BIAOSONG = "宋体", "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体"
# What stands in where a font is missing, in the order in which Word looks for it.
_INSTEAD = {
    SONG: "SimSun,NSimSun,华文宋体",
    FANGSONG: "仿宋,FangSong,FangSong_GB2312,华文仿宋",
    HEI: "SimHei,华文黑体",
    KAI: "楷体,KaiTi,KaiTi_GB2312,华文楷体",
    BIAOSONG: "方正小标宋_GBK,FZXiaoBiaoSong-B05S,华文中宋,STZhongsong,宋体",
}
_W = nsdecls("w")
_MADE = datetime(2026, 1, 1)  # noqa: DTZ001, the file's own times tell nothing, and stay the same
_ABOUT = 255  # characters that a property of a document may have
_STORED = (2026, 1, 1, 0, 0, 0)
_PARTS_NOT_WANTED = ("stylesWithEffects", "customXml", "thumbnail", "numbering", "webSettings")
_SETTINGS_NOT_WANTED = ("zoom", "proofState", "savePreviewPicture", "rsids", "themeFontLang", "shapeDefaults")


class Look(NamedTuple):
    """How a paragraph looks; each is a style of that name in the file, which the office can change for all of it."""

    name: str
    font: str = FANGSONG
    size: float = 16  # points; 16 is 3号
    align: str = "both"
    first: float = 0  # characters by which the first line stands in; less than 0 where it hangs out
    left: float = 0  # characters
    right: float = 0
    line: int = 0  # twips; 0 as high as the font asks
    before: int = 0  # twips
    tighter: int = 0  # twips between characters
    red: bool = False
    grid: bool = True  # on the page's lines
    keep: bool = False  # on one page with what follows


class Run(NamedTuple):
    """A piece of a paragraph, in a font and of a size (points) of its own where they are given."""

    text: str
    font: str = ""
    size: int = 0


def new_document(looks: Sequence[Look], title: str, author: str) -> Word:
    """An empty document whose styles are `looks`; the first is that of text which names none."""
    made = Document()
    for rels in (made.part.package.rels, made.part.rels):
        for key in [key for key, rel in rels.items() if rel.reltype.rsplit("/", 1)[-1] in _PARTS_NOT_WANTED]:
            del rels[key]
    styles = made.styles.element
    for child in list(styles):
        styles.remove(child)
    styles.append(parse_xml(_defaults(looks[0].font)))
    for place, look in enumerate(looks):
        styles.append(parse_xml(_style(look, "" if place == 0 else looks[0].name)))
    fonts = next(rel.target_part for rel in made.part.rels.values() if rel.reltype.endswith("/fontTable"))
    fonts._blob = _font_table().encode()
    settings = made.settings.element
    for name in _SETTINGS_NOT_WANTED:
        for found in settings.findall(qn(f"w:{name}")):
            settings.remove(found)
    for name in list(made.sections[0]._sectPr.attrib):  # ids of the template's own revisions
        del made.sections[0]._sectPr.attrib[name]
    made.settings.odd_and_even_pages_header_footer = True
    about = made.core_properties
    about.title, about.author = title[:_ABOUT], author[:_ABOUT]
    about.last_modified_by, about.comments, about.revision, about.language = author[:_ABOUT], "", 1, "zh-CN"
    about.created = about.modified = _MADE
    return made


def _defaults(font: str) -> str:
    return (
        f'<w:docDefaults {_W}><w:rPrDefault><w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}" '
        f'w:eastAsia="{font}" w:cs="{font}"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
        "</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
    )


def _style(look: Look, based_on: str) -> str:
    kind = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    default = "" if based_on else ' w:default="1"'
    return (
        f'<w:style {_W} w:type="paragraph"{default} w:styleId="{look.name}">'
        f'<w:name w:val="{look.name if based_on else "Normal"}"/>{kind}<w:qFormat/>'
        f"<w:pPr>{_paragraph_look(look)}</w:pPr><w:rPr>{_run_look(look)}</w:rPr></w:style>"
    )


def _paragraph_look(look: Look) -> str:
    keep = "<w:keepNext/>" if look.keep else ""
    grid = "1" if look.grid else "0"
    height = f'w:line="{look.line}" w:lineRule="exact"' if look.line else 'w:line="240" w:lineRule="auto"'
    return (
        f'{keep}<w:widowControl w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
        f'<w:adjustRightInd w:val="0"/><w:snapToGrid w:val="{grid}"/>'
        f'<w:spacing w:before="{look.before}" w:after="0" {height}/>'
        f'{indent(look)}<w:jc w:val="{look.align}"/>'
    )


def indent(look: Look) -> str:
    """Indents in characters, and in twips for programs that do not count in characters."""
    first = "firstLine" if look.first >= 0 else "hanging"
    said = ""
    for name, characters in (("left", look.left), ("right", look.right), (first, abs(look.first))):
        said += f' w:{name}Chars="{round(characters * 100)}" w:{name}="{round(characters * look.size * 20)}"'
    return f"<w:ind{said}/>"


def _run_look(look: Look) -> str:
    colour = '<w:color w:val="FF0000"/>' if look.red else ""
    return (
        f'{_fonts(look.font)}{colour}<w:spacing w:val="{-look.tighter}"/>'
        f'<w:sz w:val="{round(look.size * 2)}"/><w:szCs w:val="{round(look.size * 2)}"/>'
    )


def _fonts(font: str) -> str:
    """`eastAsia` as hint, so that quotation marks and dashes are Chinese ones."""
    return (
        f'<w:rFonts w:hint="eastAsia" w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}" w:cs="{font}"/>'
    )


def _font_table() -> str:
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{instead}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{"modern" if name == HEI else "auto"}"/><w:pitch w:val="variable"/></w:font>'
        for name, instead in _INSTEAD.items()
    )
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {_W}>{fonts}</w:fonts>'


def paragraph(
    look: Look,
    *runs: Run,
    keep: bool = False,
    new_page: bool = False,
    borders: str = "",
    moved: Look | None = None,
) -> Any:
    """A paragraph in a look. `borders` is the XML of its rules; `moved` has indents and an alignment of its own."""
    made = parse_xml(
        f'<w:p {_W}><w:pPr><w:pStyle w:val="{look.name}"/>{"<w:keepNext/>" if keep else ""}'
        f"{'<w:pageBreakBefore/>' if new_page else ''}{f'<w:pBdr>{borders}</w:pBdr>' if borders else ''}"
        f"{indent(moved) + _align(moved) if moved else ''}</w:pPr></w:p>"
    )
    for run in runs:
        made.append(_run(run))
    return made


def _align(look: Look) -> str:
    return f'<w:jc w:val="{look.align}"/>'


def keep_with_next(made: Any) -> None:
    """Keep a paragraph on one page with what follows."""
    look = made.find(qn("w:pPr"))
    if look.find(qn("w:keepNext")) is None:
        look.insert(1, parse_xml(f"<w:keepNext {_W}/>"))


def set_indent(made: Any, left: int, right: int) -> None:
    """Give a paragraph indents in twips; less than 0 goes over the margin."""
    look = made.find(qn("w:pPr"))
    for old in look.findall(qn("w:ind")):
        look.remove(old)
    look.append(parse_xml(f'<w:ind {_W} w:left="{left}" w:right="{right}"/>'))


def _run(run: Run) -> Any:
    fonts = _fonts(run.font) if run.font else '<w:rFonts w:hint="eastAsia"/>'
    size = f'<w:sz w:val="{run.size * 2}"/><w:szCs w:val="{run.size * 2}"/>' if run.size else ""
    made = parse_xml(f'<w:r {_W}><w:rPr>{fonts}{size}</w:rPr><w:t xml:space="preserve"/></w:r>')
    made[-1].text = run.text
    return made


def page_number(look: Look) -> Any:
    """`— 1 —`."""
    made = paragraph(look, Run("— "))
    field = '<w:fldChar w:fldCharType="{}"/>'
    for inside in (
        field.format("begin"),
        '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
        field.format("separate"),
        "<w:t>1</w:t>",
        field.format("end"),
    ):
        made.append(parse_xml(f"<w:r {_W}>{inside}</w:r>"))
    made.append(_run(Run(" —")))
    return made


class Cell(NamedTuple):
    """A cell of a table: paragraphs in a look; as wide as `span` columns, at least `lowest` twips high."""

    text: str
    look: Look
    span: int = 1
    lowest: int = 0


LONG = 200  # characters of a cell above which its row may go on on the next page


def table(
    widths: Sequence[int], rows: Sequence[Sequence[Cell]], *, heads: int = 0, whole: bool = False
) -> Any:
    """A ruled table of columns of `widths` twips.

    The first `heads` rows stand again on each page. A row stays on one page unless its text is long; with `whole`
    the table does.
    """
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    rules = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in sides)
    made = parse_xml(
        f'<w:tbl {_W}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{rules}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid></w:tbl>"
    )
    for place, cells in enumerate(rows):
        made.append(_row(widths, cells, head=place < heads, keep=whole and place < len(rows) - 1))
    return made


def _row(widths: Sequence[int], cells: Sequence[Cell], *, head: bool, keep: bool) -> Any:
    lowest = max(cell.lowest for cell in cells)
    whole = head or keep or all(len(cell.text) <= LONG for cell in cells)
    made = parse_xml(
        f"<w:tr {_W}><w:trPr>{'<w:cantSplit/>' if whole else ''}"
        f'<w:trHeight w:val="{lowest}" w:hRule="atLeast"/>{"<w:tblHeader/>" if head else ""}</w:trPr></w:tr>'
    )
    column = 0
    for cell in cells:
        width = sum(widths[column : column + cell.span])
        column += cell.span
        inside = parse_xml(
            f'<w:tc {_W}><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:gridSpan w:val="{cell.span}"/>'
            '<w:vAlign w:val="center"/></w:tcPr></w:tc>'
        )
        for line in cell.text.split("\n"):
            inside.append(paragraph(cell.look, Run(line), keep=keep or head))
        made.append(inside)
    return made


def left_and_right(look: Look, left: str, right: str, width: int, borders: str = "") -> Any:
    """A line with a text at either end."""
    made = paragraph(look, Run(left), borders=borders)
    place = made.find(qn("w:pPr"))
    tabs = parse_xml(f'<w:tabs {_W}><w:tab w:val="right" w:pos="{width}"/></w:tabs>')
    place.insert(2 if borders else 1, tabs)
    made.append(parse_xml(f"<w:r {_W}><w:tab/></w:r>"))
    made.append(_run(Run(right)))
    return made


def at_foot(made: Any, width: int) -> Any:
    """Move a paragraph to the foot of the page it falls on; several of the same borders stay together."""
    place = made.find(qn("w:pPr"))
    frame = f'<w:framePr {_W} w:w="{width}" w:wrap="around" w:vAnchor="margin" w:hAnchor="margin" '
    place.insert(1, parse_xml(frame + 'w:xAlign="left" w:yAlign="bottom"/>'))
    return made


def thin_rule(look: Look, width: int, borders: str) -> Any:
    """A thin line across, as an underlined tab: a rule between paragraphs would part a frame."""
    made = paragraph(look, borders=borders, moved=look._replace(left=0, right=0))
    made.find(qn("w:pPr")).insert(
        2 if borders else 1, parse_xml(f'<w:tabs {_W}><w:tab w:val="right" w:pos="{width}"/></w:tabs>')
    )
    made.append(parse_xml(f'<w:r {_W}><w:rPr><w:u w:val="single"/></w:rPr><w:tab/></w:r>'))
    return made


def save(made: Word, stream: BinaryIO) -> None:
    """Write a document, the same bytes for the same content."""
    written = io.BytesIO()
    made.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        # What the file is made of comes first: some programs look no further to tell what it is.
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, _STORED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, source.read(name))
