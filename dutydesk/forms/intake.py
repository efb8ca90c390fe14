"""登记: what is typed when an issue enters the ledger."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

from pydantic import Field, field_validator

from dutydesk.forms.base import Entry, Form, When
from dutydesk.text import narrow
from dutydesk.vocabulary import Source, Urgency

_PHONE = re.compile(r"\+?\d[\d\- ]{5,17}\d")

FLAGS = (
    ("", "无"),
    ("strongly_felt", "群众反映强烈"),
    ("beyond_neighbourhood", "居民区难以协调"),
    ("strongly_felt beyond_neighbourhood", "两者都是"),
)
# Sources that give a case a number of their own, and perhaps a limit.
_NUMBERED = When("source", frozenset({Source.HOTLINE, Source.GRID, Source.SUPERIOR, Source.OPINION}))
_NUMBER_NEEDED = (
    When("source", frozenset({Source.HOTLINE}), "12345热线件，请写明来源编号，例如工单号。"),
    When("source_due", why="填了来源时限，请写明来源编号，例如工单号。"),
)
_SOLVED = When("solved", frozenset({True}), "当场解决的要写明当场做了什么。")


class IntakeForm(Form):
    """A newly found issue. 涉密信息不得录入: the screen says so above the form."""

    unit: Annotated[
        str, Entry("地点", "pick", "拼音首字母、全拼或汉字", search="places"), Field(min_length=1)
    ]
    category: Annotated[
        str, Entry("类别", "pick", "拼音首字母或汉字", search="categories"), Field(min_length=1)
    ]
    summary: Annotated[
        str, Entry("是什么问题", hint="一句话：什么东西怎么了", max_length=100), Field(min_length=4)
    ]
    spot: Annotated[str, Entry("具体位置", hint="几号楼、哪个出入口", max_length=60)] = ""
    urgency: Annotated[Urgency, Entry("紧急程度", "choice")] = Urgency.NORMAL
    source: Annotated[Source, Entry("来源", "choice")] = Source.PATROL
    source_number: Annotated[
        str,
        Entry("来源编号", hint="12345 工单号等", max_length=40, shown=_NUMBERED, needed=_NUMBER_NEEDED),
    ] = ""
    source_due: Annotated[
        datetime | None, Entry("来源时限", "moment", "来源规定的办结时间", shown=_NUMBERED)
    ] = None
    reporter_name: Annotated[str, Entry("反映人", hint="个人信息，屏上不显示全名", max_length=30)] = ""
    reporter_phone: Annotated[str, Entry("电话", hint="个人信息", max_length=20)] = ""
    on_the_spot: Annotated[str, Entry("现场已做", hint="当场做了什么", max_length=300, needed=(_SOLVED,))] = (
        ""
    )
    solved: Annotated[bool, Entry("当场解决", "yesno", "是＝直接销项")] = False
    detail: Annotated[str, Entry("补充说明", "prose", max_length=2000)] = ""
    reporter_address: Annotated[str, Entry("反映人住址", hint="个人信息", max_length=60)] = ""
    flags: Annotated[str, Entry("优先标记", "choice", choices=FLAGS)] = ""

    @field_validator("reporter_phone")
    @classmethod
    def _a_telephone_number(cls, value: str) -> str:
        plain = narrow(value)
        if plain and not _PHONE.fullmatch(plain):
            raise ValueError("电话只填数字，可带区号，例如 021-00000000；没有就空着。")
        return plain
