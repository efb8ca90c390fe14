"""部门 by kind with heads and liaisons; 处级领导包保."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dutydesk.rules import departments, duty_questions, keeping, postings, roster
from dutydesk.rules.departments import DepartmentRow, SponsorRow
from dutydesk.rules.organisation import today
from dutydesk.rules.role_grants import Scope
from dutydesk.screens.people.acting import fill_in
from dutydesk.screens.people.dates import CORRECT, TAKE_BACK, Dated, change_dates, date_actions
from dutydesk.screens.people.listing import Line, PeopleList
from dutydesk.widgets.action_menu import Action, ActionMenu
from dutydesk.widgets.window_list import Column


def _names(people: Sequence[tuple[int, str]]) -> str:
    return "、".join(name for _, name in people) or "空缺"


class DepartmentsScreen(PeopleList):
    """Departments by kind; `/` finds them by pinyin."""

    LIST = "departments"
    COLUMNS = (
        Column("类", 10, lambda row: row.kind.label),
        Column("部门", 20, lambda row: row.name, flex=True),
        Column("负责人", 10, lambda row: _names(row.heads)),
        Column("联络员", 10, lambda row: _names(row.liaisons)),
        Column("上级", 20, lambda row: row.parent, from_width=100),
    )
    EMPTY = "没有这样的部门。按 Esc 看全部。"
    FIND = "查部门"
    words = ""

    @property
    def heading(self) -> str:
        """What was asked for."""
        return f"部门　查“{self.words}”" if self.words else "部门"

    async def load(self) -> None:
        """Those of the own subdistrict and of the district."""
        self.show_title(self.heading)
        rows = await self.ask(departments.departments, self.words)
        if rows is not None:
            await self.fill(rows)

    async def choose(self, row: DepartmentRow) -> None:
        """Its page."""
        await self.go(("department", row.key))

    async def find(self) -> None:
        """By name or pinyin, in the list."""
        from dutydesk.widgets.ask_text import AskText

        words = await self.show(AskText("查哪个部门？拼音首字母或汉字", value=self.words))
        if words is not None:
            self.words = words
            self.read_again()

    async def action_back(self) -> None:
        """What was searched for goes first."""
        if self.words:
            self.words = ""
            self.read_again()
        else:
            await super().action_back()


class DepartmentScreen(PeopleList):
    """A department: who leads it and speaks for it, its people, its postings, its duties."""

    COLUMNS = (Column("", 8, lambda row: row.part), Column("", 20, lambda row: row.text, flex=True))

    def __init__(self, department_id: int) -> None:
        super().__init__()
        self.department_id = department_id
        self.department: DepartmentRow | None = None

    @property
    def heading(self) -> str:
        """Which one."""
        return self.department.name if self.department else ""

    async def load(self) -> None:
        """The department, then its duties."""
        self.department = await self.ask(departments.department, self.department_id)
        duties = await self.ask(duty_questions.duties, "", self.department_id)
        row = self.department
        if row is None or duties is None:
            return
        self.show_title(self.heading)
        lines = []
        for (role, part), people in zip(departments.SPEAKERS.items(), (row.heads, row.liaisons), strict=True):
            lines += [Line(f"{part}{key}", part, name, "", "", ("person", key)) for key, name in people]
            if not people:
                lines.append(Line(part, part, "空缺，按 Enter 任命或请人代理", "", "", ("vacancy", role)))
        mine = roster.Question(department_id=self.department_id)
        sent = postings.Question(self.session.day, department_id=self.department_id)
        lines.append(Line("roster", "人员", "看本部门的名册", "", "", ("roster", mine)))
        lines.append(Line("postings", "下沉", "看本部门派出的人", "", "", ("postings", sent)))
        lines += [Line(f"d{duty.key}", "权责", f"{duty.category}　{duty.says}") for duty in duties]
        await self.fill(lines, "　".join(filter(None, [row.kind.label, row.parent])))

    async def choose(self, row: Line) -> None:
        """A vacancy is filled; the rest leads on."""
        if row.target is not None and row.target[0] == "vacancy" and self.department is not None:
            from dutydesk.screens.people.holders import vacancy_menu

            scope, town = Scope(department_id=self.department_id), self.department.subdistrict_id
            await vacancy_menu(self, row.target[1], scope, town, self.heading)
        else:
            await super().choose(row)


def _title_and_end(row: SponsorRow) -> str:
    """What is to come says from when, what ends says until when."""
    if row.since > today():
        return f"（{row.since:%m-%d}起）{row.title}"
    return f"（至{row.until:%m-%d}）{row.title}" if row.until else row.title


class SponsorsScreen(PeopleList):
    """Who answers for which area, unit or project."""

    LIST = "sponsors"
    COLUMNS = (
        Column("包保什么", 18, lambda row: row.what, flex=True),
        Column("所属", 10, lambda row: row.place),
        Column("领导", 10, lambda row: row.holder),
        Column("职务", 28, _title_and_end),
        Column("起止", 24, lambda row: row.span, from_width=110),
    )
    EMPTY = "还没有定包保领导。由协调员在片区、单元的页面按 0 定，项目由管理员在这里按 0 定。"

    @property
    def heading(self) -> str:
        """Its name."""
        return "处级领导包保"

    async def load(self) -> None:
        """Those of today and those to come."""
        rows = await self.ask(departments.sponsorships, self.session.day, to_come=True)
        if rows is not None:
            await self.fill(rows)

    @property
    def keeps(self) -> bool:
        """Whether this session may change anything here; the rules look again."""
        return keeping.keeps(self.session, "keep_people", self.session.subdistrict_id)

    async def choose(self, row: SponsorRow) -> None:
        """The card, or its end."""
        found = [Action("card", f"看{row.holder}")] if row.staff_id else []
        if self.keeps:
            if row.since <= self.session.day:
                found.append(Action("end", "结束这项包保", "到哪一天为止"))
            found += date_actions(row.since, self.session.day)
        chosen = await self.show(ActionMenu(f"{row.holder}　包保{row.what}", found)) if found else None
        if chosen == "card":
            await self.go(("person", row.staff_id))
        elif chosen in (CORRECT, TAKE_BACK):
            dated = Dated("sponsor", row.key, f"{row.holder}　包保{row.what}", row.since, row.until)
            self.done(await change_dates(self, chosen, dated))
        elif chosen == "end":

            def end(session: Any, fields: dict[str, Any], act_id: str) -> str:
                return departments.end_sponsorship(session, row.key, fields["last_day"], act_id)

            head = f"{row.holder}　{row.title}　包保{row.what}"
            self.done(await fill_in(self, "结束包保", head, "LastDayForm", end, {"last_day": "今天"}))

    async def actions(self) -> Sequence[Action[str]]:
        """A project; places are sponsored on their own pages."""
        return [Action("project", "定重点项目的包保领导")] if self.keeps else []

    async def do_action(self, name: str) -> None:
        """See `actions`."""

        def give(session: Any, fields: dict[str, Any], act_id: str) -> str:
            given = (fields["name"], fields["title"], fields["since"])
            return departments.sponsor(session, *given, act_id, project=fields["project"])

        head = "哪个项目由哪位处级领导包保；原来的到前一天止。"
        self.done(await fill_in(self, "定包保", head, "SponsorProjectForm", give, {"since": "今天"}))
