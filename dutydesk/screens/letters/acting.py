"""Acts on letters from any screen: the menu, the form of an act, doing it, saying what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual.app import ComposeResult

from dutydesk.letter_words import InvitedState
from dutydesk.rules.drafts import Kept
from dutydesk.rules.letters import acting, answers, choosing, drafting, sheet, standing_in
from dutydesk.rules.letters.acting import Choice, Done
from dutydesk.rules.steps import Proxy
from dutydesk.rules.workcalendar import CHINA, moment
from dutydesk.screens.base import DeskScreen
from dutydesk.screens.forms import FormScreen
from dutydesk.widgets.action_menu import Action, ActionMenu, Confirm, Words
from dutydesk.widgets.form import FormView
from dutydesk.widgets.picker import Search

if TYPE_CHECKING:
    from dutydesk.forms.base import Form

_TOLD = "told:"
# Acts that are called by what is said, not by what is done: `已不属职责` would read as the desk's own word.
_SAID = frozenset({"refuse", "write", "not_done", "drop", "say"})


class Target(NamedTuple):
    """What an act is about, as it was read: a letter, or one department's line of it."""

    letter_id: int
    invited_id: int | None
    version: int
    words: str


async def letter_menu(screen: DeskScreen, letter_id: int) -> bool:
    """What may be done to a letter; says whether anything was."""
    found = await screen.ask(sheet.letter_sheet, letter_id)
    choices = await screen.ask(acting.menu, letter_id)
    if found is None or choices is None:
        return False
    if not choices:
        screen.say(f"现在是{found.state.label}" + (f"，等{found.turn}办" if found.turn else "") + "。")
        return False
    title = f"{found.number or '约请'} {found.state.label}　{found.title}"
    target = Target(found.key, None, found.version, title)
    return await choose(screen, title, choices, target)


async def line_menu(screen: DeskScreen, letter_id: int, invited_id: int) -> bool:
    """What may be done about one department of a letter; says whether anything was."""
    found = await screen.ask(sheet.letter_sheet, letter_id)
    choices = await screen.ask(acting.invited_menu, invited_id)
    if found is None or choices is None:
        return False
    line = next(each for each in found.lines if each.key == invited_id)
    title = f"{line.name} {line.state.label}　{found.number or found.title}"
    if not choices:
        screen.say(f"{title}　{line.said}")
        return False
    return await choose(screen, title, choices, Target(found.key, invited_id, line.version, title))


async def choose(screen: DeskScreen, title: str, choices: list[Choice], target: Target) -> bool:
    """Show a menu and do what is chosen."""
    options = [
        Action(
            (_TOLD if each.for_others else "") + each.act,
            ("代录：" if each.for_others else "") + each.name,
            each.hint,
            each.refusal,
        )
        for each in choices
    ]
    chosen = await screen.show(ActionMenu(title, options))
    if chosen is None:
        return False
    act, told = chosen.removeprefix(_TOLD), chosen.startswith(_TOLD)
    return await take(
        screen, next(each for each in choices if (each.act, each.for_others) == (act, told)), target
    )


async def take(
    screen: DeskScreen, choice: Choice, target: Target, values: Mapping[str, Any] | None = None
) -> bool:
    """Do one act: at once where nothing must be said, else after its form. Says whether it was done."""
    from dutydesk.forms.letters import AT_ONCE

    if choice.refusal:
        screen.say(f"现在不能{choice.name}：{choice.refusal}", "bad")
        return False
    if choice.act in AT_ONCE and not choice.for_others:
        done = await screen.do(
            acting.perform, target.letter_id, choice.act, {}, screen.new_act(),
            invited_id=target.invited_id, version=target.version,
        )  # fmt: skip
    elif choice.act == "sign":
        done = await _sign(screen, target)
    else:
        done = await screen.show(await _form(screen, choice, target, dict(values or {})))
    if done is None:
        return False
    told(screen, choice, done)
    return True


def told(screen: DeskScreen, choice: Choice, done: Done) -> None:
    """What an act left behind, in a sentence; an answer that waits for the department's head says no more than that."""
    said = f"：{done.said}" if done.said else ""
    if done.line_state is InvitedState.DRAFTED:
        words = f"已拟好“{choice.name}”，负责人审发后才算数"
    else:
        words = f"已记下“{choice.name}”" if choice.act in _SAID else f"已{choice.name}"
        words += f"，现在是{done.state.label}"
    screen.say(words + said, "good")


async def _sign(screen: DeskScreen, target: Target) -> Done | None:
    """A number is given out once: asked before."""
    lines = ["按下就编文号、送达各部门；号一旦编出，撤回也留在登记簿上。"]
    if not await screen.show(Confirm(f"签发？　{target.words}", lines, "签发")):
        return None
    return await screen.do(
        acting.perform, target.letter_id, "sign", {}, screen.new_act(), version=target.version
    )


async def _form(
    screen: DeskScreen, choice: Choice, target: Target, values: dict[str, Any]
) -> LetterActScreen:
    given = await screen.ask(acting.usual_answers, target.letter_id, choice.act, target.invited_id)
    return LetterActScreen(
        choice.act, choice.name, target, as_typed((given or {}) | values), choice.for_others
    )


def as_typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as a form's fields take them: moments as they are typed."""
    return {
        name: f"{value.astimezone(CHINA):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value
        for name, value in values.items()
        if value is not None
    }


class LetterActScreen(FormScreen):
    """One act's form; leaves with what the act left behind."""

    KIND = "letter_act"
    NAME: ClassVar[str] = "约请"
    HELP = "填好后按 F10 保存。带 * 的必须填。停一停就自动存草稿，今日的“没填完”里可以接着填。"

    def __init__(
        self,
        act: str,
        name: str,
        target: Target,
        values: Mapping[str, Any] | None = None,
        for_others: bool = False,
        draft: Kept | None = None,
    ) -> None:
        super().__init__(draft)
        self.act, self.act_name, self.target, self.for_others = act, name, target, for_others
        self.given = dict(values or {})

    def body(self) -> ComposeResult:
        """What it is about, the form."""
        from dutydesk.forms.handling import with_proxy
        from dutydesk.forms.letters import form_of

        form_class = with_proxy(form_of(self.act)) if self.for_others else form_of(self.act)
        letter_id, line = self.target.letter_id, self.target.invited_id
        searches: dict[str, Search] = {
            "departments": self.search(drafting.whom, ()),
            "invited": self.search(choosing.invited, letter_id),
        }
        if line is not None:
            searches |= {
                "bases": self.search(answers.refusal_bases, line),
                "promises": self.search(choosing.promises, line),
                "speakers": self.search(standing_in.who_could_have_told, line),
            }
        yield Words(self.target.words, classes="form-head")
        values = dict(self.draft.content) if self.draft else self.given
        yield FormView(
            form_class, searches=searches, values=values | self._about(), save_words=f"确定{self.act_name}"
        )

    def _about(self) -> dict[str, Any]:
        """What a draft keeps of the act and its letter."""
        return {
            "_act": self.act,
            "_name": self.act_name,
            "_target": list(self.target),
            "_for_others": self.for_others,
        }

    @classmethod
    def from_draft(cls, draft: Kept) -> LetterActScreen:
        """The form as it was left."""
        kept = draft.content
        return cls(
            kept["_act"], kept["_name"], Target(*kept["_target"]), for_others=kept["_for_others"], draft=draft
        )

    def signed_on(self) -> None:
        """The act stands in the first line."""
        self.show_title(("代录·" if self.for_others else "") + self.act_name)
        if self.draft is not None:
            self.say(f"接着填上次没填完的（{moment(self.draft.saved_at)}）。")

    def draft_title(self, values: Mapping[str, Any]) -> str:
        """Which act, on which letter."""
        return f"约请·{self.act_name}"

    async def write(self, form: Form) -> Done:
        """Do the act."""
        from dutydesk.forms.handling import PROXY_FIELDS

        fields = form.model_dump()
        proxy = None
        if self.for_others:
            said = {name: fields.pop(name) for name in PROXY_FIELDS}
            nobody = said["on_behalf"] == standing_in.NO_ACCOUNT
            proxy = Proxy(None if nobody else int(said["on_behalf"]), "", said["means"], said["told_at"])
        target = self.target
        return await self.desk.run(
            acting.perform, target.letter_id, self.act, fields, self.act_id,
            invited_id=target.invited_id, version=target.version, proxy=proxy,
        )  # fmt: skip
