"""The words of the trade: each value as it is kept, with the Chinese that the screen shows.

Imports nothing of ours; models, rules, forms and screens all speak it (`domain.md` is its source).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """A kept value with its Chinese label: `State.REPORTED.value == "reported"`, `.label == "待立案"`."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        """Make a member from its kept value and its label; looking one up, `State("opened")`, needs no label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def options(cls) -> tuple[tuple[str, str], ...]:
        """(value, label) of each member, for forms."""
        return tuple((member.value, member.label) for member in cls)


class State(Word):
    """Where an issue stands in the loop 发现—解决—反馈."""

    REPORTED = "reported", "待立案"
    OPENED = "opened", "待派单"
    ASSIGNED = "assigned", "待处置"
    HANDLING = "handling", "处置中"
    REVIEW = "review", "待核查"
    FEEDBACK = "feedback", "待反馈"
    CLOSED = "closed", "已销项"
    PAUSED = "paused", "缓办"
    POOLED = "pooled", "挂账"
    MERGED = "merged", "并案"
    VOID = "void", "不予立案"


ENDED = frozenset({State.CLOSED, State.MERGED, State.VOID})
RUNNING = frozenset({State.OPENED, State.ASSIGNED, State.HANDLING, State.REVIEW, State.FEEDBACK})


class Urgency(Word):
    """How urgent an issue is; chooses its time limits."""

    NORMAL = "normal", "一般"
    URGENT = "urgent", "紧急"
    CRITICAL = "critical", "特急"


class Source(Word):
    """Where an issue came from (来源)."""

    PATROL = "patrol", "日常巡查"
    JOINT_PATROL = "joint_patrol", "联合巡查"
    VISIT = "visit", "四百大走访"
    MEETING = "meeting", "双周例会"
    HOTLINE = "hotline", "12345热线"
    CALLER = "caller", "来访来电"  # at the desk, or by telephone to it
    GRID = "grid", "网格上报"
    SUPERIOR = "superior", "上级交办"
    OPINION = "opinion", "舆情"


class Force(Word):
    """The four forces of an area, 一建三公."""

    PARTY = "party", "基层党建"
    MANAGEMENT = "management", "公共管理"
    SERVICE = "service", "公共服务"
    SAFETY = "safety", "公共安全"


class UnitKind(Word):
    """Kinds of 治理单元."""

    RESIDENTIAL = "residential", "居民区"
    AFFORDABLE = "affordable", "保障性住房"
    BUILDING = "building", "楼宇"
    PARK = "park", "园区"


class DepartmentKind(Word):
    """Kinds of 条."""

    OFFICE = "office", "街镇科室"
    STATION = "station", "派驻站所"
    BUREAU = "bureau", "区职能部门"
    UTILITY = "utility", "公用企业"


class SeatKind(Word):
    """The seats of an area's team, 1+4+N."""

    CHIEF = "chief", "片区长"
    FORCE = "force", "四方力量"
    PARTICIPANT = "participant", "多元参与"


class Role(Word):
    """Who somebody is at the desk; scope and what it may do stand in `rules/permission.py`."""

    DUTY_OFFICER = "duty_officer", "值班员"
    NEIGHBOURHOOD_OFFICER = "neighbourhood_officer", "居委干部"
    AREA_CHIEF = "area_chief", "片区长"
    HANDLER = "handler", "处置人员"
    LIAISON = "liaison", "部门联络员"
    DEPARTMENT_HEAD = "department_head", "部门负责人"
    COORDINATOR = "coordinator", "街镇协调员"
    SIGNATORY = "signatory", "街镇签发人"
    DISTRICT_COORDINATOR = "district_coordinator", "区级协调员"
    SUPERVISOR = "supervisor", "区级督查"
    AUDITOR = "auditor", "审计员"
    ADMINISTRATOR = "administrator", "管理员"


class Attendance(Word):
    """How somebody posted down was there on a day."""

    PRESENT = "present", "到岗"
    TRIP = "trip", "公出"
    LEAVE = "leave", "请假"
    RECALLED = "recalled", "抽回"
    ABSENT = "absent", "缺勤"


class AssigneeKind(Word):
    """To whom an issue can be given."""

    FORCE = "force", "四方力量"
    UNIT = "unit", "居委"
    STAFF = "staff", "个人"
    DEPARTMENT = "department", "部门"
    PARTNER = "partner", "共建力量"


class Level(Word):
    """The level at which an issue was solved: 小事不出居委、大事不出片区."""

    NEIGHBOURHOOD = "neighbourhood", "居委"
    AREA = "area", "片区"
    SUBDISTRICT = "subdistrict", "街镇"
    DISTRICT = "district", "区"


class Mark(Word):
    """How a checkpoint of a patrol stands."""

    UNCHECKED = "unchecked", "未查"
    NORMAL = "normal", "正常"
    ABNORMAL = "abnormal", "异常"
    NOT_APPLICABLE = "not_applicable", "不适用"


class PatrolKind(Word):
    """Whether the area walks alone or with others."""

    DAILY = "daily", "日常巡查"
    JOINT = "joint", "联合巡查"


class JointWork(Word):
    """The four kinds of joint work."""

    PATROL = "patrol", "联合巡查"
    FINDING = "finding", "联合发现"
    HANDLING = "handling", "联合处置"
    ENFORCEMENT = "enforcement", "联合执法"


class Means(Word):
    """How something was told that is entered 代录."""

    WORD = "word", "口头"
    PHONE = "phone", "电话"
    PAPER = "paper", "书面"
    CHAT = "chat", "工作群"


class Phase(Word):
    """What a time limit is for."""

    FIRST_CONTACT = "first_contact", "先行联系"
    COMPLETION = "completion", "办结"


class RequestKind(Word):
    """What can be asked of the chief."""

    ASSIGN = "assign", "派单"
    EXTENSION = "extension", "延期"
    PAUSE = "pause", "缓办"
    POOL = "pool", "挂账"


class RequestState(Word):
    """Where a request stands."""

    PENDING = "pending", "待定"
    APPROVED = "approved", "同意"
    REFUSED = "refused", "不同意"
    WITHDRAWN = "withdrawn", "已撤回"


class ProxyState(Word):
    """Where a 代录 entry stands with the person whom it concerns."""

    PENDING = "pending", "待本人确认"
    CONFIRMED = "confirmed", "本人已确认"
    OBJECTED = "objected", "本人有异议"
    WITHDRAWN = "withdrawn", "录入已撤销"


class RosterState(Word):
    """Where a month's 值班表 stands."""

    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"


class SwapState(Word):
    """Where a swap of duties stands."""

    ASKED = "asked", "等对方答复"
    AGREED = "agreed", "等片区长定"
    DONE = "done", "已换"
    REFUSED = "refused", "不同意"
    WITHDRAWN = "withdrawn", "已撤回"
