"""What stands in the ledger's menu under 0: other views, filters, order, marks, undo, own views, export."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from dutydesk.rules import filters, views
from dutydesk.rules.ledger import ORDERS, Question
from dutydesk.rules.views import ViewEntry
from dutydesk.session import Session
from dutydesk.widgets.action_menu import Action, ActionMenu, Confirm
from dutydesk.widgets.ask_text import AskText
from dutydesk.widgets.cells import fit
from dutydesk.widgets.filter_bar import FilterBar, FilterChoice, FilterPart
from dutydesk.widgets.window_list import WindowList

if TYPE_CHECKING:
    from dutydesk.screens.issues import IssuesScreen


class Tool(NamedTuple):
    """An entry of the menu: its name for the program, its own key, what it is called, a hint, and what it does."""

    name: str
    key: str
    label: str
    hint: str
    use: Callable[[IssuesScreen], Awaitable[object]]


async def use(screen: IssuesScreen, name: str) -> None:
    """Use a tool by its name; `menu` lets it be chosen."""
    if name == "menu":
        options = [
            Action(tool.name, f"{tool.label}（{tool.key}）" if tool.key else tool.label, tool.hint)
            for tool in TOOLS
        ]
        chosen = await screen.show(ActionMenu("清单", options))
        if chosen is None:
            return
        name = chosen
    await next(tool for tool in TOOLS if tool.name == name).use(screen)


def help_text(entries: Sequence[ViewEntry]) -> str:
    """What the digits and the tools are, from the tables that drive them."""
    views = "\n".join(_lines([f"{digit} {entry.name}" for digit, entry in enumerate(entries[:9], 1)]))
    tools = "\n".join(f"  {fit(tool.key, 5)}{fit(tool.label, 14)}{tool.hint}" for tool in TOOLS)
    return (
        f"数字换清单：\n{views}\n"
        "“时限”：剩几天算工作日；! 是逾期，逾几天是过了几个24小时，节假日也算。\n"
        "  等几时、等几天是待立案已经等了多久，立案后才有期限。\n"
        "  “至”是缓办到哪天，“看”“再看”是挂账哪天再看。\n"
        "▪ 是标记的，下划线是查到的字。问题前面：\n"
        "  [强] 群众反映强烈　[难] 居民区难以协调　[退] 退单\n"
        "  [返] 返工　　　　　[催] 催办　　　　[抽] 待抽查\n"
        "Enter 的菜单里，同一件事总在同一个数字上。\n"
        "查找：两个以上汉字、编号，或地点、人员、部门、类别的拼音首字母；在 / 里打编号再按 Enter 直接到那一件。\n"
        f"按 0 开菜单，里面有（有键的也可直接按键）：\n{tools}"
    )


_HELP_WIDTH = 74  # of a line of the help at 80 columns


def _lines(words: Sequence[str]) -> list[str]:
    """Words in lines, none of them broken at a line's end."""
    lines: list[str] = []
    for word in words:
        if lines and cell_len(lines[-1]) + 2 + cell_len(word) <= _HELP_WIDTH:
            lines[-1] += f"　{word}"
        else:
            lines.append(f"  {word}")
    return lines


_BY_VIEW = "view"


async def _search(screen: IssuesScreen) -> None:
    from dutydesk.screens.ledger.searching import open_bar

    await open_bar(screen)


async def _filter(screen: IssuesScreen) -> None:
    """The filter bar once: the question with one part more, changed or open again."""
    now = screen.question.filters

    async def find(part: str, text: str) -> Sequence[FilterChoice]:
        return await screen.ask(_choices, part, text) or []

    parts = []
    for each in filters.PARTS:
        value = getattr(now, each.name)
        said = await screen.ask(_words, each.name, value) if value else ""
        parts.append(FilterPart(each.name, each.label, said or "", value, each.several))
    chosen = await screen.show(
        FilterBar("·".join(["筛选", *(part.words for part in parts if part.words)]), parts, find)
    )
    if chosen is not None:
        screen.put(screen.question._replace(filters=now._replace(**{chosen.part: chosen.value})))


def _words(_session: Session, name: str, value: str) -> str:
    return filters.words(name, value)


def _choices(session: Session, part: str, text: str) -> list[FilterChoice]:
    """The values of a part; without a part those of all that the text may mean."""
    if part:
        found = filters.choices(session, part, text)
        return [FilterChoice(part, one.value, one.title, one.detail) for one in found]
    return [
        FilterChoice(each.name, one.value, f"{each.label}：{one.title}", one.detail)
        for each, one in filters.choices_of_all(session, text)
    ]


async def _order(screen: IssuesScreen) -> None:
    """By what the list is sorted."""
    now = screen.question.order
    options = [Action(_BY_VIEW, "照清单原来的次序", "" if now else "现在")]
    options += [Action(key, f"按{label}", "现在" if key == now else "") for key, label in ORDERS.items()]
    order = await screen.show(ActionMenu("怎么排？", options))
    if order is not None:
        screen.put(screen.question._replace(order="" if order == _BY_VIEW else order))


async def _switch(screen: IssuesScreen) -> None:
    """All views by name, those beyond the digits too."""
    entries = await screen.views()
    options = [
        Action(entry, entry.name, " ".join(_about(number, entry))) for number, entry in enumerate(entries, 1)
    ]
    chosen = await screen.show(ActionMenu("换到哪个清单？", options)) if options else None
    if chosen is not None:
        await screen.open_view(chosen)


async def _clear(screen: IssuesScreen) -> None:
    """Filters, words and order away: the view as it is."""
    screen.put(Question(screen.question.view))


async def _mark(screen: IssuesScreen) -> None:
    screen.action_mark()


async def _mark_in_sight(screen: IssuesScreen) -> None:
    listing = screen.query_one(WindowList)
    listing.mark(listing.rows_in_sight)


async def _undo(screen: IssuesScreen) -> None:
    from dutydesk.screens.bulk import undo_last

    if await undo_last(screen):
        screen.read_again()


async def _case(screen: IssuesScreen) -> None:
    screen.toggle_case()


async def _export(screen: IssuesScreen) -> None:
    from dutydesk.screens.exporting import export_list

    await export_list(screen, screen.question)


def _about(number: int, entry: ViewEntry) -> list[str]:
    return [*([f"数字键 {number}"] if number <= 9 else []), *(["我存的"] if entry.own else [])]


# -- own views ---------------------------------------------------------------------------------------------------


async def _save(screen: IssuesScreen) -> None:
    """Keep what is asked for now under a name."""
    asks = f"给现在这个清单（含查找、筛选和次序）起个名字，最多{views.NAME_LIMIT}个字。\n下面的可用；一打字就换掉。"
    proposed = screen.asked_for.replace("“", "").replace("”", "")  # the name stands between such marks itself
    name = await screen.show(AskText(asks, value=proposed, limit=views.NAME_LIMIT))
    if name is None:
        return
    entry = await screen.do(views.save, name, screen.question, screen.new_act())
    if entry is not None:
        screen.forget_views()
        screen.put(entry.question, entry)
        screen.say(f"已存为“{entry.name}”。按 0 选“我的清单”，可给它排一个数字键。", "good")


async def _manage(screen: IssuesScreen) -> None:
    """Rename, place or remove an own view."""
    own = [entry for entry in await screen.views() if entry.own]
    if not own:
        screen.say("您还没有存过清单。先查找或筛选，再按 0 选“存为我的清单”。")
        return
    entry = own[0]
    if len(own) > 1:
        chosen = await screen.show(ActionMenu("改哪个清单？", [Action(each, each.name) for each in own]))
        if chosen is None:
            return
        entry = chosen
    what = await screen.show(
        ActionMenu(
            f"“{entry.name}”",
            [Action("place", "排到一个数字键上"), Action("rename", "改名"), Action("remove", "删去")],
        )
    )
    if what is not None:
        await {"place": _place, "rename": _rename, "remove": _remove}[what](screen, entry)
        screen.forget_views()


async def _place(screen: IssuesScreen, entry: ViewEntry) -> None:
    entries = await screen.views()
    options = [
        Action(digit, f"数字键 {digit}", f"现在是{entries[digit - 1].name}" if digit <= len(entries) else "")
        for digit in range(1, 9)
    ]
    options.append(Action(0, "不占数字键"))
    digit = await screen.show(ActionMenu(f"“{entry.name}”放在哪里？原来的往后移", options))
    if digit is None:
        return
    if await screen.do(views.place, entry.id, digit, screen.new_act()) is not None:
        screen.say(f"“{entry.name}”" + (f"现在按 {digit}。" if digit else "不再占数字键。"), "good")


async def _rename(screen: IssuesScreen, entry: ViewEntry) -> None:
    asks = f"改叫什么？最多{views.NAME_LIMIT}个字"
    name = await screen.show(AskText(asks, value=entry.name, limit=views.NAME_LIMIT))
    done = await screen.do(views.rename, entry.id, name, screen.new_act()) if name else None
    if done is not None:
        if _in_sight(screen, entry):
            screen.call(done)
        screen.say(f"已改名为“{done.name}”。", "good")


async def _remove(screen: IssuesScreen, entry: ViewEntry) -> None:
    if not await screen.show(Confirm(f"删去清单“{entry.name}”？", ["只删这个清单，问题都还在。"], "删去")):
        return
    await screen.do(views.remove, entry.id, screen.new_act())
    screen.forget_views()
    if entry.id not in {each.id for each in await screen.views()}:
        if _in_sight(screen, entry):
            screen.call(None)
        screen.say(f"已删去“{entry.name}”。", "good")


def _in_sight(screen: IssuesScreen, entry: ViewEntry) -> bool:
    return screen.entry is not None and screen.entry.own and screen.entry.id == entry.id


TOOLS = (
    Tool("views", "", "全部清单", "按名字换，不在数字键上的也有", _switch),
    Tool("search", "/", "查找", "汉字、编号、拼音首字母", _search),
    Tool("filter", "f", "筛选", "状态、地点、力量、部门……可以叠加", _filter),
    Tool("order", "o", "排序", "编号、期限、紧急、地点、最近变动", _order),
    Tool("clear", "退格", "清除条件", "查找、筛选和排序一起清掉", _clear),
    Tool("mark", "空格", "标记这一件", "再按一次取消；标好按 Enter 一起办", _mark),
    Tool("mark_in_sight", "a", "标记这一屏", "这一屏的每一件都标上", _mark_in_sight),
    Tool("undo", "u", "撤销上一步", "自己做的最后一步", _undo),
    Tool("save", "", "存为我的清单", "连同查找、筛选和次序", _save),
    Tool("manage", "", "我的清单", "排到数字键上、改名、删去", _manage),
    Tool("case", "c", "案情显隐", "案情不在旁边，清单就更宽", _case),
    Tool("export", "", "导出这个清单", "Excel、CSV、JSON，存到发件夹", _export),
)
