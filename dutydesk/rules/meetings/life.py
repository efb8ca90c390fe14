"""The life of a meeting and that of an agenda's item, each as one table: from which state, by which act, to which.

The menus, the rules, the tests and `docs/meetings.md` read these. The source fixes no procedure: who may what is the
office's setting (`meeting_roles`, by the names in `may`), and so are weekdays, limits and weights.
"""

from __future__ import annotations

from typing import NamedTuple

from dutydesk.meeting_words import DecisionState, ItemState, MeetingState

M, T, D = MeetingState, ItemState, DecisionState
SAME = "same"

HELD = frozenset({M.HELD, M.REVIEW, M.SIGNED})  # it took place
CALLED_OFF = frozenset({M.CANCELLED, M.SKIPPED, M.JOINED})
WRITING = frozenset({M.RUNNING, M.HELD})  # minutes are written
ON_PAPER = frozenset({M.PLANNED, M.RUNNING})  # the agenda may change
MEETING_ENDS = frozenset({M.SIGNED, M.JOINED})
STILL_OPEN = frozenset({T.LISTED, T.CUT, T.DEFERRED})  # of an item when its meeting is over: it comes again
ITEM_ENDS = frozenset({T.DISCUSSED})
DECISION_ENDS = frozenset({D.DONE, D.DROPPED})


class Way(NamedTuple):
    """One act on a meeting. `may` names who in `meeting_roles`; `demands` must be filled, `asks` may be."""

    act: str
    name: str
    frm: frozenset[MeetingState]
    to: MeetingState | str
    may: str
    demands: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    hint: str = ""


class ItemWay(NamedTuple):
    """One act on an item of an agenda, while its meeting is in one of `during`."""

    act: str
    name: str
    frm: frozenset[ItemState]
    to: ItemState | str
    may: str
    during: frozenset[MeetingState]
    demands: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    hint: str = ""


class DecisionWay(NamedTuple):
    """One act on a decision."""

    act: str
    name: str
    frm: frozenset[DecisionState]
    to: DecisionState | str
    may: str
    demands: tuple[str, ...] = ()
    hint: str = ""


def _at(*states: MeetingState) -> frozenset[MeetingState]:
    return frozenset(states)


MEETING_WAYS: tuple[Way, ...] = (
    Way("draft", "拟议程", _at(M.PLANNED), SAME, "prepare", hint="从台账拟出，已有的改动都在"),
    Way("move", "改期改地点", _at(M.PLANNED), SAME, "prepare", ("on", "reason"), ("starts", "place"),
        hint="议程跟着走"),
    Way("appoint", "改主持人", _at(M.PLANNED, M.RUNNING), SAME, "prepare", ("chair",), hint="本次由谁主持"),
    Way("cancel", "取消", _at(M.PLANNED), M.CANCELLED, "decide", ("reason",), hint="议程留到下次"),
    Way("skip", "免开", _at(M.PLANNED), M.SKIPPED, "decide", ("reason",), hint="没有要紧的事，不算缺开"),
    Way("join", "并会", _at(M.PLANNED), M.JOINED, "decide", ("with_meeting", "reason"),
        hint="议程并到相邻片区的会上，不算缺开"),
    Way("restore", "恢复", _at(M.CANCELLED, M.SKIPPED), M.PLANNED, "decide", ("on", "reason"), ("starts",),
        hint="另定一天，议程还在"),
    Way("begin", "开会", _at(M.PLANNED), M.RUNNING, "prepare", hint="签到、各单元先说、逐项议"),
    Way("end", "散会", _at(M.RUNNING), M.HELD, "prepare", hint="没有议到的下次再议"),
    Way("resume", "接着开", _at(M.HELD), M.RUNNING, "prepare", ("reason",), hint="散会记早了"),
    Way("submit", "送审", _at(M.HELD), M.REVIEW, "prepare", hint="纪要整理好了，请主持人审签"),
    Way("return", "退回修改", _at(M.REVIEW), M.HELD, "sign", ("reason",), hint="写明改什么"),
    Way("sign", "审签", _at(M.REVIEW), M.SIGNED, "sign", hint="审签后固定，更正用补充"),
    Way("add", "补充更正", _at(M.SIGNED), SAME, "write", ("text",), hint="附在后面，纪要本身不动"),
)  # fmt: skip

_BEFORE_THE_END = frozenset({M.PLANNED, M.RUNNING})

ITEM_WAYS: tuple[ItemWay, ...] = (
    ItemWay("up", "上移", frozenset({T.LISTED}), SAME, "prepare", _BEFORE_THE_END, hint="先议"),
    ItemWay("down", "下移", frozenset({T.LISTED}), SAME, "prepare", _BEFORE_THE_END, hint="后议"),
    ItemWay("cut", "本次不议", frozenset({T.LISTED}), T.CUT, "prepare", _BEFORE_THE_END, (), ("reason",),
            hint="记着，下次再列出来"),
    ItemWay("put_back", "放回", frozenset({T.CUT, T.DEFERRED}), T.LISTED, "prepare", _BEFORE_THE_END, hint="还是议"),
    ItemWay("merge", "并入上一项", frozenset({T.LISTED}), T.MERGED, "prepare", _BEFORE_THE_END, (), ("into",),
            hint="一起议"),
    ItemWay("part", "分开议", frozenset({T.MERGED}), T.LISTED, "prepare", _BEFORE_THE_END, hint="仍作一项"),
    ItemWay("reword", "改题目和时长", frozenset({T.LISTED}), SAME, "prepare", _BEFORE_THE_END, ("title",), ("minutes",),
            hint="题目、几分钟"),
    ItemWay("discuss", "议过", frozenset({T.LISTED}), T.DISCUSSED, "write", _at(M.RUNNING), (), ("outcome",),
            hint="到下一项"),
    ItemWay("again", "再议", frozenset({T.DISCUSSED}), T.LISTED, "write", _at(M.RUNNING), hint="还没有议完"),
    ItemWay("defer", "下次再议", frozenset({T.LISTED}), T.DEFERRED, "write", _at(M.RUNNING), (), ("reason",),
            hint="下次列在前面"),
)  # fmt: skip

DECISION_WAYS: tuple[DecisionWay, ...] = (
    DecisionWay("finish", "办了", frozenset({D.OPEN}), D.DONE, "follow", ("text",), hint="写明怎么办的"),
    DecisionWay("drop", "不再办", frozenset({D.OPEN}), D.DROPPED, "decide", ("text",), hint="写明为什么"),
    DecisionWay("reopen", "还没办好", frozenset({D.DONE, D.DROPPED}), D.OPEN, "follow", ("text",), hint="写明差什么"),
)  # fmt: skip

BY_ACT = {way.act: way for way in MEETING_WAYS}
ITEM_BY_ACT = {way.act: way for way in ITEM_WAYS}
DECISION_BY_ACT = {way.act: way for way in DECISION_WAYS}

# Acts of the story that are no way: what each is called there.
STORY_NAMES = {way.act: way.name for way in MEETING_WAYS} | {
    "plan": "排定",
    "decide": "作出决定",
    "turn": "单元先说",
    "attend": "签到",
    "item": "议程",
    "rearrange": "议程改动",
    "include": "写明联系电话",
}
