"""补录: when a patrol was walked with paper."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import field_validator

from dutydesk.forms.base import Entry, Form

ALL, ONE = "all", "one"
WHICH = ((ALL, "当天未完成的全部路线"), (ONE, "只有光标所在的路线"))


class WalkForm(Form):
    """The time of the walk, and which routes were walked then."""

    walked_at: Annotated[datetime, Entry("巡查时间", "moment")]
    which: Annotated[str, Entry("哪些路线", "choice", choices=WHICH)] = ALL

    @field_validator("walked_at")
    @classmethod
    def _walked_already(cls, value: datetime) -> datetime:
        if value > datetime.now(UTC):
            raise ValueError("巡查时间还没有到，请核对。昨天的写“昨天9:30”。")
        return value
