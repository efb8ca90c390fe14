"""登记: numbered at once, in the ledger whole, with whom it may be the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from dutydesk.models import Category, Counter, Issue, OfficeSetting, Reporter, database
from dutydesk.models.connection import connect
from dutydesk.rules import checking, intake
from dutydesk.rules.errors import Refused
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Force, Role, Source, State, Urgency

R, S = Role, State


class TestRegistering:
    def test_it_stands_in_the_ledger_as_it_was_typed(self, cases):
        issue_id = cases.new(
            spot="3号楼", detail="两个柜子", urgency="urgent", source="caller", flags="strongly_felt",
            reporter_address="302室", on_the_spot="已劝说", source_number="C-1",
        )  # fmt: skip
        row = cases.row(issue_id)
        assert (row.state, row.is_open, row.version, row.number) == (S.REPORTED, True, 1, "2026-000001")
        assert (row.summary, row.spot, row.detail, row.on_the_spot) == (
            "3号楼楼道堆放旧家具", "3号楼", "两个柜子", "已劝说",
        )  # fmt: skip
        assert (row.urgency, row.source, row.source_number, row.force) == (
            Urgency.URGENT, Source.CALLER, "C-1", Force.SAFETY,
        )  # fmt: skip
        assert (row.strongly_felt, row.beyond_neighbourhood) == (True, False)
        assert (row.subdistrict_id, row.area_id, row.reported_by_id) == (1, 1, 1)
        assert row.reported_at == row.changed_at == datetime.now(CHINA)
        assert cases.story(issue_id) == ["register"]
        reporter = Reporter.get_by_id(issue_id)
        assert (reporter.name, reporter.phone, reporter.address) == ("王小明", "13800001234", "302室")

    def test_both_marks_and_none(self, cases):
        both = cases.row(cases.new(flags="strongly_felt beyond_neighbourhood"))
        assert (both.strongly_felt, both.beyond_neighbourhood) == (True, True)
        none = cases.row(cases.new())
        assert (none.strongly_felt, none.beyond_neighbourhood) == (False, False)

    def test_without_anybody_who_raised_it_nobody_is_kept(self, cases):
        cases.new(reporter_name="", reporter_phone="")
        assert Reporter.select().count() == 0

    @pytest.mark.parametrize(
        ("field", "value"),
        [("unit", ""), ("unit", "99"), ("unit", "²"), ("unit", "x"), ("unit", "9" * 30), ("category", ""),
         ("category", "99"), ("summary", "")],
    )  # fmt: skip
    def test_what_is_missing_or_on_no_list_is_refused_beside_its_field(self, cases, field, value):
        written = cases.written()
        with pytest.raises(Refused) as refused:
            cases.new(**{field: value})
        assert refused.value.field == field
        assert cases.written() == written
        assert Counter.select().count() == 0, "no number is used up"

    def test_a_category_no_longer_used_is_on_no_list(self, cases):
        Category.update(active=False).where(Category.id == cases.fire).execute()
        with pytest.raises(Refused):
            cases.new()

    def test_found_earlier_it_says_so(self, cases):
        found = datetime(2026, 11, 24, 8, 0, tzinfo=CHINA)
        row = cases.row(cases.new(found_at=found.isoformat()))
        assert row.reported_at == found
        assert cases.last(row.id).recorded_at == datetime.now(CHINA)


class TestNumbers:
    def test_they_go_up_by_one_and_begin_anew_each_year(self, cases):
        numbers = [cases.row(cases.new()).number for _ in range(3)]
        cases.clock.move_to(datetime(2027, 1, 1, 0, 30, tzinfo=CHINA))
        from dutydesk.rules.signing_on import sign_on

        numbers.append(cases.row(cases.new(sign_on("D00"))).number)
        assert numbers == ["2026-000001", "2026-000002", "2026-000003", "2027-000001"]

    def test_more_than_six_digits_are_all_shown(self):
        assert Issue(year=2026, serial=1234567).number == "2026-1234567"

    def test_several_at_once_never_share_one(self, cases):
        """Eight desks on connections of their own, five cases each."""
        duty, url = cases[R.DUTY_OFFICER], cases.district.url
        fields = {"unit": str(cases.district.units[0]), "category": str(cases.fire), "summary": "楼道堆物了"}
        cases.district.close()
        connect(url)

        def desk(_number: int) -> list[str]:
            database.connect(reuse_if_open=True)
            try:
                return [intake.register(duty, fields, str(uuid4())).number for _ in range(5)]
            finally:
                database.close()

        with ThreadPoolExecutor(8) as desks:
            numbers = [number for found in desks.map(desk, range(8)) for number in found]
        assert sorted(numbers) == [f"2026-{serial:06d}" for serial in range(1, 41)]
        assert checking.check() == []


class TestDuplicates:
    """Likely duplicates nearby, shown while typing."""

    def found(self, cases, text: str, unit: int = 0, category: int | None = None) -> list[str]:
        duplicates = intake.likely_duplicates(
            cases[R.DUTY_OFFICER], cases.district.units[unit], category or cases.fire, text
        )
        return [duplicate.number for duplicate in duplicates]

    def test_the_most_alike_first_and_at_most_three(self, cases):
        for summary in (
            "3号楼楼道堆放旧家具和纸箱",
            "楼道堆放旧家具",
            "电动车在楼道充电",
            "楼道堆放家具",
            "门口垃圾满溢",
        ):
            cases.new(summary=summary)
        assert self.found(cases, "楼道堆放旧家具")[:2] == ["2026-000002", "2026-000001"]
        assert len(self.found(cases, "楼道堆放旧家具")) == 3
        assert "2026-000005" not in self.found(cases, "楼道堆放旧家具")

    def test_only_open_ones_of_the_same_unit_of_the_last_fortnight(self, cases):
        cases.new(unit=str(cases.district.units[1]))
        cases.in_state(S.VOID)
        cases.new(found_at=(datetime.now(UTC) - timedelta(days=15)).isoformat())
        assert self.found(cases, "楼道堆放旧家具") == []
        cases.new(found_at=(datetime.now(UTC) - timedelta(days=13)).isoformat())
        assert self.found(cases, "楼道堆放旧家具") == ["2026-000004"]

    def test_how_far_back_is_a_setting(self, cases):
        OfficeSetting.create(key="duplicate_window", value="1", valid_from="2026-01-01")
        cases.new(found_at=(datetime.now(UTC) - timedelta(days=2)).isoformat())
        assert self.found(cases, "楼道堆放旧家具") == []

    def test_the_same_category_needs_less_likeness(self, cases):
        cases.new(summary="地下车库入口堆放杂物很久了")
        text = "堆放沙发床垫了"
        assert self.found(cases, text) == ["2026-000001"]
        assert self.found(cases, text, category=cases.rubbish) == []

    @pytest.mark.parametrize(
        "text", ["", "堆", "。，！", "123", "%_'\"; drop table issue --", "\x00", "😀" * 100]
    )
    def test_too_little_or_hostile_text_finds_nothing(self, cases, text):
        cases.new()
        assert self.found(cases, text) == []

    def test_what_is_shown_of_one(self, cases):
        cases.clock.move_to(datetime(2026, 11, 25, 1, 0, tzinfo=CHINA))
        cases.new(summary="楼道堆放旧家具，打13912345678")
        (found,) = intake.likely_duplicates(
            cases[R.DUTY_OFFICER], cases.district.units[0], None, "楼道堆放旧家具"
        )
        assert (found.unit, found.state, found.reported_on) == ("康健新村", S.REPORTED, "11-25")
        assert "13912345678" not in found.summary


class TestAddingToOne:
    """The same as an open case: registered and merged there in one act."""

    def add(self, cases, target: int, act_id: str | None = None):
        fields = {
            "unit": str(cases.district.units[0]),
            "category": str(cases.fire),
            "summary": "楼道又堆了",
            "reporter_name": "赵六",
        }
        return intake.add_to_existing(cases[R.DUTY_OFFICER], target, fields, act_id or str(uuid4()))

    def test_it_is_merged_with_its_reporter_in_one_act(self, cases):
        target, written = cases.in_state(S.ASSIGNED), None
        written = cases.written()
        done = self.add(cases, target)
        row = cases.row(done.issue_id)
        assert (row.state, row.merged_into_id, row.returns_to) == (S.MERGED, target, S.REPORTED)
        assert cases.story(row.id) == ["register", "merge"]
        assert cases.story(target)[-1] == "merged_in"
        assert Reporter.get_by_id(row.id).name == "赵六"
        assert cases.written()["Act"] == written["Act"] + 1
        assert checking.check() == []

    def test_told_twice_it_is_there_once(self, cases):
        target, act_id = cases.new(), str(uuid4())
        assert self.add(cases, target, act_id) == self.add(cases, target, act_id)
        assert Issue.select().count() == 2

    def test_to_one_that_has_ended_meanwhile_it_is_refused_and_nothing_is_written(self, cases):
        target = cases.in_state(S.CLOSED)
        written = cases.written()
        with pytest.raises(Refused, match="已销项，不能再并入"):
            self.add(cases, target)
        with pytest.raises(Refused, match="没有找到"):
            self.add(cases, 999)
        assert cases.written() == written
