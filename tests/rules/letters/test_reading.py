"""What is read of letters: proposals and memory, tables, reminders, a liaison's desk, the balance, agenda, scripts, paper."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from dutydesk.letter_words import InvitedState, LetterKind, LetterState
from dutydesk.meeting_words import ItemKind
from dutydesk.models import AgendaLetter, DutyItem, Letter, OfficeSetting
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.letters import balance, choosing, drafting, liaison, tables
from dutydesk.rules.letters.export import records
from dutydesk.rules.letters.for_agenda import letters_for_agenda
from dutydesk.rules.letters.reminders import reminders_of
from dutydesk.rules.letters.sheet import letter_sheet
from dutydesk.rules.letters.wording import paper
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role, State

pytestmark = pytest.mark.both
R, L, D, S = Role, LetterState, InvitedState, State
AREA = {R.DUTY_OFFICER, R.AREA_CHIEF}


def at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2026, month, day, hour, 0, tzinfo=CHINA)


class TestProposals:
    def test_whom_the_list_names_comes_first_with_its_clause(self, letters):
        issue_id = letters.cases.in_state(S.OPENED, category=str(letters.cases.building))
        found = drafting.proposed(letters[R.DUTY_OFFICER], [issue_id])
        assert [each.name for each in found.candidates] == ["社区管理办公室"]
        assert found.values["department_1"] == str(letters.office)
        assert found.values["_shown"]["department_1"][1] == "科室职责第5条：违建处置"
        assert found.values["kind"] == LetterKind.SLIP.value
        assert found.values["meeting_at"] == at(12, 1, 14)  # five working days after Tuesday

    def test_who_refused_before_is_remembered_with_the_basis_and_comes_after_who_took_it(self, letters):
        DutyItem.create(
            department=letters.bureau, category=letters.cases.fire, basis="房屋管理", number="第7条"
        )
        letter_id = letters.in_state(L.OUT)
        letters.do("refuse", letter_id, R.DEPARTMENT_HEAD, department=letters.bureau)
        letters.do("come", letter_id)
        letters.do("agree", letter_id)
        who = drafting.proposed(letters[R.DUTY_OFFICER], [letters.cases.in_state(S.OPENED)]).candidates
        assert [(each.name, each.took, each.refused) for each in who] == [
            ("区住房保障和房屋管理局", 0, 1),
            ("社区管理办公室", 1, 0),
        ]
        assert who[0].memory == "2026年11月 徐康办约〔2026〕1号曾答不属职责，依据清单无此项"
        assert "接过1次" in who[1].said

    def test_how_it_was_sent_back_is_what_was_tried(self, letters):
        issue_id = letters.cases.in_hands(R.LIAISON, S.ASSIGNED)
        letters.cases.do("send_back", issue_id, R.LIAISON, reason="要房管先鉴定")
        assert "要房管先鉴定" in drafting.proposed(letters[R.DUTY_OFFICER], [issue_id]).values["tried"]

    def test_several_issues_make_one_letter(self, letters):
        ids = [letters.cases.in_state(S.OPENED) for _ in range(3)]
        values = drafting.proposed(letters[R.DUTY_OFFICER], ids).values
        assert values["subject"] == "协调解决康健新村等3件楼道堆物问题"
        letter_id = letters.draft(*ids)
        assert [row.issue_id for row in letters.row(letter_id).issues] == ids
        assert all("拟约请函约请" in letters.told(issue_id)[0] for issue_id in ids)

    def test_what_is_out_of_scope_is_not_invited_for(self, letters):
        issue_id = letters.cases.in_state(S.OPENED)
        with pytest.raises(NotAllowed):
            drafting.proposed(letters.cases.district.elsewhere, [issue_id])

    def test_the_picker_tells_what_is_remembered(self, letters):
        issue_id = letters.cases.in_state(S.OPENED, category=str(letters.cases.building))
        found = drafting.whom(letters[R.DUTY_OFFICER], [issue_id], "")
        assert (found[0].title, found[0].detail) == ("社区管理办公室", "科室职责第5条：违建处置")
        assert [each.title for each in drafting.whom(letters[R.DUTY_OFFICER], [issue_id], "qzf")] == [
            "区住房保障和房屋管理局"
        ]

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"crossing": ""}, "crossing"),
            ({"crossing": "nothing"}, "crossing"),
            ({"tried": ""}, "tried"),
            ({"request": ""}, "request"),
            ({"subject": ""}, "subject"),
            ({"kind": "mail"}, "kind"),
            ({"department_2": "999"}, "department_2"),
        ],
    )
    def test_what_is_wrong_is_said_beside_its_field(self, letters, changes, field):
        with pytest.raises(Refused) as refused:
            letters.draft(**changes)
        assert refused.value.field == field

    def test_an_item_of_an_agenda_becomes_a_letter_and_shows_it(self, letters):
        issue_id = letters.cases.in_state(S.OPENED, category=str(letters.cases.building))
        made = drafting.from_agenda_item(letters[R.AREA_CHIEF], 7, "3号楼违建", [issue_id], "on-the-spot")
        again = drafting.from_agenda_item(letters[R.AREA_CHIEF], 7, "3号楼违建", [issue_id], "on-the-spot")
        assert made == again
        assert AgendaLetter.select().count() == 1
        (shown,) = drafting.letters_of_item(7)
        assert shown.letter_id == made
        assert shown.said.endswith("（草拟）")
        assert letters.row(made).tried == "片区例会研究：3号楼违建"


class TestTables:
    @pytest.mark.parametrize(
        ("state", "whose"),
        [
            (L.DRAFT, AREA), (L.PROPOSING, {R.AREA_CHIEF}), (L.CHECKING, {R.COORDINATOR}),
            (L.SIGNING, {R.SIGNATORY}), (L.TALKS, AREA), (L.RAISING, {R.COORDINATOR}),
            (L.RAISED, {R.DISTRICT_COORDINATOR}), (L.CLOSED, {R.AREA_CHIEF}),
        ],
    )  # fmt: skip
    def test_whose_turn_it_is(self, letters, state, whose):
        letters.in_state(state)
        holders = {*AREA, R.COORDINATOR, R.SIGNATORY, R.DISTRICT_COORDINATOR}
        assert {role for role in holders if tables.waiting(letters[role])} == whose

    def test_each_view_counts_what_it_shows(self, letters):
        for state in LetterState:
            letters.in_state(state)
        chief = letters[R.AREA_CHIEF]
        counts = tables.counts(chief)
        assert counts == {view: len(tables.letters(chief, view)) for view, _ in tables.VIEWS}
        assert (
            counts["open"] + counts["ended"] == Letter.select().count() == len(LetterState) + 1
        )  # the one made anew

    def test_a_row_says_whose_turn_and_what_time_is_left(self, letters):
        letters.in_state(L.OUT)
        (row,) = tables.letters(letters[R.COORDINATOR], "unanswered")
        assert (row.turn, row.left, row.late) == ("部门", "剩3天", False)
        letters.cases.clock.move_to(at(11, 30))
        (row,) = tables.letters(letters[R.AREA_CHIEF], "mine")
        assert (row.left, row.late) == ("逾2天", True)

    def test_what_is_all_done_waits_for_the_area_again(self, letters):
        letter_id = letters.in_state(L.DOING, department_2="")
        assert [row.turn for row in tables.letters(letters[R.AREA_CHIEF], "doing")] == ["部门"]
        assert tables.letters(letters[R.AREA_CHIEF]) == []
        letters.do("fulfil", letter_id)
        (row,) = tables.letters(letters[R.AREA_CHIEF])
        assert row.turn == letter_sheet(letters[R.AREA_CHIEF], letter_id).turn == "片区"

    def test_nobody_sees_anothers(self, letters):
        letter_id = letters.in_state(L.SIGNING)
        assert tables.letters(letters.cases.district.elsewhere, "open") == []
        for role in (R.LIAISON, R.DEPARTMENT_HEAD):  # not out yet
            assert tables.letters(letters[role], "open") == []
            with pytest.raises(NotAllowed):
                letter_sheet(letters[role], letter_id)
        for role in (R.HANDLER, R.ADMINISTRATOR, R.AUDITOR, R.NEIGHBOURHOOD_OFFICER):
            with pytest.raises(NotAllowed):
                tables.letters(letters[role], "open")

    def test_they_are_read_a_page_at_a_time(self, letters, monkeypatch):
        monkeypatch.setattr(tables, "PAGE", 2)
        ids = [letters.draft() for _ in range(3)]
        first = tables.letters(letters[R.AREA_CHIEF], "paper")
        assert [row.key for row in first] == ids[:0:-1]
        rest = tables.letters(letters[R.AREA_CHIEF], "paper", first[-1].key)
        assert [row.key for row in rest] == ids[:1]


class TestReminders:
    """By working days: a letter issued on Tuesday is due on Friday."""

    @pytest.mark.parametrize(
        ("day", "said", "act"),
        [
            (at(11, 25), "", ""),
            (at(11, 26), "还有1个工作日到期", "urge"),
            (at(11, 27), "今天到期", "urge"),
            (at(11, 28), "答复逾期", "urge"),  # a Saturday: no working day is over yet
            (at(11, 30), "逾期1个工作日", "urge"),
            (at(12, 1), "逾期2个工作日，催办0次，建议提请区级", "raise"),
        ],
    )
    def test_before_at_and_after_the_limit_then_the_proposal_to_raise(self, letters, day, said, act):
        letter = letters.row(letters.in_state(L.OUT))
        found = reminders_of(letter, day)
        assert len(found) == (2 if said else 0)  # one for each department
        assert all(said in each.said and each.act == act for each in found)

    def test_a_promise_is_told_of_before_and_after_its_day(self, letters):
        letter = letters.row(letters.in_state(L.DOING))
        of_promise = [each.said for each in reminders_of(letter, at(12, 9)) if "答应" in each.said]
        assert of_promise == ["社区管理办公室答应的12月10日到期：写明的what"]
        late = [each for each in reminders_of(letter, at(12, 14)) if "答应" in each.said]
        assert [(each.said, each.late) for each in late] == [
            ("社区管理办公室答应的逾期2个工作日：写明的what", True)
        ]

    def test_nothing_is_raised_without_a_person(self, letters):
        letter_id = letters.in_state(L.OUT)
        letters.cases.clock.move_to(at(12, 20))
        letter_sheet(letters[R.AREA_CHIEF], letter_id)
        tables.letters(letters[R.AREA_CHIEF], "mine")
        assert letters.row(letter_id).state is L.OUT

    def test_the_limits_are_the_offices_own(self, letters):
        OfficeSetting.create(key="letter_answer_limit", value="1", valid_from=date(2026, 1, 1))
        assert letters.line(letters.in_state(L.OUT)).answer_due_at == at(11, 25, 18)


class TestLiaison:
    def test_only_what_concerns_the_department(self, letters):
        letters.in_state(L.OUT)
        letters.in_state(L.SIGNING)
        theirs = letters.draft(department_1=str(letters.bureau), department_2="", tried="只约房管局")
        letters.walk(theirs, ("propose", "check", "sign"))
        assert len(liaison.for_department(letters[R.LIAISON])) == 1
        assert len(liaison.for_department(letters[R.DEPARTMENT_HEAD])) == 2
        with pytest.raises(NotAllowed):
            letter_sheet(letters[R.LIAISON], theirs)

    def test_what_is_promised_and_for_when_stands_there(self, letters):
        letters.in_state(L.DOING)
        (row,) = liaison.for_department(letters[R.LIAISON])
        assert row.promised == "12月10日前 写明的what"
        assert row.left == "剩12天"

    def test_clashes_of_date_show(self, letters):
        first, second = letters.in_state(L.OUT), letters.in_state(L.OUT)
        rows = liaison.for_department(letters[R.LIAISON])
        assert [row.clash for row in rows] == [
            f"与{letters.row(second).number}同时",
            f"与{letters.row(first).number}同时",
        ]
        letters.do("come", first, attendee="老李")
        letters.do("come", second, attendee="老王")
        assert [row.clash for row in liaison.for_department(letters[R.LIAISON])] == ["", ""]

    def test_one_time_and_one_attendee_for_several(self, letters):
        ids = [letters.in_state(L.OUT) for _ in range(3)]
        letters.do("meet", ids[2], meeting_at=at(12, 3, 9))
        rows = [(letters.line(each).id, letters.line(each).version) for each in ids]
        count = liaison.answer_several(letters[R.LIAISON], rows, "老李", at(12, 3, 9), "several")
        again = liaison.answer_several(letters[R.LIAISON], rows, "老李", at(12, 3, 9), "several")
        assert count == again == 3
        assert [letters.line(each).state for each in ids] == [D.MOVING, D.MOVING, D.COMING]
        assert {letters.line(each).attendee for each in ids} == {"老李"}

    def test_all_are_answered_or_none(self, letters):
        ids = [letters.in_state(L.OUT) for _ in range(2)]
        rows = [(letters.line(ids[0]).id, None), (letters.line(ids[1]).id, 99)]
        with pytest.raises(Refused):
            liaison.answer_several(letters[R.LIAISON], rows, "老李", None, "several")
        assert letters.line(ids[0]).state is D.SENT

    def test_not_for_another_department(self, letters):
        letter_id = letters.in_state(L.OUT)
        rows = [(letters.line(letter_id, letters.bureau).id, None)]
        with pytest.raises(NotAllowed):
            liaison.answer_several(letters[R.LIAISON], rows, "老李", None, "several")


class TestBalance:
    def test_how_each_area_calls_and_each_department_answers(self, letters):
        answered, refused, silent = (letters.in_state(L.OUT) for _ in range(3))
        letters.in_state(L.REPLACED)
        letters.do("come", answered)
        letters.do("refuse", refused)
        letters.cases.clock.move_to(at(12, 1))
        letters.do("write", silent)
        found = balance.balance(letters[R.SUPERVISOR], date(2026, 11, 1), date(2026, 12, 31))
        (area,) = found.areas
        assert (area.area, area.letters, area.slips) == ("康健一片区", 3, 0)
        office, bureau = found.departments
        assert office == balance.OfDepartment("社区管理办公室", 3, 2, 1, 0, 1, 0, 1, 1, 0, 0, 0, 0)
        assert (bureau.invited, bureau.silent) == (3, 3)

    def test_a_rating_counts_after_the_say(self, letters):
        letter_id = letters.in_state(L.CLOSED)
        letters.do("rate", letter_id)
        of = {each.department: each for each in self.table(letters)}
        assert of["社区管理办公室"].rated == 0
        letters.do("say", letter_id)
        of = {each.department: each for each in self.table(letters)}
        assert (of["社区管理办公室"].good, of["社区管理办公室"].rated) == (1, 1)
        assert (of["社区管理办公室"].kept, of["社区管理办公室"].promises) == (1, 1)

    def table(self, letters):
        return balance.balance(letters[R.COORDINATOR], date(2026, 1, 1), date(2026, 12, 31)).departments

    def test_a_chief_counts_the_own_area_and_not_what_a_neighbour_may_read(self, letters):
        letter_id = letters.in_state(L.OUT, crossing="areas")
        there = letters.cases.district
        neighbour = letters.cases.hire(
            "P66", R.AREA_CHIEF, area=there.areas[1], subdistrict=there.subdistrict
        )
        assert [row.key for row in tables.letters(neighbour, "open")] == [letter_id]
        assert balance.balance(neighbour, date(2026, 1, 1), date(2026, 12, 31))[:2] == ((), ())
        assert list(records(neighbour)) == []
        chief = letters[R.AREA_CHIEF]
        assert [
            each.letters for each in balance.balance(chief, date(2026, 1, 1), date(2026, 12, 31)).areas
        ] == [1]
        assert [row["id"] for row in records(chief)] == [letter_id]

    def test_it_is_for_who_sees_figures(self, letters):
        with pytest.raises(NotAllowed):
            balance.balance(letters[R.LIAISON], date(2026, 1, 1), date(2026, 12, 31))


def test_a_meeting_hears_of_silence_and_of_late_promises(letters):
    silent, late = letters.in_state(L.OUT), letters.in_state(L.DOING)
    letters.in_state(L.CLOSED)
    area = letters.cases.district.areas[0]
    chief = letters[R.AREA_CHIEF]
    assert letters_for_agenda(chief, area, date(2026, 11, 10), date(2026, 11, 24)) == []
    letters.cases.clock.move_to(at(12, 15))
    letters.do("write", late, R.DEPARTMENT_HEAD, department=letters.bureau)
    found = letters_for_agenda(chief, area, date(2026, 12, 1), date(2026, 12, 15))
    assert [(each.kind, each.letter_id) for each in found] == [
        (ItemKind.LETTER_SILENT, silent),
        (ItemKind.LETTER_LATE, late),
    ]
    assert "社区管理办公室、区住房保障和房屋管理局逾期未答复" in found[0].why
    assert "社区管理办公室12月10日前写明的what" in found[1].why
    assert found[0].issue_ids == tuple(row.issue_id for row in letters.row(silent).issues)


def test_scripts_get_each_letter_whole_without_residents(letters):
    letters.draft(tried="打过王小明13800001234，没人")
    letters.in_state(L.CLOSED)
    rows = list(records(letters[R.SUPERVISOR]))
    assert [row["state"] for row in rows] == ["草拟", "已办结"]
    text = json.dumps(rows, ensure_ascii=False)
    assert "13800001234" not in text and "王小明" not in text.replace("打过王小明", "")
    assert rows[1]["promises"][0]["part"] == "牵头"
    assert list(records(letters[R.SUPERVISOR], date(2026, 11, 25))) == []
    with pytest.raises(NotAllowed):
        list(records(letters[R.LIAISON]))


def test_the_paper_says_what_the_letter_says(letters):
    letter_id = letters.in_state(L.OUT)
    said = paper(letters[R.AREA_CHIEF], letter_id, datetime.now(UTC))
    assert (said.number, said.office) == ("徐康办约〔2026〕1号", "徐汇区康健新村街道办事处")
    assert said.departments == ("社区管理办公室", "区住房保障和房屋管理局")
    assert (said.subject, said.reasons) == ("康健新村3号楼楼道堆放旧家具", ("跨部门",))
    assert said.answer_by == date(2026, 11, 27)
    assert said.notices == ()


def test_pickers_offer_the_departments_and_promises_of_the_letter(letters):
    letter_id = letters.in_state(L.DOING)
    offered = choosing.invited(letters[R.AREA_CHIEF], letter_id)
    assert [each.title for each in offered] == ["社区管理办公室", "区住房保障和房屋管理局"]
    assert [each.title for each in choosing.invited(letters[R.AREA_CHIEF], letter_id, "qzf")] == [
        "区住房保障和房屋管理局"
    ]
    (promise,) = choosing.promises(letters[R.LIAISON], letters.line(letter_id).id)
    assert promise.title == "写明的what"
