"""Text typed where none can stand. At a choice it goes on in a text field, in sight.

Who types words at a choice has not noticed that the caret is not in a text: the next one below is meant, the last one
above where there is none. So nothing typed is lost, and the choice says what has become of it. Who types on the line
that saves has seen all fields: the words go nowhere, and that is said.
"""

from __future__ import annotations

from typing import Any

from textual import events

from dutydesk.terminal import digit_of
from dutydesk.widgets.editors import ChoiceEditor, Editor, LineEditor, ProseEditor, WhenEditor
from dutydesk.widgets.field_row import FieldRow, SaveLine

NO_SUCH_DIGIT = "这一项只有 1 至 {many}。"
NOWHERE = "这一行是“{words}”，不能打字，刚才打的字没有留下。↑ 回到上面再写。"
GOES_ON = "这一项按数字选；打的字接在“{label}”里了。"


class StrayText:
    """Mixin for the form."""

    def is_stray(self: Any, event: events.Key) -> bool:
        """A key at a choice or on the last line that neither wants: says whether it was taken here."""
        focused = self.screen.focused
        if not isinstance(focused, (ChoiceEditor, SaveLine)):
            return False
        here: FieldRow | None = self._row_of(focused)
        if isinstance(focused, ChoiceEditor) and here is not None and digit_of(event.key) is not None:
            here.say(NO_SUCH_DIGIT.format(many=len(focused.choices)), wrong=False)
            return True
        typed = event.character if event.is_printable and event.key != "space" else None
        if typed and isinstance(focused, SaveLine):
            self.say_nowhere(focused)
            return True
        return bool(typed) and self._goes_on(typed, here)

    def on_paste(self: Any, event: events.Paste) -> None:
        """A text pasted there."""
        focused = self.screen.focused
        if isinstance(focused, SaveLine):
            event.stop()
            self.say_nowhere(focused)
        elif isinstance(focused, ChoiceEditor) and event.text.strip():
            event.stop()
            self._goes_on(event.text, self._row_of(focused))

    def say_nowhere(self: Any, line: SaveLine) -> None:
        """What was typed on the last line is nowhere."""
        self.set_error("", NOWHERE.format(words=line.words))

    def forget_stray(self: Any) -> None:
        """The last line is left: whoever goes on has read it."""
        if NOWHERE.format(words=self._save_line.words) in self._whole.text:
            self.set_error("", "")

    def _goes_on(self: Any, text: str, here: FieldRow | None) -> bool:
        target = _field_for(list(self.rows.values()), here)
        if target is None:
            return False
        if here is not None and not here.wrong:
            here.say(GOES_ON.format(label=target.spec.entry.label), wrong=False)
        self._go_to(target.editor.target)
        if isinstance(target.editor, ProseEditor):
            target.editor.move_cursor(target.editor.document.end)
        elif isinstance(target.editor, LineEditor):
            target.editor.cursor_position = len(target.editor.value)
        target.editor.target.post_message(events.Paste(text))
        return True


def _field_for(rows: list[FieldRow], here: FieldRow | None) -> FieldRow | None:
    """The next text field below, else the last one above; `here` None is below them all."""
    place = rows.index(here) if here is not None else len(rows)
    texts = [number for number, row in enumerate(rows) if row.display and _is_text(row.editor)]
    below = next((number for number in texts if number > place), None)
    above = next((number for number in reversed(texts) if number < place), None)
    found = above if below is None else below
    return None if found is None else rows[found]


def _is_text(editor: Editor) -> bool:
    return isinstance(editor, (LineEditor, ProseEditor)) and not isinstance(editor, WhenEditor)
