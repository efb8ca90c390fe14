"""A decision: who, what, by when, on which cases; what is typed is a draft from the first pause on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult

from dutydesk.rules import finding
from dutydesk.rules.drafts import Kept
from dutydesk.rules.meetings import decisions
from dutydesk.rules.meetings.agenda import ItemLine
from dutydesk.rules.meetings.decisions import Decided
from dutydesk.screens.forms import FormScreen
from dutydesk.widgets.form import FormView
from dutydesk.widgets.frame import Words

if TYPE_CHECKING:
    from dutydesk.forms.base import Form


class DecisionScreen(FormScreen):
    """Leaves with what the decision did."""

    KIND = "meeting_decision"
    NAME: ClassVar[str] = "作决定"
    HELP = (
        "由谁办、做什么、何时前，三样写清。列了编号的，当场按这个决定立案、派单、改派，期限照写的日子（更早的不往后推）。\n"
        "没有编号的，选了地点和类别就登记成一件新问题派出去；都不选，只在决定里跟办。\n"
        "交给居委要有职责清单，或写明居委谁同意的。F10 保存。"
    )

    def __init__(
        self,
        meeting_id: int = 0,
        title: str = "",
        item: ItemLine | None = None,
        draft: Kept | None = None,
    ) -> None:
        """`item` is what it is about; `draft` is one that was left half typed."""
        super().__init__(draft)
        kept = draft.content if draft else {}
        self.meeting_id = int(kept.get("_meeting", meeting_id))
        self.item_id = kept.get("_item", item.id if item else None)
        self.head = str(kept.get("_head", f"{title}　{item.title if item else '不属于哪一项'}"))
        self.numbers = " ".join(row.number for row in item.issues) if item else ""

    def body(self) -> ComposeResult:
        """What it is about, the form."""
        from dutydesk.forms.meetings import DecisionForm

        yield Words(self.head, classes="form-head")
        searches = {
            "who": self.search(decisions.who, self.meeting_id),
            "units": self.search(finding.places),
            "categories": self.search(finding.categories),
        }
        values: dict[str, Any] = dict(self.draft.content) if self.draft else {"issues": self.numbers}
        about = {"_meeting": self.meeting_id, "_item": self.item_id, "_head": self.head}
        yield FormView(DecisionForm, searches=searches, values=values | about, save_words="记下决定")

    def draft_title(self, values: Mapping[str, Any]) -> str:
        """What 今日 calls it."""
        return f"决定：{values.get('what') or self.head}"

    async def write(self, form: Form) -> Decided:
        """Decide."""
        fields = form.model_dump() | {"item": self.item_id}
        return await self.desk.run(decisions.decide, self.meeting_id, fields, self.act_id)
