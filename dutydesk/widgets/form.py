"""Draws a form class field by field: label left, field right, what is wrong below in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, TextArea

from dutydesk.widgets.action_menu import Words
from dutydesk.widgets.editors import ChoiceEditor, LineEditor, PickEditor, WhenEditor, editor_for
from dutydesk.widgets.field_row import FieldRow, SaveLine
from dutydesk.widgets.picker import Choice, Picker, Search
from dutydesk.widgets.stray_text import StrayText
from dutydesk.widgets.typing_fields import PasteCut, ProseField

if TYPE_CHECKING:
    from dutydesk.forms.base import Form

PAUSE_SECONDS = 0.4
NEW_LINE = "Enter 是换行；写完按 Tab 到下一项，F10 保存。"
SHOWN = "_shown"
WHOLE_FORM = ""
NOT_PICKED = "“{typed}”还没有选定：按数字或 Enter 选一项。"


class FormView(StrayText, Widget):
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
    class Corrected(About):
        """Fewer fields are wrong than before; `left` still are."""

        left: int

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
        self._checked: set[str] = set()  # whose messages are the form's own, not a rule's
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
        self._follow()

    def _follow(self) -> None:
        """Each field is there, and marked as necessary, as the others have it; the caret stays on a field."""
        for row in self.rows.values():
            row.follow(self.plain_copy)
        self._leave_hidden()

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
        self._leave_hidden()

    def _leave_hidden(self) -> None:
        """A caret in a field that is no longer there goes to the next one that is."""
        if not self.is_mounted:
            return
        focused = self.screen.focused
        rows = list(self.rows.values())
        here = next(
            (i for i, row in enumerate(rows) if not row.display and row.editor.target is focused), None
        )
        if here is not None:
            after = [row.editor.target for row in rows[here:] if row.display]
            self._go_to(after[0] if after else self._save_line)

    def suggest(self, field: str, text: str) -> None:
        """What is often written in a line of text: it stands there dimly while the line is empty, → takes it over."""
        editor = self.rows[field].editor
        assert isinstance(editor, LineEditor)
        editor.suggest(text)

    async def note(self, field: str, text: str) -> None:
        """What one has to know to fill in a field, in a line below it."""
        row = self.rows[field]
        await row.mount(Words(text, classes="field--hint"), before=row.message)

    def focus_field(self, field: str) -> None:
        """Put the caret into a field."""
        self.rows[field].editor.target.focus()

    # Saving

    def action_save(self) -> None:
        """Check all; the first field that is wrong gets the caret, or the form is handed over."""
        for row in self.rows.values():
            self._settle(row)
        form, messages = self._check()
        self.set_error(WHOLE_FORM, "")
        self._checked = set(messages)
        for name, row in self.rows.items():
            if name in messages or row.wrong:
                row.say(messages.get(name, ""), wrong=True)
        if form is not None:
            self.post_message(self.Submitted(self, form))
            return
        self.post_message(self.Rejected(self, messages))
        beside = [name for name, row in self.rows.items() if name in messages and row.display]
        for name in messages.keys() - set(beside):
            self.set_error(WHOLE_FORM, messages[name])
        if beside:
            first = self.rows[beside[0]].editor
            if isinstance(first, PickEditor):
                first.stay_closed()  # its choices would cover the message
            self._go_to(first.target)

    def _check(self) -> tuple[Form | None, dict[str, str]]:
        """The form, or what is wrong, in words for this screen."""
        from dutydesk.forms.base import check

        hidden = {name for name, row in self.rows.items() if not row.display}
        known = self.form_class.model_fields.keys() - hidden  # a draft may keep more beside them
        values = {name: value for name, value in self.values().items() if name in known}
        form, messages = check(self.form_class, values)
        for name, row in self.rows.items():
            if row.display and isinstance(row.editor, PickEditor) and row.editor.typed.strip():
                messages[name] = NOT_PICKED.format(typed=row.editor.typed)
        return None if messages else form, messages

    def _check_again(self, changed: FieldRow) -> None:
        """What has become right is no longer called wrong; what a rule refused is not, once it was changed."""
        wrong = [row for row in self.rows.values() if row.wrong]
        if not wrong:
            return
        messages = self._check()[1]
        for row in wrong:
            if row is changed or row.spec.name in self._checked:
                row.say(messages.get(row.spec.name, ""), wrong=True)
        left = sum(row.wrong for row in wrong)
        if left < len(wrong):
            self.post_message(self.Corrected(self, left))

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
        elif not self.is_stray(event):
            return
        event.stop()
        event.prevent_default()

    # Changes

    def on_input_changed(self, event: Input.Changed) -> None:
        """A key in a line."""
        event.stop()
        self._changed(event.input)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """A key in prose; who thinks that Enter goes on is told what does."""
        event.stop()
        self._changed(event.text_area)
        row = self._row_of(event.text_area)
        if row is not None and not row.wrong and event.text_area.text.endswith("\n"):
            row.say(NEW_LINE, wrong=False)

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

    def on_paste_cut(self, event: PasteCut) -> None:
        """Say next to the field how much was taken."""
        event.stop()
        row = self._row_of(event.field)
        if row is not None and not row.wrong:
            row.say(event.words, wrong=False)

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """What was typed is settled as soon as it is left."""
        row = next((row for row in self.rows.values() if row.editor.target is event.widget), None)
        if row is not None:
            self._settle(row)
        elif event.widget is self._save_line:
            self.forget_stray()

    def _row_of(self, widget: Widget) -> FieldRow | None:
        return next((node for node in widget.ancestors if isinstance(node, FieldRow)), None)

    def _settle(self, row: FieldRow) -> None:
        """A day says which weekday it is; a name typed whole is picked; what cannot be read or picked is said."""
        editor = row.editor
        if isinstance(editor, PickEditor):
            if editor.settle():
                self._changed(editor, at_once=True)
            elif editor.typed.strip():
                self._checked.add(row.spec.name)
                row.say(NOT_PICKED.format(typed=editor.typed), wrong=True)
        if not isinstance(editor, WhenEditor) or not editor.value:
            return
        if unread := editor.unread():
            self._checked.add(row.spec.name)
            row.say(unread, wrong=True)
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
        self._follow()
        row = self._row_of(editor)
        if row is not None and not row.wrong:
            row.say("", wrong=False)
        elif row is not None:
            self._check_again(row)
        if self._pause is not None:
            self._pause.stop()
        if at_once:
            self._say_edited()
        else:
            self._pause = self.set_timer(PAUSE_SECONDS, self._say_edited)

    def _say_edited(self) -> None:
        self._pause = None
        self.post_message(self.Edited(self, dict(self.plain_copy)))
