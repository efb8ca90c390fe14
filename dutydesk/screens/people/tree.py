"""区划: the district's subdistricts, a subdistrict's areas; Enter goes down, Esc up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dutydesk.rules import keeping, tree, tree_changes
from dutydesk.rules.tree import MANY, Kind, Place, PlaceRow
from dutydesk.screens.people.acting import fill_in
from dutydesk.screens.people.listing import PeopleList
from dutydesk.widgets.action_menu import Action
from dutydesk.widgets.window_list import Column


def many(count: int | None) -> str:
    """A bounded count as it is shown; a place out of scope shows none."""
    return "" if count is None else f"{count}+" if count >= MANY else str(count)


class TreeScreen(PeopleList):
    """The places below the district or a subdistrict, with who leads them and what is open there."""

    LIST = "tree"
    EMPTY = "这里还没有划片区。由协调员按 0 设立片区，或导入本单位的区划。"
    COLUMNS = (
        Column("名称", 20, lambda row: row.name, flex=True),
        Column("代码", 14, lambda row: row.code, from_width=100),
        Column("片区长／居委干部", 26, lambda row: row.who),
        Column("下辖", 18, lambda row: row.detail),
        Column("未结", 6, lambda row: many(row.open)),
    )

    def __init__(self, kind: Kind | None = None, place_id: int = 0) -> None:
        super().__init__()
        self.kind, self.place_id = kind, place_id
        self.place: Place | None = None

    @property
    def heading(self) -> str:
        """The place."""
        return f"区划　{self.place.name}" if self.place else "区划"

    async def load(self) -> None:
        """The place, then what is below it."""
        if self.kind is None:
            self.kind, self.place_id = tree.home(self.session)
        self.place = await self.ask(tree.place, self.kind, self.place_id, self.session.day)
        rows = await self.ask(tree.below, self.kind, self.place_id, self.session.day)
        if self.place is None or rows is None:
            return
        self.show_title(self.heading)
        way = " › ".join([*(name for _, _, name in self.place.above), self.place.name])
        await self.fill(rows, "　".join(filter(None, [way, self.place.says])))

    async def choose(self, row: PlaceRow) -> None:
        """Down."""
        await self.go((row.kind, row.id))

    async def actions(self) -> Sequence[Action[str]]:
        """Up, and what keeps the tree."""
        found = []
        if self.kind == "subdistrict":
            found.append(Action("up", "看全区各街镇"))
            if keeping.keeps(self.session, "keep_tree", self.place_id):
                found.append(Action("add_area", "设立片区", "从某一天起"))
        if keeping.keeps(self.session, "keep_tree", self.session.subdistrict_id):
            found += [
                Action("import", "导入本单位的区划", "收件夹里的 Excel 或 CSV，先核对再导入"),
                Action("export", "导出区划", "到发件夹，改好可以再导入"),
            ]
        return found

    async def do_action(self, name: str) -> None:
        """See `actions`."""
        if name in ("import", "export"):
            from dutydesk.screens.people import files

            await (files.bring_in if name == "import" else files.take_out)(self, "tree")
        elif name == "up":
            await self.go(("tree", ("district", 0)))
        elif name == "add_area":
            town = self.place_id

            def add(session: Any, fields: dict[str, Any], act_id: str) -> str:
                made = tree_changes.add_area(
                    session, town, fields["code"], fields["name"], fields["since"], act_id
                )
                return made.says

            head = f"在{self.place.name if self.place else ''}设立一个片区"
            self.done(await fill_in(self, "设立片区", head, "AddAreaForm", add, {"since": "今天"}))
