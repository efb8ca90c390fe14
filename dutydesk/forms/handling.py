"""What each act on an issue asks for. `rules/lifecycle.py` names the fields; a test holds the two together."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, create_model

from dutydesk.forms.base import Entry, Form, When
from dutydesk.forms.intake import FLAGS
from dutydesk.vocabulary import JointWork, Level, Means, Urgency

Needed = Field(min_length=2)
Reason = Annotated[str, Entry("理由", max_length=500), Needed]
Until = Annotated[date, Entry("到哪一天", "date", "例如 12-31、月底、+7（七天后）、下周五")]
Text = Annotated[str, Entry("内容", "prose", max_length=1000), Needed]
ToldHow = Annotated[Means, Entry("方式", "choice")]
EvidenceKind = Annotated[
    str,
    Entry(
        "凭据", "choice", choices=(("", "无"), ("text", "文字"), ("photos", "照片"), ("file", "收件夹文件"))
    ),
]
Evidence = Annotated[str, Entry("凭据说明", hint="照片几张、存在哪里；或文件名", max_length=200)]
Pick = Field(min_length=1)


class RejectForm(Form):
    """不予立案, 不满意返工, 重开, 恢复待立案, 撤销并案, 恢复办理: a reason and nothing more."""

    reason: Reason


class SolveForm(Form):
    """当场解决."""

    done: Annotated[str, Entry("当场做了什么", "prose", max_length=1000), Needed]
    evidence_kind: EvidenceKind = ""
    evidence: Evidence = ""


class AssignForm(Form):
    """派单."""

    assignee: Annotated[
        str, Entry("交给谁", "pick", "力量、部门、个人；拼音首字母", search="assignees"), Pick
    ]
    note: Annotated[str, Entry("交办要求", max_length=300)] = ""


class ReasonedAssignForm(Form):
    """提请片区长派单, 改派."""

    assignee: Annotated[
        str, Entry("交给谁", "pick", "力量、部门、个人；拼音首字母", search="assignees"), Pick
    ]
    reason: Reason


class SendDownForm(Form):
    """下派居委: on the listed duty, or with the 居委's consent."""

    ground: Annotated[
        str, Entry("依据", "choice", choices=(("listed", "居委职责清单"), ("consent", "居委同意"))), Pick
    ]
    consent_by: Annotated[
        str,
        Entry(
            "谁同意的",
            hint="居委谁、何时；按清单下派不用填",
            max_length=100,
            needed=(When("ground", frozenset({"consent"}), "请写明居委谁、何时同意的。"),),
        ),
    ] = ""
    note: Annotated[str, Entry("交办要求", max_length=300)] = ""


class SendBackForm(Form):
    """退单."""

    basis: Annotated[
        str, Entry("清单依据", "pick", "权责清单哪一条说明不归您；部门拼音首字母", search="bases"), Pick
    ]
    reason: Reason


class PassUpForm(Form):
    """上报片区."""

    tried: Annotated[str, Entry("已经做了什么", "prose", max_length=1000), Needed]


class ReportDoneForm(Form):
    """报完成."""

    done: Annotated[str, Entry("做了什么", "prose", max_length=1000), Needed]
    joint_work: Annotated[str, Entry("联合工作", "choice", choices=(("", "无"), *JointWork.options()))] = ""
    participants: Annotated[
        str,
        Entry(
            "谁参加了",
            hint="联合时写明力量、部门",
            max_length=200,
            needed=(When("joint_work", why="联合工作请写明哪些力量、部门参加。"),),
        ),
    ] = ""
    evidence_kind: EvidenceKind = ""
    evidence: Evidence = ""


class PassCheckForm(Form):
    """核查通过."""

    found: Annotated[str, Entry("现场情况", "prose", max_length=1000), Needed]
    evidence_kind: EvidenceKind = ""
    evidence: Evidence = ""


class FailCheckForm(Form):
    """返工."""

    reason: Reason
    evidence_kind: EvidenceKind = ""
    evidence: Evidence = ""


def _told(why: str) -> tuple[When, ...]:
    """Needed unless nobody was told."""
    return (When("no_feedback_reason", frozenset({"", None}), why),)


class FeedbackForm(Form):
    """反馈: told and answered, or why nobody was told."""

    told_how: Annotated[
        Means | None,
        Entry(
            "告知方式",
            "choice",
            choices=Means.options(),
            needed=_told("请选怎样告知的；没有可告知的人，请填“未告知原因”。"),
        ),
    ] = None
    told: Annotated[
        str,
        Entry("告知了什么", "prose", max_length=1000, needed=_told("请写明告知了什么、对方怎么说。")),
    ] = ""
    satisfied: Annotated[
        str,
        Entry(
            "是否满意",
            "choice",
            choices=(("yes", "满意"), ("no", "不满意")),
            needed=_told("请选反映人是否满意。"),
        ),
    ] = ""
    no_feedback_reason: Annotated[str, Entry("未告知原因", hint="告知过的不用填", max_length=200)] = ""


class CloseForm(Form):
    """销项."""

    level: Annotated[Level, Entry("解决层级", "choice")]
    note: Annotated[str, Entry("说明", max_length=300)] = ""


class UrgeForm(Form):
    """催办, 备注."""

    text: Text


class FirstContactForm(Form):
    """先行联系."""

    told_how: ToldHow
    text: Annotated[str, Entry("对方怎么说", "prose", max_length=1000), Needed]
    promised: Annotated[
        str,
        Entry(
            "答应了什么",
            hint="答应对方的事，会写进交接班",
            max_length=100,
            needed=(When("promised_by", why="写了时间，还要写答应了什么。"),),
        ),
    ] = ""
    promised_by: Annotated[
        date | datetime | None, Entry("何时前办到", "by", hint="例如 明天10:00、周五前；没说时间不填")
    ] = None


class RecategoriseForm(Form):
    """改类别或紧急程度."""

    category: Annotated[str, Entry("类别", "pick", "拼音首字母或汉字", search="categories"), Pick]
    urgency: Annotated[Urgency, Entry("紧急程度", "choice")]
    reason: Reason


class AmendForm(Form):
    """更正案情."""

    summary: Annotated[str, Entry("是什么问题", max_length=100), Field(min_length=4)]
    spot: Annotated[str, Entry("具体位置", hint="几号楼、哪个出入口", max_length=60)] = ""
    unit: Annotated[str, Entry("地点", "pick", "本片区的；拼音首字母或汉字", search="places")] = ""
    detail: Annotated[str, Entry("补充说明", "prose", max_length=2000)] = ""
    reason: Reason


class FlagForm(Form):
    """标记."""

    flags: Annotated[str, Entry("优先标记", "choice", choices=FLAGS)] = ""


class MergeForm(Form):
    """并案."""

    target: Annotated[str, Entry("主案编号", hint="例如 2026-000123，今年的可只打 123", max_length=20), Pick]
    reason: Annotated[str, Entry("说明", max_length=300)] = ""


class UntilForm(Form):
    """延期, 缓办, 挂账, 挂账再议: a date and a reason."""

    until: Until
    reason: Reason


class SourceExtensionForm(Form):
    """来源准予延期."""

    until: Until
    basis: Annotated[str, Entry("来源的批复", hint="谁批的、文号或时间", max_length=200), Needed]


class SampleForm(Form):
    """抽查."""

    found: Annotated[str, Entry("看到什么", "prose", max_length=1000), Needed]


FORMS: dict[str, type[Form]] = {
    "solve_on_spot": SolveForm,
    "assign": AssignForm,
    "propose_assign": ReasonedAssignForm,
    "send_down": SendDownForm,
    "send_back": SendBackForm,
    "pass_up": PassUpForm,
    "report_done": ReportDoneForm,
    "pass_check": PassCheckForm,
    "fail_check": FailCheckForm,
    "feedback": FeedbackForm,
    "rework": RejectForm,
    "close": CloseForm,
    "reopen": RejectForm,
    "reconsider": RejectForm,
    "reject": RejectForm,
    "reassign": ReasonedAssignForm,
    "move_area": RejectForm,
    "urge": UrgeForm,
    "first_contact": FirstContactForm,
    "note": UrgeForm,
    "recategorise": RecategoriseForm,
    "amend": AmendForm,
    "flag": FlagForm,
    "merge": MergeForm,
    "unmerge": RejectForm,
    "ask_extension": UntilForm,
    "extend": UntilForm,
    "source_extension": SourceExtensionForm,
    "ask_pause": UntilForm,
    "pause": UntilForm,
    "ask_pool": UntilForm,
    "pool": UntilForm,
    "look_again": UntilForm,
    "resume": RejectForm,
    "sample_check": SampleForm,
}


class UrgencyForm(Form):
    """紧急程度 of many at once."""

    urgency: Annotated[Urgency, Entry("紧急程度", "choice")]
    reason: Reason


class CategoryForm(Form):
    """类别 of many at once."""

    category: Annotated[str, Entry("类别", "pick", "拼音首字母或汉字", search="categories"), Pick]
    reason: Reason


class CloseManyForm(Form):
    """销项 of many at once: each at the level that had it in hand."""

    note: Annotated[str, Entry("说明", hint="反映人不满意的，要写明为什么可以销项", max_length=300)] = ""


class NothingMore(Form):
    """An act that asks for nothing: 立案, 接单, 居委自办."""


class ProxyForm(Form):
    """代录: who said it, when, by what means."""

    on_behalf: Annotated[str, Entry("谁告诉您的", "pick", "承办的人", search="speakers"), Pick]
    means: Annotated[Means, Entry("怎么告诉的", "choice")]
    told_at: Annotated[datetime, Entry("什么时候", "moment", "例如 1530（今天）、昨天9:00")]


PROXY_FIELDS = frozenset(ProxyForm.model_fields)


def form_of(act: str) -> type[Form]:
    """The form of an act; an empty one where it asks for nothing."""
    return FORMS.get(act, NothingMore)


_OF_MANY: dict[str, type[Form]] = {"urgency": UrgencyForm, "category": CategoryForm, "close": CloseManyForm}


def bulk_form_of(act: str) -> type[Form]:
    """The form of an act on many cases (`rules/bulk.ACTS`); an empty one where it asks for nothing."""
    return _OF_MANY.get(act) or form_of(act)


def with_proxy(form_class: type[Form]) -> type[Form]:
    """The same form with the fields of 代录 before its own."""
    return create_model(f"Proxied{form_class.__name__}", __base__=(form_class, ProxyForm))
