"""What the audit calls each act, in Chinese: `staff.key_add` is 人员·登记公钥."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from dutydesk.rules.lifecycle import STEP_NAMES
from dutydesk.rules.workcalendar import CHINA
from dutydesk.text import clean, mask_name, mask_phone, mask_phones_in
from dutydesk.vocabulary import Force, Level, Role, Source, State, Urgency, Word

KINDS: dict[str, str] = {
    "issue": "问题", "issues": "问题", "bulk": "成批办理", "letter": "约请", "meeting": "会议", "patrol": "巡查",
    "handover": "交接班", "promise": "答应反映人", "staff": "人员", "role": "岗位", "seat": "片区班子", "posting": "下沉",
    "sponsor": "包保", "tree": "区划", "roster": "值班表", "swap": "换班", "view": "清单", "duties": "权责清单",
    "duty": "权责问题", "answers": "来源答复", "sign_in": "登录", "audit": "审计", "retention": "保存期限", "demo": "演示",
    "leader": "领导班子", "setting": "本单位规定",
}  # fmt: skip
_OF_KIND: dict[str, dict[str, str]] = {
    "issue": {"register_merged": "登记并并案", "triage": "立案派单", "import": "导入", "reveal": "查看个人信息",
              "approve": "片区长同意", "refuse": "片区长不同意", "undo": "撤销"},
    "issues": {"export": "导出", "export_personal": "导出含个人信息", "edited_sheet": "读回改好的清单"},
    "patrol": {"backfill": "补录", "finish": "结束", "mark": "标记", "partners": "参加的部门", "prepare": "生成",
               "rest_normal": "其余正常"},
    "handover": {"add": "补充", "sign_in": "接班", "sign_out": "交班"},
    "promise": {"keep": "已兑现"},
    "staff": {"appoint": "任领导职务", "dismiss": "免领导职务", "hire": "添加", "mend": "更正", "leave": "离岗",
              "come_back": "恢复", "disable": "停用", "enable": "启用", "key_add": "登记公钥", "key_remove": "删去公钥",
              "password_set": "设一次性密码", "password_own": "自己改密码", "password_remove": "删去密码",
              "import": "导入名册"},
    "role": {"give": "任职", "end": "免职", "stand_in": "代理", "correct": "更正任职", "take_back": "收回任职"},
    "seat": {"fill": "任职", "vacate": "空缺", "stand_in": "代理", "correct": "更正", "take_back": "收回"},
    "posting": {"post": "派驻", "recall": "收回", "mark": "考勤", "import": "导入", "correct": "更正",
                "take_back": "收回"},
    "sponsor": {"give": "安排", "end": "结束", "correct": "更正", "take_back": "收回"},
    "tree": {"add_area": "新设片区", "add_unit": "新设单元", "dissolve_unit": "撤销单元", "import": "导入",
             "merge_areas": "合并片区", "move_unit": "单元划转", "neighbour": "相邻",
             "take_back_dissolution": "收回撤销", "take_back_merger": "收回合并"},
    "roster": {"assign": "排班", "discard": "作废草稿", "draft": "拟稿", "publish": "发布"},
    "swap": {"ask": "提出", "answer": "答复", "decide": "片区长定", "withdraw": "收回"},
    "view": {"save": "保存", "rename": "改名", "place": "换数字", "remove": "删去"},
    "duties": {"replace": "替换"}, "duty": {"ask": "提出", "answer": "答复"},
    "answers": {"shape": "定答复表"}, "sign_in": {"done": "登录", "failed": "没有登录成", "unlocked": "解锁"},
    "audit": {"export": "导出"}, "retention": {"forget": "清除个人信息"}, "demo": {"fill": "建立演示数据"},
    "leader": {"correct": "更正", "take_back": "收回"},
    "meeting": {"draw_up": "排定日期", "extra": "加开", "series": "定例会"},
    "setting": {"change": "改"},
}  # fmt: skip


def name_of(act: str) -> str:
    """An act as the screen says it; one without words of its own by its kind and its name."""
    kind, _, what = act.partition(".")
    said = _OF_KIND.get(kind, {}).get(what) or _steps_of(kind).get(what) or what
    return f"{KINDS.get(kind, kind)}·{said}"


def _steps_of(kind: str) -> dict[str, str]:
    if kind == "letter":
        from dutydesk.rules.letters.life import STEP_NAMES as OF_LETTERS

        return OF_LETTERS
    if kind == "meeting":
        from dutydesk.rules.meetings.life import STORY_NAMES

        return STORY_NAMES
    return STEP_NAMES


def subject_of(subject: str) -> str:
    """What an act is about, without the word for the program before it: `issue 2026-000123` is 问题 2026-000123."""
    kind, _, name = subject.partition(" ")
    said = SUBJECTS.get(kind) or KINDS.get(kind)
    return f"{said} {name}".strip() if said else subject


SUBJECTS: dict[str, str] = {
    "unit": "单元", "area": "片区", "import": "导入", "export": "导出", "sponsorship": "包保", "issues": "问题",
}  # fmt: skip


def values_in(content: str) -> Iterator[tuple[str, str, str]]:
    """The values behind an entry: what, before, after; as a reader takes them in, personal data masked."""
    for change in json.loads(content) or []:
        yield (
            mask_phones_in(clean(str(change.get("what", "")))),
            _value(change.get("before")),
            _value(change.get("after")),
        )


_OF_RESIDENTS: dict[str, Callable[[str], str]] = {
    "reporter_name": mask_name,
    "reporter_phone": mask_phone,
    "reporter_address": lambda _address: "***",
}


# What the columns of a case and the values beside them are called; others stand under the program's own name.
_CALLED: dict[str, str] = {
    "state": "状态", "summary": "问题", "detail": "补充", "spot": "具体位置", "on_the_spot": "当场已做", "text": "写明",
    "outcome": "结果", "feedback_text": "反馈", "due_at": "期限", "closed_at": "办结", "opened_at": "立案",
    "assigned_at": "派单", "changed_at": "变动", "first_contact_at": "先行联系", "first_contact_due_at": "联系期限",
    "assignee_name": "承办", "reason": "理由", "version": "版本", "reporter_name": "反映人", "reporter_phone": "电话",
    "reporter_address": "住址", "is_open": "未结", "level": "层级", "satisfied": "满意", "urgency": "紧急程度",
    "source": "来源", "force": "归口", "format": "格式", "count": "件数", "revealed": "查看了", "since": "起", "until": "止",
    "role": "岗位", "active": "在用", "name": "姓名", "phone": "电话", "handler": "承办人", "checked_by": "核查人",
    "paused_until": "缓办至", "look_again_on": "再看", "unit": "单元", "area": "片区", "category": "类别",
}  # fmt: skip
_WORDS: dict[str, type[Word]] = {
    "state": State, "level": Level, "urgency": Urgency, "source": Source, "force": Force, "role": Role,
}  # fmt: skip


def _said(name: str, value: str) -> str:
    """A word of the office, or a moment in Shanghai, as the screens say them."""
    if name in _WORDS:
        with suppress(ValueError):
            return _WORDS[name](value).label
    if name.endswith("_at"):
        with suppress(ValueError):
            return f"{datetime.fromisoformat(value).astimezone(CHINA):%Y-%m-%d %H:%M}"
    return value


def _value(value: Any) -> str:
    """Values as a reader takes them in: `状态=待派单；期限=…`, cleaned and masked."""
    if value is None:
        return ""
    parts = value.items() if isinstance(value, dict) else [("", value)]
    said = []
    for name, each in parts:
        if name in _OF_RESIDENTS and each:
            each = _OF_RESIDENTS[name](str(each))
        text = each if isinstance(each, str) else json.dumps(each, ensure_ascii=False, default=str)
        said.append(f"{_CALLED.get(name, name)}={_said(name, text)}" if name else text)
    return mask_phones_in(clean("；".join(said), 4_000, lines=True))
