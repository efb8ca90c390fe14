"""What the desk's thread is asked to do."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False, repr=False)
class Job:
    """One rule to run, and where its answer goes."""

    work: Callable[[], Any]
    reads: bool
    again: bool = False  # doing it twice does no more than once
    answer: Future[Any] = field(default_factory=Future)
    abandoned: bool = False


def done_once(rule: Callable[..., Any]) -> bool:
    """Whether a rule takes the id of its act or draft, by which doing it again is known."""
    rule = getattr(rule, "func", rule)  # of a partial
    code = getattr(getattr(rule, "__wrapped__", rule), "__code__", None)
    named = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount] if code else ()
    return "act_id" in named or "draft_id" in named
