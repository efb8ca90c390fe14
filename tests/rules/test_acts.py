"""One write is one transaction with its id, its draft and its audit entry; twice is once, and a refusal leaves nothing."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from dutydesk.models import Act, AuditEntry, AuditHead, AuditValues, Draft, OfficeSetting
from dutydesk.rules import acts, audit
from dutydesk.rules.errors import AlreadyDone, NotAllowed, Refused
from dutydesk.vocabulary import Role

R = Role
TOWN = "310104012"


@pytest.fixture
def duty(cases):
    return cases[R.DUTY_OFFICER]


def write(session, act_id: str, name: str = "office.set", value: str = "1", **about) -> None:
    """An act that sets a setting."""
    with acts.act(session, act_id, name) as acting:
        OfficeSetting.create(key="x", value=value, valid_from="2026-01-01")
        acting.about("setting", 7, "x", **about)
        acting.changed("x", {"value": None}, {"value": value})


def there() -> tuple[int, ...]:
    tables = (Act, AuditEntry, AuditValues, AuditHead, OfficeSetting, Draft)
    return tuple(table.select().count() for table in tables)


def test_it_says_who_as_what_from_where_when_and_on_what(cases, duty):
    act_id = str(uuid4())
    write(duty, act_id, subdistrict_id=cases.district.subdistrict)
    row, entry = Act.get_by_id(act_id), AuditEntry.get(AuditEntry.act == act_id)
    assert (row.name, row.staff_id, row.role, row.came_from) == (
        "office.set",
        duty.staff_id,
        "duty_officer",
        "测试",
    )
    assert (row.subject, row.subject_id) == ("setting", 7)
    assert (entry.chain, entry.subject, entry.staff_number, entry.at) == (
        TOWN,
        "setting x",
        duty.number,
        row.at,
    )
    content = json.loads(AuditValues.get_by_id(entry.id).content)
    assert content == [{"what": "x", "before": {"value": None}, "after": {"value": "1"}}]


def test_without_a_subdistrict_it_stands_in_the_districts_chain(duty):
    write(duty, act_id := str(uuid4()))
    assert AuditEntry.get(AuditEntry.act == act_id).chain == audit.DISTRICT
    assert audit.verify(audit.DISTRICT) is None


def test_the_first_subject_is_what_it_is_about(duty):
    with acts.act(duty, act_id := str(uuid4()), "office.set") as acting:
        acting.about("issue", 3, "2026-000003")
        acting.about("issue", 4, "2026-000004", 1)
    assert Act.get_by_id(act_id).subject_id == 3
    assert AuditEntry.get(AuditEntry.act == act_id).subject == "issue 2026-000003"


def test_the_same_act_again_answers_with_what_it_was_about_and_does_nothing(duty):
    write(duty, act_id := str(uuid4()))
    before = there()
    with pytest.raises(AlreadyDone) as done:
        write(duty, act_id)
    assert (done.value.subject, done.value.subject_id) == ("setting", 7)
    assert there() == before


@pytest.mark.parametrize("who", [R.DUTY_OFFICER, R.AREA_CHIEF])
def test_the_id_of_another_act_or_of_somebody_elses_is_refused(cases, duty, who):
    write(duty, act_id := str(uuid4()))
    before = there()
    with pytest.raises(Refused, match="编号已被另一次操作用过"):
        write(cases[who], act_id, "issue.note" if who is R.DUTY_OFFICER else "office.set")
    assert there() == before


@pytest.mark.parametrize(
    "error", [Refused("不行。"), NotAllowed("不能。"), RuntimeError("broken"), KeyboardInterrupt()]
)
def test_whatever_stops_it_nothing_of_it_is_written(duty, error):
    Draft.create(
        id="d", staff=duty.staff_id, kind="act", content="{}", saved_at="2026-11-24T02:00:00.000000Z"
    )
    before = there()
    with pytest.raises(type(error)), acts.act(duty, "d", "office.set") as acting:
        OfficeSetting.create(key="x", value="1", valid_from="2026-01-01")
        acting.about("setting", 7, "x")
        raise error
    assert there() == before, "the draft too is still there"
    write(duty, "d")
    assert not Draft.select().exists(), "and goes with the act that is done"


def test_the_drafts_of_other_acts_stay(duty):
    Draft.create(
        id="e", staff=duty.staff_id, kind="act", content="{}", saved_at="2026-11-24T02:00:00.000000Z"
    )
    write(duty, str(uuid4()))
    assert [row.id for row in Draft.select()] == ["e"]


def test_each_link_hangs_on_the_one_before(duty):
    for value in "123":
        write(duty, str(uuid4()), value=value)
    first, second, third = AuditEntry.select().order_by(AuditEntry.id)
    assert (second.previous, third.previous) == (first.hash, second.hash)
    assert AuditHead.get_by_id(audit.DISTRICT).hash == third.hash
