"""条块约请 for a liaison or a department's head: letters to answer, promises due; a digit and a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dutydesk.letter_words import InvitedState
from dutydesk.rules.letters import acting, liaison
from dutydesk.rules.letters.liaison import ForUs
from dutydesk.screens.letters.acting import Target, line_menu, take
from dutydesk.screens.letters.several import SeveralScreen
from dutydesk.widgets.frame import Words
from dutydesk.widgets.window_list import Column, WindowList

if TYPE_CHECKING:
    from dutydesk.screens.letters.desk import LettersScreen

D = InvitedState
COLUMNS = (
    Column("现在", 8, lambda row: row.now),
    Column("文号", 20, lambda row: row.number),
    Column("事由", 10, lambda row: row.title, flex=True),
    Column("会商", 14, lambda row: row.when),
    Column("谁去", 8, lambda row: row.attendee, from_width=100),
    Column("时限", 8, lambda row: ("!" if row.late else "") + row.left),
    Column("", 2, lambda row: "撞" if row.clash else ""),
)
# The digits, in the order of the department's ways; 5 is whatever comes next on the line.
DIGITS: tuple[tuple[str, str], ...] = (
    ("come", "应约"),
    ("move", "改期"),
    ("refuse", "不属职责"),
    ("write", "书面答复"),
)
_NEXT = {
    D.SENT: ("receive",),
    D.DRAFTED: ("release",),
    D.PROMISED: ("consent", "fulfil"),
    D.DONE: ("consent",),
    D.COMING: ("consent",),
    D.WRITTEN: ("consent",),
    D.RATED: ("say",),
}
NEXT, OPEN = 5, 6


async def read(screen: LettersScreen) -> None:
    """What is open with the department."""
    rows = await screen.ask(liaison.for_department)
    if rows is None or not screen.is_attached:
        return
    waiting = sum(row.state in (D.SENT, D.RECEIVED) for row in rows)
    screen.show_title("本部门")
    due = sum(bool(row.promised) for row in rows)
    screen.query_one("#where", Words).say(f"待答复{waiting}　答应的没办完{due}　共{len(rows)}封")
    await screen.put(rows)
    keys = [(str(digit), name) for digit, (_, name) in enumerate(DIGITS, 1)]
    more = [("5", "签收／落实／同意"), ("空格", "标记"), ("Enter", "全部办法"), ("6", "看全封")]
    screen.show_keys_of([*keys, *more])


def in_full(row: ForUs) -> str:
    """The line under the cursor: who asks, what was said, what is promised, what else is at the same time."""
    said = [f"{row.area}：{row.title}", row.said, f"答应：{row.promised}" if row.promised else ""]
    clash = f"时间撞了：{row.clash}" if row.clash else ""
    return "\n".join(part for part in ("　".join(filter(None, said)), clash) if part)


async def answer(screen: LettersScreen, digit: int) -> None:
    """One digit answers the letter under the cursor."""
    row: ForUs | None = screen.query_one(WindowList).row
    if row is None:
        return
    if digit == OPEN:
        await open_letter(screen, row)
        return
    choices = {each.act: each for each in await screen.ask(acting.invited_menu, row.key) or []}
    if digit == NEXT:
        act = next((each for each in _NEXT.get(row.state, ()) if each in choices), "")
    elif digit <= len(DIGITS):
        act = DIGITS[digit - 1][0]
    else:
        screen.say(f"这里按 {digit} 没有用；可用的见下面一行。", "bad")
        return
    if act not in choices:
        screen.say(f"现在是{row.now}，这一项不用办；Enter 看能办的。", "bad")
        return
    await take(
        screen, choices[act], Target(row.letter_id, row.key, row.version, f"{row.number}　{row.title}")
    )


async def open_row(screen: LettersScreen, row: ForUs) -> None:
    """Enter: all that can be done; several marked ones get one answer."""
    listing = screen.query_one(WindowList)
    if listing.marked:
        marked: list[Any] = list(listing.marked)
        done = await screen.show(
            SeveralScreen([(each.key, each.version) for each in marked], marked[0].attendee)
        )
        if done:
            listing.clear_marks()
            screen.say(f"{done}封一起答复了。", "good")
        return
    await line_menu(screen, row.letter_id, row.key)


async def open_letter(screen: LettersScreen, row: ForUs) -> None:
    """The whole letter."""
    from dutydesk.screens.letters.letter import LetterScreen

    await screen.show(LetterScreen(row.letter_id))
