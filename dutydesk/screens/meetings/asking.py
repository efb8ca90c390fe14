"""The short forms of meetings, and what several of their screens ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult

from dutydesk.rules import finding
from dutydesk.rules.meetings import moving, series, ways
from dutydesk.rules.meetings.life import Way
from dutydesk.screens.base import DeskScreen
from dutydesk.screens.forms import FormScreen
from dutydesk.widgets.action_menu import Action, ActionMenu
from dutydesk.widgets.ask_text import AskText
from dutydesk.widgets.form import FormView
from dutydesk.widgets.frame import Words

if TYPE_CHECKING:
    from dutydesk.forms.base import Form
    from dutydesk.rules.meetings.listing import Sheet
    from dutydesk.session import Session

# What a form's fields do: (session, fields, act id) → whatever the rule answers with.
Rule = Callable[["Session", dict[str, Any], str], Any]
USUAL_REASONS = {
    "skip": ("没有要紧的事，事项已在日常办理",),
    "join": ("事项不多，与相邻片区一并议",),
    "cancel": ("与上级会议冲突", "主要人员外出"),
    "return": ("决定没有写清谁办、何时前",),
    "resume": ("散会记早了，还有事项要议",),
}


class MeetingForm(FormScreen):
    """A short form; left with Esc, nothing of it is kept."""

    NAME: ClassVar[str] = "双周例会"
    HELP = "填好后按 F10 保存。带 * 的必须填。日期可以写 今天、明天、12-1、+14。"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("↑↓ Enter", "换项"),
        ("F10", "保存"),
        ("Esc", "返回（不保存）"),
    )
    BACK: ClassVar[tuple[str, str]] = ("", "")

    def __init__(
        self, title: str, head: str, form: str, rule: Rule, values: Mapping[str, Any] | None = None
    ) -> None:
        """`form` is the name of a form of `forms.meetings`."""
        super().__init__()
        self.act_title, self.head, self.form, self.rule = title, head, form, rule
        self.given = dict(values or {})

    def body(self) -> ComposeResult:
        """What it is about, the form."""
        from dutydesk.forms import meetings

        yield Words(self.head, classes="form-head")
        form_class: type[Form] = getattr(meetings, self.form)
        searches = {"staff": self.search(finding.staff)}
        yield FormView(form_class, searches=searches, values=self.given, save_words=f"确定{self.act_title}")

    def signed_on(self) -> None:
        """The act stands in the first line."""
        self.show_title(self.act_title)

    def on_form_view_edited(self, event: FormView.Edited) -> None:
        """Nothing is kept of a form that is left: it is short, and typed again sooner than found again."""
        event.stop()
        event.prevent_default()

    async def keep(self) -> None:
        """See above."""

    async def write(self, form: Form) -> Any:
        """Do the act."""
        return await self.desk.run(self.rule, form.model_dump(), self.act_id)


async def go(screen: DeskScreen, sheet: Sheet, way: Way) -> bool:
    """Go one way with a meeting, after asking what it demands; says whether it was gone."""
    fields: dict[str, Any] | None = {}
    if "on" in way.demands or "chair" in way.demands:
        form = "MoveForm" if "on" in way.demands else "ChairForm"

        def rule(session: Session, typed: dict[str, Any], act_id: str) -> int:
            return ways.perform(session, sheet.id, way.act, typed, act_id, sheet.version)

        head = f"{sheet.title}　{sheet.when}　{sheet.place}　{sheet.chair}主持"
        done = await screen.show(MeetingForm(way.name, head, form, rule))
    else:
        fields = await _demanded(screen, sheet, way)
        if fields is None:
            return False
        done = await screen.do(ways.perform, sheet.id, way.act, fields, screen.new_act(), sheet.version)
    if done is None:
        return False
    screen.say(f"{sheet.title}：已{way.name}。", "good")
    return True


async def _demanded(screen: DeskScreen, sheet: Sheet, way: Way) -> dict[str, Any] | None:
    """What a way demands, one question after another; None where one was left."""
    fields: dict[str, Any] = {}
    for name in way.demands:
        if name == "with_meeting":
            near = await screen.ask(moving.others, sheet.id)
            if not near:
                screen.say("街镇里没有别的待开的会，不能并会。", "bad")
                return None
            options = [Action(str(each.id), each.title, each.when) for each in near]
            said = await screen.show(ActionMenu("并到哪一次会？", options))
        else:
            limit = 500 if name == "text" else 200
            title = "补充、更正什么？纪要本身不动" if name == "text" else f"为什么{way.name}？参会的人看得到"
            said = await screen.show(AskText(title, USUAL_REASONS.get(way.act, ()), limit=limit))
        if said is None:
            return None
        fields[name] = said
    return fields


async def extra_meeting(screen: DeskScreen, area_id: int, area: str) -> int | None:
    """加开一次; answers with the meeting."""

    def rule(session: Session, typed: dict[str, Any], act_id: str) -> int:
        return series.extra(session, area_id, typed, act_id)  # noqa: S610

    head = "专题会、条块约请协调会，或多开一次例会。议程由台账拟出，也可以自己加。"
    values = {"place": "片区会议室"}
    return await screen.show(MeetingForm("加开一次", f"{area}　{head}", "ExtraForm", rule, values))


async def set_series(screen: DeskScreen, area_id: int, area: str) -> bool:
    """When and where the area meets from now on; says whether it was set."""
    values = await screen.ask(series.usual, area_id)
    if values is None:
        return False

    def rule(session: Session, typed: dict[str, Any], act_id: str) -> int:
        return series.keep(session, area_id, typed, act_id)

    head = "保存后排出今后几个月的日期，遇节假日挪到最近的工作日；已排的按新日子改，议程跟着走。"
    done = await screen.show(MeetingForm("排日期", f"{area}　{head}", "SeriesForm", rule, values))
    return done is not None
