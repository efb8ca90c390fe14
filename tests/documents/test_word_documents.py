"""What Word documents say and do not: masks, hostile texts, numbers and dates, the same bytes each time."""

from __future__ import annotations

import io
import itertools
import os
import re
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from dutydesk.documents import invitation_letter, meeting_minutes, meeting_notice, supervision_notice
from dutydesk.documents.gbt9704 import title_lines
from dutydesk.documents.saying import said_count, said_day, said_number, said_time
from dutydesk.text import clean
from tests.documents import samples
from tests.documents.conftest import SAMPLES, Sample
from tests.documents.hostile import everywhere, strange_text

ROOT = Path(__file__).parent.parent.parent
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NEVER = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]"
)


def parts(file: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def body(file: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(parts(file)["word/document.xml"])


def text_of(file: bytes) -> str:
    """All text of a file, a line a paragraph."""
    paragraphs = body(file).iter(f"{W}p")
    return "\n".join("".join(run.text or "" for run in p.iter(f"{W}t")) for p in paragraphs)


# -- the same bytes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SAMPLES)
def test_the_same_content_gives_the_same_bytes_in_another_process(name: str, tmp_path: Path) -> None:
    code = (
        "import sys; from tests.documents.conftest import SAMPLES; "
        f"sys.stdout.buffer.write(SAMPLES[{name!r}].bytes())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": "7", "TZ": "America/Lima", "LC_ALL": "C", "HOME": str(tmp_path)},
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == SAMPLES[name].bytes()


def test_other_content_gives_other_bytes() -> None:
    other = samples.LETTER._replace(number="徐康办约〔2026〕4号")
    assert Sample(invitation_letter.write, other).bytes() != SAMPLES["letter"].bytes()


@pytest.mark.parametrize("name", SAMPLES)
def test_the_file_tells_nothing_of_the_machine_or_the_moment(name: str) -> None:
    file = SAMPLES[name].bytes()
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 1, 1, 0, 0, 0)}
    inside = parts(file)
    assert b"rsid" not in b"".join(inside.values())
    assert inside["docProps/core.xml"].count(b"2026-01-01T00:00:00Z") == 2
    assert not [part for part in inside if "thumbnail" in part or "custom" in part]


def test_fonts_are_named_with_what_stands_in_for_them() -> None:
    inside = parts(SAMPLES["letter"].bytes())
    table = ElementTree.fromstring(inside["word/fontTable.xml"])
    names = {font.get(f"{W}name"): font.find(f"{W}altName").get(f"{W}val") for font in table}
    assert names["仿宋_GB2312"].startswith("仿宋,")
    assert names["方正小标宋简体"]
    used = re.findall(
        r'w:eastAsia="([^"]+)"', (inside["word/styles.xml"] + inside["word/document.xml"]).decode()
    )
    assert {name for name in used if name != "zh-CN"} <= set(names)


# -- hostile texts -------------------------------------------------------------------------------------------------


def shape(file: bytes) -> set[str]:
    """The kinds of elements that there are."""
    return {element.tag for element in body(file).iter()}


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("name", [name for name in SAMPLES if not name.startswith("long_")])
def test_whatever_a_text_holds_comes_out_as_text(name: str, seed: int) -> None:
    strange = strange_text(seed)
    sample = SAMPLES[name]
    file = sample._replace(content=everywhere(sample.content, strange)).bytes()
    text = text_of(file)
    assert not _NEVER.search(text.replace("\n", ""))
    as_line = clean(strange, 200)
    assert not as_line or as_line[:60] in text.replace("\n", " ") or as_line[:20] in text
    assert shape(file) <= shape(sample.bytes())


@pytest.mark.parametrize("text", ["\U00020bb7野家", "\U0001f525", "<b>&amp;</b>", "“引号”——"])
def test_rare_characters_and_markup_stay_as_they_are(text: str) -> None:
    letter = samples.LETTER._replace(subject=text)
    assert text in text_of(Sample(invitation_letter.write, letter).bytes()).replace("\n", "")


def test_braces_of_strangers_are_no_places_to_fill_in() -> None:
    letter = samples.LETTER._replace(subject="{area}{answer_by}", area="{subject}")
    text = text_of(Sample(invitation_letter.write, letter).bytes())
    assert "关于约请协调解决{area}{answer_by}的函" in text.replace("\n", "")
    assert "我街道{subject}在日常治理中发现{area}{answer_by}。" in text


# -- personal data -------------------------------------------------------------------------------------------------

RESIDENT = ("张秀英", "13812345678", "康健新村12号楼302室")


@pytest.mark.parametrize(
    "name", ["letter", "long_letter", "slip", "long_slip", "supervision", "long_supervision"]
)
def test_residents_are_masked_unless_an_act_revealed_them(name: str) -> None:
    sample = SAMPLES[name]
    masked = text_of(sample.bytes())
    assert "张*（联系方式略）" in masked
    assert not [part for part in RESIDENT if part in masked]
    revealed = text_of(sample._replace(content=sample.content._replace(revealed_by="act-1")).bytes())
    assert all(part in revealed for part in RESIDENT)


def test_numbers_of_people_in_running_text_are_masked_and_the_offices_own_is_not() -> None:
    told = "居民来电13987654321反映，身份证310104196001011234"
    matter = samples.MATTER._replace(text=told, phone="")
    letter = samples.LETTER._replace(matters=(matter,), tried=told, place="打13987654321问路")
    masked = text_of(Sample(invitation_letter.write, letter).bytes())
    assert "13987654321" not in masked
    assert "310104196001011234" not in masked
    assert samples.CONTACT.phone in masked
    revealed = letter._replace(revealed_by="act-1")
    assert "13987654321" in text_of(Sample(invitation_letter.write, revealed).bytes())


def test_minutes_and_notices_mask_numbers_of_people_too() -> None:
    said = "王阿姨电话13987654321"
    minutes = samples.MINUTES._replace(items=(meeting_minutes.Item(said, (said,)),))
    assert "13987654321" not in text_of(Sample(meeting_minutes.write, minutes).bytes())
    notice = samples.NOTICE._replace(agenda=(meeting_notice.AgendaLine(said),))
    assert "13987654321" not in text_of(Sample(meeting_notice.write, notice).bytes())
    assert "13987654321" not in meeting_notice.as_text(notice)


# -- what is said and how ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("徐康办约〔2026〕3号", "徐康办约〔2026〕3号"),
        ("徐康办约[2026]第03号", "徐康办约〔2026〕3号"),
        ("徐康办约（2026）010号", "徐康办约〔2026〕10号"),
        ("徐康办约【2026】 7号", "徐康办约〔2026〕7号"),
        ("第12期", "第12期"),
        ("", "（草稿，未编号）"),
    ],
)
def test_a_number_has_its_own_brackets_and_no_leading_zeros(typed: str, printed: str) -> None:
    assert said_number(typed) == printed


def test_days_have_no_leading_zeros_and_times_are_those_of_shanghai() -> None:
    assert said_day(date(2026, 8, 3)) == "2026年8月3日"
    assert said_day(None) == "　　年　月　日"
    assert said_time(datetime(2026, 8, 3, 6, 5, tzinfo=UTC)) == "2026年8月3日（星期一）14:05"
    assert [said_count(n) for n in (1, 10, 11, 20, 21, 99)] == [
        "一",
        "十",
        "十一",
        "二十",
        "二十一",
        "九十九",
    ]


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于约请协调解决违法搭建问题的函", ["关于约请协调解决违法搭建问题的函"]),
        (
            "关于约请协调解决康健新村12号楼东侧违法搭建问题的函",
            ["关于约请协调解决康健新村", "12号楼东侧违法搭建问题的函"],
        ),
        ("关于约请协调解决康乐小区咨询点没人值守的函", ["关于约请协调解决康乐小区", "咨询点没人值守的函"]),
    ],
)
def test_a_long_title_stands_in_even_lines(title: str, lines: list[str]) -> None:
    assert title_lines(title) == lines


@pytest.mark.parametrize("length", range(1, 130))
def test_no_title_loses_a_character_or_leaves_one_alone(length: int) -> None:
    title = ("关于召开康健一片区第12次双周例会、协调2026年项目的通知" * 5)[:length]
    lines = title_lines(title)
    assert "".join(lines) == title
    assert all(len(line) <= 20 for line in lines)
    assert len(lines) == 1 or min(map(len, lines)) > 3


def test_a_title_without_a_word_that_ends_is_broken_all_the_same() -> None:
    assert [len(line) for line in title_lines("W" * 90)] == [18] * 5


def test_a_draft_says_that_it_is_one() -> None:
    draft = samples.LETTER._replace(number="", day=None)
    text = text_of(Sample(invitation_letter.write, draft).bytes())
    assert "（草稿，未编号）" in text
    assert "　　年　月　日" in text


def test_few_matters_stand_in_the_text_and_many_in_a_table() -> None:
    few, many = (samples.LETTER._replace(matters=samples.many_matters(n)) for n in (3, 4))
    texts = [text_of(Sample(invitation_letter.write, letter).bytes()) for letter in (few, many)]
    assert ["约请事项清单" in text for text in texts] == [False, True]
    assert "附件：回执" in texts[0]
    assert "附件：1. 约请事项清单\n2. 回执" in texts[1]
    assert "附件1\n" in texts[1]


def test_a_department_invited_alone_finds_its_name_on_the_slip() -> None:
    alone = samples.LETTER._replace(to=("区水务局",))
    text = text_of(Sample(invitation_letter.write, alone).bytes())
    assert "单　　位\n区水务局" in text
    assert "单　　位\n区住房保障和房屋管理局" not in text_of(SAMPLES["letter"].bytes())


def test_a_letter_about_no_case_and_a_supervision_without_register_leave_nothing_empty() -> None:
    text = text_of(Sample(invitation_letter.write, samples.LETTER._replace(matters=())).bytes())
    assert "有关情况" not in text
    assert "一、已做的工作" in text
    unnumbered = samples.SUPERVISION._replace(number="")
    assert "〔2026〕＿＿＿号" in text_of(Sample(supervision_notice.write, unnumbered).bytes())


def test_an_office_has_its_own_words() -> None:
    wording = invitation_letter.Wording(title="关于商请{subject}的函", closing="专此函达。")
    letter = samples.LETTER._replace(wording=wording, subject="处置违法搭建")
    text = text_of(Sample(invitation_letter.write, letter).bytes())
    assert "关于商请处置违法搭建的函" in text
    assert "专此函达。" in text
    assert "特此函达" not in text


def test_a_notice_to_paste_says_what_the_document_says() -> None:
    pasted = meeting_notice.as_text(samples.NOTICE)
    written = text_of(SAMPLES["notice"].bytes()).replace("\n", "")
    for line in pasted.splitlines():
        assert line in written, line


def test_additions_come_after_the_signed_minutes() -> None:
    text = text_of(SAMPLES["long_minutes"].bytes())
    assert text.index("签发：李志明") < text.index("2026年8月6日补充（李志明）：第2项完成时限改为8月25日。")


def test_every_document_is_valid_in_the_order_of_its_properties() -> None:
    """Word refuses a paragraph whose properties are out of order, where LibreOffice does not mind."""
    for name, sample in SAMPLES.items():
        for look in body(sample.bytes()).iter(f"{W}pPr"):
            order = [PROPERTIES.index(child.tag.removeprefix(W)) for child in look]
            assert order == sorted(order), (name, [child.tag.removeprefix(W) for child in look])


PROPERTIES: list[Any] = [
    *("pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "pBdr", "tabs"),
    *("autoSpaceDE", "autoSpaceDN", "adjustRightInd", "snapToGrid", "spacing", "ind", "jc"),
]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_paragraph_stands_behind_each_table(name: str) -> None:
    """Word joins tables that touch, and wants the last thing of a page's text to be a paragraph."""
    order = [child.tag.removeprefix(W) for child in next(iter(body(SAMPLES[name].bytes())))]
    assert order[-1] == "sectPr"
    assert all(after == "p" for before, after in itertools.pairwise(order) if before == "tbl")
