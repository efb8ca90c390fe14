"""What the acts on places and people ask for. Days may be written as everywhere: 12-1, 明天, +14."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from dutydesk.forms.base import Entry, Form, When
from dutydesk.vocabulary import Attendance, Force, UnitKind

Since = Annotated[date, Entry("从哪天起", "date", "例如 明天、12-1、+7（七天后）")]
LastDay = Annotated[date, Entry("最后一天", "date", "到这一天为止，例如 今天、11-30")]
Until = Annotated[date | None, Entry("到哪天止", "date", "长期的不用填")]
UntilIfActing = Annotated[
    date | None,
    Entry(
        "到哪天止",
        "date",
        "长期的不用填；代理的要填，例如 +14",
        needed=(When("stands_in", frozenset({True, "True", "true"}), "代理要写明到哪天止，到期自行结束。"),),
    ),
]
Acting = Annotated[bool, Entry("代理空缺", "yesno", "是＝岗位空缺，临时由这位代理")]
UntilNeeded = Annotated[date, Entry("到哪天止", "date", "到期自行结束，例如 12-14、+14（两周）")]
Pick = Field(min_length=1)
Person = Annotated[str, Entry("哪一位", "pick", "姓名拼音首字母或工号", search="staff"), Pick]
OtherArea = Annotated[str, Entry("哪个片区", "pick", "名称或拼音首字母", search="areas"), Pick]


class MoveUnitForm(Form):
    """A unit moves to another area."""

    area: OtherArea
    since: Since


class MergeAreaForm(Form):
    """An area is merged into another."""

    area: Annotated[str, Entry("并入哪个片区", "pick", "名称或拼音首字母", search="areas"), Pick]
    since: Since


class DissolveUnitForm(Form):
    """A unit is no more."""

    into: Annotated[str, Entry("由谁接管", "pick", "没有接管的单元就空着", search="units")] = ""
    since: Since


class AddUnitForm(Form):
    """A new unit of an area."""

    name: Annotated[str, Entry("名称", max_length=60), Field(min_length=2)]
    code: Annotated[str, Entry("代码", hint="本区内不重复", max_length=40), Field(min_length=1)]
    kind: Annotated[UnitKind, Entry("类别", "choice")] = UnitKind.RESIDENTIAL
    since: Since


class AddAreaForm(Form):
    """A new area of a subdistrict."""

    name: Annotated[str, Entry("名称", hint="例如 康健三片区", max_length=60), Field(min_length=2)]
    code: Annotated[str, Entry("代码", hint="本区内不重复", max_length=40), Field(min_length=1)]
    since: Since


class NeighbourForm(Form):
    """Which unit lies beside from a day on; where it did, it does no longer."""

    neighbour: Annotated[str, Entry("相邻的单元", "pick", "已相邻的，从那天起不再相邻", search="units"), Pick]
    since: Since


class FillSeatForm(Form):
    """Who sits in a seat from now on."""

    staff: Annotated[str, Entry("哪一位", "pick", "姓名拼音首字母或工号", search="staff")] = ""
    name: Annotated[str, Entry("没有工号的", hint="写姓名或单位名称；选了人就不用填", max_length=60)] = ""
    title: Annotated[str, Entry("席位名称", hint="空着就用通常的名称", max_length=40)] = ""
    since: Since
    beside: Annotated[bool, Entry("原任留任", "yesno", "否＝原任到前一天止")] = False


class StandInForm(Form):
    """Who stands in, from when to when."""

    staff: Person
    since: Since
    until: UntilNeeded


class LastDayForm(Form):
    """When something ends."""

    last_day: LastDay


Why = Annotated[str, Entry("原因", hint="例如 文件改期、日期写错", max_length=200), Field(min_length=2)]


class TakeBackForm(Form):
    """What has not begun yet never will; who was to end for it goes on."""

    reason: Why
    resume: Annotated[bool, Entry("原任照旧", "yesno", "是＝前一天止的那一位继续任")] = True


class TakeBackPlainForm(Form):
    """The same where nobody was to end for it."""

    reason: Why


class CorrectDayForm(Form):
    """From which day, rightly."""

    since: Since
    reason: Why


class CorrectDatesForm(Form):
    """From when to when, rightly."""

    since: Since
    until: Annotated[date | None, Entry("到哪天止", "date", "长期的就清空")] = None
    reason: Why


class AreaRoleForm(Form):
    """A role in an area."""

    area: OtherArea
    since: Since
    until: UntilIfActing = None
    stands_in: Acting = False


class HandlerRoleForm(Form):
    """A handler of one of the four forces."""

    area: OtherArea
    force: Annotated[Force, Entry("哪方力量", "choice")]
    since: Since
    until: UntilIfActing = None
    stands_in: Acting = False


class UnitRoleForm(Form):
    """A role in a unit."""

    unit: Annotated[str, Entry("哪个单元", "pick", "名称或拼音首字母", search="units"), Pick]
    since: Since
    until: UntilIfActing = None
    stands_in: Acting = False


class DepartmentRoleForm(Form):
    """A role in a department."""

    department: Annotated[str, Entry("哪个部门", "pick", "名称或拼音首字母", search="departments"), Pick]
    since: Since
    until: UntilIfActing = None
    stands_in: Acting = False


class PlainRoleForm(Form):
    """A role of the own subdistrict, or of the whole district."""

    since: Since
    until: UntilIfActing = None
    stands_in: Acting = False


class HolderForm(Form):
    """Who holds a role whose place is known."""

    staff: Person
    since: Since
    until: Until = None


class HireForm(Form):
    """Somebody new."""

    number: Annotated[str, Entry("工号", hint="字母和数字，例如 XH1201", max_length=20), Field(min_length=2)]
    name: Annotated[str, Entry("姓名", max_length=30), Field(min_length=2)]
    phone: Annotated[str, Entry("工作电话", max_length=20)] = ""
    title: Annotated[str, Entry("职务", max_length=40)] = ""
    department: Annotated[str, Entry("部门", "pick", "名称或拼音首字母", search="departments")] = ""


class MendForm(Form):
    """What is corrected of somebody; the number stays."""

    name: Annotated[str, Entry("姓名", max_length=30), Field(min_length=2)]
    phone: Annotated[str, Entry("工作电话", max_length=20)] = ""
    title: Annotated[str, Entry("职务", max_length=40)] = ""
    department: Annotated[str, Entry("部门", "pick", "不变就再选一次", search="departments")] = ""


class LeaderForm(Form):
    """A leader of the subdistrict."""

    title: Annotated[str, Entry("职务", hint="例如 党工委副书记", max_length=40), Field(min_length=2)]
    since: Since


class PostForm(Form):
    """A posting to an area."""

    area: OtherArea
    line: Annotated[str, Entry("条线", hint="例如 市场监管、民政", max_length=30)] = ""
    since: Since
    until: Until = None


class MarkForm(Form):
    """How somebody was there on a day."""

    attendance: Annotated[Attendance, Entry("考勤", "choice")]
    note: Annotated[str, Entry("说明", hint="例如 参加培训", max_length=60)] = ""


class SponsorForm(Form):
    """Who answers for a place."""

    name: Annotated[str, Entry("包保领导", hint="处级领导姓名", max_length=30), Field(min_length=2)]
    title: Annotated[str, Entry("职务", max_length=60)] = ""
    since: Since


class SponsorProjectForm(SponsorForm):
    """Who answers for a project."""

    project: Annotated[str, Entry("项目", hint="例如 加装电梯推进", max_length=60), Field(min_length=2)]


class AskDutyForm(Form):
    """A question about whose duty something is."""

    question: Annotated[
        str, Entry("问题", "prose", "什么事、为什么不清楚归谁", max_length=300), Field(min_length=4)
    ]
    category: Annotated[str, Entry("类别", "pick", "说不准就空着", search="categories")] = ""


class AnswerDutyForm(Form):
    """Whose it is."""

    answer: Annotated[str, Entry("答复", "prose", "由谁办、依据是什么", max_length=300), Field(min_length=2)]
    department: Annotated[str, Entry("归哪个部门", "pick", "拼音首字母", search="departments")] = ""


class SinceForm(Form):
    """From which day on."""

    since: Since


class DayForm(Form):
    """Which day is looked at."""

    day: Annotated[date, Entry("看哪一天", "date", "例如 今天、昨天、11-1")]


class KeyForm(Form):
    """A public key, pasted."""

    key: Annotated[str, Entry("公钥", hint="以 ssh- 开头的一整行", max_length=4000), Field(min_length=1)]
