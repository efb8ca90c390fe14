"""Draws a form class field by field: label left, field right, what is wrong below in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, TextArea

from dutydesk.widgets.action_menu import Words
from dutydesk.widgets.cells import lean, strip_of
from dutydesk.widgets.choices import MARK, NO_MARK
from dutydesk.widgets.editors import ChoiceEditor, Editor, LineEditor, PickEditor, WhenEditor, editor_for
from dutydesk.widgets.picker import Choice, Picker, Search
from dutydesk.widgets.typing_fields import ProseField

if TYPE_CHECKING:
    from dutydesk.forms.base import FieldSpec, Form

PAUSE_SECONDS = 0.4
SHOWN = "_shown"
WHOLE_FORM = ""


class FieldRow(Vertical):
    """A field with its label and the message below."""

    def __init__(self, spec: FieldSpec, editor: Editor) -> None:
        super().__init__()
        self.spec = spec
        self.editor = editor
        self.label = f"{spec.entry.label}{' *' if spec.required else ''}"
        self.label_line = Words(NO_MARK + self.label, classes="field--label")
        self.message = Words(classes="field--message")
        self.message.display = False
        self.wrong = False

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
        self.label_line.update(MARK + self.label, layout=False)

    def on_descendant_blur(self) -> None:
        """See above."""
        self.label_line.update(NO_MARK + self.label, layout=False)

    def say(self, text: str, wrong: bool) -> None:
        """A message below the field; `""` takes it away."""
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


class FormView(Widget):
    """A form on the screen.

    Enter, ↓ and Tab go on, ↑ and Shift+Tab back; F10 saves from anywhere. `searches` are the pickers' searches by
    the name in `Entry.search`. `plain_copy` is the values as of the last key, for the last words of a broken line.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f10", "save", "保存", show=False)]

    @dataclass
    class About(Message):
        """What a form's messages have in common."""

        form_view: FormView

        @property
        def control(self) -> FormView:
            """The form."""
            return self.form_view

    @dataclass
    class Submitted(About):
        """Saved: the form has passed its checks."""

        form: Form

    @dataclass
    class Rejected(About):
        """Not saved: the messages stand beside their fields."""

        messages: dict[str, str]

    @dataclass
    class Edited(About):
        """A pause in typing, or a choice: time to keep a draft."""

        values: dict[str, Any]

    def __init__(
        self,
        form_class: type[Form],
        *,
        searches: Mapping[str, Search] | None = None,
        values: Mapping[str, Any] | None = None,
        save_words: str = "保存",
        id: str | None = None,
    ) -> None:
        from dutydesk.forms.base import fields

        super().__init__(id=id)
        self.form_class = form_class
        self.extra: dict[str, Any] = {}
        self.rows = {
            spec.name: FieldRow(spec, editor_for(spec, dict(searches or {}))) for spec in fields(form_class)
        }
        self._save_line = SaveLine(save_words)
        self._save_line.can_focus = False  # until the fields are there, or a new screen would focus this line
        self._whole = Words(classes="field--message -wrong")
        self._whole.display = False
        self._pause: Timer | None = None
        self.load({name: row.spec.default for name, row in self.rows.items()} | dict(values or {}))
        self.plain_copy = self.values()

    def compose(self) -> ComposeResult:
        """Groups of fields, what is wrong with the whole, the last row."""
        group = ""
        with VerticalScroll(can_focus=False):
            for row in self.rows.values():
                if row.spec.entry.group not in ("", group):
                    group = row.spec.entry.group
                    yield Words(f"── {group} ──", classes="form--group")
                yield row
            yield self._whole
            yield self._save_line

    def on_mount(self) -> None:
        """Begin in the first field, unless something else on the screen has the focus."""
        self._save_line.can_focus = True
        focused = self.screen.focused
        if focused is None or self in focused.ancestors:
            self._stops()[0].focus()

    # Values

    def values(self) -> dict[str, Any]:
        """What stands in the fields now, hidden ones too, as JSON can keep it; `load` takes it back."""
        values: dict[str, Any] = dict(self.extra)
        shown: dict[str, list[str]] = {}
        for name, row in self.rows.items():
            values[name] = row.editor.data
            if isinstance(row.editor, PickEditor) and row.editor.shown:
                shown[name] = row.editor.shown
        if shown:
            values[SHOWN] = shown
        return values

    def load(self, values: Mapping[str, Any]) -> None:
        """Fill the fields named. A pick takes a `Choice`, or the bare value of a draft. Unknown names are kept as is."""
        shown = values.get(SHOWN, {})
        for name, value in values.items():
            if name in self.rows:
                editor = self.rows[name].editor
                kept = getattr(value, "value", value) if not isinstance(value, Choice) else value
                if isinstance(editor, PickEditor):
                    editor.load(kept, shown.get(name))
                else:
                    editor.load(kept)
            elif name != SHOWN:
                self.extra[name] = value
        self.plain_copy = self.values()

    def begin_anew(self, values: Mapping[str, Any]) -> None:
        """An empty form with these values, without messages."""
        self.extra = {}
        self.load({name: row.spec.default for name, row in self.rows.items()} | dict(values))
        for row in self.rows.values():
            row.say("", wrong=False)
        self.set_error(WHOLE_FORM, "")

    def set_error(self, field: str, message: str) -> None:
        """A message from a rule beside its field; an unknown field or `""` speaks for the whole form."""
        if field in self.rows and self.rows[field].display:
            self.rows[field].say(message, wrong=True)
        else:
            self._whole.say(f"✗ {message}" if message else "")
            self._whole.display = bool(message)

    def show(self, field: str, visible: bool) -> None:
        """Show or hide a field. A hidden one keeps its value but is not saved."""
        self.rows[field].display = visible

    def suggest(self, field: str, text: str) -> None:
        """What is often written in a line of text: it stands there dimly while the line is empty, → takes it over."""
        editor = self.rows[field].editor
        assert isinstance(editor, LineEditor)
        editor.suggest(text)

    def focus_field(self, field: str) -> None:
        """Put the caret into a field."""
        self.rows[field].editor.target.focus()

    # Saving

    def action_save(self) -> None:
        """Check all; the first field that is wrong gets the caret, or the form is handed over."""
        from dutydesk.forms.base import check

        for row in self.rows.values():
            self._settle(row)
        hidden = {name for name, row in self.rows.items() if not row.display}
        known = self.form_class.model_fields.keys() - hidden  # a draft may keep more beside them
        values = {name: value for name, value in self.values().items() if name in known}
        form, messages = check(self.form_class, values)
        self.set_error(WHOLE_FORM, "")
        for name, row in self.rows.items():
            message = messages.get(name, "")
            if message and isinstance(row.editor, PickEditor) and row.editor.typed:
                message = f"“{row.editor.typed}”还没有选定：按数字或 Enter 选一项。"
            if message or row.wrong:
                row.say(message, wrong=True)
        if form is not None:
            self.post_message(self.Submitted(self, form))
            return
        self.post_message(self.Rejected(self, messages))
        beside = [name for name in self.rows if name in messages]
        for name in messages.keys() - set(beside) or messages.keys() & hidden:
            self.set_error(WHOLE_FORM, messages[name])
        if beside:
            first = self.rows[beside[0]].editor
            if isinstance(first, PickEditor):
                first.stay_closed()  # its choices would cover the message
            self._go_to(first.target)

    # Going from field to field

    def _stops(self) -> list[Widget]:
        return [row.editor.target for row in self.rows.values() if row.display] + [self._save_line]

    def _go_to(self, stop: Widget) -> None:
        self.screen.set_focus(stop)  # at once: `focus()` would come after the next key
        row = next((node for node in stop.ancestors_with_self if isinstance(node, FieldRow)), stop)
        self.call_after_refresh(row.scroll_visible, animate=False)

    def _go(self, stops: int) -> bool:
        """Go on or back; says whether there was anywhere to go."""
        order, focused = self._stops(), self.screen.focused
        if focused not in order:
            return False
        place = order.index(focused) + stops
        if 0 <= place < len(order):
            self._go_to(order[place])
            return True
        return False

    def on_key(self, event: events.Key) -> None:
        """Keys that the field itself did not want."""
        focused = self.screen.focused
        key = event.key
        if isinstance(focused, ProseField) and (
            (key == "up" and not focused.on_first_line) or (key == "down" and not focused.on_last_line)
        ):
            return
        if key == "enter" and focused is self._save_line:
            self.action_save()
        elif key in ("enter", "down", "tab"):
            if not self._go(1) and key == "tab":
                return
        elif key in ("up", "shift+tab"):
            if not self._go(-1) and key == "shift+tab":
                return
        else:
            return
        event.stop()
        event.prevent_default()

    # Changes

    def on_input_changed(self, event: Input.Changed) -> None:
        """A key in a line."""
        event.stop()
        self._changed(event.input)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """A key in prose."""
        event.stop()
        self._changed(event.text_area)

    def on_choice_editor_changed(self, event: ChoiceEditor.Changed) -> None:
        """An option; by digit the next field comes."""
        event.stop()
        self._changed(event.editor, at_once=True)
        if event.by_digit:
            self._go(1)

    def on_picker_picked(self, event: Picker.Picked) -> None:
        """A choice, and on; or cleared, and stay."""
        event.stop()
        self._changed(event.picker, at_once=True)
        if event.choice is not None and self.screen.focused is event.picker.line:
            self._go(1)

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """A day says which weekday it is, or that nothing, as soon as it is left."""
        row = next((row for row in self.rows.values() if row.editor is event.widget), None)
        if row is not None:
            self._settle(row)

    def _settle(self, row: FieldRow) -> None:
        editor = row.editor
        if not isinstance(editor, WhenEditor) or not editor.value:
            return
        if editor.settle():
            self._changed(editor)
        words = editor.in_words()
        if words and not row.wrong:
            row.say(f"= {words}", wrong=False)

    def _changed(self, editor: Widget, at_once: bool = False) -> None:
        values = self.values()
        if values == self.plain_copy:
            return
        self.plain_copy = values
        row = next((node for node in editor.ancestors if isinstance(node, FieldRow)), None)
        if row is not None and (row.wrong or isinstance(editor, WhenEditor)):
            row.say("", wrong=False)
        if self._pause is not None:
            self._pause.stop()
        if at_once:
            self._say_edited()
        else:
            self._pause = self.set_timer(PAUSE_SECONDS, self._say_edited)

    def _say_edited(self) -> None:
        self._pause = None
        self.post_message(self.Edited(self, dict(self.plain_copy)))
