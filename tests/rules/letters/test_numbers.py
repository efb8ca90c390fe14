"""The register: twenty desks issue at the same moment, each on a connection of its own; no gap, no double."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest

from dutydesk.letter_words import LetterKind
from dutydesk.models import LetterNumber
from dutydesk.rules import audit
from dutydesk.rules.checking import check
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.letters import numbers
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role

pytestmark = pytest.mark.both
R = Role
DESKS, EACH = 20, 2

# A desk: connects, says so, waits for the word, then signs its letters; one of them twice with the same act's id.
DESK = """
import sys
from uuid import uuid4
from dutydesk.models.connection import connect
from dutydesk.rules.letters import acting
from dutydesk.rules.signing_on import sign_on
url, number, *ids = sys.argv[1:]
connect(url)
session = sign_on(number)
print("ready", flush=True)
sys.stdin.readline()
for letter_id in map(int, ids):
    act = str(uuid4())
    first = acting.perform(session, letter_id, "sign", {}, act)
    again = acting.perform(session, letter_id, "sign", {}, act)
    assert first.number == again.number
    print(first.number, flush=True)
"""


def test_twenty_desks_issuing_at_once_leave_no_gap_and_no_number_twice(letters, tmp_path):
    ids = [letters.walk(letters.draft(), ("propose", "check")) for _ in range(DESKS * EACH)]
    district = letters.cases.district
    district.close()
    root = Path(__file__).parents[3]
    desks = [
        subprocess.Popen(
            [sys.executable, "-c", DESK, district.url, district.numbers[R.SIGNATORY], *map(str, ids[n::DESKS])],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root,
        )
        for n in range(DESKS)
    ]  # fmt: skip
    for desk in desks:
        assert desk.stdout.readline() == "ready\n"
    for desk in desks:
        desk.stdin.write("now\n")
        desk.stdin.flush()
    answers = [desk.communicate(timeout=120) for desk in desks]
    assert [error for _, error in answers if error] == []
    district.connect()
    said = sorted(line for told, _ in answers for line in told.splitlines())
    year = said[0][5:9]  # the desks' own clock: time stands still here alone
    assert len(said) == DESKS * EACH
    assert set(said) == {f"徐康办约〔{year}〕{serial}号" for serial in range(1, DESKS * EACH + 1)}
    assert sorted(row.serial for row in LetterNumber.select()) == list(range(1, DESKS * EACH + 1))
    assert audit.verify("310104012") is None
    assert check() == []


def test_a_letter_that_could_not_be_issued_gives_its_number_back(letters):
    """The number is taken inside the act; what fails behind it takes it back."""
    from dutydesk.models import OfficeSetting

    letter_id = letters.walk(letters.draft(), ("propose", "check"))
    bad = OfficeSetting.create(
        key="letter_numbers", value='{"letter": "{nobody}"}', valid_from=datetime(2026, 1, 1).date()
    )
    with pytest.raises(Refused, match="文号的写法有误"):
        letters.do("sign", letter_id)
    bad.delete_instance()
    assert letters.do("sign", letter_id).number == "徐康办约〔2026〕1号"


def test_each_kind_counts_for_itself_and_each_year_begins_anew(letters):
    assert (
        letters.do("sign", letters.walk(letters.draft(), ("propose", "check"))).number
        == "徐康办约〔2026〕1号"
    )
    slip = letters.draft(kind="slip", department_2="")
    assert letters.do("propose", slip).number == "康约单〔2026〕1号"
    call = letters.draft(kind="call", department_2="")
    assert letters.do("submit", call).number == "康电约〔2026〕1号"
    letters.cases.clock.move_to(datetime(2027, 1, 4, 10, 0, tzinfo=CHINA))
    assert (
        letters.do("sign", letters.walk(letters.draft(), ("propose", "check"))).number
        == "徐康办约〔2027〕1号"
    )


def test_a_void_number_stays_in_the_register_and_is_not_given_again(letters):
    first = letters.in_state(letters.row(letters.draft()).state.OUT)
    letters.do("withdraw", first, reason="所列门牌有误")
    second = letters.walk(letters.draft(), ("propose", "check", "sign"))
    assert letters.row(second).number == "徐康办约〔2026〕2号"
    town = letters.cases.district.subdistrict
    lines = numbers.register(letters[R.COORDINATOR], town, LetterKind.LETTER, 2026)
    assert [(line.serial, line.letter_id, line.void) for line in lines] == [
        (1, first, "撤回：所列门牌有误"),
        (2, second, ""),
    ]


def test_the_register_is_for_the_subdistrict_and_the_district(letters):
    town = letters.cases.district.subdistrict
    assert numbers.register(letters[R.SUPERVISOR], town, LetterKind.LETTER, 2026) == []
    with pytest.raises(NotAllowed):
        numbers.register(letters[R.LIAISON], town, LetterKind.LETTER, 2026)


def test_an_act_sent_again_takes_no_second_number(letters):
    letter_id = letters.walk(letters.draft(), ("propose", "check"))
    act = str(uuid4())
    assert letters.do("sign", letter_id, act_id=act) == letters.do("sign", letter_id, act_id=act)
    assert LetterNumber.select().count() == 1
