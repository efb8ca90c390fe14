"""登记: an issue enters the ledger, from the field or from a patrol; likely duplicates show while it is typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from dutydesk.rules import finding, intake
from dutydesk.rules.drafts import Kept
from dutydesk.rules.intake import Duplicate
from dutydesk.rules.issue_acts import Done
from dutydesk.screens.forms import FormScreen
from dutydesk.vocabulary import Source
from dutydesk.widgets.action_menu import Action, ActionMenu, Words
from dutydesk.widgets.form import FormView

if TYPE_CHECKING:
    from dutydesk.forms.base import Form

NO_SECRETS = "涉密信息不得录入。地点、类别可打拼音首字母"

FEWEST_CHARACTERS = 4  # fewer are like anything
EMPTY: dict[str, Any] = {"source": Source.PATROL}


class IntakeScreen(FormScreen):
    """The form of 登记. With a prefill (a patrol's 异常) it leaves after saving, else the next one can be typed."""

    NAME = "登记"
    KIND = "intake"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("↑↓ Enter", "换项"),
        ("F10", "保存"),
        ("F11", "并入相似件"),
        ("Esc", "返回（留作草稿）"),
    )
    HELP = "先填地点、类别和一句话的问题，按 F10 就能保存；其余各项有就填。停一停就自动存草稿。"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f11", "merge", "并入相似件", show=False)]

    def __init__(
        self, prefill: Mapping[str, Any] | None = None, draft: Kept | None = None, usual: str = ""
    ) -> None:
        """`usual` is what is often wrong at this place: offered in the empty field, and one key takes it over."""
        super().__init__(draft)
        self.prefill = dict(prefill or {})
        self.usual = usual
        self.likely: list[Duplicate] = []

    def body(self) -> ComposeResult:
        """The warning, the form, what may be the same."""
        from dutydesk.forms.intake import IntakeForm

        yield Words(f"{NO_SECRETS}。", classes="form-head")
        given = self.draft.content if self.draft else EMPTY | self.prefill
        searches = {"places": self.search(finding.places), "categories": self.search(finding.categories)}
        yield FormView(IntakeForm, searches=searches, values=given, save_words="保存登记")
        yield Words("", id="likely")

    def focus_first(self) -> None:
        """A prefilled form begins at what is not filled in; a draft is compared as it stands."""
        values = self.form_view.values()
        if self.usual:
            self.form_view.suggest("summary", self.usual)
            self.show_keys(before=[("→", "填入常见的一句")])
        if self.draft is not None:
            self.look_for_same(values)
        first = next((name for name in ("unit", "category", "summary") if not values.get(name)), "summary")
        self.form_view.focus_field(first)

    def signed_on(self) -> None:
        """How places are found, shown on one of this area."""
        super().signed_on()
        self.show_example()

    @work(exclusive=True, group="example")
    async def show_example(self) -> None:
        """See above; said by nothing when it cannot be read."""
        example = await self.ask(finding.example_place)
        if example is not None:
            initials, name = example
            self.query_one(".form-head", Words).say(f"{NO_SECRETS}（{initials} 找{name}）。")

    def draft_title(self, values: Mapping[str, Any]) -> str:
        """Its first words."""
        return str(values.get("summary") or "登记")[:30]

    # -- likely duplicates ----------------------------------------------------------------------------------

    def edited(self, values: Mapping[str, Any]) -> None:
        """Look for the same issue each time typing pauses."""
        self.look_for_same(dict(values))

    @work(exclusive=True, group="likely")
    async def look_for_same(self, values: dict[str, Any]) -> None:
        """Show open cases of this place that say much the same."""
        unit, text = values.get("unit"), f"{values.get('summary') or ''}{values.get('spot') or ''}"
        if not unit or len(text) < FEWEST_CHARACTERS:
            found: list[Duplicate] = []
        else:
            category = int(values["category"]) if values.get("category") else None
            found = await self.ask(intake.likely_duplicates, int(unit), category, text) or []
        if found != self.likely:
            self.show_likely(found)

    def show_likely(self, found: list[Duplicate]) -> None:
        """Name them below the form."""
        self.likely = found
        lines = [f"{each.number} {each.state.label} {each.reported_on} {each.summary}" for each in found]
        box = self.query_one("#likely", Words)
        box.say("\n".join(["可能是同一件（F11 并入）：", *lines]) if found else "")
        box.set_class(bool(found), "-some")

    def begin_anew(self, values: Mapping[str, Any]) -> None:
        """What was like the last one is not like the next."""
        super().begin_anew(values)
        self.workers.cancel_group(self, "likely")
        self.show_likely([])

    def action_merge(self) -> None:
        """F11: what is typed here is one of those."""
        if self.likely:
            self.choose_same()
        else:
            self.say("还没有发现相似的未结问题。填了地点和问题后会自动查找。")

    @work
    async def choose_same(self) -> None:
        """Choose which one, then register and merge in one act."""
        from dutydesk.forms.base import check
        from dutydesk.forms.intake import IntakeForm

        options = [
            Action(each.key, f"{each.number} {each.state.label}", f"{each.unit} {each.summary}")
            for each in self.likely
        ]
        with self.desk_app.holding_keys():
            target = await self.show(ActionMenu("并入哪一件？本件仍会编号，反映人随主案反馈", options))
        if target is None:
            return
        values = {
            name: value for name, value in self.form_view.values().items() if name in self.form_view.rows
        }
        form, _messages = check(IntakeForm, values)
        if form is None:
            self.form_view.action_save()
            return
        fields = form.model_dump() | self.form_view.extra
        result = await self.do(intake.add_to_existing, target, fields, self.act_id)
        if result is not None:
            self.done = True
            await self.saved(result)

    # -- saving ---------------------------------------------------------------------------------------------

    async def write(self, form: Form) -> Done:
        """Register it."""
        return await self.desk.run(intake.register, form.model_dump() | self.form_view.extra, self.act_id)

    async def saved(self, result: Done) -> None:
        """Back to the patrol, or an empty form for the next."""
        if self.prefill:
            self.dismiss(result)
            return
        self.begin_anew(EMPTY)
        self.say(f"已登记 {result.number}（{result.state.label}）。可接着登记下一件，Esc 返回。", "good")
