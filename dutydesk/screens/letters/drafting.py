"""A letter begins on the screen: from a case, several marked ones, an agenda's item, or from scratch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult

from dutydesk.rules import finding
from dutydesk.rules.drafts import Kept
from dutydesk.rules.letters import drafting
from dutydesk.rules.letters.of_issue import still_open
from dutydesk.rules.workcalendar import moment
from dutydesk.screens.base import DeskScreen
from dutydesk.screens.forms import FormScreen
from dutydesk.screens.letters.acting import as_typed
from dutydesk.widgets.action_menu import Action, ActionMenu, Words
from dutydesk.widgets.form import FormView

if TYPE_CHECKING:
    from dutydesk.forms.base import Form


async def begin(
    screen: DeskScreen, issue_ids: Sequence[int] = (), title: str = "", agenda_item_id: int | None = None
) -> int | None:
    """Draft a letter about these issues, then open it; answers with its id, None where none was drafted."""
    there = await screen.ask(lambda _session: still_open(issue_ids))
    if there is None:
        return None
    if there:
        from dutydesk.screens.letters.letter import LetterScreen

        options = [Action(each.letter_id, "打开那一封", each.said) for each in there[:5]]
        chosen = await screen.show(ActionMenu("这件已有约请", [*options, Action(0, "另起一封")]))
        if chosen:
            await screen.show(LetterScreen(chosen))
        if chosen != 0:
            return None
    found = await screen.ask(drafting.proposed, list(issue_ids), title)
    if found is None:
        return None
    form = DraftScreen(as_typed(found.values), issue_ids, agenda_item_id)
    made: int | None = await screen.show(form)
    if made is None:
        return None
    from dutydesk.screens.letters.letter import LetterScreen

    await screen.show(LetterScreen(made, "已拟好。1 提出（值班员：交片区长），0 还有别的办法，Esc 返回。"))
    return made


class DraftScreen(FormScreen):
    """What the letter says and whom it invites; leaves with the letter's id."""

    KIND = "letter"
    NAME: ClassVar[str] = "拟约请"
    HELP = (
        "事由、部门、会商时间已照问题、权责清单和以前的约请填好，可以改；要打的是“已经做了什么”。\n"
        "部门后面写着清单依据、接过几次、曾以什么理由不接。F10 保存成草稿，再提出。"
    )

    def __init__(
        self,
        values: Mapping[str, Any] | None = None,
        issue_ids: Sequence[int] = (),
        agenda_item_id: int | None = None,
        draft: Kept | None = None,
    ) -> None:
        super().__init__(draft)
        kept = draft.content if draft else {}
        self.issue_ids = list(kept.get("_issues", issue_ids))
        self.agenda_item_id = kept.get("_item", agenda_item_id)
        self.given = dict(kept or values or {})

    def body(self) -> ComposeResult:
        """How many issues, the form."""
        from dutydesk.forms.letters import DraftForm, ScratchForm

        scratch = not self.issue_ids and self.session.area_id is None

        many = len(self.issue_ids)
        yield Words(
            f"约请部门来办{f'这{many}件问题' if many > 1 else '这件问题' if many else '一件事'}",
            classes="form-head",
        )
        about = {"_issues": self.issue_ids, "_item": self.agenda_item_id}
        searches = {
            "departments": self.search(drafting.whom, self.issue_ids),
            "areas": self.search(finding.areas),
        }
        form = ScratchForm if scratch else DraftForm
        yield FormView(form, searches=searches, values=self.given | about, save_words="存为草稿")

    def signed_on(self) -> None:
        """A draft of before says so."""
        self.show_title()
        if self.draft is not None:
            self.say(f"接着填上次没填完的（{moment(self.draft.saved_at)}）。")

    def focus_first(self) -> None:
        """Where something must be typed: most of it stands there already."""
        values = self.form_view.plain_copy
        rows = self.form_view.rows
        wanted = [name for name in ("area", "subject", "tried", "department_1") if name in rows]
        missing = [name for name in wanted if not values.get(name)]
        self.form_view.focus_field(
            missing[0] if missing else "tried" if "tried" in rows else next(iter(rows))
        )

    def draft_title(self, values: Mapping[str, Any]) -> str:
        """By its subject."""
        return f"约请 {values.get('subject') or ''}".strip()

    async def write(self, form: Form) -> int:
        """Draft it."""
        return await self.desk.run(
            drafting.draft, form.model_dump(), self.act_id, self.issue_ids, self.agenda_item_id
        )
