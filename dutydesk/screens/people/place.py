"""An area with its 1+4+N, who is posted there, and its units."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dutydesk.rules import keeping, moved_cases, postings, team_seats, tree, tree_changes
from dutydesk.rules.moved_cases import Behind
from dutydesk.rules.questions import Filters, Question
from dutydesk.rules.team_seats import Place as Seat
from dutydesk.rules.team_seats import SeatLine
from dutydesk.rules.tree import Place, PlaceRow
from dutydesk.screens.people.acting import fill_in
from dutydesk.screens.people.dates import CORRECT, TAKE_BACK, Dated, change_dates, date_actions
from dutydesk.screens.people.listing import Line, PeopleList
from dutydesk.screens.people.tree import many
from dutydesk.vocabulary import Role, SeatKind
from dutydesk.widgets.action_menu import Action, ActionMenu
from dutydesk.widgets.window_list import Column

_PARTS = {SeatKind.CHIEF: "1", SeatKind.FORCE: "4", SeatKind.PARTICIPANT: "N"}


class PlaceScreen(PeopleList):
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

    @property
    def planned_end(self) -> bool:
        """Whether its end is planned and still to come."""
        return self.place is not None and self.place.ends is not None and self.place.ends >= self.session.day

    async def take_back_end(self, what: str, rule: Callable[[Any, int, str, str], str]) -> str | None:
        """What was planned for the place as a whole does not come."""

        def take_back(session: Any, fields: dict[str, Any], act_id: str) -> str:
            return rule(session, self.place_id, fields["reason"], act_id)

        return await fill_in(self, what, self.where(), "TakeBackPlainForm", take_back)

    def keeps(self, act: str) -> bool:
        """Whether this session may do an act here."""
        return keeping.keeps(self.session, act, self.town)


class AreaScreen(PlaceScreen):
    """1+4+N, who is posted here, the units, what is open."""

    COLUMNS = (
        Column("1+4+N", 8, lambda row: row.part),
        Column("席位、单元", 24, lambda row: row.text),
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
        coming = await self.ask(team_seats.to_come, self.place_id, day)
        left = await self.ask(moved_cases.behind, day, area_id=self.place_id)
        if None in (self.place, seats, units, groups, rate, coming, left):
            return
        assert seats is not None and units is not None and groups is not None
        assert rate is not None and coming is not None and left is not None
        self.show_title(self.heading)
        posted = next((group.posted for group in groups if group.key == self.place_id), 0)
        lines = [_seat_line(seat) for seat in seats] + [_coming_line(seat) for seat in coming]
        question = postings.Question(day, area_id=self.place_id)
        lines.append(Line("posted", "下沉力量", f"{posted}人", rate.says, "", ("postings", question)))
        lines += [_unit_line(row) for row in units]
        lines += [_left_line(each) for each in left]
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
        found.append(Action("history", "看历任", "什么时候是谁，包括代理和将来的"))
        may = self.keeps("keep_people") or (seat.kind is SeatKind.PARTICIPANT and self.chief_here)
        to_come = seat.since is not None and seat.since > self.session.day
        if may and not to_come:
            found += self.seat_acts(seat)
        if may and seat.since is not None:
            found += date_actions(seat.since, self.session.day)
        if may:
            found.append(Action("earlier", "更正历任的日期", "选哪一段"))
        else:
            found += await self.whom("keep_people", self.town, "请人代理、接任、离任找谁")
        chosen = await self.show(ActionMenu(f"{seat.title}　{seat.holder or '空缺'}", found))
        if chosen is not None and chosen.startswith("whom:"):
            await self.tell_whom(chosen)
        elif chosen == "card":
            await self.go(("person", seat.staff_id))
        elif chosen == "earlier":
            await self.correct_earlier(seat)
        elif chosen in (CORRECT, TAKE_BACK):
            self.done(await change_dates(self, chosen, self.dated(seat)))
        elif chosen == "history":
            lines = await self.ask(team_seats.history, self.place_id, seat.kind, seat.force)
            await self.page(f"{self.heading}{seat.title}历任", lines or [])
        elif chosen:
            self.done(await self.seat_act(chosen, seat))

    def seat_acts(self, seat: SeatLine) -> list[Action[str]]:
        """What who may do it can do with a seat of today."""
        found = [Action("fill", "接任" if seat.seat_id else "任命", "从某一天起；原任到前一天止")]
        if seat.kind is not SeatKind.PARTICIPANT and not seat.stands_in:
            found.append(Action("stand_in", "请人代理", "从哪天到哪天，到期自行结束"))
        if seat.seat_id:
            ends = "结束代理" if seat.stands_in else "离任"
            found.append(Action("vacate", ends, "到哪一天为止，历史保留"))
        return found

    def dated(self, seat: SeatLine) -> Dated:
        """The row of a seat, for the acts on dates."""
        assert seat.seat_id is not None and seat.since is not None
        stands_in = "代理" if seat.stands_in else ""
        says = f"{self.heading}　{stands_in}{seat.title}　{seat.holder}"
        return Dated("seat", seat.seat_id, says, seat.since, seat.until)

    async def correct_earlier(self, seat: SeatLine) -> None:
        """One of all who have sat in a seat: its dates."""
        rows = await self.ask(team_seats.all_of, self.place_id, seat.kind, seat.force) or []
        options = [
            Action(
                number,
                f"{row.holder}{'（代理）' if row.stands_in else ''}",
                keeping.days(row.since, row.until),
            )
            for number, row in enumerate(rows)
            if row.since is not None
        ]
        chosen = await self.show(ActionMenu(f"{seat.title}　更正哪一段的日期", options)) if options else None
        if chosen is not None:
            self.done(await change_dates(self, CORRECT, self.dated(rows[chosen])))

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
                Action("take_back_end", "撤回并入", "还没到那一天，写明原因；单元和人员照旧")
                if self.planned_end
                else Action("merge", "并入另一个片区", "从某一天起；人员和没办完的随之过去"),
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
            self.done(await name_sponsor(self, area_id=self.place_id))
        elif name == "add_unit":
            self.done(await self.add_unit())
        elif name == "merge":
            self.done(await self.merge())
        elif name == "take_back_end":
            from dutydesk.rules.tree_plans import take_back_merger

            self.done(await self.take_back_end("撤回并入", take_back_merger))

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


def _coming_line(seat: SeatLine) -> Line:
    assert seat.since is not None
    until = f"至{seat.until:%m-%d}" if seat.until else "起"
    said = f"{'代理 ' if seat.stands_in else ''}{seat.holder}　{seat.since:%m-%d}{until}"
    return Line(seat.key, "将来", seat.title, said, "", ("seat", seat))


def _unit_line(row: PlaceRow) -> Line:
    return Line(row.key, row.detail, row.name, row.who, many(row.open), ("unit", row.id))


def _left_line(each: Behind) -> Line:
    """What an area still works on of a unit that it has no more."""
    said = f"已归{each.now}，没办完的还在这里"
    return Line(f"left{each.unit_id}", "划出单元", each.unit, said, many(each.count), ("unit", each.unit_id))


async def name_sponsor(screen: PlaceScreen, **place: int) -> str | None:
    """Who answers for a place from now on."""
    from dutydesk.rules import departments

    def give(session: Any, fields: dict[str, Any], act_id: str) -> str:
        name, title, since = fields["name"], fields["title"], fields["since"]
        return departments.sponsor(session, name, title, since, act_id, **place)

    head = f"{screen.heading}由哪位处级领导包保；原来的到前一天止。"
    return await fill_in(screen, "定包保", head, "SponsorForm", give, {"since": "今天"})
