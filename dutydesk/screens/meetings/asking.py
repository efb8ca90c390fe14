"""The short forms of meetings, and what several of their screens ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from dutydesk.rules import finding
from dutydesk.rules.meetings import listing, moving, series, ways
from dutydesk.rules.meetings.life import Way
from dutydesk.screens.base import DeskScreen
from dutydesk.screens.short_form import ShortForm
from dutydesk.widgets.action_menu import Action, ActionMenu
from dutydesk.widgets.ask_text import AskText
from dutydesk.widgets.picker import Search

if TYPE_CHECKING:
    from dutydesk.rules.meetings.listing import Sheet
    from dutydesk.session import Session

USUAL_REASONS = {
    "skip": ("没有要紧的事，事项已在日常办理",),
    "join": ("事项不多，与相邻片区一并议",),
    "cancel": ("与上级会议冲突", "主要人员外出"),
    "return": ("决定没有写清谁办、何时前",),
    "resume": ("散会记早了，还有事项要议",),
}


class MeetingForm(ShortForm):
    """A short form about meetings."""

    NAME: ClassVar[str] = "双周例会"
    FORMS: ClassVar[str] = "meetings"

    def searches(self) -> dict[str, Search]:
        """Staff."""
        return {"staff": self.search(finding.staff)}


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
    now = await screen.ask(listing.sheet, sheet.id)
    odd = f"! {now.warning}，请核对。" if now is not None and now.warning else ""
    screen.say(f"{sheet.title}：已{way.name}。{odd}", "good")
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


async def ask_category(screen: DeskScreen, text: str) -> str | None:
    """The category of a line whose words do not plainly speak for one."""
    from dutydesk.widgets.picker import Choice, PickOne

    async def search(typed: str) -> list[Choice]:
        rows = await screen.desk.read(finding.categories, typed)
        return [Choice(row.value, row.title, row.detail, row.sure) for row in rows]

    chosen = await screen.show(PickOne(f"“{text[:24]}”是哪一类？", search, "类别或拼音首字母"))
    return chosen.value if chosen is not None else None


async def extra_meeting(screen: DeskScreen, area_id: int, area: str) -> int | None:
    """加开一次; answers with the meeting."""

    def rule(session: Session, typed: dict[str, Any], act_id: str) -> int:
        return series.extra(session, area_id, typed, act_id)  # noqa: S610

    head = "多开一次。例会、协商会、协调会的议程由台账拟出，专题会的自己加。"
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
