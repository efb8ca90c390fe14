"""What every form shares: how a field is drawn, how its text is cleaned, and what is said when it is wrong."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Literal, Self, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from dutydesk.forms.when import DAY_UNREAD, MOMENT_UNREAD, parse_by, parse_day, parse_moment
from dutydesk.text import LINE_LIMIT, PROSE_LIMIT, clean, narrow

Kind = Literal["text", "prose", "pick", "choice", "date", "moment", "by", "number", "yesno"]
PICKED: frozenset[str] = frozenset({"pick", "choice", "yesno"})
WHOLE_FORM = ""


@dataclass(frozen=True)
class When:
    """A condition on another field: one of these values stands there, or (`values` None) anything at all.

    `why` is what is said when a field that this makes necessary is empty.
    """

    field: str
    values: frozenset[Any] | None = None
    why: str = ""

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether it is so."""
        value = values.get(self.field)
        return not _empty(value) if self.values is None else any(value == each for each in self.values)


@dataclass(frozen=True)
class Entry:
    """How a field of a form is drawn: `Annotated[str, Entry(label="地点", kind="pick", search="places")]`.

    `choices` are (kept value, label); left out, they come from the field's Enum or Literal. `max_length` counts
    characters; without it a line holds 200 and prose 4,000. `search` names the search of a pick. `shown` is when the
    field is there at all, `needed` what makes it necessary: either of these.
    """

    label: str
    kind: Kind = "text"
    hint: str = ""
    choices: tuple[tuple[Any, str], ...] = ()
    max_length: int = 0
    search: str = ""
    group: str = ""
    shown: When | None = None
    needed: tuple[When, ...] = ()

    @property
    def limit(self) -> int:
        """The most characters the field takes."""
        return self.max_length or (PROSE_LIMIT if self.kind == "prose" else LINE_LIMIT)

    def is_shown(self, values: Mapping[str, Any]) -> bool:
        """Whether the field is there, given what stands in the others."""
        return self.shown is None or self.shown.holds(values)

    def needed_because(self, values: Mapping[str, Any]) -> When | None:
        """What makes the field necessary now, if anything does."""
        return next((when for when in self.needed if when.holds(values)), None)


@dataclass(frozen=True)
class FieldSpec:
    """A field as it is to be drawn."""

    name: str
    entry: Entry
    required: bool
    default: Any
    choices: tuple[tuple[Any, str], ...]


class FieldError(ValueError):
    """A rule of the whole form whose message belongs beside one field: raise it in a model validator."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class _StillNeeded(ValueError):
    """What is empty and must not be: messages by field."""

    def __init__(self, messages: dict[str, str]) -> None:
        super().__init__("；".join(messages.values()))
        self.messages = messages


class Form(BaseModel):
    """Base of all forms: nothing unknown is let in, and nothing changes after it was checked."""

    model_config = ConfigDict(
        str_strip_whitespace=True, extra="forbid", frozen=True, arbitrary_types_allowed=True
    )

    @field_validator("*", mode="before")
    @classmethod
    def _as_typed(cls, value: Any, info: ValidationInfo) -> Any:
        """Typed text becomes clean text, a day or a moment, before the type is looked at."""
        if not isinstance(value, str) or info.field_name is None:
            return value
        entry = entry_of(cls.model_fields[info.field_name])
        if entry is None:
            return clean(value)
        text = clean(value, entry.limit + 1, lines=entry.kind == "prose")
        if len(text) > entry.limit:
            raise ValueError(f"最多 {entry.limit} 个字，现在有 {len(value.strip())} 个，请删短。")
        if entry.kind == "date":
            return parse_day(text)
        if entry.kind == "moment":
            return parse_moment(text)
        if entry.kind == "by":
            return parse_by(text)
        return narrow(text) if entry.kind == "number" else text

    @model_validator(mode="after")
    def _all_that_is_needed(self) -> Self:
        if messages := _still_needed(type(self), dict(self)):
            raise _StillNeeded(messages)
        return self


F = TypeVar("F", bound=Form)


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _still_needed(form_class: type[Form], values: Mapping[str, Any]) -> dict[str, str]:
    """Messages for the fields that others make necessary and that are empty."""
    messages = {}
    for name, field in form_class.model_fields.items():
        entry = entry_of(field)
        if entry is not None and _empty(values.get(name)) and (why := entry.needed_because(values)):
            messages[name] = why.why or f"请填写{entry.label}。"
    return messages


def entry_of(field: FieldInfo) -> Entry | None:
    """The field's drawing, if it is drawn at all."""
    return next((item for item in field.metadata if isinstance(item, Entry)), None)


def fields(form_class: type[Form]) -> list[FieldSpec]:
    """The fields to draw, in the order of the class. Those without an `Entry` are set by the program."""
    specs = []
    for name, field in form_class.model_fields.items():
        entry = entry_of(field)
        if entry is not None:
            default = None if field.is_required() else field.get_default(call_default_factory=True)
            specs.append(
                FieldSpec(name, entry, field.is_required(), default, _choices(entry, field.annotation))
            )
    return specs


def _choices(entry: Entry, annotation: Any) -> tuple[tuple[Any, str], ...]:
    if entry.choices:
        return entry.choices
    if entry.kind == "yesno":
        return ((True, "是"), (False, "否"))
    for kind in _members(annotation):
        if isinstance(kind, type) and issubclass(kind, Enum):
            return tuple((member.value, str(getattr(member, "label", member.value))) for member in kind)
        if get_origin(kind) is Literal:
            return tuple((value, str(value)) for value in get_args(kind))
    return ()


def _members(annotation: Any) -> tuple[Any, ...]:
    """The parts of `X | None`, or the annotation alone."""
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)


def check(form_class: type[F], values: Mapping[str, Any]) -> tuple[F | None, dict[str, str]]:
    """The form made of these values, or what is wrong: a message for each field, `""` for the form as a whole.

    Empty values count as not given. Names that begin with an underscore are a screen's own and left out.
    """
    given = {name: value for name, value in values.items() if not name.startswith("_") and not _empty(value)}
    try:
        return form_class.model_validate(given), {}
    except ValidationError as error:
        messages: dict[str, str] = {}
        for detail in error.errors(include_url=False):
            for name, message in _told(form_class, detail).items():
                messages.setdefault(name, message)
        return None, _still_needed(form_class, given) | messages


def _told(form_class: type[Form], detail: ErrorDetails) -> dict[str, str]:
    """One of pydantic's errors as messages by field."""
    name = str(detail["loc"][0]) if detail["loc"] else WHOLE_FORM
    raised = detail.get("ctx", {}).get("error")
    if isinstance(raised, FieldError):
        return {raised.field: str(raised)}
    if isinstance(raised, _StillNeeded):
        return raised.messages
    field = form_class.model_fields.get(name)
    entry = entry_of(field) if field is not None else None
    return {name: _message(detail, entry or Entry(label=name))}


_FIXED = {
    "extra_forbidden": "表里没有这一项，请删去。",
    "enum": "请从列出的几项里选一项。",
    "literal_error": "请从列出的几项里选一项。",
    "bool_parsing": "请按 1（是）或 2（否）。",
    "bool_type": "请按 1（是）或 2（否）。",
    "int_from_float": "请填整数，不带小数。",
    "finite_number": "请填一个有限的数。",
    "int_parsing_size": "这个数太大了，请核对。",
    "date_past": "要填今天以前的日期。",
    "date_future": "要填今天以后的日期。",
    "datetime_past": "要填现在以前的时间。",
    "datetime_future": "要填现在以后的时间。",
    "string_pattern_mismatch": "写法不对，请按提示重填。",
    "multiple_of": "要填 {multiple_of} 的倍数。",
    "greater_than": "要大于 {gt}。",
    "greater_than_equal": "不能小于 {ge}。",
    "less_than": "要小于 {lt}。",
    "less_than_equal": "不能大于 {le}。",
    "string_too_short": "至少写 {min_length} 个字。",
    "string_too_long": "最多 {max_length} 个字，请删短。",
    "too_short": "至少要 {min_length} 项。",
    "too_long": "最多 {max_length} 项，请去掉几项。",
    "decimal_max_places": "小数最多 {decimal_places} 位。",
    "decimal_max_digits": "最多 {max_digits} 位数字。",
    "decimal_whole_digits": "整数部分最多 {whole_digits} 位。",
}
_BY_BEGINNING = (
    (("datetime", "timezone", "time_"), MOMENT_UNREAD),
    (("date_",), DAY_UNREAD),
    (("int_", "float_", "decimal_"), "请填数字，例如 3。"),
    (("string_",), "请填文字。"),
    (("list_", "tuple_", "set_", "frozen_set_", "iterable_"), "请一项一项地填。"),
    (("uuid_", "url_", "is_instance", "model_", "dict_", "mapping_"), "填法不对，请重新选一次。"),
)


def _message(detail: ErrorDetails, entry: Entry) -> str:
    """What to do about one error. Errors raised by our own validators speak for themselves."""
    kind = detail["type"]
    context = detail.get("ctx", {})
    if kind in ("value_error", "assertion_error"):
        return str(context.get("error", "")) or f"{entry.label}填得不对，请改。"
    if kind == "missing":
        return f"请选{entry.label}。" if entry.kind in PICKED else f"请填写{entry.label}。"
    if kind == "string_too_short" and context.get("min_length") == 1:
        return f"请填写{entry.label}。"
    if kind in _FIXED:
        return _FIXED[kind].format_map({name: _shown(value) for name, value in context.items()})
    for beginnings, message in _BY_BEGINNING:
        if kind.startswith(beginnings):
            return message
    return f"{entry.label}填得不对，请改。"


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value)
