"""A stuck case by keys alone: from a patrol's 异常 through the area's meeting to a letter that three departments get."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

from dutydesk.letter_words import InvitedState, LetterKind, LetterState
from dutydesk.meeting_words import ItemState, MeetingState
from dutydesk.models import (
    AgendaItem,
    AgendaLetter,
    Invited,
    Issue,
    Letter,
    LetterNumber,
    Meeting,
    MeetingDecision,
    MinuteParagraph,
)
from dutydesk.vocabulary import Source, State
from tests.journeys.conftest import OpenDesk
from tests.journeys.hands import become, go_to, looked
from tests.journeys.terminal import TerminalDesk

OFFICE, ESTATE, FIRE = "社区平安办公室", "物业服务企业", "区消防救援支队"


@dataclass
class Walk:
    """A case on its way, and how many keys each station took."""

    desk: TerminalDesk
    url: str
    number: str = ""
    letter_id: int = 0
    keys: dict[str, int] = field(default_factory=dict)

    def station(self, name: str) -> None:
        """The keys since the last station belong to this one."""
        self.keys[name] = self.desk.keys
        self.desk.keys = 0

    def issue(self) -> Issue:
        """The case as the database has it."""
        year, serial = map(int, self.number.split("-"))
        return looked(self.url, lambda: Issue.get(Issue.year == year, Issue.serial == serial))

    def letter(self) -> Letter:
        """The letter."""
        return looked(self.url, lambda: Letter.get_by_id(self.letter_id))

    def invited(self) -> dict[str, InvitedState]:
        """Where each of the three departments stands."""

        def states() -> dict[str, InvitedState]:
            rows = list(Invited.select().where(Invited.letter == self.letter_id))
            return {
                short: row.state
                for row in rows
                for short in (OFFICE, ESTATE, FIRE)
                if short in row.department.name
            }

        return looked(self.url, states)

    def tell(self) -> None:
        """The keys, station by station."""
        lines = [f"{keys:4} keys  {name}" for name, keys in self.keys.items()]
        lines.append(f"{sum(self.keys.values()):4} keys  in all; prose and going down a list apart")
        sys.stdout.write("\n" + "\n".join(lines) + "\n")


def registered_and_opened(walk: Walk) -> None:
    """异常 on the first checkpoint, 立案, and the mark that the 居民区 cannot do it."""
    desk = walk.desk
    desk.wait("今日", "要办")
    desk.keys = 0
    desk.press("1").wait("已查 0/", "归口")
    desk.press("2").wait("登记", "楼道堆物")
    desk.press("right").wait("楼道堆物，影响通行", gone="→ 填入：")
    desk.press("f10")
    walk.number = desk.wait("已登记").split("已登记 ")[1][:11]
    walk.station("异常")
    assert (walk.issue().state, walk.issue().source) == (State.REPORTED, Source.PATROL)
    desk.press("f4").wait("问题清单", walk.number)
    desk.press("enter").wait("1 立案")
    desk.press("1").wait(f"{walk.number} 已立案")
    desk.press("enter").wait("1 派单")
    desk.press("9").wait("3 优先标记")
    desk.press("3").wait("办理　优先标记")
    desk.press("3", "f10").wait("已优先标记", "[难]")
    walk.station("立案、标为居民区难以协调")
    assert walk.issue().state is State.OPENED


def agenda_and_notice(walk: Walk) -> str:
    """The drafted agenda, which has the case, and its notice; answers with the item's title."""
    desk = walk.desk
    desk.press("esc").wait("今日", "要办")
    desk.keys = 0
    desk.press("4").wait("7 排日期")
    read = go_to(desk, "下一次", "双周例会")
    desk.press("1").wait("议程　", "议程已从台账拟好")
    desk.press("7").wait("照样出通知？")  # what a demo has to speak of is longer than its meeting
    desk.press("1").wait("会议通知", "Word 已在发件夹")
    assert desk.keys + read <= 8, "from home to a drafted agenda and its Word file"
    desk.press("esc").wait("会议通知已放进发件夹")
    go_to(desk, "拟提请协调", "楼道堆物")
    assert "居民区难以协调" in desk.settle()
    walk.station("议程和会议通知")
    desk.press("esc").wait("议程已拟")
    item = looked(
        walk.url,
        lambda: next(
            row
            for row in AgendaItem.select().order_by(AgendaItem.id.desc())
            if "楼道堆物，影响通行" in row.title
        ),
    )
    assert item.state is ItemState.LISTED
    return str(item.title)


def spoken_of_and_decided(walk: Walk) -> None:
    """开会, 签到, minutes on the item, a decision on its case."""
    desk = walk.desk
    desk.press("2").wait("主持，议程")
    desk.press("1").wait("开会　", "正在开")
    desk.press("enter").wait("签到", "未签到")
    desk.press("4").wait("都已到会")
    desk.press("esc").wait("都已签到")
    go_to(desk, "第", "楼道堆物，影响通行")
    walk.station("开会、签到")
    desk.press("1").wait("记纪要", "边打边存")
    desk.type("居委两次请住户清理没有结果，物业说无权处置，请有关部门来看")
    desk.wait("请有关部门来看")
    desk.press("f10").wait("开会　", "居委两次请住户清理没有结果")
    desk.press("2").wait("作决定", "由谁办")
    desk.press("g", "g", "a", "q").wait("▶ 1 公共安全力量")
    desk.press("1").wait("四方力量")
    desk.type("先清出一条通道，贴告示")
    desk.press("enter").type("+7")
    desk.press("f10").wait("决定1已记下", f"{walk.number} 派公共安全力量")
    walk.station("记纪要、作决定")
    assert walk.issue().state is State.ASSIGNED
    said, decided = looked(
        walk.url,
        lambda: (
            MinuteParagraph.select().count(),
            MeetingDecision.select().order_by(-MeetingDecision.id).get(),
        ),
    )
    assert said and decided.what == "先清出一条通道，贴告示"


def turned_into_a_letter(walk: Walk, title: str) -> None:
    """约请 on the spot: a letter to three, handed to the chief; the meeting goes on."""
    desk = walk.desk
    desk.press("5").wait("已拟成约请草稿")
    desk.press("5").wait("约请　草拟", OFFICE, ESTATE)
    desk.press("0").wait("2 修改")
    desk.press("2").wait("约请　修改", "3 约请函")
    desk.press("3").wait("▶3 约请函")
    desk.press("f10").wait("已修改", "经过   修改")
    desk.press("0").wait("3 加约部门")
    desk.press("3").wait("约请　加约部门")
    desk.press("q", "x", "f").wait(f"▶ 1 {FIRE}")
    desk.press("1").wait("区职能部门")
    desk.press("f10").wait("已加约部门", "经过   加约部门")
    desk.press("1").wait("已请片区长提出，现在是待提出")
    walk.station("约请三个部门，交片区长")
    letter, item = looked(
        walk.url,
        lambda: (Letter.select().order_by(Letter.id.desc()).get(), AgendaItem.get(AgendaItem.title == title)),
    )
    walk.letter_id = letter.id
    assert (letter.state, letter.kind, letter.number) == (LetterState.PROPOSING, LetterKind.LETTER, "")
    assert (
        looked(walk.url, lambda: AgendaLetter.get(AgendaLetter.letter == letter.id).agenda_item_id) == item.id
    )
    assert set(walk.invited()) == {OFFICE, ESTATE, FIRE}


def meeting_ended_and_sent_to_its_chair(walk: Walk, title: str) -> None:
    """议过, 散会, 送审."""
    desk = walk.desk
    desk.press("esc").wait("开会　")
    desk.press("3").wait("已议")
    desk.press("9").wait("散会？", "没有议到")
    desk.press("1").wait("已散会")
    desk.press("esc").wait("7 排日期")
    desk.press("3").wait("会议纪要　")
    desk.press("2").wait("现在送审？")
    desk.press("1").wait("待审签")
    walk.station("议过、散会、纪要送审")
    item = looked(walk.url, lambda: AgendaItem.get(AgendaItem.title == title))
    assert item.state is ItemState.DISCUSSED
    assert looked(walk.url, lambda: Meeting.get_by_id(item.meeting_id).state) is MeetingState.REVIEW
    desk.press("esc").wait("7 排日期")


def proposed_checked_signed(walk: Walk) -> None:
    """Through the hands of the chief, the coordinator, the signatory: a number, and out."""
    desk = walk.desk
    become(desk, "3")
    _open_letter(walk, "待提出")
    desk.press("1").wait("已提出，现在是待核稿")
    become(desk, "7")
    _open_letter(walk, "待核稿")
    desk.press("1").wait("已核稿，现在是待签发")
    become(desk, "8")
    _open_letter(walk, "待签发")
    desk.press("1").wait("签发？", "号一旦编出")
    desk.press("1").wait("已签发，现在是待答复", "办约〔")
    walk.station("提出、核稿、签发（三次换人）")
    letter = walk.letter()
    assert letter.state is LetterState.OUT and letter.number in desk.text
    rows = looked(walk.url, lambda: list(LetterNumber.select().where(LetterNumber.letter == letter.id)))
    assert [row.text for row in rows] == [letter.number]
    serials = looked(
        walk.url,
        lambda: [
            row.serial
            for row in LetterNumber.select()
            .where(
                LetterNumber.subdistrict == letter.subdistrict_id,
                LetterNumber.kind == LetterKind.LETTER,
                LetterNumber.year == rows[0].year,
            )
            .order_by(LetterNumber.serial)
        ],
    )
    assert serials == list(range(1, len(serials) + 1)) and serials[-1] == rows[0].serial
    assert set(walk.invited().values()) == {InvitedState.SENT}


def _open_letter(walk: Walk, state: str) -> None:
    walk.desk.press("f6").wait("条块约请　", "Enter 打开")
    go_to(walk.desk, "楼道堆物", state)
    walk.desk.press("enter").wait(f"{state}　等")


def up_to_the_signed_letter(desk: TerminalDesk, url: str) -> Walk:
    """From the patrol to a letter that is out."""
    walk = Walk(desk, url)
    registered_and_opened(walk)
    title = agenda_and_notice(walk)
    spoken_of_and_decided(walk)
    turned_into_a_letter(walk, title)
    meeting_ended_and_sent_to_its_chair(walk, title)
    proposed_checked_signed(walk)
    return walk


def test_a_stuck_case_goes_from_a_patrol_through_the_meeting_to_a_signed_letter(
    open_desk: OpenDesk, demo_copy: str
) -> None:
    walk = up_to_the_signed_letter(open_desk(), demo_copy)
    walk.tell()


def test_an_invitation_to_two_departments_from_an_issue_takes_few_keys(
    open_desk: OpenDesk, demo_copy: str
) -> None:
    desk = open_desk()
    walk = Walk(desk, demo_copy)
    registered_and_opened(walk)
    desk.press("esc").wait("今日", "要办")
    desk.keys = 0
    desk.press("f4").wait("问题清单", walk.number)
    desk.press("enter").wait("9 下一页")
    desk.press("9").wait("8 约请")
    desk.press("8").wait("拟约请", OFFICE, ESTATE)
    desk.type("居委两次请住户清理没有结果").wait("两次请住户清理没有结果")
    desk.press("f10").wait("约请　草拟", OFFICE, ESTATE)
    desk.press("1").wait("已请片区长提出，现在是待提出")
    assert desk.keys <= 14
    letter = looked(demo_copy, lambda: Letter.select().order_by(Letter.id.desc()).get())
    walk.letter_id = letter.id
    assert (letter.state, letter.tried) == (LetterState.PROPOSING, "居委两次请住户清理没有结果")
    assert walk.invited() == {OFFICE: InvitedState.LISTED, ESTATE: InvitedState.LISTED}
