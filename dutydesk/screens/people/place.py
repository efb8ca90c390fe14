"""An area with its 1+4+N and its units; a unit with its officers, neighbours and history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dutydesk.rules import keeping, postings, team_seats, tree, tree_changes
from dutydesk.rules.questions import Filters, Question
from dutydesk.rules.role_grants import Scope
from dutydesk.rules.team_seats import Place as Seat
from dutydesk.rules.team_seats import SeatLine
from dutydesk.rules.tree import Place, PlaceRow
from dutydesk.screens.people.acting import fill_in
from dutydesk.screens.people.listing import Line, PeopleList
from dutydesk.screens.people.tree import many
from dutydesk.vocabulary import Role, SeatKind
from dutydesk.widgets.action_menu import Action, ActionMenu
from dutydesk.widgets.window_list import Column

_PARTS = {SeatKind.CHIEF: "1", SeatKind.FORCE: "4", SeatKind.PARTICIPANT: "N"}


class _PlaceScreen(PeopleList):
    """A place: what it is, and lines below."""

    def __init__(self, place_id: int) -> None:
        super().__init__()
        self.place_id = place_id
        self.place: Place | None = None

    @property
    def heading(self) -> str:
        """The place."""
        return self.place.name if self.place else ""

    @property
    def town(self) -> int:
        """The subdistrict in which it lies."""
        above = self.place.above if self.place else ()
        return next((key for kind, key, _ in above if kind == "subdistrict"), 0)

    def where(self) -> str:
        """The way to it, and what is to be said of it."""
        assert self.place is not None
        way = " › ".join([*(name for _, _, name in self.place.above), self.place.name])
        return "\n".join(filter(None, [way, self.place.says]))

    def keeps(self, act: str) -> bool:
        """Whether this session may do an act here."""
        return keeping.keeps(self.session, act, self.town)


class AreaScreen(_PlaceScreen):
    """1+4+N, who is posted here, the units, what is open."""

    COLUMNS = (
        Column("", 8, lambda row: row.part),
        Column("", 18, lambda row: row.text),
        Column("谁", 20, lambda row: row.note, flex=True),
        Column("未结", 6, lambda row: row.count),
    )
    KEYS = (("Enter", "打开／办席位"), *PeopleList.KEYS[1:])

    async def load(self) -> None:
        """The place, its seats, its units."""
        day = self.session.day
        self.place = await self.ask(tree.place, "area", self.place_id, day)
        seats = await self.ask(team_seats.team, self.place_id, day)
        units = await self.ask(tree.below, "area", self.place_id, day)
        groups = await self.ask(postings.by_area, day)
        rate = await self.ask(postings.rate, day, area_id=self.place_id)
        if self.place is None or seats is None or units is None or groups is None or rate is None:
            return
        self.show_title(self.heading)
        posted = next((group.posted for group in groups if group.key == self.place_id), 0)
        lines = [_seat_line(seat) for seat in seats]
        question = postings.Question(day, area_id=self.place_id)
        lines.append(Line("posted", "下沉力量", f"{posted}人", rate.says, "", ("postings", question)))
        lines += [_unit_line(row) for row in units]
        await self.fill(lines, self.where())

    async def choose(self, row: Line) -> None:
        """A seat has acts; the rest leads on."""
        if row.target is not None and row.target[0] == "seat":
            await self.seat_menu(row.target[1])
        elif row.target is not None:
            await self.go(row.target)

    async def seat_menu(self, seat: SeatLine) -> None:
        """What can be done with a seat."""
        found = []
        if seat.staff_id:
            found.append(Action("card", f"看{seat.holder}", "席位、岗位、下沉、在办"))
        found.append(Action("history", "看历任", "什么时候是谁，包括代理"))
        may = self.keeps("keep_people") or (seat.kind is SeatKind.PARTICIPANT and self.chief_here)
        if may:
            again = "接任" if seat.seat_id else "任命"
            found.append(Action("fill", again, "从某一天起；原任到前一天止"))
            if seat.kind is not SeatKind.PARTICIPANT and not seat.stands_in:
                found.append(Action("stand_in", "请人代理", "从哪天到哪天，到期自行结束"))
            if seat.seat_id:
                found.append(
                    Action("vacate", "结束代理" if seat.stands_in else "离任", "到哪一天为止，历史保留")
                )
        else:
            found += await self.whom("keep_people", self.town, "请人代理、接任、离任找谁")
        chosen = await self.show(ActionMenu(f"{seat.title}　{seat.holder or '空缺'}", found))
        if chosen is not None and chosen.startswith("whom:"):
            await self.tell_whom(chosen)
        elif chosen == "card":
            await self.go(("person", seat.staff_id))
        elif chosen == "history":
            lines = await self.ask(team_seats.history, self.place_id, seat.kind, seat.force)
            await self.page(f"{self.heading}{seat.title}历任", lines or [])
        elif chosen:
            self.done(await self.seat_act(chosen, seat))

    @property
    def chief_here(self) -> bool:
        """Whether this session is the area's chief, who keeps the participants."""
        return any(g.role is Role.AREA_CHIEF and g.area_id == self.place_id for g in self.session.grants)

    async def seat_act(self, act: str, seat: SeatLine) -> str | None:
        """Fill, stand in, vacate."""
        place = Seat(self.place_id, seat.kind, seat.force)
        head = f"{self.heading}　{seat.title}　现在：{seat.holder or '空缺'}"

        def fill(session: Any, fields: dict[str, Any], act_id: str) -> str:
            staff, since = int(fields["staff"] or 0), fields["since"]
            more = {"title": fields["title"], "beside": fields["beside"]}
            return team_seats.fill(session, place, staff, fields["name"], since, act_id, **more)

        def stand_in(session: Any, fields: dict[str, Any], act_id: str) -> str:
            return team_seats.stand_in(
                session, place, int(fields["staff"]), fields["since"], fields["until"], act_id
            )

        def vacate(session: Any, fields: dict[str, Any], act_id: str) -> str:
            return team_seats.vacate(session, seat.seat_id or 0, fields["last_day"], act_id)

        if act == "fill":
            return await fill_in(self, "任席位", head, "FillSeatForm", fill, {"since": "今天"})
        if act == "stand_in":
            return await fill_in(self, "代理", head, "StandInForm", stand_in, {"since": "今天"})
        return await fill_in(self, "离任", head, "LastDayForm", vacate, {"last_day": "今天"})

    async def actions(self) -> Sequence[Action[str]]:
        """What can be done with the area."""
        found = [Action("issues", "看这里没办完的")]
        if self.chief_here or self.keeps("keep_people"):
            found.append(Action("partner", "添一个参与力量", "物业、志愿者等，没有工号也行"))
        if self.keeps("keep_people"):
            found.append(Action("sponsor", "定包保领导"))
        if self.keeps("keep_tree"):
            found += [
                Action("add_unit", "添一个治理单元", "居民区、保障性住房、楼宇、园区"),
                Action("merge", "并入另一个片区", "从某一天起；人员和没办完的随之过去"),
            ]
        return found + await self.whom("keep_tree", self.town, "任免、代理、改区划找谁")

    async def do_action(self, name: str) -> None:
        """See `actions`."""
        if name == "issues":
            await self.go(("issues", Question("open", Filters(place=f"area:{self.place_id}"))))
        elif name == "partner":
            vacant = SeatLine(
                "", SeatKind.PARTICIPANT, None, "多元参与", None, None, "", None, None, False, ()
            )
            self.done(await self.seat_act("fill", vacant))
        elif name == "sponsor":
            self.done(await _sponsor(self, area_id=self.place_id))
        elif name == "add_unit":
            self.done(await self.add_unit())
        elif name == "merge":
            self.done(await self.merge())

    async def add_unit(self) -> str | None:
        """A new unit here."""

        def add(session: Any, fields: dict[str, Any], act_id: str) -> str:
            given = (fields["code"], fields["name"], fields["kind"], fields["since"])
            return tree_changes.add_unit(session, self.place_id, *given, act_id).says

        return await fill_in(self, "添治理单元", self.heading, "AddUnitForm", add, {"since": "今天"})

    async def merge(self) -> str | None:
        """This area goes into another."""

        def merge(session: Any, fields: dict[str, Any], act_id: str) -> str:
            return tree_changes.merge_areas(
                session, self.place_id, int(fields["area"]), fields["since"], act_id
            ).says

        head = f"{self.heading}并入另一个片区。单元、下沉人员、参与力量随之过去，片区长和四方席位到前一天止。"
        return await fill_in(self, "并入", head, "MergeAreaForm", merge, {"since": "明天"})


def _seat_line(seat: SeatLine) -> Line:
    span = f"至{seat.until:%m-%d}" if seat.until else ""
    who = f"代理 {seat.holder}" if seat.stands_in else seat.holder
    said = "　".join([part for part in (who, span) if part] + [f"！{each}" for each in seat.odd])
    return Line(seat.key, _PARTS[seat.kind], seat.title, said, "", ("seat", seat))


def _unit_line(row: PlaceRow) -> Line:
    return Line(row.key, row.detail, row.name, row.who, many(row.open), ("unit", row.id))


class UnitScreen(_PlaceScreen):
    """A unit: officers, which area when, neighbours, what is open."""

    async def load(self) -> None:
        """The place, its officers, its history."""
        day = self.session.day
        self.place = await self.ask(tree.place, "unit", self.place_id, day)
        officers = await self.ask(tree.officers, self.place_id, day)
        history = await self.ask(tree.memberships, self.place_id)
        count = await self.ask(tree.open_count, "unit", self.place_id, self.town, self.area)
        if self.place is None or officers is None or history is None:
            return
        self.show_title(self.heading)
        lines = [Line(f"o{key}", "居委干部", name, span, "", ("person", key)) for key, name, span in officers]
        if not officers:
            lines.append(Line("o", "居委干部", "空缺", "", "", ("vacancy", None)))
        question = Question("open", Filters(place=f"unit:{self.place_id}"))
        lines.append(Line("open", "未结", "看这里没办完的", "", many(count), ("issues", question)))
        lines += [Line(f"m{n}", "所属片区", *reversed(said.split("　"))) for n, said in enumerate(history)]
        if self.area:
            lines.append(Line("area", "片区", "看本片区的 1+4+N", "", "", ("area", self.area)))
        await self.fill(lines, self.where())

    async def choose(self, row: Line) -> None:
        """A vacancy is filled; the rest leads on."""
        if row.target is not None and row.target[0] == "vacancy":
            from dutydesk.screens.people.holders import vacancy_menu

            scope = Scope(unit_id=self.place_id)
            await vacancy_menu(self, Role.NEIGHBOURHOOD_OFFICER, scope, self.town, self.heading)
        else:
            await super().choose(row)

    @property
    def area(self) -> int | None:
        """The area to which it belongs today."""
        above = self.place.above if self.place else ()
        return next((key for kind, key, _ in above if kind == "area"), None)

    async def actions(self) -> Sequence[Action[str]]:
        """What can be done with the unit."""
        found = [Action("sponsor", "定包保领导")] if self.keeps("keep_people") else []
        if self.keeps("keep_tree"):
            found += [
                Action("move", "划到另一个片区", "从某一天起；没办完的仍由原片区办完"),
                Action("neighbour", "记相邻的单元", "再选一次是取消"),
                Action("dissolve", "撤销这个单元", "从某一天起，可由另一个单元接管"),
            ]
        return found + await self.whom("keep_tree", self.town, "任免、代理、改区划找谁")

    async def do_action(self, name: str) -> None:
        """See `actions`."""

        def move(session: Any, fields: dict[str, Any], act_id: str) -> str:
            return tree_changes.move_unit(
                session, self.place_id, int(fields["area"]), fields["since"], act_id
            ).says

        def neighbour(session: Any, fields: dict[str, Any], act_id: str) -> str:
            return tree_changes.add_neighbour(session, self.place_id, int(fields["neighbour"]), act_id).says

        def dissolve(session: Any, fields: dict[str, Any], act_id: str) -> str:
            into = int(fields["into"] or 0) or None
            return tree_changes.dissolve_unit(session, self.place_id, into, fields["since"], act_id).says

        head = self.where()
        if name == "move":
            said = await fill_in(self, "划到另一个片区", head, "MoveUnitForm", move, {"since": "明天"})
        elif name == "neighbour":
            said = await fill_in(self, "相邻", head, "NeighbourForm", neighbour)
        elif name == "dissolve":
            said = await fill_in(self, "撤销", head, "DissolveUnitForm", dissolve, {"since": "明天"})
        else:
            said = await _sponsor(self, unit_id=self.place_id)
        self.done(said)


async def _sponsor(screen: _PlaceScreen, **place: int) -> str | None:
    from dutydesk.rules import departments

    def give(session: Any, fields: dict[str, Any], act_id: str) -> str:
        name, title, since = fields["name"], fields["title"], fields["since"]
        return departments.sponsor(session, name, title, since, act_id, **place)

    head = f"{screen.heading}由哪位处级领导包保；原来的到前一天止。"
    return await fill_in(screen, "定包保", head, "SponsorForm", give, {"since": "今天"})
