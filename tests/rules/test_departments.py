"""Departments by kind with who leads them and speaks for them; 处级领导包保 of areas, units and projects."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dutydesk.models import AuditEntry, Department, RoleGrant, Sponsorship, Staff, Subdistrict
from dutydesk.rules import departments, finding, person, role_grants, tree
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.role_grants import Scope
from dutydesk.vocabulary import DepartmentKind, Role
from tests.rules.eyes import THE_DAY, TODAY, audited, last_values, new_act

pytestmark = pytest.mark.both
R = Role


class TestDepartments:
    def test_by_kind_with_head_liaison_and_vacancies(self, cases):
        rows = departments.departments(cases[R.DUTY_OFFICER])
        office, bureau = rows
        assert ([name for _, name in office.liaisons], office.heads) == (["部门联络员甲"], ())
        assert ([name for _, name in bureau.heads], bureau.liaisons) == (["部门负责人甲"], ())
        assert [row.name for row in departments.departments(cases[R.DUTY_OFFICER], "zfbz")] == [bureau.name]

    def test_a_stand_in_is_named_as_one_while_it_lasts(self, cases, keeper, clock):
        held = RoleGrant.get(RoleGrant.role == R.LIAISON)
        RoleGrant.update(subdistrict=cases.district.subdistrict).where(RoleGrant.id == held.id).execute()
        deputy = Staff.get(Staff.number == "D99")
        last = TODAY + timedelta(days=13)
        role_grants.stand_in(keeper, held.id, deputy.id, TODAY, last, new_act())
        office = departments.departments(cases[R.DUTY_OFFICER])[0]
        assert [name for _, name in office.liaisons] == ["部门联络员甲", "值班员乙（代理）"]
        clock.move_to("2026-12-08T10:00:00+08:00")
        office = departments.departments(cases.district.sign_on(R.DUTY_OFFICER))[0]
        assert [name for _, name in office.liaisons] == ["部门联络员甲"]

    def test_they_stand_in_the_order_of_their_kinds_with_the_bureau_above(self, cases):
        town = cases.district.subdistrict
        for code, name, kind, parent in (
            ("GYDL", "供电服务站", DepartmentKind.UTILITY, ""),
            ("PCS", "康健派出所", DepartmentKind.STATION, "徐汇公安分局"),
            ("FGS", "房管所", DepartmentKind.STATION, "QFG"),  # by its code
        ):
            Department.create(subdistrict=town, code=code, name=name, kind=kind, parent_bureau=parent)
        rows = departments.departments(cases[R.DUTY_OFFICER])
        assert [row.kind for row in rows] == [
            DepartmentKind.OFFICE,
            DepartmentKind.STATION,
            DepartmentKind.STATION,
            DepartmentKind.BUREAU,
            DepartmentKind.UTILITY,
        ]
        assert [row.parent for row in rows if row.parent] == [
            "区住房保障和房屋管理局",
            "徐汇公安分局",
        ]

    def test_another_subdistricts_are_not_listed_and_the_district_finds_them(self, cases):
        district = Subdistrict.get_by_id(cases.district.subdistrict).district
        other = Subdistrict.create(district=district, code="X", name="徐家汇街道", short_name="徐家汇")
        theirs = Department.create(subdistrict=other, code="XJH", name="城运中心", kind=DepartmentKind.OFFICE)
        finding.index("department", theirs.id, theirs.name)
        for role, listed, found in (
            (R.DUTY_OFFICER, False, False),
            (R.SUPERVISOR, False, True),  # without words only those of the whole district
        ):
            names = [row.name for row in departments.departments(cases[role])]
            assert ("城运中心" in names) is listed
            assert bool(departments.departments(cases[role], "cyzx")) is found

    def test_what_finds_nothing_is_empty_and_what_is_not_there_is_refused(self, cases):
        assert departments.departments(cases[R.DUTY_OFFICER], "qqqq") == []
        with pytest.raises(Refused, match="没有找到这个部门"):
            departments.department(cases[R.DUTY_OFFICER], 999)

    def test_who_has_left_speaks_for_nobody(self, cases, keeper):
        liaison = Staff.get(Staff.number == cases.district.numbers[R.LIAISON])
        office = cases.district.departments[0]
        assert departments.department(keeper, office).liaisons == ((liaison.id, "部门联络员甲"),)
        person.leave(keeper, liaison.id, TODAY - timedelta(days=1), new_act())
        assert departments.department(keeper, office).liaisons == ()

    def test_a_vacancy_is_filled_and_stood_in_for(self, cases, keeper):
        office, other = cases.district.departments[0], Staff.get(Staff.number == "D99")
        scope = Scope(department_id=office)
        given = (keeper, other.id, R.DEPARTMENT_HEAD, scope, TODAY, new_act(), THE_DAY)
        role_grants.give(*given, stands_in=True)
        assert departments.department(keeper, office).heads == ((other.id, "值班员乙（代理）"),)
        chief = Staff.get(Staff.number == cases.district.numbers[R.AREA_CHIEF])
        role_grants.give(keeper, chief.id, R.DEPARTMENT_HEAD, scope, TODAY, new_act())
        assert [name for _, name in departments.department(keeper, office).heads] == [
            "值班员乙（代理）",
            "片区长甲",
        ]


class TestSponsorships:
    def test_areas_units_and_projects_each_with_one_at_a_time(self, cases, keeper):
        area, unit = cases.district.areas[0], cases.district.units[0]
        departments.sponsor(keeper, "王建华", "副局长", TODAY, new_act(), area_id=area)
        departments.sponsor(keeper, "李国强", "副主任", THE_DAY, new_act(), area_id=area)
        departments.sponsor(keeper, "周敏", "", TODAY, new_act(), unit_id=unit)
        district = cases[R.DISTRICT_COORDINATOR]
        departments.sponsor(district, "吴晓", "副区长", TODAY, new_act(), project="加装电梯")
        rows = departments.sponsorships(keeper, TODAY)
        assert {(row.what, row.holder) for row in rows} == {
            ("加装电梯", "吴晓"),
            ("康健新村", "周敏"),
            ("康健一片区", "王建华"),
        }
        assert "包保：李国强（副主任）" in tree.place(keeper, "area", area, THE_DAY).says
        row = Sponsorship.get(Sponsorship.unit == unit)
        departments.end_sponsorship(keeper, row.id, TODAY, new_act())
        assert "周敏" not in tree.place(keeper, "unit", unit, THE_DAY).says
        with pytest.raises(NotAllowed):
            departments.sponsor(keeper, "吴晓", "", TODAY, new_act(), project="别的项目")

    def test_what_is_missing_is_said_beside_its_field(self, cases, keeper):
        for name, project, field in (("", "加装电梯", "name"), ("王建华", "", "project"), ("", "", "name")):
            with pytest.raises(Refused) as refused:
                departments.sponsor(cases[R.ADMINISTRATOR], name, "", TODAY, new_act(), project=project)
            assert refused.value.field == field
        assert Sponsorship.select().count() == 0

    def test_ended_it_holds_to_its_day_with_both_dates_in_the_audit(self, cases, keeper):
        unit = cases.district.units[0]
        departments.sponsor(keeper, "周敏", "", TODAY, new_act(), unit_id=unit)
        row = Sponsorship.get()
        with pytest.raises(Refused, match="才开始") as refused:
            departments.end_sponsorship(keeper, row.id, TODAY - timedelta(days=1), new_act())
        assert refused.value.field == "last_day"
        with pytest.raises(NotAllowed):
            departments.end_sponsorship(cases[R.AREA_CHIEF], row.id, THE_DAY, new_act())
        entries, act_id = AuditEntry.select().count(), new_act()
        for _twice in range(2):
            departments.end_sponsorship(keeper, row.id, THE_DAY, act_id)
        assert AuditEntry.select().count() == entries + 1
        assert '"until": "2026-12-01"' in last_values()
        days = (THE_DAY, THE_DAY + timedelta(days=1))
        assert [len(departments.sponsorships(keeper, day)) for day in days] == [1, 0]
        audited()

    def test_the_own_subdistricts_places_and_all_projects_are_listed(self, cases, keeper):
        district = Subdistrict.get_by_id(cases.district.subdistrict).district
        other = Subdistrict.create(district=district, code="X", name="徐家汇街道", short_name="徐家汇")
        departments.sponsor(keeper, "周敏", "", TODAY, new_act(), unit_id=cases.district.units[0])
        departments.sponsor(cases[R.ADMINISTRATOR], "吴晓", "副区长", TODAY, new_act(), project="加装电梯")
        Sponsorship.create(holder_name="别处", subdistrict=other, project="", valid_from=TODAY)
        assert [row.holder for row in departments.sponsorships(keeper, TODAY)] == ["吴晓", "周敏"]
        assert len(departments.sponsorships(cases[R.SUPERVISOR], TODAY)) == 3
