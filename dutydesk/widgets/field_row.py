"""The rows of a form: a field with its label and what is wrong below it, and the last stop, which saves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from dutydesk.widgets.cells import lean, strip_of
from dutydesk.widgets.choices import MARK, NO_MARK
from dutydesk.widgets.editors import ChoiceEditor, Editor
from dutydesk.widgets.frame import Words

if TYPE_CHECKING:
    from dutydesk.forms.base import FieldSpec


class FieldRow(Vertical):
    """A field with its label and the message below."""

    def __init__(self, spec: FieldSpec, editor: Editor) -> None:
        super().__init__()
        self.spec = spec
        self.editor = editor
        self.needed = spec.required
        self.here = False
        self.label_line = Words(self._label(), classes="field--label")
        self.message = Words(classes="field--message")
        self.message.display = False
        self.wrong = False
        self._said = ("", False)

    def compose(self) -> ComposeResult:
        """Label, field; hint where the field has no room for one; message."""
        entry = self.spec.entry
        with Horizontal(classes="field--line"):
            yield self.label_line
            yield self.editor  # type: ignore[misc]
        if entry.hint and isinstance(self.editor, ChoiceEditor):
            yield Words(entry.hint, classes="field--hint")
        yield self.message

    def on_descendant_focus(self) -> None:
        """The mark stands where the keys go."""
        self.here = True
        self.label_line.say(self._label())

    def on_descendant_blur(self) -> None:
        """See above."""
        self.here = False
        self.label_line.say(self._label())

    def _label(self) -> str:
        return f"{MARK if self.here else NO_MARK}{self.spec.entry.label}{' *' if self.needed else ''}"

    def follow(self, values: Mapping[str, Any]) -> None:
        """Be there, and be marked as necessary, as what stands in the other fields has it."""
        entry = self.spec.entry
        if entry.shown is not None:
            self.display = entry.is_shown(values)
        needed = self.spec.required or entry.needed_because(values) is not None
        if needed != self.needed:
            self.needed = needed
            self.label_line.say(self._label())

    def say(self, text: str, wrong: bool) -> None:
        """A message below the field; `""` takes it away."""
        if (text, wrong) == self._said:
            return
        self._said = (text, wrong)
        self.wrong = wrong and bool(text)
        self.message.say(f"✗ {text}" if self.wrong else text)
        self.message.set_class(self.wrong, "-wrong")
        self.message.display = bool(text)


class SaveLine(Widget, can_focus=True):
    """The last stop of a form."""

    ALLOW_SELECT = False

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One line."""
        return 1

    def render_line(self, y: int) -> Strip:
        """Reversed and marked when Enter would save."""
        mark = MARK if self.has_focus else NO_MARK
        style = lean(self.rich_style)
        return strip_of(((f"{mark}〔{self.words}〕 F10", style),), self.size.width)
