"""A form that is typed again sooner than found again: left with Esc, nothing of it is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult

from dutydesk.screens.forms import FormScreen
from dutydesk.widgets.form import FormView
from dutydesk.widgets.frame import Words
from dutydesk.widgets.picker import Search

if TYPE_CHECKING:
    from dutydesk.forms.base import Form
    from dutydesk.session import Session

# What a form's fields do: (session, fields, act id) → whatever the rule answers with.
Rule = Callable[["Session", dict[str, Any], str], Any]


class ShortForm(FormScreen):
    """One act's fields; F10 does it and answers with what its rule said. `FORMS` is a module of `dutydesk.forms`."""

    FORMS: ClassVar[str]
    HELP = "填好后按 F10 保存。带 * 的必须填。日期可以写 今天、明天、12-1、+14。"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("↑↓ Enter", "换项"),
        ("F10", "保存"),
        ("Esc", "返回（不保存）"),
    )
    BACK: ClassVar[tuple[str, str]] = ("", "")

    def __init__(
        self, title: str, head: str, form: str, rule: Rule, values: Mapping[str, Any] | None = None
    ) -> None:
        """`form` is the name of a form in `FORMS`."""
        super().__init__()
        self.act_title, self.head, self.form, self.rule = title, head, form, rule
        self.given = dict(values or {})

    def searches(self) -> dict[str, Search]:
        """What its pickers search in, by name."""
        return {}

    def body(self) -> ComposeResult:
        """What it is about, the form."""
        yield Words(self.head, classes="form-head")
        form_class: type[Form] = getattr(import_module(f"dutydesk.forms.{self.FORMS}"), self.form)
        save_words = f"确定{self.act_title}"
        yield FormView(form_class, searches=self.searches(), values=self.given, save_words=save_words)

    def signed_on(self) -> None:
        """The act stands in the first line."""
        self.show_title(self.act_title)

    def on_form_view_edited(self, event: FormView.Edited) -> None:
        """No draft."""
        event.stop()
        event.prevent_default()

    async def keep(self) -> None:
        """No draft."""

    async def write(self, form: Form) -> Any:
        """Do the act."""
        return await self.desk.run(self.rule, form.model_dump(), self.act_id)
