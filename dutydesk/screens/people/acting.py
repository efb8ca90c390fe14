"""The forms of 人员: one act each, its fields from `forms/people.py`, its rule given by the page that opens it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult

from dutydesk.rules import finding
from dutydesk.screens.base import DeskScreen
from dutydesk.screens.forms import FormScreen
from dutydesk.widgets.action_menu import Words
from dutydesk.widgets.form import FormView
from dutydesk.widgets.picker import Search

if TYPE_CHECKING:
    from dutydesk.forms.base import Form
    from dutydesk.session import Session

# What a form's fields do: (session, fields, act id) → the sentence that says what was done.
Rule = Callable[["Session", dict[str, Any], str], str]


class PeopleForm(FormScreen):
    """A short form; left with Esc, nothing of it is kept."""

    NAME: ClassVar[str] = "人员"
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
        """`form` is the name of a form of `forms.people`."""
        super().__init__()
        self.act_title, self.head, self.form, self.rule = title, head, form, rule
        self.given = dict(values or {})

    def body(self) -> ComposeResult:
        """What it is about, the form."""
        from dutydesk.forms import people

        yield Words(self.head, classes="form-head")
        searches: dict[str, Search] = {
            "staff": self.search(finding.staff),
            "areas": self.search(finding.areas),
            "units": self.search(finding.places),
            "departments": self.search(finding.departments_here),
            "categories": self.search(finding.categories),
        }
        form_class: type[Form] = getattr(people, self.form)
        yield FormView(form_class, searches=searches, values=self.given, save_words=f"确定{self.act_title}")

    def signed_on(self) -> None:
        """The act stands in the first line."""
        self.show_title(self.act_title)

    def on_form_view_edited(self, event: FormView.Edited) -> None:
        """Nothing is kept of a form that is left: it is short, and typed again sooner than found again."""
        event.stop()
        event.prevent_default()

    async def keep(self) -> None:
        """See above."""

    async def write(self, form: Form) -> str:
        """Do the act."""
        return await self.desk.run(self.rule, form.model_dump(), self.act_id)


async def fill_in(
    screen: DeskScreen,
    title: str,
    head: str,
    form: str,
    rule: Rule,
    values: Mapping[str, Any] | None = None,
) -> str | None:
    """Show a form until it is done or left; answers with what was done, in a sentence."""
    return await screen.show(PeopleForm(title, head, form, rule, values))
