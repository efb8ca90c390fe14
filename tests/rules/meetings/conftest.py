"""Meetings of the small district, walked to any state by the rules themselves, on a Tuesday morning."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from dutydesk.meeting_words import ItemState, MeetingState
from dutydesk.models import AgendaItem, Meeting, MeetingStep
from dutydesk.rules.meetings import agenda, decisions, items, listing, minutes, series, ways
from dutydesk.rules.meetings.agenda import Agenda
from dutydesk.rules.organisation import today
from dutydesk.session import Session
from dutydesk.vocabulary import Role

M = MeetingState
# By which acts a meeting comes to each state.
PATHS: dict[MeetingState, tuple[str, ...]] = {
    M.PLANNED: (),
    M.CANCELLED: ("cancel",),
    M.SKIPPED: ("skip",),
    M.JOINED: ("join",),
    M.RUNNING: ("begin",),
    M.HELD: ("begin", "end"),
    M.REVIEW: ("begin", "end", "submit"),
    M.SIGNED: ("begin", "end", "submit", "sign"),
}
ITEM_PATHS: dict[ItemState, tuple[str, ...]] = {
    ItemState.LISTED: (),
    ItemState.CUT: ("cut",),
    ItemState.MERGED: ("merge",),
    ItemState.DISCUSSED: ("discuss",),
    ItemState.DEFERRED: ("defer",),
}


@pytest.fixture
def meet(cases):
    """Meetings of the first area."""
    return Meetings(cases)


class Meetings:
    """Plans meetings and does acts on them, as whoever may."""

    def __init__(self, cases: Any) -> None:
        self.cases = cases
        self.district = cases.district
        self.area = cases.district.areas[0]

    def __getitem__(self, role: Role) -> Session:
        return self.district.sessions[role]

    @property
    def duty(self) -> Session:
        return self[Role.DUTY_OFFICER]

    @property
    def chief(self) -> Session:
        return self[Role.AREA_CHIEF]

    def series(self, **changes: Any) -> int:
        """The fortnightly series of the area, on Thursdays at two."""
        fields = {
            "kind": "biweekly", "weekday": "4", "every_weeks": "2", "starts": "14:00", "minutes": "90",
            "place": "片区会议室", "first_on": date(2026, 11, 26),
        }  # fmt: skip
        return series.keep(self.duty, self.area, fields | changes, self.act())

    def act(self) -> str:
        return str(uuid4())

    def new(self, state: MeetingState = M.PLANNED, **changes: Any) -> int:
        """A meeting outside any series, come to a state by acts alone."""
        fields = {
            "kind": "biweekly",
            "on": today() + timedelta(days=2),
            "starts": "14:00",
            "place": "片区会议室",
        }
        meeting_id = series.extra(self.duty, self.area, fields | changes, self.act())
        for act in PATHS[state]:
            self.do(act, meeting_id)
        return meeting_id

    def do(self, act: str, meeting_id: int, who: Session | None = None, **changes: Any) -> int:
        """Go one way with a meeting, with its demands filled in."""
        if act == "submit" and self.row(meeting_id).state is M.HELD:
            self.write(meeting_id)
        fields = {
            "on": today() + timedelta(days=5), "reason": "片区长外出", "text": "第二段时间应为三点", "starts": "15:00",
            "chair": str(self.chief.staff_id),
        }  # fmt: skip
        if act == "join":
            fields["with_meeting"] = str(self.neighbours())
        return ways.perform(who or self.chief, meeting_id, act, fields | changes, self.act())

    def neighbours(self, **changes: Any) -> int:
        """A meeting of the other area."""
        fields = {"kind": "biweekly", "on": today() + timedelta(days=3), "starts": "9:30", "place": "二片区"}
        return series.extra(self.district.elsewhere, self.district.areas[1], fields | changes, self.act())

    def write(self, meeting_id: int, text: str = "逐户劝说，限期清理。", who: Session | None = None) -> str:
        """A paragraph of minutes; answers with its uid."""
        uid = self.act()
        minutes.save(who or self.duty, meeting_id, uid, text)
        return uid

    def row(self, meeting_id: int) -> Meeting:
        return Meeting.get_by_id(meeting_id)

    def agenda(self, meeting_id: int) -> Agenda:
        return agenda.agenda(self.duty, meeting_id)

    def draft(self, meeting_id: int) -> Agenda:
        """The agenda, drafted."""
        self.do("draft", meeting_id, self.duty)
        return self.agenda(meeting_id)

    def add(self, meeting_id: int, title: str = "夏令热线准备", **fields: Any) -> int:
        """An item added by hand."""
        return items.add(self.duty, meeting_id, {"title": title} | fields, self.act())

    def item(self, item_id: int, act: str, who: Session | None = None, **fields: Any) -> int:
        return items.perform(who or self.duty, item_id, act, fields, self.act())

    def item_row(self, item_id: int) -> AgendaItem:
        return AgendaItem.get_by_id(item_id)

    def decide(self, meeting_id: int, by: Session | None = None, **changes: Any) -> decisions.Decided:
        fields = {"who": "force:safety", "what": "清理楼道堆物", "due_on": today() + timedelta(days=3)}
        return decisions.decide(by or self.duty, meeting_id, fields | changes, self.act())

    def story(self, meeting_id: int) -> list[str]:
        rows = MeetingStep.select().where(MeetingStep.meeting == meeting_id).order_by(MeetingStep.id)
        return [row.name for row in rows]

    def sheet(self, meeting_id: int, who: Session | None = None) -> listing.Sheet:
        return listing.sheet(who or self.duty, meeting_id)
