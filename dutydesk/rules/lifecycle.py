"""The life of an issue as one table: from which states, by which act, to which state, who may, what it demands.

The action menu, the rules, the tests and `docs/lifecycle.md` all read this table. `domain.md` (发现—解决—反馈) is its
source; what a demand means stands in `forms/handling.py`, one form for each act that asks for something.
"""

from __future__ import annotations

from typing import NamedTuple

from dutydesk.vocabulary import ENDED, RequestKind, Role, State

S = State
DUTY, OFFICER, CHIEF = Role.DUTY_OFFICER, Role.NEIGHBOURHOOD_OFFICER, Role.AREA_CHIEF
HANDLER, LIAISON, HEAD = Role.HANDLER, Role.LIAISON, Role.DEPARTMENT_HEAD
COORDINATOR, DISTRICT, SUPERVISOR = Role.COORDINATOR, Role.DISTRICT_COORDINATOR, Role.SUPERVISOR

AREA_DESK = frozenset({DUTY, CHIEF})
ON_THE_GROUND = frozenset({DUTY, OFFICER, CHIEF})
ASSIGNERS = frozenset({DUTY, CHIEF, COORDINATOR})
DOERS = frozenset({HANDLER, LIAISON, OFFICER})
CHIEF_ONLY = frozenset({CHIEF})

OPEN_STATES = frozenset(State) - ENDED
BEFORE_REVIEW = frozenset({S.OPENED, S.ASSIGNED, S.HANDLING})
WITH_SOMEBODY = frozenset({S.ASSIGNED, S.HANDLING})

SAME = "same"
REMEMBERED = "remembered"


class Way(NamedTuple):
    """One act on an issue. `to` is a state, SAME, or REMEMBERED (the state before pause, pool or merge).

    `demands` are the fields that must be filled, `asks` those that may be. `proxied`: may be entered 代录.
    """

    act: str
    name: str
    frm: frozenset[State]
    to: State | str
    who: frozenset[Role]
    demands: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    hint: str = ""
    proxied: bool = False


EVIDENCE = ("evidence_kind", "evidence")

WAYS: tuple[Way, ...] = (
    Way("open", "立案", frozenset({S.REPORTED}), S.OPENED, AREA_DESK, hint="编入案卷，期限开始计算"),
    Way(
        "solve_on_spot", "当场解决", frozenset({S.REPORTED}), S.CLOSED, ON_THE_GROUND, ("done",), EVIDENCE,
        hint="小事当场办结，直接销项",
    ),
    Way(
        "handle_locally", "居委自办", frozenset({S.REPORTED, S.OPENED}), S.HANDLING, frozenset({OFFICER}),
        hint="本居民区自己能办，直接处置",
    ),
    Way(
        "assign", "派单", frozenset({S.OPENED}), S.ASSIGNED, ASSIGNERS, ("assignee",), ("note",),
        hint="交给力量、部门、个人或共建力量",
    ),
    Way(
        "propose_assign", "提请片区长派单", frozenset({S.OPENED}), SAME, frozenset({DUTY}), ("assignee", "reason"),
        hint="未授权的类别由片区长定",
    ),
    Way(
        "send_down", "下派居委", frozenset({S.OPENED}), S.ASSIGNED, ASSIGNERS, ("ground",), ("consent_by", "note"),
        hint="须有居委职责清单或居委同意，计入下压",
    ),
    Way("take_up", "接单", frozenset({S.ASSIGNED}), S.HANDLING, DOERS, hint="接手处置", proxied=True),
    Way(
        "send_back", "退单", frozenset({S.ASSIGNED}), S.OPENED, DOERS, ("basis", "reason"),
        hint="写明权责清单依据，有时限", proxied=True,
    ),
    Way(
        "pass_up", "上报片区", WITH_SOMEBODY, S.OPENED, frozenset({OFFICER}), ("tried",),
        hint="居委办不了，写明已做了什么", proxied=True,
    ),
    Way("report_done", "报完成", frozenset({S.HANDLING}), S.REVIEW, DOERS, ("done",),
        (*EVIDENCE, "joint_work", "participants"), hint="写明做了什么；联合处置写明谁参加", proxied=True),
    Way("pass_check", "核查通过", frozenset({S.REVIEW}), S.FEEDBACK, ON_THE_GROUND | {COORDINATOR}, ("found",),
        EVIDENCE, hint="到现场看过，不能由处置人自己核查"),
    Way("fail_check", "返工", frozenset({S.REVIEW}), S.HANDLING, ON_THE_GROUND | {COORDINATOR}, ("reason",),
        EVIDENCE, hint="核查未通过，退回处置，计一次返工"),
    Way("feedback", "反馈", frozenset({S.FEEDBACK, S.MERGED}), SAME, ON_THE_GROUND, (),
        ("told_how", "told", "satisfied", "no_feedback_reason"), hint="告知反映人并记下是否满意"),
    Way("rework", "不满意返工", frozenset({S.FEEDBACK}), S.HANDLING, AREA_DESK, ("reason",),
        hint="反映人不满意，退回处置，计一次返工"),
    Way("close", "销项", frozenset({S.FEEDBACK}), S.CLOSED, CHIEF_ONLY, ("level",), ("note",),
        hint="核对所缺，记下在哪一级解决"),
    Way(
        "file_old", "旧案入档", frozenset({S.REPORTED, S.REVIEW}), S.CLOSED, AREA_DESK | {COORDINATOR, DISTRICT},
        hint="来源早已答复、本单位没有动过的：按答复日期销项，不再核查",
    ),
    Way("reopen", "重开", frozenset({S.CLOSED}), S.OPENED, CHIEF_ONLY, ("reason",), hint="重新办理，期限重新计算"),
    Way("reconsider", "恢复待立案", frozenset({S.VOID}), S.REPORTED, CHIEF_ONLY, ("reason",), hint="重新考虑是否立案"),
    Way("reject", "不予立案", frozenset({S.REPORTED}), S.VOID, AREA_DESK, ("reason",), hint="写明理由，反映人可查"),
    Way("reassign", "改派", WITH_SOMEBODY, S.ASSIGNED, ASSIGNERS, ("assignee", "reason"), hint="换人办理"),
    Way("move_area", "移交片区", OPEN_STATES, SAME, frozenset({COORDINATOR, DISTRICT}), ("reason",),
        hint="单元已划到别的片区：交给单元现在的片区接着办"),
    Way("urge", "催办", WITH_SOMEBODY | {S.OPENED}, SAME, ASSIGNERS | {DISTRICT, SUPERVISOR}, ("text",),
        hint="提醒办理人，状态不变"),
    Way("first_contact", "先行联系", OPEN_STATES, SAME, ON_THE_GROUND | {HANDLER, LIAISON},
        ("told_how", "text"), ("promised", "promised_by"), hint="先联系反映人，记下时间和答应了什么", proxied=True),
    Way("note", "备注", frozenset(State), SAME,
        ON_THE_GROUND | {HANDLER, LIAISON, HEAD, COORDINATOR, DISTRICT}, ("text",), hint="写一条说明", proxied=True),
    Way("recategorise", "改类别或紧急程度", frozenset({S.REPORTED, S.OPENED}), SAME, AREA_DESK,
        ("category", "urgency", "reason"), hint="期限从立案起按新的类别重算，准予的延期、停止计算的时间照算"),
    Way("amend", "更正案情", OPEN_STATES, SAME, ON_THE_GROUND, ("summary", "reason"), ("detail", "spot", "unit"),
        hint="改问题、说明、位置；前后都留记录"),
    Way("flag", "优先标记", OPEN_STATES, SAME, ON_THE_GROUND, (), ("flags",), hint="群众反映强烈、居民区难以协调的排到最前"),
    Way("merge", "并案", frozenset({S.REPORTED, S.OPENED, S.ASSIGNED, S.HANDLING}), S.MERGED, AREA_DESK,
        ("target",), ("reason",), hint="并入另一件同样的问题"),
    Way("unmerge", "撤销并案", frozenset({S.MERGED}), REMEMBERED, AREA_DESK, ("reason",), hint="恢复并案前的状态"),
    Way("ask_extension", "申请延期", BEFORE_REVIEW, SAME, DOERS | {DUTY}, ("until", "reason"),
        hint="到期前提出，由片区长定", proxied=True),
    Way("extend", "准予延期", BEFORE_REVIEW, SAME, CHIEF_ONLY, ("until", "reason"), hint="期限改到新的日期"),
    Way("source_extension", "来源准予延期", BEFORE_REVIEW, SAME, AREA_DESK, ("until", "basis"),
        hint="12345等来源件只能由来源延期"),
    Way("ask_pause", "申请缓办", BEFORE_REVIEW, SAME, DOERS | {DUTY}, ("until", "reason"), hint="由片区长定",
        proxied=True),
    Way("pause", "缓办", BEFORE_REVIEW, S.PAUSED, CHIEF_ONLY, ("until", "reason"),
        hint="办结期限停止计算，到日恢复；先行联系照常"),
    Way("ask_pool", "申请挂账", BEFORE_REVIEW, SAME, DOERS | {DUTY}, ("until", "reason"), hint="由片区长定",
        proxied=True),
    Way("pool", "挂账", BEFORE_REVIEW, S.POOLED, CHIEF_ONLY, ("until", "reason"), hint="暂时无法解决，定下再看的日期"),
    Way("look_again", "挂账再议", frozenset({S.POOLED}), SAME, AREA_DESK, ("until", "reason"), hint="看过了，改下次再看的日期"),
    Way("resume", "恢复办理", frozenset({S.PAUSED, S.POOLED}), REMEMBERED, AREA_DESK, ("reason",),
        hint="期限接着计算"),
    Way("sample_check", "抽查", frozenset({S.CLOSED}), SAME, ON_THE_GROUND | {COORDINATOR}, ("found",),
        hint="当场解决件的抽样核查"),
)  # fmt: skip

BY_ACT: dict[str, Way] = {way.act: way for way in WAYS}

# What can be asked of the chief, and the act by which it is granted.
GRANTED_BY: dict[RequestKind, str] = {
    RequestKind.ASSIGN: "assign",
    RequestKind.EXTENSION: "extend",
    RequestKind.PAUSE: "pause",
    RequestKind.POOL: "pool",
}

# Acts that are no step from one state to another; who may do them stands in `rules/permission.py`.
STEP_NAMES: dict[str, str] = {way.act: way.name for way in WAYS} | {
    "register": "登记",
    "approve": "片区长同意",
    "refuse": "片区长不同意",
    "confirm_proxy": "确认代录",
    "object_proxy": "对代录有异议",
    "reveal": "查看个人信息",
    "retention": "清除个人信息",
    "merged_in": "并入一件",
    "merged_told": "并入件反馈",
    "follow_main": "随主案",
    "undo": "撤销",
    "source_answer": "来源答复",
    "source_update": "来源更新",
    "letter": "条块约请",
}


def ways_from(state: State) -> tuple[Way, ...]:
    """The ways that lead on from a state, in the order of the table."""
    return tuple(way for way in WAYS if state in way.frm)
