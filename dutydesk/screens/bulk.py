"""What follows on marked cases: a menu, the act's form, a preview that says which and which not, and doing it.

And `u`: what was done last, taken back after a look at what it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from dutydesk.desk import DatabaseProblem
from dutydesk.rules import bulk, drafts, finding, permission, undo
from dutydesk.rules.bulk import BulkRow, Preview
from dutydesk.rules.errors import Refused
from dutydesk.rules.workcalendar import moment
from dutydesk.screens.act_digits import LETTER, PAGES_OF_MARKED, placed
from dutydesk.screens.base import DeskScreen
from dutydesk.screens.forms import FormScreen
from dutydesk.screens.in_sight import InSight
from dutydesk.terminal import digit_of
from dutydesk.widgets.action_menu import Action, ActionMenu, Confirm, Words
from dutydesk.widgets.form import FormView
from dutydesk.widgets.given import Given
from dutydesk.widgets.picker import Search
from dutydesk.widgets.window_list import Column, WindowList

if TYPE_CHECKING:
    from dutydesk.forms.base import Form
    from dutydesk.rules.drafts import Kept
    from dutydesk.rules.ledger import IssueRow

OTHERS = "另有一份没填完的“{title}”，选的不是这几件，在今日的“没填完”里。"
_LINES = 8  # of what is to be undone


@dataclass(frozen=True)
class Marked:
    """The cases that an act is meant for: id and version as they were seen, and the number of each."""

    rows: tuple[tuple[int, int], ...]
    numbers: tuple[str, ...]

    @property
    def words(self) -> str:
        """How many, and the first few."""
        more = " 等" if len(self.numbers) > 3 else ""
        which = f"：{'、'.join(self.numbers[:3])}{more}" if self.numbers else ""
        return f"选中 {len(self.rows)} 件{which}"


async def handle_marked(screen: DeskScreen, rows: Sequence[IssueRow]) -> bool:
    """Menu, form, preview, done; says whether anything was done. Nothing is written before the preview was agreed to."""
    ordered = sorted(rows, key=lambda row: row.key)
    marked = Marked(tuple((row.key, row.version) for row in ordered), tuple(row.number for row in ordered))
    choices = await screen.ask(bulk.acts_for, [row.key for row in ordered])
    if choices is None:
        return False
    if not choices:
        screen.say("选中的这几件，您现在没有能一起办的事。")
        return False
    options = [Action(each.act, each.name, each.hint) for each in choices]
    if permission.may_at_all(screen.session, "draft_letter"):
        options.append(Action(LETTER, "约请", "这几件一起，请部门来办"))
    told = await screen.ask(bulk.about, [row.key for row in ordered])
    title = f"选中 {len(ordered)} 件\n{told}" if told else marked.words
    chosen = await screen.show(ActionMenu(title, placed(options, PAGES_OF_MARKED)))
    if chosen is None:
        return False
    if chosen == LETTER:
        from dutydesk.screens.letters.drafting import begin

        return await begin(screen, [row.key for row in ordered]) is not None
    values: dict[str, Any] = {}
    if chosen == "merge":
        from dutydesk.screens import merging

        if len(ordered) == 2:
            return await merging.merge_side_by_side(screen, ordered[0].key, ordered[1].key)
        target = await merging.main_of_marked(screen, [(row.key, row.number) for row in ordered])
        if target is None:
            return False
        values = {"target": target}
    found = await screen.ask(drafts.of_many, chosen, [key for key, _version in marked.rows])
    these, others = found or (None, None)
    if these is not None:  # on the cases as they are seen now
        return await _in_turn(screen, marked, chosen, these.id, these.content, _goes_on(these))
    told = OTHERS.format(title=others.title) if others is not None else ""
    return await _in_turn(screen, marked, chosen, screen.new_act(), values, told)


def _goes_on(draft: Kept) -> str:
    return f"接着填上次没填完的（{moment(draft.saved_at)}）。要重新填，按 F11。"


async def go_on(screen: DeskScreen, draft: Kept) -> bool:
    """What was typed for many cases, with the cases as they were marked then; says whether it was done."""
    kept = draft.content
    marked = Marked(
        tuple((int(key), int(version)) for key, version in kept["_rows"]), tuple(kept["_numbers"])
    )
    return await _in_turn(screen, marked, kept["_act"], draft.id, kept, _goes_on(draft))


async def _in_turn(
    screen: DeskScreen, marked: Marked, act: str, act_id: str, values: Mapping[str, Any], begins: str = ""
) -> bool:
    """Form and preview, back and forth, until it is done or left; `begins` is said as the form opens first."""
    from dutydesk.forms.handling import bulk_form_of

    asks, told = bool(bulk_form_of(act).model_fields), ""
    fields: dict[str, Any] = {}
    while True:
        if asks and not told:
            filled = await screen.show(BulkForm(act, marked, values, act_id, begins))
            begins = ""
            if filled is None:
                return False
            preview, fields, values = filled
        else:
            preview = await screen.ask(bulk.preview, act, marked.rows, fields)
            if preview is None:
                return False
        agreed = await screen.show(PreviewScreen(preview, told))
        told = ""
        if not agreed:
            if asks:
                continue
            return False
        screen.say(f"正在办理 {len(preview.will)} 件…")
        try:
            done = await screen.desk.run(bulk.perform, act, preview.rows, fields, act_id)
        except bulk.MovedOn as moved:
            told = moved.message
        except (Refused, DatabaseProblem) as problem:
            screen.say(str(problem), "bad")
            return False
        else:
            screen.say(
                f"{done.said}；{screen.UNDO}",
                "good",
            )
            return True


async def in_one_act(screen: DeskScreen, act: str, rows: Sequence[IssueRow]) -> bool:
    """An act that was chosen beforehand, on these cases: form, preview, done; says whether it was done."""
    ordered = sorted(rows, key=lambda row: row.key)
    marked = Marked(tuple((row.key, row.version) for row in ordered), tuple(row.number for row in ordered))
    return await _in_turn(screen, marked, act, screen.new_act(), {})


async def close_marked(screen: DeskScreen, rows: Sequence[tuple[int, int]]) -> bool:
    """销项 of these cases (id, version as seen), after the preview; says whether it was done."""
    return await _in_turn(screen, Marked(tuple(rows), ()), "close", screen.new_act(), {})


class BulkForm(FormScreen):
    """An act's form for many cases; leaves with the preview, the fields, and what was typed, to come back to.

    The draft keeps which cases were marked, as they were seen.
    """

    KIND = "bulk"
    NAME: ClassVar[str] = "一起办"
    KEYS = (("↑↓ Enter", "换项"), ("F10", "预览"), ("Esc", "返回（留作草稿）"))
    HELP = "填好后按 F10 先看预览：办哪几件、哪几件不能办。看过再定，这里还没有保存。停一停就自动存草稿。"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f11", "anew", "重新填写", show=False)]

    def __init__(
        self, act: str, marked: Marked, values: Mapping[str, Any], act_id: str, begins: str = ""
    ) -> None:
        super().__init__()
        self.act_id, self.begins = act_id, begins
        self.act, self.marked, self.given = act, marked, dict(values)

    def body(self) -> ComposeResult:
        """Which cases, the form."""
        from dutydesk.forms.handling import bulk_form_of

        yield Words(self.marked.words, classes="form-head")
        yield Words("", id="about", classes="form-head")
        searches: dict[str, Search] = {
            "assignees": self.search(finding.assignees, self.marked.rows[0][0]),
            "categories": self.search(finding.categories),
        }
        yield FormView(
            bulk_form_of(self.act),
            searches=searches,
            values=self.given | self._about(),
            save_words="预览，还不保存",
        )

    def _about(self) -> dict[str, Any]:
        return {"_act": self.act, "_rows": self.marked.rows, "_numbers": self.marked.numbers}

    def signed_on(self) -> None:
        """The act stands in the first line, the cases in words above the form; what was begun before is said."""
        self.show_title(self.draft_title({}))
        self.run_worker(self._tell_about(), group="about", exclusive=True)
        if self.begins:
            self.say(self.begins)
        if "_act" in self.given:  # from a draft
            self.show_keys(before=[("F11", "重新填写")])

    async def _tell_about(self) -> None:
        said = await self.ask(bulk.about, [key for key, _version in self.marked.rows])
        self.query_one("#about", Words).say(said or "")

    async def action_anew(self) -> None:
        """F11: what was begun before is thrown away, the form is empty."""
        self.workers.cancel_group(self, "draft")
        await self.do(drafts.throw_away, self.act_id)
        self.plain, self.kept, self.refused = None, False, False
        self.form_view.begin_anew(self._about())
        self._begun_with = dict(self.form_view.plain_copy)
        self.focus_first()
        self.say("上次填的已删去，重新填写。")

    def draft_title(self, values: Mapping[str, Any]) -> str:
        """Which act, on how many."""
        return f"{bulk.ACTS[self.act].name} {len(self.marked.rows)} 件"

    async def write(self, form: Form) -> tuple[Preview, dict[str, Any], dict[str, Any]]:
        """Ask what would happen; what is typed is kept until it is done."""
        await self.keep()
        self.say(f"正在看这 {len(self.marked.rows)} 件能不能办…")
        fields = form.model_dump()
        preview = await self.desk.read(bulk.preview, self.act, self.marked.rows, fields)
        return preview, fields, self.form_view.values()


@dataclass(frozen=True)
class _Line:
    """A line of the preview; `why` is why it will not be done, empty where it will."""

    key: int
    row: BulkRow
    why: str

    @property
    def result(self) -> str:
        """What changes, or why not."""
        if self.why:
            return f"✗ 不办：{self.why}"
        row = self.row
        to = f"{row.state.label}→{row.to.label}" if row.to and row.to is not row.state else "状态不变"
        return f"{to}　{row.said}" if row.said else to


_COLUMNS = (
    Column("编号", 11, lambda line: line.row.number),
    Column("地点", 10, lambda line: line.row.place),
    Column("问题", 20, lambda line: line.row.summary),
    Column("怎么变", 20, lambda line: line.result, flex=True),
)


class PreviewScreen(InSight, DeskScreen):
    """How many, which, what changes, and which not and why; 1 does it."""

    NAME: ClassVar[str] = "预览"
    KEYS = (("1 或 F10", "办理"), ("↑↓ PgUp PgDn", "翻看"))
    BACK = ("Esc", "返回修改")
    HELP = "还没有保存。1（或 F10）就办，Esc 返回。打✗的不会办，后面写着为什么。"

    def __init__(self, preview: Preview, told: str = "") -> None:
        super().__init__()
        self.preview, self.told = preview, told
        self.lines = [_Line(row.issue_id, row, "") for row in preview.will]
        self.lines += [_Line(row.issue_id, row, why) for row, why in preview.wont]

    def body(self) -> ComposeResult:
        """What would happen in a line, the list, the line under the cursor in full."""
        mixed = f"\n{self.preview.mixed}。" if self.preview.mixed else ""
        yield Words(f"{self.preview.says}。1 就办，Esc 返回。{mixed}", id="says")
        yield WindowList(_COLUMNS, empty_text="没有选中的问题。")
        yield Words("", id="whole")

    def signed_on(self) -> None:
        """Show it."""
        self.came_in_sight(by="f10")
        self.show_title(self.preview.name)
        listing = self.query_one(WindowList)
        listing.source = Given(self.lines)
        listing.focus()
        if self.told:
            self.say(self.told, "bad")

    def on_window_list_moved(self, event: WindowList.Moved) -> None:
        """The line in full: which case, what of it."""
        line = event.row
        words = f"{line.row.number} {line.row.place} {line.row.summary}\n{line.result}" if line else ""
        self.query_one("#whole", Words).say(words)

    def on_key(self, event: events.Key) -> None:
        """1 does it, and F10, which goes on from every form: not the one that led here, still held down."""
        digit = digit_of(event.key)
        if digit is None and event.key != "f10":
            return
        event.stop()
        if event.key == "f10" and self.too_early(event):
            self.say("这是预览，还没有保存。看过再按 1 或 F10 办理。")
        elif event.key == "f10" or digit == 1:
            self._agree()

    def on_window_list_chosen(self, event: WindowList.Chosen) -> None:
        """Enter only says how: what is written at once for many needs a key of its own."""
        self.say("按 1 或 F10 办理，Esc 返回修改。")

    def _agree(self) -> None:
        if self.preview.will:
            self.dismiss(True)
        else:
            self.say("没有一件能办，请按 Esc 返回。", "bad")


async def undo_last(screen: DeskScreen) -> bool:
    """Show what was done last and take it back when that is wanted; says whether it was."""
    try:
        last = await screen.desk.read(undo.last)
    except (Refused, DatabaseProblem) as problem:
        screen.say(str(problem), "bad")
        return False
    if last is None:
        screen.say("今天没有可以撤销的操作：登记、查看个人信息和撤销本身不能撤销。")
        return False
    if last.refusal:
        screen.say(f"{last.when}的{last.what}不能撤销：{last.refusal}", "bad")
        return False
    lines = list(last.lines[:_LINES])
    if len(last.lines) > _LINES:
        lines.append(f"… 共 {last.count} 件")
    lines.append("撤销后恢复原来的样子，经过里都留有记录。")
    title = f"撤销您{last.when}办的{last.what}，{last.count} 件？"
    if not await screen.show(Confirm(title, lines, "撤销", "不撤销，返回")):
        return False
    undone = await screen.do(undo.undo, last.act_id, screen.new_act())
    if undone is None:
        return False
    screen.say(f"{undone.said}。", "good")
    return True
