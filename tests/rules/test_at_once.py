"""Two people at the same moment on PostgreSQL: each on a connection of its own, held at a door until both are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import psycopg
import pytest

from dutydesk.models import Act, Issue, Patrol, Request, database
from dutydesk.models.connection import ERRORS, explain
from dutydesk.rules import audit, bulk, intake, issue_acts, patrol
from dutydesk.rules.bulk import BulkDone, MovedOn
from dutydesk.rules.checking import check
from dutydesk.rules.errors import Refused, Stale
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role, State

pytestmark = pytest.mark.postgresql
R, S = Role, State


class Crowd:
    """People who act at the same moment; `before` holds them at a lock until so many wait."""

    def __init__(self, url: str) -> None:
        self.door = psycopg.connect(url)
        self.pool = ThreadPoolExecutor(8)

    @contextmanager
    def before(self, sql: str) -> Iterator[Crowd]:
        """A lock held meanwhile: whoever is set on in the block comes as far as it, and goes on at its end."""
        self.door.execute(sql)
        yield self
        self.door.rollback()

    def set_on(self, work: Callable[[], Any], waiting: int = 0) -> Future[Any]:
        """Begin something; comes back when so many wait for a lock."""
        answer = self.pool.submit(self._work, work)
        while waiting and not answer.done() and self._waiting() < waiting:
            pass
        return answer

    @staticmethod
    def _work(work: Callable[[], Any]) -> Any:
        with database.obj.connection_context():
            return work()

    def _waiting(self) -> int:
        asked = "select count(distinct pid) from pg_locks where not granted"
        return int(self.door.execute(asked).fetchone()[0])

    def close(self) -> None:
        self.door.close()
        self.pool.shutdown()


@pytest.fixture
def crowd(district):
    made = Crowd(district.url)
    yield made
    made.close()


def sorted_out(*answers: Future[Any]) -> tuple[list[Any], list[Exception]]:
    """What came of each: answers, and errors."""
    errors = [error for each in answers if (error := each.exception(30))]
    return [each.result() for each in answers if not each.exception()], errors


def test_of_two_acts_on_one_case_one_is_done_and_the_other_told_who_was_first(cases, crowd):
    issue_id = cases.new()
    with crowd.before(f"select * from issue where id = {issue_id} for update"):
        opening = crowd.set_on(partial(cases.do, "open", issue_id, R.AREA_CHIEF, version=1), waiting=1)
        rejecting = crowd.set_on(partial(cases.do, "reject", issue_id, R.DUTY_OFFICER, version=1), waiting=2)
    done, errors = sorted_out(opening, rejecting)
    assert [type(each) for each in errors] == [Stale]
    assert "已先一步" in errors[0].message
    assert (len(done), len(cases.story(issue_id)), cases.row(issue_id).version) == (1, 2, 2)
    assert check() == []


def test_many_numbering_at_once_leave_no_gap_and_no_number_twice(cases, crowd):
    cases.new()

    def some(person: int) -> None:
        for turn in range(5):
            with pytest.raises(Refused):  # it has its number when it is refused, and gives it back
                cases.new(solved=True, on_the_spot="")
            cases.new(summary=f"{person}号楼第{turn}件")

    done, errors = sorted_out(*(crowd.set_on(partial(some, person)) for person in range(8)))
    assert (len(done), errors) == (8, [])
    assert sorted(row.serial for row in Issue.select()) == list(range(1, 42))
    assert audit.verify("310104012") is None
    assert check() == []


def test_an_act_sent_again_while_the_first_try_is_under_way_is_done_once(cases, crowd):
    cases.new()
    again = partial(cases.new, act_id="sent-twice", summary="只记一次")
    with crowd.before("select * from counter for update"):
        first = crowd.set_on(again, waiting=1)
        second = crowd.set_on(again, waiting=2)
    done, errors = sorted_out(first, second)
    assert (errors, len(set(done))) == ([], 1)
    assert Issue.select().where(Issue.summary == "只记一次").count() == 1
    assert Act.select().where(Act.id == "sent-twice").count() == 1


def test_of_two_bulk_acts_that_overlap_one_is_done_whole_and_the_other_not_at_all(cases, crowd):
    ids = [cases.in_state(S.OPENED) for _ in range(9)]
    rows = [(issue_id, cases.row(issue_id).version) for issue_id in ids]
    noting = partial(bulk.perform, cases[R.AREA_CHIEF], "note", fields={"text": "一起看过"})
    with crowd.before(f"select * from issue where id = {ids[4]} for update"):
        low = crowd.set_on(partial(noting, rows=rows[:6], act_id="low"), waiting=1)
        high = crowd.set_on(partial(noting, rows=rows[:2:-1], act_id="high"), waiting=2)
    done, errors = sorted_out(low, high)
    assert ([each.count for each in done], [type(each) for each in errors]) == ([6], [MovedOn])
    assert "3 件现在不能办，一件也没有办" in errors[0].message
    assert check() == []


def test_two_that_lock_crosswise_are_told_so_in_plain_words_and_nothing_is_half_done(cases, crowd):
    main, other = cases.in_state(S.OPENED), cases.in_state(S.OPENED)
    rows = {each: (each, cases.row(each).version) for each in (main, other)}
    chief = cases[R.AREA_CHIEF]
    target = {"target": cases.row(main).number}
    with crowd.before(f"select * from issue where id = {other} for update"):
        merging = crowd.set_on(
            partial(bulk.perform, chief, "merge", [rows[other]], target, "merge"), waiting=1
        )
        urgent = partial(bulk.perform, chief, "urgency", list(rows.values()), {"urgency": "urgent"}, "urgent")
        changing = crowd.set_on(urgent, waiting=2)
    done, errors = sorted_out(merging, changing)
    assert [type(each) for each in done] == [BulkDone]
    assert isinstance(errors[0], ERRORS)
    assert "与别人同时改到了一处，没有保存" in str(explain(errors[0]))
    assert check() == []


def test_what_was_asked_of_the_chief_is_decided_once(cases, crowd):
    issue_id = cases.in_state(S.HANDLING)
    until = datetime.now(CHINA) + timedelta(days=9)
    cases.do("ask_extension", issue_id, R.HANDLER, until=until.date(), reason="等配件")
    request_id = Request.get().id
    with crowd.before(f"select * from issue where id = {issue_id} for update"):
        answers = [
            crowd.set_on(
                partial(issue_acts.decide, cases[R.AREA_CHIEF], request_id, yes, "想过了", f"word-{yes}"),
                waiting=place,
            )
            for place, yes in ((1, True), (2, False))
        ]
    done, errors = sorted_out(*answers)
    assert (len(done), [type(each) for each in errors]) == (1, [Refused])
    assert "不用再定" in errors[0].message
    assert check() == []


def test_a_day_that_two_open_at_once_has_each_patrol_once(district, crowd):
    district.add_route()
    people = [district.sessions[role] for role in (R.DUTY_OFFICER, R.AREA_CHIEF)]
    day = people[0].day
    with crowd.before("select pg_advisory_xact_lock(hashtext('patrol'))"):
        answers = [
            crowd.set_on(partial(patrol.prepare, person, day, f"open-{place}"), waiting=place)
            for place, person in enumerate(people, 1)
        ]
    done, errors = sorted_out(*answers)
    assert errors == []
    assert [[sheet.route for sheet in sheets] for sheets in done] == [["居民区安全线"]] * 2
    assert Patrol.select().count() == 1
    assert check() == []


def test_a_patrol_finished_meanwhile_is_marked_no_more(district, crowd):
    district.add_route(checkpoints=1)
    duty, chief = (district.sessions[role] for role in (R.DUTY_OFFICER, R.AREA_CHIEF))
    (sheet,) = patrol.prepare(duty, duty.day, "open")
    check_id = sheet.checks[0].id
    with crowd.before("select * from patrol for update"):
        finishing = crowd.set_on(partial(patrol.finish, chief, [sheet.id], "下雨", "finish"), waiting=1)
        marking = crowd.set_on(
            partial(patrol.mark, duty, check_id, patrol.Mark.NORMAL, "", "mark"), waiting=2
        )
    _, errors = sorted_out(finishing, marking)
    assert [type(each) for each in errors] == [Refused]
    assert "已完成，不能再改" in errors[0].message


def test_registering_does_not_wait_for_an_act_on_another_case(cases, crowd):
    """What is side by side stays so: one case that is held holds up nothing else."""
    held, free = cases.new(), cases.new()
    with crowd.before(f"select * from issue where id = {held} for update"):
        waiting = crowd.set_on(partial(cases.do, "open", held), waiting=1)
        assert crowd.set_on(partial(cases.do, "open", free)).result(30).state is S.OPENED
        assert crowd.set_on(cases.new).result(30)
        assert not waiting.done()
    assert waiting.result(30).state is S.OPENED
    assert intake.next_number(2030) == 1
