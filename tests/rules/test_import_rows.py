"""Which column of somebody's list is which field."""

from __future__ import annotations

import pytest

from dutydesk.rules import import_rows
from dutydesk.rules.import_rows import IGNORED


@pytest.mark.parametrize("header", ["来源编号", " 来源 编号 ", "*来源编号：", "来源编号（12345）"])
def test_blanks_stars_and_brackets_of_a_header_do_not_count(header):
    assert import_rows.plain(header) == "来源编号"


def test_the_row_of_headers_is_the_one_in_which_most_are_known():
    rows = [(1, ["热线工单"]), (2, ["来源编号", "内容"]), (3, ["1", "内容"])]
    best = max(range(3), key=lambda at: sum(bool(import_rows.field_named(cell)) for cell in rows[at][1]))
    assert import_rows.find_heads(rows) == best == 1


def test_a_list_without_known_headers_begins_at_its_top():
    assert import_rows.find_heads([(1, ["甲"]), (2, ["乙"])]) == 0
    assert import_rows.known_heads([]) == import_rows.find_heads([]) == 0


def test_headers_below_the_tenth_row_are_not_looked_for():
    rows = [*((at, ["说明"]) for at in range(10)), (10, ["来源编号"])]
    assert import_rows.find_heads(rows) == 0


def test_each_field_is_taken_once_and_what_is_remembered_goes_first():
    field = import_rows.field_named("来源编号")
    assert field
    assert import_rows.mapping_of(["来源编号", "来源编号"], {}) == {0: field}
    assert import_rows.mapping_of(["甲", "来源编号"], {"甲": field}) == {0: field}
    assert import_rows.mapping_of(["来源编号"], {"来源编号": IGNORED}) == {}
