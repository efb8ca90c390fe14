"""签到: the seats of 1+4+N, the units, guests; who stands in, who is absent and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult

from dutydesk.meeting_words import Presence
from dutydesk.rules.meetings import attendance
from dutydesk.rules.meetings.attendance import AttendeeLine
from dutydesk.screens.meetings.acting_list import ActingList, Deed
from dutydesk.screens.meetings.asking import MeetingForm
from dutydesk.session import Session
from dutydesk.widgets.ask_text import AskText
from dutydesk.widgets.frame import Words
from dutydesk.widgets.window_list import Column, WindowList

_USUAL = ("外出开会", "请假", "值班走不开", "参加培训")


@dataclass(frozen=True)
class PersonRow:
    """Somebody on the screen."""

    key: int
    line: AttendeeLine


COLUMNS = (
    Column("席位", 16, lambda row: "列席" if row.line.guest else row.line.title),
    Column("谁", 20, lambda row: _who(row), flex=True),
    Column("签到", 26, lambda row: row.line.words),
)


def _who(row: PersonRow) -> str:
    return f"{row.line.name}（{row.line.title}）" if row.line.guest and row.line.title else row.line.name


class PresenceScreen(ActingList):
    """Who is there; Enter says that the one under the cursor came."""

    NAME = "签到"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("Enter", "到会"), ("F1", "帮助"))
    DEEDS: ClassVar[tuple[Deed, ...]] = (
        Deed(1, "到会", "came"),
        Deed(2, "代会", "stood_in", "谁来代的"),
        Deed(3, "请假", "absent", "写明为什么"),
        Deed(4, "其余都到", "rest"),
        Deed(5, "加列席", "guest", "请来的人"),
    )
    HELP = "先把没来的按 3（写原因）、代会的按 2（写谁来代），剩下的一次按 4 都到。5 加请来列席的人。"

    def __init__(self, meeting_id: int, title: str) -> None:
        super().__init__()
        self.meeting_id, self.head = meeting_id, title

    def body(self) -> ComposeResult:
        """The meeting, its people."""
        yield Words(self.head, id="shift-head")
        yield WindowList(COLUMNS, empty_text="这个片区还没有人任职。")

    async def read(self) -> None:
        """Who there is."""
        rows = await self.ask(attendance.of_meeting, self.meeting_id)
        if rows is not None:
            await self.put([PersonRow(line.id or -place, line) for place, line in enumerate(rows, 1)])
            if self.is_attached:
                self.show_deeds("到会")

    def why_not(self, deed: Deed) -> str:
        """One line is needed for what is about one."""
        return "" if self.row is not None or deed.method == "guest" else "这里还没有人。"

    def on_window_list_chosen(self, event: WindowList.Chosen) -> None:
        """Enter: there."""
        self.do_deed(self.DEEDS[0])

    async def _mark(self, presence: Presence, ids: list[int], **fields: str) -> None:
        typed = {"presence": presence.value} | fields
        done = await self.do(attendance.mark, self.meeting_id, ids, typed, self.new_act())
        if done is not None:
            await self.read()
            if ids:
                self.query_one(WindowList).action_move("lines", 1)
            else:
                self.say(f"其余{done}人都已到会。", "good")

    async def came(self) -> None:
        """There."""
        await self._mark(Presence.PRESENT, [self.row.key])

    async def stood_in(self) -> None:
        """Somebody else came."""
        said = await self.show(AskText(f"谁代{self.row.line.name}来？"))
        if said is not None:
            await self._mark(Presence.STOOD_IN, [self.row.key], by_name=said)

    async def absent(self) -> None:
        """Not there, and why."""
        said = await self.show(AskText(f"{self.row.line.name}为什么没来？", _USUAL))
        if said is not None:
            await self._mark(Presence.ABSENT, [self.row.key], reason=said)

    async def rest(self) -> None:
        """All who are not marked yet."""
        await self._mark(Presence.PRESENT, [])

    async def guest(self) -> None:
        """Somebody who was asked to come."""

        def rule(session: Session, typed: dict[str, object], act_id: str) -> int:
            return attendance.invite(session, self.meeting_id, typed, act_id)

        if await self.show(MeetingForm("加列席", self.head, "GuestForm", rule)) is not None:
            await self.read()
