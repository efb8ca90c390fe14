"""The form of one act on one case: what the act demands, beside what the case is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from dutydesk.rules import case, drafts, duty_basis, finding, issue_acts, pausing
from dutydesk.rules.drafts import Kept
from dutydesk.rules.errors import Stale
from dutydesk.rules.issue_acts import Done
from dutydesk.rules.steps import Proxy
from dutydesk.rules.workcalendar import moment
from dutydesk.screens.forms import FormScreen
from dutydesk.widgets.action_menu import Words
from dutydesk.widgets.form import FormView
from dutydesk.widgets.picker import Search

if TYPE_CHECKING:
    from dutydesk.forms.base import Form


@dataclass(frozen=True)
class Subject:
    """The case that an act is about, as the person read it."""

    issue_id: int
    version: int
    number: str
    words: str


class ActScreen(FormScreen):
    """One act's form; leaves with what the act left behind."""

    KIND = "act"
    NAME: ClassVar[str] = "办理"
    HELP = "填好后按 F10 保存。带 * 的必须填。停一停就自动存草稿，下次办同一件的同一件事会接着填。"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f11", "anew", "重新填写", show=False)]

    def __init__(
        self,
        act: str,
        name: str,
        subject: Subject,
        values: Mapping[str, Any] | None = None,
        for_others: bool = False,
        draft: Kept | None = None,
    ) -> None:
        super().__init__(draft)
        self.act, self.act_name, self.subject, self.for_others = act, name, subject, for_others
        self.given = dict(values or {})

    def body(self) -> ComposeResult:
        """The case in a line or two, the form."""
        from dutydesk.forms.handling import form_of, with_proxy

        form_class = with_proxy(form_of(self.act)) if self.for_others else form_of(self.act)
        yield Words(f"{self.subject.number}　{self.subject.words}", classes="form-head")
        searches: dict[str, Search] = {
            "assignees": self.search(finding.assignees, self.subject.issue_id),
            "categories": self.search(finding.categories),
            "places": self.search(finding.places),
            "bases": self.search(duty_basis.send_back_bases, self.subject.issue_id),
            "speakers": self.search(issue_acts.speakers, self.subject.issue_id),
        }
        values = dict(self.draft.content) if self.draft else self.given
        yield FormView(
            form_class, searches=searches, values=values | self._about(), save_words=f"确定{self.act_name}"
        )

    def _about(self) -> dict[str, Any]:
        """What a draft keeps of the act and the case."""
        return {
            "_act": self.act,
            "_name": self.act_name,
            "_for_others": self.for_others,
            "_issue": self.subject.issue_id,
            "_version": self.subject.version,
            "_number": self.subject.number,
            "_words": self.subject.words,
        }

    def signed_on(self) -> None:
        """The act stands in the first line; what was begun before says so."""
        kind = "代录·" if self.for_others else ""
        self.show_title(f"{kind}{self.act_name}")
        if self.draft is not None:
            self.show_keys(before=[("F11", "重新填写")])
            self.say(f"接着填上次没填完的（{moment(self.draft.saved_at)}）。要重新填，按 F11。")
        if "until" in self.form_view.rows:
            self.show_deadline()

    @work(exclusive=True, group="deadline")
    async def show_deadline(self) -> None:
        """The deadline as it is now, below the date that is asked for."""
        words = await self.ask(pausing.present_deadline, self.subject.issue_id, self.act)
        if words:
            await self.form_view.note("until", words)

    @work(exclusive=True, group="anew")
    async def action_anew(self) -> None:
        """F11: what was begun before is thrown away, and the form is as it opens for the first time."""
        draft = self.draft
        if draft is None:
            return
        with self.desk_app.holding_keys():
            sheet = await self.ask(case.case_sheet, self.subject.issue_id)
            given = await self.ask(issue_acts.usual_answers, self.subject.issue_id, self.act)
            if sheet is None or given is None:
                return
            self.workers.cancel_group(self, "draft")
            await self.do(drafts.throw_away, draft.id)
            self.subject = replace(self.subject, version=sheet.version)
            self.begin_anew(given | self._about())
            self.show_keys()
            self.say("上次填的已删去，重新填写。")

    def draft_title(self, values: Mapping[str, Any]) -> str:
        """Which act, on which case."""
        return f"{self.act_name} {self.subject.number}"

    async def write(self, form: Form) -> Done:
        """Do the act."""
        from dutydesk.forms.handling import PROXY_FIELDS

        fields = form.model_dump()
        proxy = None
        if self.for_others:
            told = {name: fields.pop(name) for name in PROXY_FIELDS}
            speakers = await self.desk.read(issue_acts.speakers, self.subject.issue_id)
            name = next((each.title for each in speakers if each.value == told["on_behalf"]), "")
            staff_id = None if told["on_behalf"] == issue_acts.NO_ACCOUNT else int(told["on_behalf"])
            proxy = Proxy(staff_id, name, told["means"], told["told_at"])
        subject = self.subject
        return await self.desk.run(
            issue_acts.perform, subject.issue_id, subject.version, self.act, fields, self.act_id, proxy
        )

    async def overtaken(self, stale: Stale) -> None:
        """Somebody was first: both versions, field by field; then save on the new one, or go back to the form."""
        from dutydesk.screens.conflict import show_conflict

        with self.desk_app.holding_keys():
            taken = await show_conflict(self, self.subject.number, stale.message, stale.clashes)
        if taken is None:
            self.say("没有保存，填的都在。再按 F10 会再问一次。")
            return
        shown = {clash.field: [clash.now, ""] for clash in stale.clashes if clash.field in taken}
        self.subject = replace(self.subject, version=stale.version)
        self.form_view.load({**taken, "_version": stale.version, "_shown": shown})
        self.form_view.action_save()

    @classmethod
    def from_draft(cls, draft: Kept, words: str = "") -> ActScreen:
        """The form as it was left; `words` is what is said of the case now, where that is known."""
        kept = draft.content
        subject = Subject(kept["_issue"], kept["_version"], kept["_number"], words or kept["_words"])
        return cls(kept["_act"], kept["_name"], subject, for_others=kept["_for_others"], draft=draft)
