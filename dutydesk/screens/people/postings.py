"""下沉力量: how many are posted where on a day, by area or by department; who they are, and their attendance."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from dutydesk.desk import Desk
from dutydesk.rules import keeping, permission, postings
from dutydesk.rules.postings import Group, PostingRow, Question, Window
from dutydesk.rules.workcalendar import day_said
from dutydesk.screens.people.acting import fill_in
from dutydesk.screens.people.listing import PeopleList
from dutydesk.widgets.action_menu import Action, ActionMenu
from dutydesk.widgets.window import Page
from dutydesk.widgets.window_list import Column, WindowList


async def choose_day(screen: PeopleList) -> date | None:
    """Which day is looked at."""
    chosen: list[date] = []

    def take(_session: Any, fields: dict[str, Any], _act_id: str) -> str:
        chosen.append(fields["day"])
        return "看这一天"

    await fill_in(screen, "看哪一天", "过去的照那一天的样子，将来的照已排定的。", "DayForm", take)
    return chosen[0] if chosen else None


class GroupsScreen(PeopleList):
    """Areas, or departments, with how many are posted on a day."""

    LIST = "postings"
    COLUMNS = (
        Column("片区／部门", 24, lambda row: row.name, flex=True),
        Column("所属", 20, lambda row: row.detail),
        Column("下沉", 6, lambda row: str(row.posted)),
    )
    EMPTY = "这一天没有下沉人员。"

    def __init__(self) -> None:
        super().__init__()
        self.day: date | None = None
        self.by_department = False

    @property
    def heading(self) -> str:
        """Of which day, by what."""
        return f"下沉力量　按{'部门' if self.by_department else '片区'}"

    async def load(self) -> None:
        """The groups of the day."""
        day = self.day or self.session.day
        rule = postings.by_department if self.by_department else postings.by_area
        groups = await self.ask(rule, day)
        if groups is None:
            return
        self.show_title(self.heading)
        total = sum(group.posted for group in groups)
        await self.fill(groups, f"{day:%Y-%m-%d}　共{total}人下沉")

    async def choose(self, row: Group) -> None:
        """Who they are."""
        day = self.day or self.session.day
        by = {"department_id": row.key} if self.by_department else {"area_id": row.key}
        await self.go(("postings", Question(day, **by)))

    async def actions(self) -> Sequence[Action[str]]:
        """By area or by department, and of which day."""
        other = "按片区看" if self.by_department else "按派出部门看"
        found = [Action("other", other), Action("day", "看另一天", "过去和将来都可以")]
        if keeping.keeps(self.session, "keep_people", self.session.subdistrict_id):
            found += [
                Action("import", "导入下沉名单", "收件夹里的 Excel 或 CSV，先核对再导入"),
                Action("export", "导出下沉名单", "到发件夹，改好可以再导入"),
            ]
        return found + await self.whom("keep_people", self.session.subdistrict_id, "安排、结束下沉找谁")

    async def do_action(self, name: str) -> None:
        """See `actions`."""
        if name in ("import", "export"):
            from dutydesk.screens.people import files

            await (files.bring_in if name == "import" else files.take_out)(self, "postings")
            return
        if name == "other":
            self.by_department = not self.by_department
        else:
            self.day = await choose_day(self) or self.day
        self.read_again()


class PostingRows:
    """The windowed list's rows of the postings of a day."""

    def __init__(self, desk: Desk, question: Question) -> None:
        self.desk, self.question = desk, question

    async def after(self, key: Hashable | None, count: int) -> Page[PostingRow]:
        """See `Source`."""
        return _page(await self.desk.read(postings.after, self.question, key, count))  # type: ignore[arg-type]

    async def before(self, key: Hashable | None, count: int) -> Page[PostingRow]:
        """See `Source`."""
        return _page(await self.desk.read(postings.before, self.question, key, count))  # type: ignore[arg-type]

    async def around(self, key: Hashable, count: int) -> Page[PostingRow]:
        """See `Source`."""
        return _page(await self.desk.read(postings.around, self.question, key, count))  # type: ignore[arg-type]


def _page(window: Window) -> Page[PostingRow]:
    return Page(window.rows, window.at_start, window.at_end)


class PostingsScreen(PeopleList):
    """Who is posted to an area, or from a department, on a day; space marks for the attendance."""

    LIST = "postings"
    EMPTY = "这一天没有下沉人员。"
    COLUMNS = (
        Column("姓名", 10, lambda row: row.name),
        Column("条线", 10, lambda row: row.line),
        Column("派出部门", 22, lambda row: row.department, flex=True),
        Column("片区", 14, lambda row: row.area),
        Column("起止", 24, lambda row: row.span, from_width=100),
        Column("考勤", 6, lambda row: row.attendance.label if row.attendance else "未记"),
    )
    KEYS = (("Enter", "办理"), ("空格", "标记"), ("0", "办理"), ("F1", "帮助"))
    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "mark", "标记", show=False)]

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question

    @property
    def heading(self) -> str:
        """Of which day."""
        return f"下沉力量　{self.question.day:%Y-%m-%d}"

    async def load(self) -> None:
        """The first window, or the same one again."""
        self.show_title(self.heading)
        listing = self.query_one(WindowList)
        if self.question.area_id is not None:
            rate = await self.ask(postings.rate, self.question.day, area_id=self.question.area_id)
            self.tell(f"近{postings.LOOKED_BACK}天{rate.says}" if rate else "")
        if isinstance(listing.source, PostingRows) and listing.source.question == self.question:
            await listing.reload()
        else:
            await self.draw_from(PostingRows(self.desk, self.question))

    def action_mark(self) -> None:
        """Mark the row and go on to the next."""
        listing = self.query_one(WindowList)
        listing.action_move("mark", 1)
        if not listing.marked:
            self.say("")

    def on_window_list_marked(self, event: WindowList.Marked) -> None:
        """Say how many."""
        if many := len(event.window_list.marked):  # none any more: what was done stands there
            self.say(f"已标记{many}人。Enter 一起记考勤。")

    async def action_back(self) -> None:
        """Marks go first."""
        listing = self.query_one(WindowList)
        if listing.marked:
            listing.clear_marks()
            self.say("")
        else:
            await super().action_back()

    async def choose(self, row: PostingRow) -> None:
        """The attendance of the marked, or what can be done with one."""
        marked = list(self.query_one(WindowList).marked)
        if marked:
            await self.mark(marked)
            return
        found = [Action("card", f"看{row.name}", "席位、岗位、下沉、在办")]
        if permission.may_at_all(self.session, "mark_attendance"):
            found.append(Action("mark", "记考勤", day_said(self.question.day)))
        chosen = await self.show(ActionMenu(f"{row.name}　{row.area}　{row.line}", found))
        if chosen == "card":
            await self.go(("person", row.staff_id))
        elif chosen == "mark":
            await self.mark([row])

    async def mark(self, rows: Sequence[PostingRow]) -> None:
        """How they were there."""
        ids = [row.key for row in rows]

        def mark(session: Any, fields: dict[str, Any], act_id: str) -> str:
            return postings.mark(
                session, ids, self.question.day, fields["attendance"], fields["note"], act_id
            )

        names = "、".join(row.name for row in rows[:5]) + (f"等{len(rows)}人" if len(rows) > 5 else "")
        said = await fill_in(self, "记考勤", f"{day_said(self.question.day)}　{names}", "MarkForm", mark)
        if said:
            self.query_one(WindowList).clear_marks()
        self.done(said)

    async def actions(self) -> Sequence[Action[str]]:
        """The rest was there; another day."""
        found = [Action("day", "看另一天", "过去和将来都可以")]
        if self.question.area_id is not None and permission.may_at_all(self.session, "mark_attendance"):
            found.insert(0, Action("rest", "其余到岗", "还没记的都记到岗"))
        return found

    async def do_action(self, name: str) -> None:
        """See `actions`."""
        if name == "day":
            day = await choose_day(self)
            if day is not None:
                self.question = replace(self.question, day=day)
                self.read_again()
        elif self.question.area_id is not None:
            given = (self.question.area_id, self.question.day)
            self.done(await self.do(postings.mark_the_rest, *given, self.new_act()))
