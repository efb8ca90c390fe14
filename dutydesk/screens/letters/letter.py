"""One letter: whose turn it is, each department's line, what was agreed, its issues, the story; Enter acts on a line."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

from textual import events, work
from textual.app import ComposeResult

from dutydesk.rules.letters import acting, sheet
from dutydesk.rules.letters.sheet import LetterSheet
from dutydesk.screens.in_sight import TOO_EARLY, InSight
from dutydesk.screens.letters.acting import Target, letter_menu, line_menu, take
from dutydesk.screens.whole_list import WholeListScreen
from dutydesk.terminal import digit_of
from dutydesk.widgets.action_menu import TextPage
from dutydesk.widgets.frame import BottomLine, Words
from dutydesk.widgets.window_list import Column, WindowList

NEXT, PAPER, READ, MORE = 1, 2, 3, 0


class Row(NamedTuple):
    """A line: of which part, what it says, beside it; what Enter acts on."""

    key: str
    part: str
    text: str
    note: str = ""
    invited_id: int | None = None
    issue_id: int | None = None


COLUMNS = (
    Column("", 6, lambda row: row.part),
    Column("", 20, lambda row: row.text, flex=True),
    Column("", 14, lambda row: row.note),
)


class LetterScreen(InSight, WholeListScreen):
    """One letter."""

    NAME = "约请"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("1", "下一步"),
        ("2", "公文"),
        ("3", "全文"),
        ("0", "别的办法"),
        ("Enter", "办这一行"),
        ("F1", "帮助"),
    )
    HELP = (
        "1 下一步：提出、核稿、签发、记商定、提请办结……轮到您的那一步。0 能办的都在这里。\n"
        "Enter 在部门的一行上是这个部门的事（认可、不认可、同意改期、代录答复、评价），在问题的一行上打开案件。\n"
        "2 公文：约请函（附回执）、约请单、督办单，Word 文件放进发件夹。3 全文：已做的、请做的、全部经过。\n"
        "期限都按工作日算，是本单位的设置；到期只提醒，提请区级总要人来定。"
    )

    def __init__(self, letter_id: int, said: str = "") -> None:
        """`said` stands on the notice line at first."""
        super().__init__()
        self.letter_id, self.said = letter_id, said
        self.sheet: LetterSheet | None = None

    def body(self) -> ComposeResult:
        """What it is about, the lines, the line under the cursor in full."""
        yield Words("", id="letter-head")
        yield WindowList(COLUMNS, empty_text="")
        yield Words("", id="letter-line")

    async def read(self) -> None:
        """The letter as it stands now."""
        found = await self.ask(sheet.letter_sheet, self.letter_id)
        if found is None or not self.is_attached:
            return
        if self.sheet is not None and self.sheet.version != found.version:
            self.came_in_sight()  # what the next step is has changed: no key pressed before is meant for it
        self.sheet = found
        turn = f"等{found.turn}" if found.turn else ""
        self.show_title("　".join(part for part in (found.number, found.state.label, turn) if part))
        meeting = next((said for name, said in found.facts if name == "会商"), "")
        self.query_one("#letter-head", Words).say(found.title + (f"\n会商 {meeting}" if meeting else ""))
        await self.put(rows_of(found))
        await self._show_keys()
        if self.said:
            self.say(self.said)
            self.said = ""

    async def _show_keys(self) -> None:
        """The key of the next step says which it is."""
        choices = await self.ask(acting.menu, self.letter_id) or []
        step = self._step(choices)
        words = step.name if step and not step.refusal else ""
        keys = [(key, words if key == "1" else name) for key, name in self.KEYS if key != "1" or words]
        for line in self.query(BottomLine):
            line.show(keys)

    def _step(self, choices: list[acting.Choice]) -> acting.Choice | None:
        """The next step among what may be done; closing, once all that was agreed is done."""
        steps = [each for each in choices if self.leads_on(each.act)]
        done = (
            self.sheet is not None and self.sheet.promises and all(each.done for each in self.sheet.promises)
        )
        closing = [each for each in steps if each.act == "propose_close"] if done else []
        return next((each for each in closing or steps if not each.refusal), next(iter(steps), None))

    @staticmethod
    def leads_on(act: str) -> bool:
        """Whether the first act of the menu is a step of the letter's way rather than one beside it."""
        return act not in ("amend", "meet", "urge", "supervise", "note", "withdraw", "invite", "link")

    def on_window_list_moved(self, event: WindowList.Moved) -> None:
        """The line in full."""
        row = event.row
        self.query_one("#letter-line", Words).say(f"{row.part} {row.text}　{row.note}".strip() if row else "")

    def on_key(self, event: events.Key) -> None:
        """Digits."""
        digit = digit_of(event.key)
        if digit is None:
            return
        event.stop()
        if digit == NEXT and self.too_early(event, repeats=self.in_sight_since > 0):
            self.say(TOO_EARLY)
        elif digit in (NEXT, PAPER, READ, MORE):
            self.use(digit)
        else:
            self.say(f"这里按 {digit} 没有用；可用的见下面一行。", "bad")

    def on_window_list_chosen(self, event: WindowList.Chosen) -> None:
        """Enter."""
        self.enter(event.row)

    @work(exclusive=True, group="act")
    async def use(self, digit: int) -> None:
        """The next step, a paper, the whole text, or the menu."""
        with self.desk_app.holding_keys():
            if digit == READ:
                await self.show(
                    TextPage(f"约请 {self.sheet.number if self.sheet else ''}", whole(self.sheet))
                )
            elif digit == PAPER:
                from dutydesk.screens.letters.printing import choose_paper

                await choose_paper(self, self.letter_id)
            elif digit == MORE:
                await letter_menu(self, self.letter_id)
            else:
                await self._next()
            await self.read()

    async def _next(self) -> None:
        choices = await self.ask(acting.menu, self.letter_id)
        found = self.sheet
        if found is None or choices is None:
            return
        first = self._step(choices)
        if first is None:
            who = f"，等{found.turn}" if found.turn else ""
            self.say(f"现在是{found.state.label}{who}；您这里能办的按 0。", "bad")
            return
        await take(
            self, first, Target(found.key, None, found.version, f"{found.number or '约请'}　{found.title}")
        )

    @work(exclusive=True, group="act")
    async def enter(self, row: Row) -> None:
        """What the line is about."""
        with self.desk_app.holding_keys():
            if row.invited_id is not None:
                await line_menu(self, self.letter_id, row.invited_id)
            elif row.issue_id is not None:
                await open_issue(self, row.issue_id)
            else:
                await letter_menu(self, self.letter_id)
            await self.read()


async def open_issue(screen: Any, issue_id: int) -> None:
    """The case, for whoever may see it."""
    from dutydesk.screens.handling import handle_case

    await handle_case(screen, issue_id)


def rows_of(found: LetterSheet) -> list[Row]:
    """The letter as lines, what presses first."""
    rows = [
        Row(f"r{place}", "！", each.said, "", each.invited_id) for place, each in enumerate(found.reminders)
    ]
    for line in found.lines:
        lead = "牵头　" if line.lead else ""
        state = line.state.label + ("（逾期未答）" if line.silent else "")
        rows.append(
            Row(f"d{line.key}", "部门", f"{line.name} {lead}{state}　{line.said}", line.left, line.key)
        )
    for promise in found.promises:
        due = f"{promise.due_on.month}月{promise.due_on.day}日前"
        note = "已落实" if promise.done else "逾期" if promise.late else due
        text = f"{promise.name}{promise.part}：{promise.what}" + (
            f"　{promise.done}" if promise.done else f"（{due}）"
        )
        rows.append(Row(f"p{promise.key}", "商定", text, note, promise.invited_id))
    for name, agreed in found.agreed:
        rows.append(Row(f"a{name}", "办结", name, "同意" if agreed else "还没有答"))
    for issue in found.issues:
        rows.append(
            Row(
                f"i{issue.key}", "问题", f"{issue.number} {issue.summary}", issue.state.label, None, issue.key
            )
        )
    for name, said in found.facts:
        rows.append(Row(f"f{name}", name, said))
    for place, step in enumerate(reversed(found.story)):
        text = f"{step.what} {step.who}" + (f"：{step.text}" if step.text else "")
        text += f"（代录：{step.proxy}）" if step.proxy else ""
        rows.append(Row(f"s{place}", "经过", text, step.when))
    return rows


def whole(found: LetterSheet | None) -> str:
    """Everything as text."""
    if found is None:
        return ""
    lines = [found.title, ""]
    lines += [f"{name}　{said}" for name, said in found.facts]
    lines += ["", *(f"{row.part}　{row.text}　{row.note}" for row in rows_of(found) if row.key[0] in "rdpai")]
    lines += ["", "经过"]
    lines += [
        f"{step.when} {step.what} {step.who}　{step.text}　{step.proxy}".rstrip("　 ") for step in found.story
    ]
    return "\n".join(lines)
