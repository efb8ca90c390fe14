"""What every list of cases offers on Enter: the action menu of the case, each act's form, and doing it."""

from __future__ import annotations

from typing import Any

from textual import events, work

from dutydesk.rules import case, drafts, finding, issue_acts, permission
from dutydesk.rules.case import CaseSheet, Person
from dutydesk.rules.issue_acts import Choice
from dutydesk.screens.act_digits import FOR_OTHERS, LETTER, READ, placed
from dutydesk.screens.act_form import ActScreen, Subject
from dutydesk.screens.base import DeskScreen
from dutydesk.terminal import digit_of
from dutydesk.widgets.action_menu import Action, ActionMenu
from dutydesk.widgets.case_view import CaseView


def subject_of(sheet: CaseSheet) -> Subject:
    """What an act's form says of the case."""
    return Subject(
        sheet.key, sheet.version, sheet.number, f"{sheet.state.label}　{sheet.place}　{sheet.title}"
    )


async def handle_case(screen: DeskScreen, issue_id: int) -> bool:
    """Open the menu of a case and do what is chosen; says whether anything was done."""
    sheet = await screen.ask(case.case_sheet, issue_id)
    if sheet is None:
        return False
    choices = await screen.ask(issue_acts.menu, issue_id) or []
    others = await screen.ask(issue_acts.proxy_menu, issue_id) or []
    options = [Action(choice.act, choice.name, choice.hint, choice.refusal) for choice in choices]
    options.append(Action(READ, "看全案", _hint_of_reading(sheet)))
    if others:
        options.append(Action(FOR_OTHERS, "代录", "承办人口头、电话、书面告诉您的，替他录入"))
    if sheet.is_open and await screen.ask(permission.may, "draft_letter", issue_id):
        options.append(Action(LETTER, "约请", "请几个部门一起来办：电话、约请单、约请函"))
    title = f"{sheet.number} {sheet.state_words}　{sheet.title}"
    chosen = await screen.show(ActionMenu(title, placed(options)))
    if chosen == READ:
        await screen.show(CaseScreen(sheet))
    elif chosen == FOR_OTHERS:
        return await _for_others(screen, sheet, others)
    elif chosen == LETTER:
        from dutydesk.screens.letters.drafting import begin

        return await begin(screen, [issue_id]) is not None
    elif chosen in ("merge", "unmerge"):
        from dutydesk.screens import merging

        return await (merging.merge(screen, sheet) if chosen == "merge" else merging.unmerge(screen, sheet))
    elif chosen is not None:
        return await take_act(screen, sheet, next(choice for choice in choices if choice.act == chosen))
    return False


def _hint_of_reading(sheet: CaseSheet) -> str:
    """What else there is to see on that page."""
    looks = [words for digit, words in LOOKS if digit in looks_at(sheet)]
    return f"全部经过；里面可{'、'.join(looks)}" if looks else "期限怎么算的、销项还缺什么、全部经过"


async def _for_others(screen: DeskScreen, sheet: CaseSheet, others: list[Choice]) -> bool:
    options = [Action(choice.act, choice.name, choice.hint, choice.refusal) for choice in others]
    chosen = await screen.show(ActionMenu(f"代录　{sheet.number} {sheet.title}", placed(options)))
    if chosen is None:
        return False
    return await take_act(screen, sheet, next(choice for choice in others if choice.act == chosen))


async def take_act(
    screen: DeskScreen, sheet: CaseSheet, choice: Choice, values: dict[str, Any] | None = None
) -> bool:
    """Do one act: at once where it asks for nothing, else after its form. Says whether it was done."""
    from dutydesk.forms.handling import FORMS

    if choice.act not in FORMS and not choice.for_others:
        done = await screen.do(issue_acts.perform, sheet.key, sheet.version, choice.act, {}, screen.new_act())
    else:
        done = await screen.show(await _form_of(screen, sheet, choice, values or {}))
    if done is None:
        return False
    said = f"：{done.said}" if done.said else ""
    screen.say(f"{done.number} 已{choice.name}，现在是{done.state.label}{said}", "good")
    return True


async def _form_of(screen: DeskScreen, sheet: CaseSheet, choice: Choice, values: dict[str, Any]) -> ActScreen:
    """The form of an act: as it was left when it was begun before, else with the usual answers."""
    draft = await screen.ask(drafts.of_act, sheet.key, choice.act, choice.for_others)
    if draft is not None:
        return ActScreen.from_draft(draft, subject_of(sheet).words)
    given = await _begun(screen, sheet, choice) | values
    return ActScreen(choice.act, choice.name, subject_of(sheet), given, choice.for_others)


async def _begun(screen: DeskScreen, sheet: CaseSheet, choice: Choice) -> dict[str, Any]:
    """What an act's form begins with: the usual answer, where there is one."""
    found = await screen.ask(issue_acts.usual_answers, sheet.key, choice.act)
    return dict(found or {})


async def reveal(screen: DeskScreen, sheet: CaseSheet) -> Person | None:
    """Show who raised a case, after a reason was given; it is on record."""
    reasons = await screen.ask(finding.reveal_reasons) or []
    options = [Action(reason, reason) for reason in reasons]
    reason = await screen.show(ActionMenu(f"为什么要看 {sheet.number} 的反映人？会记入审计", options))
    if reason is None:
        return None
    person = await screen.do(case.reveal, sheet.key, reason, screen.new_act())
    if person is not None:
        shown = "　".join(part for part in (person.name, person.phone, person.address) if part)
        screen.say(f"{sheet.number} 反映人：{shown}（已记入审计）")
    return person


# What can be looked at on the page of a case besides the case.
LOOKS = (("1", "看反映人"), ("2", "看给来源的答复"))


def looks_at(sheet: CaseSheet) -> list[str]:
    """Which of them there are for this case, by their digits."""
    return ["1"] * (sheet.reporter is not None) + ["2"] * sheet.answered_to_source


class CaseScreen(DeskScreen):
    """One case on the whole screen; who raised it and the answer to its source are a digit away."""

    NAME = "案情"
    KEYS = (("↑↓ PgUp PgDn", "翻看"), ("F1", "帮助"))
    HELP = (
        "1 看反映人：选一个理由，姓名、电话就显示出来，会记入审计。\n"
        "2 看给来源的答复：12345等来源件的办理情况和反馈写成一段话，可以复制。没有反映人、不用答复来源的，没有这一项。"
    )

    def __init__(self, sheet: CaseSheet) -> None:
        super().__init__()
        self.sheet = sheet

    def body(self) -> Any:
        """The case."""
        yield CaseView()

    def signed_on(self) -> None:
        """Show it."""
        self.show_title(self.sheet.number)
        self.show_keys([look for look in LOOKS if look[0] in looks_at(self.sheet)])
        view = self.query_one(CaseView)
        view.show(self.sheet)
        view.focus()

    def on_key(self, event: events.Key) -> None:
        """The digits of what else there is to see."""
        digit = digit_of(event.key)
        if digit is None:
            return
        event.stop()
        if str(digit) in looks_at(self.sheet):
            self.look_at(digit)
        else:
            self.say(_NOTHING_THERE.get(digit, "这里按这个数字没有用；F1 看各键的用处。"), "bad")

    @work(group="look")
    async def look_at(self, digit: int) -> None:
        """Who raised it, or the answer to its source."""
        with self.desk_app.holding_keys():
            if digit == 1:
                person = await reveal(self, self.sheet)
                if person is not None:
                    self.query_one(CaseView).show(self.sheet, person)
            else:
                from dutydesk.screens.exporting import show_answer

                await show_answer(self, self.sheet.key, self.sheet.number)


_NOTHING_THERE = {1: "这件没有登记反映人。", 2: "这件不是12345等来源交来的，不用答复来源。"}
