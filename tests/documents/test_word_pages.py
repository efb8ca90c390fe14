"""Word documents as pages: what GB/T 9704-2012 asks for, measured after LibreOffice has laid them out."""

from __future__ import annotations

import pytest

from tests.documents import samples
from tests.documents.conftest import HAN, SAMPLES
from tests.documents.pages import Page

HANGING = 5.7  # mm: a punctuation mark may hang over the edge
LEFT, RIGHT, TOP, BOTTOM = 28.0, 210 - 26.0, 37.0, 297 - 35.0
STRANGE = [f"strange_{name}" for name in SAMPLES if not name.startswith("long_")]


def test_a_page_has_22_lines_of_28_characters(pages: dict[str, list[Page]]) -> None:
    han = pages["han"]
    assert [len(page.lines()) for page in han] == [22, 22, 22]
    assert {len(line) for page in han for line in page.lines()[1:]} == {28}
    assert han[0].lines()[0] == HAN * 26  # the first line stands in by two


def test_the_text_lies_within_the_margins_of_an_a4_page(pages: dict[str, list[Page]]) -> None:
    for page in pages["han"]:
        assert (round(page.width), round(page.height)) == (210, 297)
        words = [word for word in page.words if HAN in word.text]
        assert min(word.left for word in words) == pytest.approx(LEFT, abs=0.3)
        assert max(word.right for word in words) == pytest.approx(RIGHT, abs=0.6)
        assert min(word.top for word in words) >= TOP
        assert max(word.bottom for word in words) <= BOTTOM + 1


@pytest.mark.parametrize("name", [*SAMPLES, *STRANGE])
def test_nothing_runs_out_of_its_page(pages: dict[str, list[Page]], name: str) -> None:
    for page in pages[name]:
        for word in page.words:
            assert word.left >= LEFT - 8.1, word
            assert word.right <= RIGHT + HANGING + 0.1, word
            assert word.top >= 29, word
            assert word.bottom <= 297 - 19, word


@pytest.mark.parametrize(
    ("name", "count"), [("letter", 3), ("slip", 1), ("notice", 2), ("minutes", 2), ("supervision", 1)]
)
def test_a_usual_content_takes_few_pages(pages: dict[str, list[Page]], name: str, count: int) -> None:
    assert len(pages[name]) == count


@pytest.mark.parametrize(
    ("name", "heads", "first", "last"),
    [
        ("long_letter", ("事项编号", "办理时限"), "2026-000001", "2026-000060"),
        ("long_supervision", ("事项编号", "原时限", "办理结果"), "2026-000001", "2026-000080"),
        ("long_minutes", ("议定事项", "完成时限", "相关事项"), "2026-001001", "2026-025003"),
        ("long_notice", ("议题", "列入原因"), "第1项：", "第60项："),
    ],
)
def test_a_table_that_goes_on_repeats_its_heads(
    pages: dict[str, list[Page]], name: str, heads: tuple[str, ...], first: str, last: str
) -> None:
    texts = [page.text for page in pages[name]]
    begins = next(place for place, text in enumerate(texts) if first in text)
    ends = next(place for place, text in enumerate(texts) if last in text)
    assert ends > begins + 1
    for page in pages[name][begins + 1 : ends + 1]:
        on_top = [word.text for word in page.words if word.top < TOP + 15]
        assert set(heads) <= set(on_top), on_top
    for page in pages[name][ends + 1 :]:
        assert heads[-1] not in page.text


def test_every_matter_of_a_long_list_is_there(pages: dict[str, list[Page]]) -> None:
    whole = "".join(page.text for page in pages["long_letter"])
    assert all(matter.number in whole for matter in samples.LONG_LETTER.matters)
    assert all(f"{place}.{request.department}" in whole for place, request in numbered())


def numbered() -> list[tuple[int, samples.Request]]:
    return list(enumerate(samples.LONG_LETTER.requests, 1))


@pytest.mark.parametrize("name", ["letter", "long_letter", "strange_letter"])
def test_the_slip_is_whole_on_one_page(pages: dict[str, list[Page]], name: str) -> None:
    (page,) = [page for page in pages[name] if "签收人" in page.text]
    labels = ("签收人", "应约，按时参加", "书面答复（另附）", "参会人", "单位盖章", "前反馈")
    places = [page.text.find(label) for label in labels]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("name", ["letter", "long_letter"])
def test_the_slip_has_a_page_of_its_own(pages: dict[str, list[Page]], name: str) -> None:
    (page,) = [page for page in pages[name] if "签收人" in page.text]
    assert page.text.startswith("附件")
    assert "回执" in page.text
    assert samples.LETTER.number in page.text
    assert "特此函达" not in page.text


def test_a_letter_has_its_red_name_high_up_and_no_number_on_its_first_page(
    pages: dict[str, list[Page]],
) -> None:
    first, second, *_ = pages["letter"]
    office = next(word for word in first.words if word.text == samples.OFFICE)
    assert office.top == pytest.approx(30, abs=2)
    assert (office.left + office.right) / 2 == pytest.approx(105, abs=1.1)
    assert "—1—" not in first.text
    assert "—2—" in second.text


def test_page_numbers_stand_outside_left_on_even_pages_right_on_odd(pages: dict[str, list[Page]]) -> None:
    for place, page in enumerate(pages["long_minutes"], 1):
        word = next(word for word in page.words if word.text == str(place) and word.top > BOTTOM)
        assert (word.left > 105) == bool(place % 2)


def test_a_signature_never_stands_alone_on_a_page(pages: dict[str, list[Page]]) -> None:
    for name in ("letter", "long_letter", "notice", "long_notice"):
        signer = samples.LETTER.office if "letter" in name else samples.NOTICE.signed_by
        page = next(
            page for page in pages[name] if any(line == "2026年8月3日" for line in page.lines(bottom=270))
        )
        lines = page.lines()
        assert lines.index(signer) >= 1, lines


@pytest.mark.parametrize("name", ["letter", "minutes", "long_minutes"])
def test_copies_are_named_at_the_foot_of_the_last_page(pages: dict[str, list[Page]], name: str) -> None:
    last = pages[name][-1]
    lines = last.lines(bottom=265)
    assert any(line.startswith("抄送：") for line in lines)
    lowest = max(word.bottom for word in last.words if word.bottom < BOTTOM + 3)
    assert lowest > BOTTOM - 8
    assert all("抄送：" not in page.text for page in pages[name][:-1])
