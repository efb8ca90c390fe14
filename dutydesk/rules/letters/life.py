"""The life of a letter and that of each department that it invites, as two tables.

The menus, the rules, the tests and `docs/letters.md` read them. `domain.md` (条块约请) is the source of the stages; it
fixes no procedure, so who signs in which order, every limit and whose agreement closing needs are settings of the
office (`rules/office.py`, keys that begin with `letter_`).
"""

from __future__ import annotations

from typing import NamedTuple

from dutydesk.letter_words import Answer, InvitedState, LetterState
from dutydesk.vocabulary import Role

L, D = LetterState, InvitedState
DUTY, CHIEF, COORDINATOR = Role.DUTY_OFFICER, Role.AREA_CHIEF, Role.COORDINATOR
SIGNATORY, DISTRICT, SUPERVISOR = Role.SIGNATORY, Role.DISTRICT_COORDINATOR, Role.SUPERVISOR

AREA_DESK = frozenset({DUTY, CHIEF})
AREA_SIDE = AREA_DESK | {COORDINATOR}
DECIDERS = frozenset({CHIEF, COORDINATOR, DISTRICT})
DEPARTMENT = frozenset({Role.LIAISON, Role.DEPARTMENT_HEAD})
HEAD_ONLY = frozenset({Role.DEPARTMENT_HEAD})
READERS = AREA_SIDE | DEPARTMENT | {SIGNATORY, DISTRICT, SUPERVISOR}

LETTER_ENDS = frozenset({L.CLOSED, L.WITHDRAWN, L.REPLACED})
INVITED_ENDS = frozenset({D.SETTLED, D.FREED})
ON_PAPER = frozenset(
    {L.DRAFT, L.PROPOSING, L.CHECKING, L.SIGNING}
)  # not out yet: the departments see nothing of it
WITH_DISTRICT = frozenset({L.RAISED, L.DISTRICT})
TALKING = frozenset({L.OUT, L.TALKS, L.DISTRICT})
RUNNING = TALKING | {L.DOING, L.CLOSING, L.RAISING, L.RAISED}
ANSWERABLE = frozenset({D.SENT, D.RECEIVED, D.COMING, D.MOVING, D.REFUSED, D.WRITTEN})
UNANSWERED = frozenset({D.LISTED, D.SENT, D.RECEIVED, D.DRAFTED})
OPEN_WITH_US = frozenset({D.MOVING, D.REFUSED})  # answered, and the area has to say something to it
TAKING_PART = frozenset({D.COMING, D.WRITTEN, D.PROMISED, D.DONE})

SAME = "same"
REMEMBERED = "remembered"  # where it came from, or the answer that was drafted
NEXT = "next"  # the next step of the office's chain, or out


class Way(NamedTuple):
    """One act on a letter, or on one invited department (then `letter` says in which states of the letter).

    `also` are states to which it can lead besides `to`; `demands` must be filled, `asks` may. `proxied`: 代录.
    """

    act: str
    name: str
    frm: frozenset[LetterState] | frozenset[InvitedState]
    to: LetterState | InvitedState | str
    who: frozenset[Role]
    demands: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    hint: str = ""
    also: tuple[LetterState | InvitedState, ...] = ()
    letter: frozenset[LetterState] = RUNNING
    proxied: bool = False


def _at(*states: LetterState) -> frozenset[LetterState]:
    return frozenset(states)


LETTER_WAYS: tuple[Way, ...] = (
    Way("submit", "请片区长提出", _at(L.DRAFT), NEXT, frozenset({DUTY}), hint="拟好了，交片区长"),
    Way("propose", "提出", _at(L.DRAFT, L.PROPOSING), NEXT, frozenset({CHIEF}), (), ("note",), hint="片区长提出，转街镇核稿"),
    Way("check", "核稿", _at(L.CHECKING), NEXT, frozenset({COORDINATOR}), (), ("note",), hint="街镇协调员核过，转签发"),
    Way("sign", "签发", _at(L.SIGNING), NEXT, frozenset({SIGNATORY}), (), ("note",), hint="编号并送达各部门"),
    Way("send_back", "退回修改", _at(L.PROPOSING, L.CHECKING, L.SIGNING), L.DRAFT, frozenset({CHIEF, COORDINATOR, SIGNATORY}),
        ("reason",), hint="写明改什么"),
    Way("amend", "修改", _at(L.DRAFT), SAME, AREA_SIDE, ("subject", "crossing", "tried", "request"),
        ("kind", "meeting_at", "meeting_place"), hint="改事由、理由、请求"),
    Way("meet", "定会商时间", RUNNING - {L.CLOSING}, SAME, AREA_SIDE | {DISTRICT}, ("meeting_at",), ("meeting_place",),
        hint="部门看到新的时间"),
    Way("hold", "记会商", TALKING, SAME, AREA_SIDE | {DISTRICT}, ("text",), ("held_at",), hint="谁来了、谈了什么",
        also=(L.TALKS,)),
    Way("agree", "记商定", TALKING | {L.DOING}, L.DOING, AREA_SIDE | {DISTRICT}, ("invited", "part", "what", "due_on"),
        hint="哪个部门牵头或配合、做什么、何时前"),
    Way("urge", "催办", RUNNING, SAME, AREA_SIDE | {DISTRICT, SUPERVISOR}, ("text",), ("invited",),
        hint="不选部门就是催还欠着的"),
    Way("invite", "加约部门", _at(L.DRAFT) | TALKING | {L.DOING}, SAME, AREA_SIDE | {DISTRICT}, ("department",), ("why",),
        hint="发出后加约，同一文号送达", also=(L.OUT,)),
    Way("uninvite", "去掉部门", _at(L.DRAFT), SAME, AREA_SIDE, ("invited",), hint="还没有发出"),
    Way("link", "加列问题", _at(L.DRAFT) | TALKING | {L.DOING}, SAME, AREA_SIDE, ("issue",), hint="同一封函里再列一件"),
    Way("unlink", "去掉问题", _at(L.DRAFT), SAME, AREA_SIDE, ("issue",), hint="还没有发出"),
    Way("raise", "提请区级", _at(L.OUT, L.TALKS, L.DOING), L.RAISING, frozenset({CHIEF, COORDINATOR}), ("ground", "reason"),
        hint="先报街镇党（工）委，再请区级协调员", also=(L.RAISED,)),
    Way("raise_agree", "同意提请", _at(L.RAISING), L.RAISED, frozenset({COORDINATOR, SIGNATORY}), ("reason",),
        hint="街镇党（工）委同意"),
    Way("raise_refuse", "不同意提请", _at(L.RAISING), REMEMBERED, frozenset({COORDINATOR, SIGNATORY}), ("reason",),
        hint="回到原来的状态", also=(L.OUT, L.TALKS, L.DOING)),
    Way("accept", "受理", _at(L.RAISED), L.DISTRICT, frozenset({DISTRICT}), ("reason",), hint="区级协调开始"),
    Way("give_back", "退回街镇", WITH_DISTRICT, REMEMBERED, frozenset({DISTRICT}), ("reason",), hint="回到原来的状态",
        also=(L.OUT, L.TALKS, L.DOING)),
    Way("convene", "召集", _at(L.DISTRICT), SAME, frozenset({DISTRICT}), ("meeting_at", "reason"), ("meeting_place",),
        hint="区里定时间地点"),
    Way("name_lead", "指定牵头", _at(L.DISTRICT), SAME, frozenset({DISTRICT}), ("invited", "reason"), hint="区里指定牵头部门"),
    Way("propose_close", "提请办结", _at(L.TALKS, L.DOING), L.CLOSING, AREA_DESK, ("outcome",), ("undone",),
        hint="片区、部门、街镇都同意才办结", also=(L.CLOSED,)),
    Way("close_agree", "同意办结", _at(L.CLOSING), SAME, frozenset({CHIEF, COORDINATOR}), (), ("found", "note"),
        hint="现场看过的一并核查通过", also=(L.CLOSED,)),
    Way("close_refuse", "不同意办结", _at(L.CLOSING), REMEMBERED, frozenset({CHIEF, COORDINATOR}), ("reason",),
        hint="回去再办", also=(L.TALKS, L.DOING)),
    Way("reissue", "重发", _at(L.OUT, L.TALKS, L.DOING), L.REPLACED, frozenset({CHIEF, COORDINATOR}), ("reason",),
        hint="旧号作废，另拟一封接着走"),
    Way("withdraw", "撤回", ON_PAPER | {L.OUT, L.TALKS, L.DOING, L.RAISING}, L.WITHDRAWN, frozenset({CHIEF, COORDINATOR, DUTY}),
        ("reason",), hint="发出后由片区长或街镇撤，文号作废留底"),
    Way("note", "备注", frozenset(LetterState), SAME, AREA_SIDE | {SIGNATORY, DISTRICT}, ("text",), hint="写一条说明"),
    Way("supervise", "督办", RUNNING, SAME, AREA_SIDE | {DISTRICT, SUPERVISOR}, ("text", "due_on"), ("invited",),
        hint="编号出督办单，给还欠着的部门"),
)  # fmt: skip


def _of(*states: InvitedState) -> frozenset[InvitedState]:
    return frozenset(states)


_OPEN = RUNNING - {L.CLOSING}

INVITED_WAYS: tuple[Way, ...] = (
    Way("come", "应约", ANSWERABLE, D.COMING, DEPARTMENT, ("attendee",), ("time", "text"), hint="谁来，按定的时间",
        also=(D.DRAFTED,), letter=_OPEN, proxied=True),
    Way("move", "改期", ANSWERABLE, D.MOVING, DEPARTMENT, ("time", "reason"), ("attendee",), hint="提另一个时间",
        also=(D.DRAFTED,), letter=_OPEN, proxied=True),
    Way("refuse", "不属职责", ANSWERABLE, D.REFUSED, DEPARTMENT, ("basis", "reason"), ("instead",), hint="写明依据、该找谁",
        also=(D.DRAFTED,), letter=_OPEN, proxied=True),
    Way("write", "书面答复", ANSWERABLE, D.WRITTEN, DEPARTMENT, ("text",), hint="不必开会就能答的", also=(D.DRAFTED,),
        letter=_OPEN, proxied=True),
    Way("deliver", "送达", _of(D.LISTED), D.SENT, AREA_SIDE, ("means",), hint="部门没有账号，另外送去"),
    Way("receive", "签收", _of(D.SENT), D.RECEIVED, DEPARTMENT, hint="收到了，答复的期限照算", proxied=True),
    Way("release", "审发", _of(D.DRAFTED), REMEMBERED, HEAD_ONLY, (), ("note",), hint="负责人同意，答复生效",
        also=(D.COMING, D.MOVING, D.REFUSED, D.WRITTEN)),
    Way("hand_back", "退回重拟", _of(D.DRAFTED), D.RECEIVED, HEAD_ONLY, ("reason",), hint="请联络员重拟"),
    Way("agree_time", "同意改期", _of(D.MOVING), D.COMING, AREA_SIDE | {DISTRICT}, (), ("note",), hint="按部门提的时间"),
    Way("keep_time", "不同意改期", _of(D.MOVING), D.RECEIVED, AREA_SIDE | {DISTRICT}, ("reason",), hint="请按原定时间"),
    Way("free", "认可不属职责", _of(D.REFUSED), D.FREED, DECIDERS, (), ("note",), hint="不再约请，记下以后参考"),
    Way("insist", "不认可", _of(D.REFUSED), D.RECEIVED, DECIDERS, ("reason",), hint="请重新答复，期限重算"),
    Way("drop", "不用来了", _of(D.LISTED, D.SENT, D.RECEIVED, D.COMING, D.MOVING, D.WRITTEN), D.FREED, DECIDERS, ("reason",),
        hint="这件不再需要这个部门", letter=_OPEN),
    Way("fulfil", "报落实", _of(D.PROMISED), D.DONE, DEPARTMENT, ("text",), ("promise",), hint="答应的哪一项做完了",
        also=(D.PROMISED,), letter=_at(L.DOING, L.RAISING, L.RAISED, L.DISTRICT), proxied=True),
    Way("not_done", "没有落实", _of(D.DONE), D.PROMISED, AREA_SIDE, ("reason",), hint="请部门再办"),
    Way("consent", "同意办结", TAKING_PART, SAME, DEPARTMENT, (), ("note",), hint="部门同意办结", also=(D.ENDED,),
        letter=_at(L.CLOSING), proxied=True),
    Way("object", "不同意办结", TAKING_PART, SAME, DEPARTMENT, ("reason",), hint="还有事没有了结", letter=_at(L.CLOSING),
        proxied=True),
    Way("rate", "评价", _of(D.ENDED), D.RATED, frozenset({CHIEF}), ("score",), ("text",), hint="部门说过以后才计入",
        letter=_at(L.CLOSED)),
    Way("say", "部门说明", _of(D.RATED), D.SETTLED, DEPARTMENT, (), ("text",), hint="没有意见就空着", letter=_at(L.CLOSED),
        proxied=True),
)  # fmt: skip

LETTER_ACT: dict[str, Way] = {way.act: way for way in LETTER_WAYS}
INVITED_ACT: dict[str, Way] = {way.act: way for way in INVITED_WAYS}

# What becomes of the invited when the letter comes to a state: all that are not FREED, or only those named.
FOLLOWS: dict[LetterState, tuple[frozenset[InvitedState], InvitedState]] = {
    L.OUT: (_of(D.LISTED), D.SENT),
    L.CLOSED: (frozenset(InvitedState) - INVITED_ENDS, D.ENDED),
    L.WITHDRAWN: (frozenset(InvitedState) - INVITED_ENDS, D.FREED),
    L.REPLACED: (frozenset(InvitedState) - INVITED_ENDS, D.FREED),
    L.DOING: (UNANSWERED | ANSWERABLE | {D.DONE}, D.PROMISED),  # the one whose promise it is
}

# What an answer is called while it waits, and the state to which it leads.
ANSWERED: dict[Answer, InvitedState] = {
    Answer.COME: D.COMING,
    Answer.MOVE: D.MOVING,
    Answer.REFUSE: D.REFUSED,
    Answer.WRITE: D.WRITTEN,
}

# The steps of a chain, in the only order that there is; a setting says which of them a kind of letter needs.
CHAIN: dict[str, LetterState] = {"chief": L.PROPOSING, "coordinator": L.CHECKING, "signatory": L.SIGNING}

TURN: dict[LetterState, str] = {
    L.DRAFT: "片区",
    L.PROPOSING: "片区长",
    L.CHECKING: "街镇协调员",
    L.SIGNING: "街镇签发人",
    L.OUT: "部门",
    L.TALKS: "片区",
    L.DOING: "部门",
    L.CLOSING: "各方",
    L.RAISING: "街镇",
    L.RAISED: "区级协调员",
    L.DISTRICT: "区级协调员",
}

STEP_NAMES: dict[str, str] = {way.act: way.name for way in (*LETTER_WAYS, *INVITED_WAYS)} | {
    "draft": "草拟",
    "confirm_proxy": "确认代录",
    "object_proxy": "对代录有异议",
    "remade": "重发的新函",
    "include": "写入反映人",
}
