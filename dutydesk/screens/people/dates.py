"""What is planned is taken back, a wrong date is corrected: the same two acts for whatever is dated."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from dutydesk.screens.people.acting import fill_in
from dutydesk.screens.people.listing import PeopleList
from dutydesk.widgets.action_menu import Action

CORRECT, TAKE_BACK = "correct_dates", "take_back"


class Dated(NamedTuple):
    """A dated row as it is shown: its kind in `dated_rows.KINDS`, its id, what it says, its first and last day."""

    kind: str
    row_id: int
    says: str
    since: date
    until: date | None


def date_actions(since: date, today: date) -> list[Action[str]]:
    """What can be done with the dates of a row: of what has begun they can only be corrected."""
    found = [Action(CORRECT, "更正日期", "写错了的起止，写明原因，留有审计")]
    return [Action(TAKE_BACK, "撤回", "还没开始，写明原因"), *found] if since > today else found


async def change_dates(screen: PeopleList, act: str, row: Dated) -> str | None:
    """Take it back or correct it; answers with what was done, in a sentence."""
    from dutydesk.rules import dated_rows

    def take_back(session: Any, fields: dict[str, Any], act_id: str) -> str:
        return dated_rows.take_back(
            session, row.kind, row.row_id, fields["reason"], act_id, fields.get("resume", True)
        )

    def correct(session: Any, fields: dict[str, Any], act_id: str) -> str:
        until = fields.get("until", row.until)
        return dated_rows.correct(
            session, row.kind, row.row_id, fields["since"], until, fields["reason"], act_id
        )

    head = f"{row.says}　{row.since:%Y-%m-%d}起" + (f"至{row.until:%Y-%m-%d}" if row.until else "")
    if act == TAKE_BACK:
        somebody_goes_on = row.kind in ("seat", "sponsor", "leader") and "代理" not in row.says
        form = "TakeBackForm" if somebody_goes_on else "TakeBackPlainForm"
        return await fill_in(screen, "撤回", head, form, take_back)
    given: dict[str, Any] = {"since": f"{row.since:%Y-%m-%d}"}
    if row.kind == "move":
        return await fill_in(screen, "更正日期", head, "CorrectDayForm", correct, given)
    given |= {"until": f"{row.until:%Y-%m-%d}" if row.until else ""}
    return await fill_in(screen, "更正日期", head, "CorrectDatesForm", correct, given)
