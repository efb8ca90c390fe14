"""What is asked before a list comes in: whose it is, and what those of its columns mean that nobody has said yet."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from dutydesk.models import ImportSource
from dutydesk.rules import import_asking, importing
from dutydesk.rules.errors import NotAllowed
from dutydesk.vocabulary import Role, Source

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def remembered(name: str, days_ago: int = 0, kind: Source = Source.HOTLINE, **mapping: str) -> None:
    ImportSource.create(
        name=name,
        source=kind,
        mapping=json.dumps(mapping, ensure_ascii=False),
        defaults="{}",
        changed_at=NOW - timedelta(days=days_ago),
    )


def asked(cases, *rows: tuple[str, ...], source: str = "街镇热线表") -> import_asking.Columns:
    return import_asking.columns(cases[Role.AREA_CHIEF], source, list(enumerate(rows, 1)))


class TestWhoseItIs:
    def test_what_came_last_is_offered_first_and_then_each_kind_the_hotline_before_all(self, cases):
        remembered("街镇热线表", days_ago=1)
        remembered("网格员表", days_ago=9)
        offered = import_asking.sources(cases[Role.AREA_CHIEF])
        assert [each.name for each in offered[:3]] == ["街镇热线表", "网格员表", Source.HOTLINE.label]
        assert [each.new for each in offered[:3]] == [False, False, True]
        assert {each.kind for each in offered if each.new} == set(Source)

    def test_a_kind_whose_list_came_in_under_its_own_name_is_not_offered_twice(self, cases):
        remembered(Source.HOTLINE.label)
        names = [each.name for each in import_asking.sources(cases[Role.AREA_CHIEF])]
        assert names.count(Source.HOTLINE.label) == 1
        assert len(names) == len(set(names)) == len(Source)

    def test_only_who_may_bring_lists_in_is_told(self, cases):
        with pytest.raises(NotAllowed):
            import_asking.sources(cases[Role.HANDLER])


class TestWhatColumnsMean:
    def test_a_header_that_nobody_knows_is_asked_about_with_something_that_stands_below(self, cases):
        found = asked(
            cases, ("工单编号", "诉求内容", "奇怪的列"), ("1", "楼道堆物", ""), ("2", "灯", "甲  乙\n丙")
        )
        assert found.unknown == (import_asking.Unknown("奇怪的列", "甲 乙 丙"),)
        fields = [name for name, _label in found.free]
        assert "summary" in fields or "detail" in fields
        assert "source_number" not in fields, "a column is that already"

    def test_what_was_said_once_is_not_asked_again(self, cases):
        head = ("工单编号", "诉求内容", "奇怪的列", "另一列")
        row = ("1", "楼道堆物", "3号楼", "无用")
        assert [each.head for each in asked(cases, head, row).unknown] == ["奇怪的列", "另一列"]
        remembered("街镇热线表", 奇怪的列="spot", 另一列="-")
        found = asked(cases, head, row)
        assert found.unknown == ()
        assert "spot" not in [name for name, _label in found.free]

    def test_of_another_source_it_is_asked_all_the_same(self, cases):
        remembered("街镇热线表", 奇怪的列="spot")
        assert asked(cases, ("诉求内容", "奇怪的列"), ("灯", "甲"), source="别的表").unknown

    def test_neither_an_empty_column_nor_one_without_a_header_nor_our_own_reasons(self, cases):
        found = asked(cases, ("诉求内容", "空列", "", importing.WHY), ("灯", "", "有字", "是空的"), ("墙",))
        assert found.unknown == ()

    def test_a_title_above_the_headers_is_no_header(self, cases):
        found = asked(cases, ("2026年11月热线工单",), ("工单编号", "诉求内容", "奇怪的列"), ("1", "灯", "甲"))
        assert [each.head for each in found.unknown] == ["奇怪的列"]

    def test_a_long_text_is_shown_in_part(self, cases):
        [column] = asked(cases, ("诉求内容", "奇怪的列"), ("灯", "字" * 90)).unknown
        assert column.sample == "字" * 24

    def test_a_file_without_rows_asks_nothing(self, cases):
        found = asked(cases)
        assert found.unknown == ()
        assert len(found.free) > 5
