"""What each act on a letter asks for. `rules/letters/life.py` names the fields; a test holds the two together."""

from __future__ import annotations

from datetime import date, datetime
from itertools import combinations
from typing import Annotated

from pydantic import Field

from dutydesk.forms.base import Entry, Form
from dutydesk.forms.handling import NothingMore
from dutydesk.letter_words import Crossing, Delivery, Ground, LetterKind, Part, Score

Needed = Field(min_length=2)
Pick = Field(min_length=1)
Reason = Annotated[str, Entry("理由", max_length=500), Needed]
Prose = Annotated[str, Entry("内容", "prose", max_length=1000), Needed]
Note = Annotated[str, Entry("说明", max_length=300)]
Department = Annotated[str, Entry("哪个部门", "pick", "这封约请里的部门", search="invited"), Pick]
MaybeDepartment = Annotated[str, Entry("哪个部门", "pick", "不选就是都催", search="invited")]
At = Annotated[datetime, Entry("会商时间", "moment", "例如 12-2 14:00、周三14:00")]
MaybeAt = Annotated[datetime | None, Entry("会商时间", "moment", "例如 12-2 14:00；没定的空着")]
Place = Annotated[str, Entry("会商地点", max_length=60)]
# Every way to name at least one of the three, the likeliest first.
_ORDER = (Crossing.DEPARTMENTS, Crossing.AREAS, Crossing.FIELDS)
CROSSINGS = tuple(
    (" ".join(word.value for word in Crossing if word in some), "、".join(word.label for word in some))
    for count in (1, 2, 3)
    for some in combinations(_ORDER, count)
)


class AmendForm(Form):
    """修改: the text of a letter."""

    kind: Annotated[LetterKind, Entry("种类", "choice", "街镇内部用电话或约请单，区里的部门用约请函")]
    subject: Annotated[str, Entry("事由", max_length=60), Needed]
    crossing: Annotated[str, Entry("为什么约请", "choice", choices=CROSSINGS), Pick]
    tried: Annotated[str, Entry("已做什么", "prose", "部门看了才知道为什么要来", max_length=400), Needed]
    request: Annotated[str, Entry("请做什么", "prose", max_length=400), Needed]
    meeting_at: MaybeAt = None
    meeting_place: Place = ""


class DraftForm(AmendForm):
    """草拟: the text, and whom it invites; more departments can be added on the letter."""

    department_1: Annotated[str, Entry("约请部门", "pick", "拼音首字母或名称", search="departments"), Pick]
    department_2: Annotated[str, Entry("约请部门", "pick", "没有就空着", search="departments")] = ""
    department_3: Annotated[str, Entry("约请部门", "pick", "没有就空着", search="departments")] = ""


class AreaForm(Form):
    """For which area."""

    area: Annotated[str, Entry("哪个片区", "pick", "由哪个片区约请", search="areas"), Pick]


class ScratchForm(DraftForm, AreaForm):
    """从头起草 by whoever sits at no area's desk; the area stands first."""


class WordsForm(Form):
    """公文写法: the office's names, heads, titles and number patterns."""

    head: Annotated[
        str,
        Entry("发文机关", hint="{district}区名 {name}街镇名 {town}街镇第一个字", max_length=60),
        Needed,
    ]
    office: Annotated[str, Entry("署名", max_length=60), Needed]
    title: Annotated[str, Entry("约请函标题", hint="{subject}事由", max_length=60), Needed]
    opening: Annotated[
        str, Entry("约请函开头", "prose", "{area}片区 {subject}事由 {reasons}为什么", max_length=200), Needed
    ]
    answering: Annotated[str, Entry("请怎样答复", "prose", "{answer_by}答复期限", max_length=200), Needed]
    closing: Annotated[str, Entry("约请函结尾", max_length=60), Needed]
    slip: Annotated[str, Entry("约请单标题", max_length=60), Needed]
    supervision: Annotated[str, Entry("督办单标题", max_length=60), Needed]
    number_letter: Annotated[
        str, Entry("约请函文号", hint="{year}年 {serial}流水号，都要有", max_length=60), Needed
    ]
    number_slip: Annotated[
        str, Entry("约请单文号", hint="{year}年 {serial}流水号，都要有", max_length=60), Needed
    ]
    number_call: Annotated[
        str, Entry("电话约请号", hint="{year}年 {serial}流水号，都要有", max_length=60), Needed
    ]
    number_supervision: Annotated[
        str, Entry("督办单文号", hint="{year}年 {serial}流水号，都要有", max_length=60), Needed
    ]


class ReasonForm(Form):
    """A reason and nothing more."""

    reason: Reason


class ProseForm(Form):
    """A text and nothing more."""

    text: Prose


class NoteForm(Form):
    """Nothing, or a note."""

    note: Note = ""


class MeetForm(Form):
    """定会商时间."""

    meeting_at: At
    meeting_place: Place = ""


class ConveneForm(MeetForm):
    """召集."""

    reason: Reason


class HoldForm(Form):
    """记会商."""

    text: Annotated[str, Entry("谁来了、谈了什么", "prose", max_length=2000), Needed]
    held_at: Annotated[datetime | None, Entry("什么时候", "moment", "就是现在的空着")] = None


class AgreeForm(Form):
    """记商定: one promise of one department."""

    invited: Department
    part: Annotated[Part, Entry("牵头还是配合", "choice")]
    what: Annotated[str, Entry("做什么", "prose", max_length=400), Needed]
    due_on: Annotated[date, Entry("何时前", "date", "如 12-3、下周五、+7（七天后）")]


class UrgeForm(Form):
    """催办."""

    text: Annotated[str, Entry("催什么", max_length=300), Needed]
    invited: MaybeDepartment = ""


class SuperviseForm(Form):
    """督办: a numbered notice."""

    text: Annotated[str, Entry("督办要求", "prose", max_length=400), Needed]
    due_on: Annotated[date, Entry("何时前办结", "date", "如 12-3、下周五、+7（七天后）")]
    invited: Annotated[str, Entry("哪个部门", "pick", "不选就是还欠着的都督", search="invited")] = ""


class InviteForm(Form):
    """加约部门."""

    department: Annotated[str, Entry("加约哪个部门", "pick", "拼音首字母或名称", search="departments"), Pick]
    why: Annotated[str, Entry("为什么加约", max_length=100)] = ""


class DepartmentForm(Form):
    """去掉部门."""

    invited: Department


class NameLeadForm(Form):
    """指定牵头."""

    invited: Department
    reason: Reason


class IssueForm(Form):
    """加列问题, 去掉问题."""

    issue: Annotated[str, Entry("问题编号", hint="例如 2026-000123，今年的可只打 123", max_length=20), Pick]


class RaiseForm(Form):
    """提请区级."""

    ground: Annotated[Ground, Entry("为什么提请", "choice")]
    reason: Reason


class ProposeCloseForm(Form):
    """提请办结."""

    outcome: Annotated[str, Entry("结果", "prose", max_length=1000), Needed]
    undone: Annotated[str, Entry("没有落实的", hint="有没有落实的，写明为什么可以办结", max_length=300)] = ""


class CloseAgreeForm(Form):
    """同意办结, with the look on site where one was taken."""

    found: Annotated[
        str, Entry("现场看到什么", "prose", "看过现场的写明，待核查的问题一并核查通过", max_length=500)
    ] = ""
    note: Note = ""


class ComeForm(Form):
    """应约."""

    attendee: Annotated[str, Entry("谁来", max_length=60), Needed]
    time: Annotated[datetime | None, Entry("什么时候来", "moment", "按定的时间就不用改")] = None
    text: Annotated[str, Entry("说明", max_length=300)] = ""


class MoveForm(Form):
    """改期."""

    time: Annotated[datetime, Entry("改到什么时候", "moment", "例如 12-4 9:30")]
    reason: Reason
    attendee: Annotated[str, Entry("谁来", max_length=60)] = ""


class RefuseForm(Form):
    """不属职责."""

    basis: Annotated[str, Entry("清单依据", "pick", "权责清单里谁负责这类事", search="bases"), Pick]
    reason: Reason
    instead: Annotated[str, Entry("该找谁", "pick", "依据里写明的不用填", search="departments")] = ""


class WriteForm(Form):
    """书面答复."""

    text: Annotated[str, Entry("答复", "prose", max_length=2000), Needed]


class DeliverForm(Form):
    """送达."""

    means: Annotated[Delivery, Entry("怎样送达", "choice")]


class FulfilForm(Form):
    """报落实."""

    text: Annotated[str, Entry("做了什么", "prose", max_length=1000), Needed]
    promise: Annotated[str, Entry("哪一项", "pick", "不选就是都做完了", search="promises")] = ""


class RateForm(Form):
    """评价."""

    score: Annotated[Score, Entry("评价", "choice")]
    text: Annotated[str, Entry("说明", hint="不满意要写明为什么", max_length=300)] = ""


class SayForm(Form):
    """部门说明."""

    text: Annotated[str, Entry("部门怎么说", "prose", "没有意见就空着", max_length=500)] = ""


class SeveralForm(Form):
    """One answer to several letters."""

    attendee: Annotated[str, Entry("谁去", max_length=60), Needed]
    time: Annotated[
        datetime | None, Entry("什么时候", "moment", "不填就按各自定的时间；填了，不同的就改期")
    ] = None


FORMS: dict[str, type[Form]] = {
    **dict.fromkeys(
        (
            "send_back", "raise_agree", "raise_refuse", "accept", "give_back", "close_refuse", "reissue", "withdraw",
            "hand_back", "keep_time", "insist", "drop", "not_done", "object",
        ),
        ReasonForm,
    ),
    **dict.fromkeys(("propose", "check", "sign", "release", "agree_time", "free", "consent"), NoteForm),
    "amend": AmendForm,
    "note": ProseForm,
    "meet": MeetForm,
    "convene": ConveneForm,
    "hold": HoldForm,
    "agree": AgreeForm,
    "urge": UrgeForm,
    "supervise": SuperviseForm,
    "invite": InviteForm,
    "uninvite": DepartmentForm,
    "link": IssueForm,
    "unlink": IssueForm,
    "raise": RaiseForm,
    "name_lead": NameLeadForm,
    "propose_close": ProposeCloseForm,
    "close_agree": CloseAgreeForm,
    "come": ComeForm,
    "move": MoveForm,
    "refuse": RefuseForm,
    "write": WriteForm,
    "deliver": DeliverForm,
    "fulfil": FulfilForm,
    "rate": RateForm,
    "say": SayForm,
}  # fmt: skip

# Acts whose form holds nothing that must be said: they are done at once, and a note can be added afterwards.
AT_ONCE = frozenset({"propose", "check", "release", "agree_time", "free", "consent", "submit", "receive"})


def form_of(act: str) -> type[Form]:
    """The form of an act; an empty one where it asks for nothing."""
    return FORMS.get(act, NothingMore)
