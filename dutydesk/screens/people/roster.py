"""名册: staff by number, of the own subdistrict, a department, the district; `/` finds by pinyin."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

from dutydesk.desk import Desk
from dutydesk.rules import keeping, person, roster
from dutydesk.rules.roster import Question, StaffRow, Window
from dutydesk.screens.people.acting import fill_in
from dutydesk.screens.people.listing import PeopleList
from dutydesk.widgets.action_menu import Action
from dutydesk.widgets.window import Page
from dutydesk.widgets.window_list import Column, WindowList


class StaffRows:
    """The windowed list's rows of a roster."""

    def __init__(self, desk: Desk, question: Question) -> None:
        self.desk, self.question = desk, question

    async def after(self, key: Hashable | None, count: int) -> Page[StaffRow]:
        """See `Source`."""
        return _page(await self.desk.read(roster.after, self.question, key, count))  # type: ignore[arg-type]

    async def before(self, key: Hashable | None, count: int) -> Page[StaffRow]:
        """See `Source`."""
        return _page(await self.desk.read(roster.before, self.question, key, count))  # type: ignore[arg-type]

    async def around(self, key: Hashable, count: int) -> Page[StaffRow]:
        """See `Source`."""
        return _page(await self.desk.read(roster.around, self.question, key, count))  # type: ignore[arg-type]


def _page(window: Window) -> Page[StaffRow]:
    return Page(window.rows, window.at_start, window.at_end)


class RosterScreen(PeopleList):
    """A roster; Enter opens the card."""

    LIST = "roster"
    EMPTY = "这个名册里没有这样的人。按 0 看别的名册：全区的、已离岗的。"
    COLUMNS = (
        Column("工号", 9, lambda row: row.number),
        Column("姓名", 10, lambda row: row.name),
        Column("岗位", 24, lambda row: row.roles, flex=True),
        Column("部门", 22, lambda row: row.department, flex=True),
        Column("职务", 20, lambda row: row.title, from_width=100),
    )

    def __init__(self, question: Question | None = None) -> None:
        super().__init__()
        self.question = question

    @property
    def heading(self) -> str:
        """Whose roster."""
        if self.question is None:
            return "名册"
        if self.question.left:
            return "名册　已离岗的"
        return "名册" if self.question.subdistrict_id or self.question.department_id else "名册　全区"

    async def load(self) -> None:
        """The first window, or the same one again."""
        if self.question is None:
            self.question = Question(self.session.subdistrict_id)
        listing = self.query_one(WindowList)
        self.show_title(self.heading)
        self.tell(f"查“{self.question.words}”，Esc 看全部" if self.question.words else "")
        if isinstance(listing.source, StaffRows) and listing.source.question == self.question:
            await listing.reload()
        else:
            await self.draw_from(StaffRows(self.desk, self.question))

    async def choose(self, row: StaffRow) -> None:
        """The card."""
        await self.go(("person", row.key))

    async def find(self) -> None:
        """Who is found by name, initials, pinyin or number stays in the list."""
        from dutydesk.widgets.ask_text import AskText

        assert self.question is not None
        words = await self.show(AskText("查谁？拼音首字母、汉字或工号", value=self.question.words))
        if words is not None:
            self.put(replace(self.question, words=words))

    def put(self, question: Question) -> None:
        """Another roster."""
        self.question = question
        self.read_again()

    async def action_back(self) -> None:
        """What was searched for goes first."""
        if self.question is not None and self.question.words:
            self.put(replace(self.question, words=""))
        else:
            await super().action_back()

    async def actions(self) -> Sequence[Action[str]]:
        """Other rosters, and somebody new."""
        found = []
        if keeping.keeps(self.session, "keep_people", self.session.subdistrict_id):
            found += [
                Action("hire", "添加人员", "工号、姓名、部门；岗位随后安排"),
                Action("import", "导入名册", "收件夹里的 Excel 或 CSV，先核对再导入"),
                Action("export", "导出名册", "到发件夹，改好可以再导入"),
            ]
        if self.session.subdistrict_id:
            found.append(Action("own", "看本街镇的"))
        return [*found, Action("all", "看全区的"), Action("left", "看已离岗的")]

    async def do_action(self, name: str) -> None:
        """See `actions`."""
        own = self.session.subdistrict_id
        if name == "hire":
            await self.hire()
        elif name in ("import", "export"):
            from dutydesk.screens.people import files

            await (files.bring_in if name == "import" else files.take_out)(self, "staff")
        else:
            self.put({"own": Question(own), "all": Question(), "left": Question(own, left=True)}[name])

    async def hire(self) -> None:
        """Somebody new; then the card."""
        made: list[int] = []

        def hire(session: Any, fields: dict[str, Any], act_id: str) -> str:
            saved = person.hire(session, fields, act_id)
            made.append(saved.staff_id)
            return saved.says

        said = await fill_in(self, "添加人员", "新来的人员；岗位随后在名片上安排。", "HireForm", hire)
        self.done(said)
        if said and made:
            await self.go(("person", made[0]))
