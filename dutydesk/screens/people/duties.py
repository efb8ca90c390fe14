"""权责清单 by pinyin; what is on nobody's list; the questions about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dutydesk.rules import duty_questions, keeping, permission
from dutydesk.rules.duty_questions import DutyLine, QuestionRow
from dutydesk.rules.workcalendar import CHINA
from dutydesk.screens.people.acting import fill_in
from dutydesk.screens.people.listing import PeopleList
from dutydesk.widgets.action_menu import Action, ActionMenu
from dutydesk.widgets.window_list import Column

ALIKE = "没有写明“{words}”的，下面是字面相近的。都不是，按 0 提权责问题。"


async def ask_whose(screen: PeopleList) -> None:
    """Collect a question."""

    def ask(session: Any, fields: dict[str, Any], act_id: str) -> str:
        return duty_questions.ask(session, fields["question"], fields["category"], act_id)

    head = "清单上没有人答的事。记下后由协调员答复。"
    screen.done(await fill_in(screen, "提权责问题", head, "AskDutyForm", ask))


class DutiesScreen(PeopleList):
    """Who answers for what today; `/` finds departments, categories and words."""

    LIST = "duties"
    COLUMNS = (
        Column("类别", 20, lambda row: row.category, flex=True),
        Column("谁", 32, lambda row: row.owner),  # 康健新村街道城市建设管理事务中心
        Column("依据", 20, lambda row: row.says, flex=True),
    )
    EMPTY = "清单上没有这样的。值班员、居委干部、片区长可按 0 提权责问题，由协调员答复。"
    FIND = "查权责"

    def __init__(self, words: str | None = None) -> None:
        super().__init__()
        self.words = words or ""

    @property
    def heading(self) -> str:
        """What was asked for."""
        return f"权责清单　查“{self.words}”" if self.words else "权责清单"

    async def load(self) -> None:
        """The lines, and for what nobody answers."""
        self.show_title(self.heading)
        rows = await self.ask(duty_questions.duties, self.words)
        nobody = await self.ask(duty_questions.on_nobodys_list)
        if rows is None or nobody is None:
            return
        where = f"没有部门答的类别：{'、'.join(nobody)}" if nobody else ""
        if self.words and not rows and (rows := await self.ask(duty_questions.alike, self.words) or []):
            where = ALIKE.format(words=self.words)
        await self.fill(rows, where)

    async def choose(self, row: DutyLine) -> None:
        """The department, or the whole clause."""
        if row.department_id is None:
            await self.page(row.category, [row.owner, row.says])
            return
        title = f"{row.category}　{row.owner}：{row.says}"
        if await self.show(ActionMenu(title, [Action("go", "看这个部门", "负责人、联络员、人员、全部权责")])):
            await self.go(("department", row.department_id))

    async def find(self) -> None:
        """Departments, categories, words of a clause."""
        from dutydesk.widgets.ask_text import AskText

        words = await self.show(AskText("查什么事归谁？类别、部门的拼音首字母或汉字", value=self.words))
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

    async def actions(self) -> Sequence[Action[str]]:
        """A question; the list in and out for who keeps it."""
        found = []
        if permission.may_at_all(self.session, "ask_whose"):
            found.append(Action("ask", "提一个权责问题", "清单上没有人答、说不清归谁的"))
        if keeping.keeps(self.session, "keep_duties", self.session.subdistrict_id):
            found += [
                Action("import", "导入权责清单", "收件夹里的 Excel 或 CSV，先核对再导入"),
                Action("export", "导出权责清单", "到发件夹，改好可以再导入"),
            ]
        return found

    async def do_action(self, name: str) -> None:
        """See `actions`."""
        if name == "ask":
            await ask_whose(self)
        else:
            from dutydesk.screens.people import files

            await (files.bring_in if name == "import" else files.take_out)(self, "duties")


class QuestionsScreen(PeopleList):
    """Questions about what is on nobody's list; those that wait stand first."""

    LIST = "questions"
    COLUMNS = (
        Column("状态", 6, lambda row: "已答复" if row.answered_by else "待答复"),
        Column("问题", 20, lambda row: row.question, flex=True),
        Column("提出", 10, lambda row: row.asked_by),
        Column("日期", 6, lambda row: f"{row.asked_at.astimezone(CHINA):%m-%d}"),
    )
    EMPTY = "没有权责问题。清单上没有人答的事，值班员、居委干部、片区长按 0 提出来。"

    @property
    def heading(self) -> str:
        """Its name."""
        return "权责问题"

    async def load(self) -> None:
        """Those of the own subdistrict."""
        rows = await self.ask(duty_questions.questions)
        if rows is not None:
            await self.fill(rows)

    async def choose(self, row: QuestionRow) -> None:
        """Read it whole; answer it."""
        if row.answered_by or not keeping.keeps(self.session, "keep_duties", self.session.subdistrict_id):
            said = f"答复（{row.answered_by}）：{row.answer}" if row.answered_by else "还没有答复。"
            await self.page("权责问题", [row.question, "", said, row.department])
            return
        if await self.show(ActionMenu(row.question, [Action("answer", "答复", "由谁办、依据是什么")])):

            def answer(session: Any, fields: dict[str, Any], act_id: str) -> str:
                given = (row.key, fields["answer"], fields["department"])
                return duty_questions.answer(session, *given, act_id)

            self.done(await fill_in(self, "答复", row.question, "AnswerDutyForm", answer))

    async def actions(self) -> Sequence[Action[str]]:
        """A question."""
        if not permission.may_at_all(self.session, "ask_whose"):
            return ()
        return [Action("ask", "提一个权责问题", "清单上没有人答、说不清归谁的")]

    async def do_action(self, name: str) -> None:
        """See `actions`."""
        await ask_whose(self)
