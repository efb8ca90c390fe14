"""公文写法: the office's names, heads, titles and number patterns, changed by its coordinator, seen by the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult

from dutydesk.rules.letters import papers
from dutydesk.screens.base import DeskScreen
from dutydesk.screens.forms import FormScreen
from dutydesk.widgets.action_menu import TextPage, Words
from dutydesk.widgets.form import FormView

if TYPE_CHECKING:
    from dutydesk.forms.base import Form


async def show_words(screen: DeskScreen) -> None:
    """The form for whoever may change it, the text for the others."""
    from dutydesk.forms.base import fields
    from dutydesk.forms.letters import WordsForm

    values = await screen.ask(papers.as_fields)
    if values is None:
        return
    if not papers.may_set(screen.session):
        lines = [f"{spec.entry.label}　{values[spec.name]}" for spec in fields(WordsForm)]
        await screen.show(TextPage("公文写法（由街镇协调员改）", "\n".join(lines)))
    elif await screen.show(WordsScreen(values)):
        screen.say("公文写法已改，今天起用；已编的号不变。", "good")


class WordsScreen(FormScreen):
    """The form; leaves with True once it was changed."""

    NAME: ClassVar[str] = "公文写法"
    HELP = (
        "本街镇约请函、约请单、督办单的写法，是本单位的设置。{ } 里的字由值班台填：{name}街镇名，{subject}事由，\n"
        "{area}片区，{reasons}为什么，{answer_by}答复期限；文号里 {year}年、{serial}流水号都要有。今天起用。"
    )

    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("↑↓ Enter", "换项"),
        ("F10", "今天起用"),
        ("Esc", "返回（不保存）"),
    )
    BACK: ClassVar[tuple[str, str]] = ("", "")

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__()
        self.given = dict(values)

    def body(self) -> ComposeResult:
        """What it is, the form."""
        from dutydesk.forms.letters import WordsForm

        yield Words("本街镇公文的写法；已编的号不变", classes="form-head")
        yield FormView(WordsForm, values=self.given, save_words="今天起用")

    def on_form_view_edited(self, event: FormView.Edited) -> None:
        """A setting half changed is no draft."""
        event.stop()
        event.prevent_default()

    async def keep(self) -> None:
        """See above."""

    async def write(self, form: Form) -> bool:
        """Change them."""
        await self.desk.run(papers.set_words, form.model_dump(), self.act_id)
        return True
