"""Finding places, people, departments and categories by Chinese, initials or full pinyin."""

from __future__ import annotations

import time
from datetime import date

import pytest

from dutydesk.models import Area, FindKey, Issue, RoleGrant, Staff, Subdistrict, Unit, UnitArea
from dutydesk.rules import finding
from dutydesk.rules.finding import Found, index, key_rows
from dutydesk.vocabulary import Force, Role, State

R, S = Role, State
HOSTILE = [
    "%", "_", "%%", "'", '"', "''", "\\", "\x00", "\x1b[31m", "; drop table unit --", "* or 1=1", "\U0010ffff", "\ud7ff",
    "\uffff", "\u202e", "[b]", "🙂", " ", "\u3000", "'", "kjxc'", "a" * 10_000, "长" * 10_000, "x " * 5_000,
]  # fmt: skip


@pytest.fixture
def duty(cases):
    return cases[R.DUTY_OFFICER]


def add_unit(cases, name: str, area: int) -> int:
    unit = Unit.create(subdistrict=1, code=name, name=name, kind="residential")
    UnitArea.create(unit=unit, area=cases.district.areas[area], valid_from=date(2020, 1, 1))
    FindKey.insert_many(key_rows("unit", unit.id, name)).execute()
    return unit.id


def titles(found: list[Found]) -> list[str]:
    return [each.title for each in found]


class TestPlaces:
    @pytest.mark.parametrize(
        ("typed", "first"),
        [
            ("kjxc", "康健新村"), ("KJXC", "康健新村"), ("ｋｊｘｃ", "康健新村"), ("kangjian", "康健新村"),
            ("kangjianxincun", "康健新村"), ("康健", "康健新村"), ("新村", "康健新村"), ("xc", "康健新村"),
            ("cq", "长桥二村"), ("zq", "长桥二村"), ("changqiao", "长桥二村"), ("zhangqiao", "长桥二村"),
            ("cqec", "长桥二村"), ("桥二", "长桥二村"), ("scf", "寿昌坊"),
            ("kjdl", "科技大楼（演示）"), ("大楼", "科技大楼（演示）"),
        ],
    )  # fmt: skip
    def test_a_place_is_found_however_it_is_typed(self, duty, typed, first):
        assert titles(finding.places(duty, typed))[0] == first

    def test_initials_that_collide_show_their_parents_the_own_area_first(self, cases, duty):
        add_unit(cases, "科技小城", 1)
        add_unit(cases, "康嘉小筑", 0)  # kjxz
        found = finding.places(duty, "kjx")
        assert [(each.title, each.detail) for each in found] == [
            ("康健新村", "康健·康健一片区"),
            ("康嘉小筑", "康健·康健一片区"),
            ("科技小城", "康健·康健二片区"),
        ]
        other = finding.places(cases.district.elsewhere, "kjx")
        assert titles(other)[0] == "科技小城"

    def test_several_words_are_all_asked_for(self, cases, duty):
        add_unit(cases, "康健新村北区", 1)
        assert titles(finding.places(duty, "kj bq")) == ["康健新村北区"]
        assert titles(finding.places(duty, "北区 康健")) == ["康健新村北区"]
        assert finding.places(duty, "kj cq") == []

    def test_what_begins_the_name_comes_before_what_is_inside_it(self, cases, duty):
        add_unit(cases, "东桂林苑", 0)
        assert titles(finding.places(cases.district.elsewhere, "gl"))[0] == "桂林苑"

    def test_an_own_name_comes_before_the_subdistricts_and_only_that_is_sure(self, cases, duty):
        from dutydesk.rules.district import unit_rows

        FindKey.delete().where(FindKey.subject == "unit").execute()
        for unit in Unit.select():
            FindKey.insert_many(unit_rows(unit.id, unit.name, "康健新村街道", "康健一片区")).execute()
        found = finding.places(duty, "kjxc")
        assert [each.title for each in found if each.sure] == ["康健新村"]
        assert (found[0].title, len(found)) == ("康健新村", Unit.select().count())
        elsewhere = finding.places(cases.district.elsewhere, "kjxc")
        assert (elsewhere[0].title, elsewhere[0].sure, elsewhere[1].sure) == ("康健新村", True, False)
        assert [each.title for each in finding.places(duty, "kjxc cq") if each.sure] == ["长桥二村"]
        assert not any(each.sure for each in finding.places(duty, "kjxcjd"))

    def test_the_example_is_a_place_of_the_own_area_that_its_initials_find(self, cases, duty):
        initials, name = finding.example_place(duty)
        assert (initials, name) == ("kjxc", "康健新村")
        assert finding.places(duty, initials)[0].title == name
        assert finding.example_place(cases[R.SUPERVISOR]) is None

    def test_without_text_it_is_the_own_areas_units(self, cases, duty):
        assert titles(finding.places(duty, "")) == ["康健新村", "长桥二村", "寿昌坊"]
        assert titles(finding.places(cases[R.NEIGHBOURHOOD_OFFICER], "")) == ["康健新村"]
        assert finding.places(cases[R.SUPERVISOR], "") == []

    def test_the_parent_is_todays(self, cases, duty):
        UnitArea.update(valid_to=date(2026, 11, 23)).where(UnitArea.unit == 1).execute()
        assert finding.places(duty, "kjxc")[0].detail == "康健·未划片区"
        UnitArea.create(unit=1, area=cases.district.areas[1], valid_from=date(2026, 11, 24))
        assert finding.places(duty, "kjxc")[0].detail == "康健·康健二片区"

    def test_no_more_than_nine_are_shown(self, cases, duty):
        for number in range(12):
            add_unit(cases, f"新小区{number}", 0)
        assert len(finding.places(duty, "xxq")) == finding.SHOWN == 9

    @pytest.mark.parametrize("typed", HOSTILE)
    def test_hostile_text_finds_nothing_and_breaks_nothing(self, duty, typed):
        started = time.perf_counter()
        for search in (finding.categories, finding.staff, finding.places):
            search(duty, typed)
        assert finding.departments(duty, typed, 1) is not None
        assert time.perf_counter() - started < 1
        assert Area.select().count() == 2

    def test_a_wildcard_is_a_character(self, cases, duty):
        assert finding.places(duty, "%") == finding.places(duty, "_") == []
        add_unit(cases, "100%小区", 0)
        assert titles(finding.places(duty, "100%")) == ["100%小区"]
        assert finding.staff(duty, "D_0") == finding.staff(duty, "%0") == []


class TestPeople:
    def test_by_initials_and_by_number_with_what_tells_them_apart(self, duty):
        assert [(each.title, each.detail) for each in finding.staff(duty, "zby")] == [("值班员甲", "D00")]
        for number in ("D03", "d03", "03", "０３"):
            assert titles(finding.staff(duty, number)) == ["处置人员甲"], number

    def test_those_of_the_own_area_first_and_nobody_who_has_left(self, cases, duty):
        for number, name, area in (("E1", "处置人员乙", 1), ("E2", "处置人员丙", 0)):
            staff = Staff.create(number=number, name=name)
            index("staff", staff.id, name)
            RoleGrant.create(
                staff=staff,
                role=R.HANDLER,
                area=cases.district.areas[area],
                force="safety",
                valid_from="2020-01-01",
            )
        assert titles(finding.staff(cases.district.elsewhere, "czry"))[0] == "处置人员乙"
        assert titles(finding.staff(duty, "czry"))[-1] == "处置人员乙"
        Staff.update(active=False).where(Staff.number == "E1").execute()
        assert "处置人员乙" not in titles(finding.staff(duty, "czry"))

    def test_those_of_the_own_subdistrict_before_those_of_others(self, cases, duty):
        other = Subdistrict.create(code="X", name="长桥街道", short_name="长桥", district=1)
        for number, where in (
            ("F1", {"role": R.COORDINATOR, "subdistrict": other}),
            ("F2", {"role": R.LIAISON, "department": cases.district.departments[0]}),
        ):
            staff = Staff.create(number=number, name="谢倩燕")
            index("staff", staff.id, "谢倩燕")
            RoleGrant.create(staff=staff, valid_from="2020-01-01", **where)
        assert [each.detail.split()[-1] for each in finding.staff(duty, "xqy")] == ["F2", "F1"]

    def test_renamed_somebody_is_found_by_the_new_name_only(self, duty):
        index("staff", 4, "长孙和")
        Staff.update(name="长孙和").where(Staff.id == 4).execute()
        assert titles(finding.staff(duty, "zsh")) == titles(finding.staff(duty, "csh")) == ["长孙和"]
        assert finding.staff(duty, "czry") == []


class TestCategories:
    def test_by_name(self, duty):
        assert [(each.title, each.detail) for each in finding.categories(duty, "ldd")] == [
            ("楼道堆物", "消防安全·公共安全")
        ]

    def test_without_text_the_most_used_here_come_first(self, cases, duty):
        assert len(finding.categories(duty, "")) == 3
        for category in (cases.rubbish, cases.rubbish, cases.fire):
            cases.new(category=str(category))
        assert titles(finding.categories(duty, "")) == ["垃圾满溢", "楼道堆物"]

    def test_one_no_longer_used_is_not_found(self, cases, duty):
        from dutydesk.models import Category

        Category.update(active=False).where(Category.id == cases.fire).execute()
        assert finding.categories(duty, "ldd") == []


class TestAssignees:
    @pytest.fixture(autouse=True)
    def _keys(self, cases):
        for position, force in enumerate(Force):
            index("force", position, force.label)
        index("seat", cases.partner(), "康健物业")

    def test_without_text_its_force_then_who_the_list_of_duties_names(self, cases, duty):
        found = finding.assignees(duty, cases.new(), "")
        assert (found[0].value, found[0].detail) == ("force:safety", "四方力量·本类归口")
        assert titles(found)[-1] == "康健物业"
        found = finding.assignees(duty, cases.new(category=str(cases.building)), "")
        assert [each.value for each in found[:2]] == ["force:management", "department:1"]
        assert found[1].detail == "权责清单：科室职责第5条：违建处置"

    @pytest.mark.parametrize(
        ("typed", "value"),
        [("ggaq", "force:safety"), ("公共服务", "force:service"), ("kjwy", "partner:6"), ("sqgl", "department:1"),
         ("zfbz", "department:2"), ("czry", "staff:4"), ("d03", "staff:4")],
    )  # fmt: skip
    def test_each_kind_is_found(self, cases, duty, typed, value):
        assert finding.assignees(duty, cases.new(), typed)[0].value == value

    def test_whatever_is_found_can_be_given_the_case(self, cases, duty):
        """Nobody is offered who then could not take it up."""
        for typed in ("", "g", "k", "z", "s", "d0", "p", "j"):
            for found in finding.assignees(duty, cases.new(), typed):
                issue_id = cases.in_state(S.OPENED)
                cases.do("assign", issue_id, R.AREA_CHIEF, assignee=found.value)
                assert Issue.get_by_id(issue_id).assignee_name

    @pytest.mark.parametrize("typed", HOSTILE)
    def test_hostile_text_breaks_nothing(self, cases, duty, typed):
        assert isinstance(finding.assignees(duty, cases.new(), typed), list)


def test_usual_reasons_are_the_offices(duty):
    assert finding.no_feedback_reasons(duty) == ["巡查自行发现，无反映人"]
    assert "首次联系反映人" in finding.reveal_reasons(duty)
