"""The demo's 条块约请: a year from every area, one in each state in the own, registers without gap, lives by the tables."""

from __future__ import annotations

from collections import Counter as Count
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

from dutydesk.letter_words import Answer, InvitedState, LetterKind, LetterState
from dutydesk.models import (
    AgendaIssue,
    AgendaItem,
    AgendaLetter,
    Area,
    Counter,
    Invited,
    Letter,
    LetterIssue,
    LetterNumber,
    LetterPromise,
    LetterProxy,
    LetterStep,
    RoleGrant,
)
from dutydesk.rules import office
from dutydesk.rules.letters import answers, balance, numbers, of_issue, sheet, wording
from dutydesk.rules.letters.life import INVITED_ACT, LETTER_ACT, LETTER_ENDS, NEXT, REMEMBERED, SAME, Way
from dutydesk.rules.meetings.series import chief_of
from dutydesk.rules.organisation import day_of
from dutydesk.rules.signing_on import sign_on
from dutydesk.session import Session
from dutydesk.vocabulary import Role


def stories() -> dict[int, list[LetterStep]]:
    found: dict[int, list[LetterStep]] = defaultdict(list)
    for step in LetterStep.select().order_by(LetterStep.id):
        found[step.letter_id].append(step)
    return found


def test_every_area_has_invited_in_the_year(demo: Session) -> None:
    by_area = Count(letter.area_id for letter in Letter.select())
    assert len(by_area) == Area.select().count()
    assert min(by_area.values()) >= 8


def test_the_own_area_has_a_letter_in_each_state_and_a_department_in_each(demo: Session) -> None:
    letters = list(Letter.select().where(Letter.area == demo.area_id))
    assert {letter.state for letter in letters} == set(LetterState)
    assert {letter.kind for letter in letters} == set(LetterKind)
    invited = list(Invited.select().where(Invited.letter.in_([letter.id for letter in letters])))
    assert {row.state for row in invited} == set(InvitedState)
    now = datetime.now(UTC)
    assert any(answers.is_silent(row, now) for row in invited)


def leads_to(way: Way, to: str, frm: str) -> bool:
    """Whether a way may lead to a state: what is remembered or next of the chain is said by its letter."""
    if way.to == SAME:
        return to == frm or to in {state.value for state in way.also}
    if way.to in (NEXT, REMEMBERED):
        return True
    return to in {str(getattr(way.to, "value", way.to)), *(state.value for state in way.also)}


def test_each_story_goes_by_the_lives_of_letter_and_department(demo: Session) -> None:
    told = stories()
    for letter in Letter.select():
        story = told[letter.id]
        assert story[0].name in ("draft", "remade")
        assert letter.version == len(story)
        assert [step.occurred_at for step in story] == sorted(step.occurred_at for step in story)
        for step in story[1:]:
            way: Any = INVITED_ACT[step.name] if step.invited_id else LETTER_ACT[step.name]
            assert step.from_state in {state.value for state in way.frm}, (step.name, step.from_state)
            assert leads_to(way, step.to_state, step.from_state), (step.name, step.to_state)
            assert step.role in {role.value for role in way.who} or "录入" in step.text, (
                step.name,
                step.role,
            )
        on_it = [step for step in story if not step.invited_id]
        if letter.state not in (LetterState.OUT, LetterState.TALKS):  # these two settle by the answers
            assert on_it[-1].to_state == letter.state.value


def test_nothing_has_happened_that_is_still_to_come(demo: Session) -> None:
    assert not LetterStep.select().where(LetterStep.recorded_at > datetime.now(UTC)).exists()


def test_registers_count_without_gap_in_the_order_of_issuing(demo: Session) -> None:
    registers: dict[tuple[int, LetterKind, int], list[LetterNumber]] = defaultdict(list)
    for row in LetterNumber.select().order_by(LetterNumber.serial):
        registers[row.subdistrict_id, row.kind, row.year].append(row)
    for (town, kind, year), rows in registers.items():
        assert [row.serial for row in rows] == list(range(1, len(rows) + 1))
        assert [row.taken_at for row in rows] == sorted(row.taken_at for row in rows)
        assert Counter.get_by_id(f"letter:{kind.value}:{town}:{year}").value == len(rows)
    texts = [row.text for row in LetterNumber.select()]
    assert len(texts) == len(set(texts))
    for letter in Letter.select():
        row = LetterNumber.get_or_none(LetterNumber.letter == letter.id)
        assert (row.text if row else "") == letter.number
        assert (letter.issued_at is not None) == bool(letter.number)
        if row:
            gone = letter.state in (LetterState.WITHDRAWN, LetterState.REPLACED)
            assert (row.void_at is not None) == gone


def test_they_meet_on_working_days(demo: Session) -> None:
    calendar = office.calendar(demo.subdistrict_id)
    asked = [day_of(letter.meeting_at) for letter in Letter.select().where(Letter.meeting_at.is_null(False))]
    assert asked
    assert all(calendar.is_working(day) for day in asked)


def test_no_number_is_left_to_be_filled_in(demo: Session) -> None:
    assert not [step.text for step in LetterStep.select() if "№" in step.text + step.details]


def test_who_answered_said_what_and_what_was_promised_has_its_day(demo: Session) -> None:
    for row in Invited.select(Invited, Letter).join(Letter):
        assert (row.answer is None) == (row.answered_at is None)
        if row.answered_at:
            assert row.delivered_at <= row.received_at <= row.answered_at
        if row.answer is Answer.REFUSE:
            assert row.basis and row.refusals
    for promise in LetterPromise.select():
        assert promise.due_on >= promise.made_at.date()
        assert (promise.done_at is None) == (not promise.done_text)


def test_letters_hang_on_cases_of_their_area(demo: Session) -> None:
    links = list(LetterIssue.select())
    assert len(links) > 20
    for link in links:
        assert link.issue.area_id == link.letter.area_id
        assert link.issue.reported_at < link.letter.drafted_at
        assert link.letter_id in {each.letter_id for each in of_issue.letters_of_issue(link.issue_id)}


def test_some_letters_began_at_a_meeting_that_spoke_of_their_case(demo: Session) -> None:
    links = list(AgendaLetter.select())
    assert links
    for link in links:
        item = AgendaItem.get_by_id(link.agenda_item_id)
        assert item.meeting.began_at < link.letter.drafted_at
        about = {row.issue_id for row in AgendaIssue.select().where(AgendaIssue.item == item.id)}
        assert about & {
            row.issue_id for row in LetterIssue.select().where(LetterIssue.letter == link.letter_id)
        }


def test_some_answers_were_entered_for_those_who_gave_them(demo: Session) -> None:
    assert LetterProxy.select().count() > 5


def test_a_letter_in_each_state_can_be_read(demo: Session) -> None:
    for state in LetterState:
        letter = Letter.select().where(Letter.area == demo.area_id, Letter.state == state).first()
        found = sheet.letter_sheet(demo, letter.id)
        assert found.ended == (state in LETTER_ENDS)
        assert len(found.story) == letter.version


def test_the_balance_of_the_year_tells_departments_apart(demo: Session) -> None:
    grant = RoleGrant.get(RoleGrant.role == Role.SUPERVISOR)
    district = sign_on(grant.staff.number)
    found = balance.balance(district, district.day - timedelta(days=364), district.day)
    assert len(found.areas) == Area.select().count()
    assert sum(row.in_time for row in found.departments) > 3 * sum(row.late for row in found.departments)
    assert any(row.refused for row in found.departments)
    assert numbers.register(district, demo.subdistrict_id, LetterKind.LETTER, district.day.year)


def test_a_paper_names_the_chief_who_proposed_it(demo: Session) -> None:
    letters = Letter.select().where(Letter.area == demo.area_id)
    chief = chief_of(demo.area_id)
    out = letters.where(Letter.kind == LetterKind.SLIP, Letter.number != "").first()
    draft = letters.where(Letter.state == LetterState.DRAFT, Letter.replaces.is_null()).first()
    now = datetime.now(UTC)
    assert wording.paper(demo, out.id, now).proposed_by == chief.name
    assert wording.paper(demo, draft.id, now).proposed_by == ""
