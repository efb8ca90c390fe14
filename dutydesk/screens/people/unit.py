"""A unit with its officers, neighbours and history, and what it left behind when it moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dutydesk.rules import moved_cases, neighbours, permission, tree, tree_changes
from dutydesk.rules.keeping import days
from dutydesk.rules.moved_cases import Behind
from dutydesk.rules.neighbours import Beside
from dutydesk.rules.questions import Filters, Question
from dutydesk.rules.role_grants import Scope
from dutydesk.rules.tree import Membership
from dutydesk.screens.people.acting import fill_in
from dutydesk.screens.people.dates import Dated, change_dates, date_actions
from dutydesk.screens.people.listing import Line
from dutydesk.screens.people.place import PlaceScreen, name_sponsor
from dutydesk.screens.people.tree import many
from dutydesk.vocabulary import Role
from dutydesk.widgets.action_menu import Action, ActionMenu


class UnitScreen(PlaceScreen):
    """A unit: officers, which area when, neighbours, what is open."""

    left: Sequence[Behind] = ()
    coming: Sequence[Membership] = ()

    async def load(self) -> None:
        """The place, its officers, its history."""
        day = self.session.day
        self.place = await self.ask(tree.place, "unit", self.place_id, day)
        officers = await self.ask(tree.officers, self.place_id, day)
        history = await self.ask(tree.memberships, self.place_id)
        beside = await self.ask(neighbours.changes, self.place_id) or []
        count = await self.ask(tree.open_count, "unit", self.place_id, self.town, self.area)
        self.left = await self.ask(moved_cases.behind, day, unit_id=self.place_id) or []
        self.coming = await self.ask(tree.moves_to_come, self.place_id, day) or []
        if self.place is None or officers is None or history is None:
            return
        self.show_title(self.heading)
        lines = [Line(f"o{key}", "居委干部", name, span, "", ("person", key)) for key, name, span in officers]
        if not officers:
            lines.append(Line("o", "居委干部", "空缺", "", "", ("vacancy", None)))
        question = Question("open", Filters(place=f"unit:{self.place_id}"))
        lines.append(Line("open", "未结", "看这里没办完的", "", many(count), ("issues", question)))
        for each in self.left:
            said = f"还在{each.area}，可移交{each.now}"
            left = ("left", each)
            lines.append(
                Line(f"left{each.area_id}", "划走前的", said, "按 Enter 看或移交", many(each.count), left)
            )
        for move in self.coming:
            said = f"{move.since:%Y-%m-%d}起，可撤回"
            lines.append(
                Line(f"c{move.row_id}", "将来归", move.area, said, "", ("coming", self.move_dated(move)))
            )
        lines += [self.beside_line(each) for each in beside]
        been = history[len(self.coming) :]  # what is to come stands above
        lines += [Line(f"m{n}", "所属片区", *reversed(said.split("　"))) for n, said in enumerate(been)]
        if self.area:
            lines.append(Line("area", "片区", "看本片区的 1+4+N", "", "", ("area", self.area)))
        await self.fill(lines, self.where())

    def beside_line(self, each: Beside) -> Line:
        """A neighbour of once, or one to come or to end, whose days can still be put right."""
        day, span = self.session.day, days(each.since, each.until)
        if each.until is not None and each.until < day:
            return Line(f"n{each.row_id}", "曾相邻", each.name, span)
        head = "将来相邻" if each.since > day else "相邻"
        move = Dated("neighbour", each.row_id, f"{self.heading}与{each.name}相邻", each.since, each.until)
        return Line(f"n{each.row_id}", head, each.name, span, "", ("coming", move))

    async def choose(self, row: Line) -> None:
        """A vacancy is filled; the rest leads on."""
        if row.target is not None and row.target[0] == "vacancy":
            from dutydesk.screens.people.holders import vacancy_menu

            scope = Scope(unit_id=self.place_id)
            await vacancy_menu(self, Role.NEIGHBOURHOOD_OFFICER, scope, self.town, self.heading)
        elif row.target is not None and row.target[0] == "left":
            await self.left_menu(row.target[1])
        elif row.target is not None and row.target[0] == "coming":
            await self.coming_menu(row.target[1])
        else:
            await super().choose(row)

    async def left_menu(self, each: Behind) -> None:
        """What was left behind when the unit moved: looked at, handed over, or given to others."""
        found = [Action("look", "看这个单元没办完的")]
        if permission.may_at_all(self.session, "move_area"):
            found.insert(0, Action("move", f"一起移交{each.now}", f"{each.count}件，先看再办"))
            found.append(Action("all", "一起改派、催办等", f"{each.count}件，先看再办"))
        chosen = await self.show(ActionMenu(f"{each.unit}　还在{each.area}的{each.count}件", found))
        if chosen == "look":
            await self.go(("issues", Question("open", Filters(place=f"unit:{self.place_id}"))))
        elif chosen is not None:
            await self.handle(chosen, each.area_id)

    async def handle(self, how: str, area_id: int | None = None) -> None:
        """The unit's open cases, as marked ones: handed over, or what else can be done to many."""
        from dutydesk.screens import bulk

        rows: Any = await self.ask(moved_cases.open_cases, self.place_id, area_id)
        if not rows:
            self.say("没有您能办的。")
        elif await (
            bulk.in_one_act(self, "move_area", rows) if how == "move" else bulk.handle_marked(self, rows)
        ):
            self.read_again()

    def move_dated(self, move: Membership) -> Dated:
        """A move that is still to come, as its dates are changed."""
        return Dated("move", move.row_id, f"{self.heading}归{move.area}", move.since, move.until)

    async def coming_menu(self, row: Dated) -> None:
        """What is still to come: taken back, or put to another day."""
        found = await self.whom("keep_tree", self.town, "撤回、更正日期找谁")
        title = f"{row.says}　{days(row.since, row.until)}"
        chosen = await self.show(ActionMenu(title, found or date_actions(row.since, self.session.day)))
        if chosen is not None and chosen.startswith("whom:"):
            await self.tell_whom(chosen)
        elif chosen is not None:
            self.done(await change_dates(self, chosen, row))

    @property
    def area(self) -> int | None:
        """The area to which it belongs today."""
        above = self.place.above if self.place else ()
        return next((key for kind, key, _ in above if kind == "area"), None)

    async def actions(self) -> Sequence[Action[str]]:
        """What can be done with the unit."""
        found = [
            Action(
                f"left:{each.area_id}", f"还在{each.area}的一起移交{each.now}", f"{each.count}件，先看再办"
            )
            for each in self.left
            if permission.may_at_all(self.session, "move_area")
        ]
        if permission.may_at_all(self.session, "read"):
            found.append(Action("handle", "没办完的一起办", "改派、催办等，先看再办"))
        found += [Action("sponsor", "定包保领导")] if self.keeps("keep_people") else []
        if self.keeps("keep_tree"):
            found += [
                Action("move", "划到另一个片区", "从某一天起；没办完的留在原片区，可移交"),
                Action("neighbour", "记相邻的单元", "从某一天起；再选一次是不再相邻"),
                Action("take_back_end", "撤回撤销", "还没到那一天，写明原因；照旧")
                if self.planned_end
                else Action("dissolve", "撤销这个单元", "从某一天起，可由另一个单元接管"),
            ]
        return found + await self.whom("keep_tree", self.town, "任免、代理、改区划找谁")

    async def do_action(self, name: str) -> None:
        """See `actions`."""

        def move(session: Any, fields: dict[str, Any], act_id: str) -> str:
            return tree_changes.move_unit(
                session, self.place_id, int(fields["area"]), fields["since"], act_id
            ).says

        def neighbour(session: Any, fields: dict[str, Any], act_id: str) -> str:
            other, since = int(fields["neighbour"]), fields["since"]
            return tree_changes.add_neighbour(session, self.place_id, other, act_id, since).says

        def dissolve(session: Any, fields: dict[str, Any], act_id: str) -> str:
            into = int(fields["into"] or 0) or None
            return tree_changes.dissolve_unit(session, self.place_id, into, fields["since"], act_id).says

        head = self.where()
        if name == "handle" or name.startswith("left:"):
            await self.handle("all" if name == "handle" else "move", int(name.partition(":")[2] or 0) or None)
            return
        if name == "move":
            said = await fill_in(self, "划到另一个片区", head, "MoveUnitForm", move, {"since": "明天"})
            self.done(said)
            if said:
                await self.offer_left()
            return
        if name == "take_back_end":
            from dutydesk.rules.tree_plans import take_back_dissolution

            said = await self.take_back_end("撤回撤销", take_back_dissolution)
        elif name == "neighbour":
            said = await fill_in(self, "相邻", head, "NeighbourForm", neighbour, {"since": "今天"})
        elif name == "dissolve":
            said = await fill_in(self, "撤销", head, "DissolveUnitForm", dissolve, {"since": "明天"})
        else:
            said = await name_sponsor(self, unit_id=self.place_id)
        self.done(said)

    async def offer_left(self) -> None:
        """A move that holds from today on leaves open cases behind: what becomes of them is asked at once."""
        left = await self.ask(moved_cases.behind, self.session.day, unit_id=self.place_id)
        if left:
            await self.left_menu(left[0])
