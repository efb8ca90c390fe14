"""What the desk's thread is asked to do, and the clock by which it is done."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from dutydesk.rules.errors import Refused
from dutydesk.rules.workcalendar import moment

RECONNECTING = "正在重新连接…已填内容仍在，连上后接着办，不用再按。"
SLOWLY = "数据库答得慢，还在等…已填内容仍在，不用再按。"
MY_TURN = "轮到了，正在保存…"
AFTER = {
    RECONNECTING: "已重新连上数据库。",
    SLOWLY: "数据库答复了。",
}  # what is said when a wait is over; else MY_TURN
_MAY_DIFFER = timedelta(minutes=5)  # clocks are set right by so much without a word


@dataclass(eq=False, repr=False)
class Job:
    """One rule to run, and where its answer goes."""

    work: Callable[[], Any]
    reads: bool
    again: bool = False  # doing it twice does no more than once
    answer: Future[Any] = field(default_factory=Future)
    abandoned: bool = False


class Clock:
    """Notices that the clock went back: what is done now would stand before what is done already."""

    def __init__(self) -> None:
        self.latest = datetime.now(UTC)

    def look(self) -> None:
        """Read it. Raises Refused when it went back, once: asked again, it is the person's word that it is right."""
        now = datetime.now(UTC)
        before, self.latest = self.latest, now
        if before > now + _MAY_DIFFER:
            raise Refused(
                f"时钟倒退了：现在显示{moment(now)}，而{moment(before)}已有操作，没有保存，已填内容仍在。"
                "请告诉管理员校时；时间没错的，再按一次保存。"
            )

    def saw(self, at: datetime | None) -> None:
        """Something was done at this moment."""
        self.latest = max(self.latest, at or self.latest)


def takes_act(rule: Callable[..., Any]) -> bool:
    """Whether a rule is an act, which is dated."""
    return "act_id" in _named(rule)


def done_once(rule: Callable[..., Any]) -> bool:
    """Whether a rule takes the id of its act or draft, by which doing it again is known."""
    return not {"act_id", "draft_id"}.isdisjoint(_named(rule))


def _named(rule: Callable[..., Any]) -> tuple[str, ...]:
    rule = getattr(rule, "func", rule)  # of a partial
    code = getattr(getattr(rule, "__wrapped__", rule), "__code__", None)
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount] if code else ()
