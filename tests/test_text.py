"""Text from outside: what is dropped at the entrance, what is masked on the way out, and how names are found."""

from __future__ import annotations

import time
import unicodedata

import pytest

from dutydesk.text import (
    LINE_LIMIT,
    PROSE_LIMIT,
    clean,
    find_keys,
    mask_name,
    mask_phone,
    mask_phones_in,
    narrow,
    place_in_words,
)


class TestClean:
    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            ("电\x1b[31m梯", "电[31m梯"),
            ("\x1b]52;c;ZWNobw==\x07好", "]52;c;ZWNobw==好"),
            ("一\x9b2J二\x85三\x7f四\x00五\x08", "一2J二三四五"),
            ("正\u202e反\u202c\u2066\u2069\u200f\u061c", "正反"),
            ("零\u200b宽\u200d字\ufeff\u2060\u00ad", "零宽字"),
            ("tag\U000e0041\U000e007f\U000e0001", "tag"),
            ("marks" + "\u0301\u200d" * 9, "marks\u0301\u0301\u0301"),
            ("\u1100" + "\u1161" * 9, "\u1100\u1161\u1161\u1161"),
            ("half\ud800\udfff", "half"),
            ("\ufdd0no\ufffe\uffff\U0001fffe\U0010ffff", "no"),
            ("空\u115f\u1160\u3164\uffa0白", "空白"),
            ("行\u2028段\u2029", "行段"),
            ("全\u3000角\t格", "全 角 格"),
            ("两\r\n行\r三\n", "两 行 三"),
            ("  \u00a0两头\u3000 ", "两头"),
            ("[b]粗[/b] [@click=app.quit]", "[b]粗[/b] [@click=app.quit]"),
            ("𠮷野家 ㋿ 😀", "𠮷野家 ㋿ 😀"),
            ("", ""),
        ],
    )
    def test_what_a_terminal_or_a_document_could_obey_is_dropped_and_the_rest_stays(self, text, kept):
        assert clean(text) == kept

    def test_nothing_unsafe_is_left_of_all_there_is(self):
        every = "".join(map(chr, range(0x110000)))
        left = "".join(clean(every[start : start + 200], limit=800) for start in range(0, len(every), 200))
        assert {unicodedata.category(character) for character in left}.isdisjoint(
            {"Cc", "Cf", "Cs", "Zl", "Zp"}
        )
        assert not any(0xFDD0 <= ord(character) <= 0xFDEF for character in left)
        assert not any(ord(character) & 0xFFFE == 0xFFFE for character in left)
        left.encode("utf-8")
        kept = {"中", "é", "ｱ", "①", "℃", "㎡", "—", "…", "“", "\ue000", "\U00031350"}
        assert kept <= set(left), "letters of every script, private ones and those of later standards stay"

    def test_lines_stay_where_they_may(self):
        assert clean("一\r\n二\r三\n\n四", lines=True) == "一\n二\n三\n\n四"

    @pytest.mark.parametrize("mark", ["\u0301", "\u20dd", "\u0488", "\ufe0f", "\U000e0100", "\u034f"])
    def test_a_run_of_combining_marks_is_cut_at_three(self, mark):
        assert clean(f"梯{mark * 50}停{mark * 2}") == f"梯{mark * 3}停{mark * 2}"

    def test_it_is_capped(self):
        assert len(clean("梯" * 10_000)) == LINE_LIMIT
        assert len(clean("梯" * 10_000, lines=True)) == PROSE_LIMIT
        assert clean("一二三四五", 3) == "一二三"

    def test_a_million_characters_take_no_time(self):
        started = time.perf_counter()
        for text in ("梯" * 1_000_000, "\u0301" * 1_000_000, "\x1b" * 1_000_000, "\r\n" * 500_000):
            clean(text, lines=True)
        assert time.perf_counter() - started < 0.5

    def test_it_is_the_same_when_done_twice(self):
        for text in ("a\x1b[0m\u0301\u0301\u0301\u0301 b ", " \u200b x", "\r\n\u3000", "梯" * 300):
            assert clean(clean(text)) == clean(text)


def test_full_width_counts_as_ascii():
    assert narrow("２０２６－１１－２４　ＡＢＣ：（１）") == "2026-11-24 ABC:(1)"
    assert narrow("、。") == "/."
    assert narrow("康健新村") == "康健新村"


class TestMasking:
    @pytest.mark.parametrize(
        ("name", "shown"), [("王小明", "王*"), ("王", "王*"), ("", ""), ("欧阳修", "欧*")]
    )
    def test_a_name_keeps_its_family_name(self, name, shown):
        assert mask_name(name) == shown

    @pytest.mark.parametrize(
        ("number", "shown"), [("13800001234", "*********34"), ("12345", "***45"), ("110", "***"), ("", "")]
    )
    def test_a_number_keeps_its_last_two_digits(self, number, shown):
        assert mask_phone(number) == shown

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("打13912345678找李阿姨", "打139******78找李阿姨"),
            ("138 0000 1234、138-0000-1234", "138********34、138********34"),
            ("１３８００００１２３４", "138******34"),
            ("+8613800001234", "+861********34"),
            ("座机021-64512345。", "座机021*******45。"),
            ("（021）64512345", "（021*******45"),
            ("电话：64512345", "电话：645***45"),
            ("身份证310104199001011234", "身份证****************34"),
            ("31010419900101123X", "****************3X"),
            ("2026-11-24 13800001234", "2026-11-24 138******34"),
            ("13800001234 13900001234", "138******34 139******34"),
        ],
    )
    def test_numbers_of_people_inside_a_text_are_masked(self, text, shown):
        assert mask_phones_in(text) == shown

    @pytest.mark.parametrize(
        "text",
        [
            "2026-000123",
            "12345热线",
            "工单20261124001234",
            "2026年11月24日9:30",
            "3号楼502室",
            "编号31203456",
            "共1380000元",
            "",
        ],
    )
    def test_other_numbers_stay(self, text):
        assert mask_phones_in(text) == text

    def test_hostile_digits_take_no_time(self):
        started = time.perf_counter()
        for text in ("1" * 4000, "13" * 2000, "打 " * 2000, "0" * 4000, "1 3 " * 1000):
            mask_phones_in(text)
        assert time.perf_counter() - started < 0.2


class TestFindKeys:
    """The keys under which a name is found: its text, its initials, its pinyin, from each character on."""

    def test_initials_and_full_pinyin_from_each_character_on(self):
        keys = find_keys("康健新村")
        assert {"kjxc": 0, "jxc": 1, "xc": 2, "c": 3}.items() <= keys.items()
        assert {"kangjianxincun": 0, "xincun": 2, "康健新村": 0, "新村": 2}.items() <= keys.items()

    def test_a_polyphone_by_each_of_its_readings(self):
        assert {"cq", "zq", "changqiao", "zhangqiao"} <= set(find_keys("长桥"))

    def test_each_reading_of_each_character_of_a_long_name(self):
        """Polyphones of a long name are many more together than are kept; each alone is among them."""
        initials = {key for key in find_keys("长行重乐单和了朝") if key.isascii() and len(key) == 8}
        found = [{key[place] for key in initials} for place in range(8)]
        assert found[0] >= {"c", "z"}
        assert found[1] >= {"x", "h"}
        assert found[2] >= {"z", "c"}
        assert found[3] >= {"l", "y"}
        assert found[4] >= {"d", "c", "s"}
        assert found[7] >= {"c", "z"}
        assert len(find_keys("长行重乐单和了朝")) <= 8 + 2 * 24 * 8

    def test_umlauts_as_they_are_typed(self):
        assert {"lv", "lu", "lyu"} <= {key for key in find_keys("绿") if key.isascii()}

    def test_digits_and_latin_letters_read_as_themselves_in_any_width(self):
        keys = find_keys("Ａ座２号楼")
        assert {"az2hl", "2hl", "a座2号楼"} <= set(keys)

    def test_nothing_readable_is_found_by_its_text_alone(self):
        assert find_keys("——") == {"——": 0, "—": 1}
        assert find_keys("") == {}


def test_a_place_is_not_said_twice():
    assert place_in_words("寿昌山", "寿昌山12号楼") == "寿昌山12号楼"
    assert place_in_words("寿昌山", "12号楼") == "寿昌山 12号楼"
    assert place_in_words("寿昌山", "") == "寿昌山"
