"""条块约请 on the screen: by keys alone, from a case to the departments and back."""

from __future__ import annotations

from datetime import date

import pytest
from rich.cells import cell_len
from textual import events

from dutydesk.letter_words import InvitedState, LetterState
from dutydesk.models import DutyItem, Invited, Letter, LetterIssue, OfficeSetting, RoleGrant
from dutydesk.rules.letters.balance import Balance, OfArea, OfDepartment
from dutydesk.rules.organisation import today
from dutydesk.screens.letters.desk import balance_text
from dutydesk.vocabulary import Role, State
from tests.screens.conftest import press, settle, text
from tests.screens.hand import Hand

R, L, D, S = Role, LetterState, InvitedState, State


async def typed(pilot, words: str) -> None:
    """Text as it comes from an input method."""
    for character in words:
        await pilot.press(character)


async def test_the_table_shows_what_waits_and_digits_switch_lists(letters, open_desk):
    first = letters.in_state(L.PROPOSING)
    letters.in_state(L.DOING)
    number = letters.row(letters.in_state(L.OUT)).number
    app = open_desk(R.AREA_CHIEF, "letters")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        screen = text(app)
        assert "条块约请　待我办" in screen
        assert "1 待我办1" in screen
        assert number not in screen
        assert number in await press(pilot, "2")
        assert "跟办1" in text(app)
        await press(pilot, "1", "enter", "1")
        assert "待核稿" in text(app)
    letters.cases.district.connect()
    assert letters.row(first).state is L.CHECKING


async def test_an_invitation_to_two_departments_from_a_case_in_few_keys(letters, open_desk):
    """Beside its text at most 14 keys, from the ledger to the letter proposed."""
    building = letters.cases.building
    DutyItem.create(department=letters.bureau, category=building, basis="房屋管理", number="第7条")
    letters.cases.in_state(S.OPENED, category=str(building))
    letters.cases.district.close()
    app = open_desk(R.AREA_CHIEF, "issues")
    keys = []

    async def count(pilot, *pressed: str) -> str:
        keys.extend(pressed)
        return await press(pilot, *pressed)

    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await count(pilot, "enter", "9", "8")
        assert "拟约请" in text(app)
        await typed(pilot, "物业去过两次")
        assert "协调解决" in text(app)
        screen = await count(pilot, "f10")
        assert "约请　草拟" in screen
        assert "已提出" in await count(pilot, "1")
    assert len(keys) <= 14
    letters.cases.district.connect()
    letter = Letter.get()
    assert letter.state is L.CHECKING and letter.tried == "物业去过两次"
    assert Invited.select().where(Invited.letter == letter.id).count() == 2


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_one_letter_says_whose_turn_it_is_and_what_presses(letters, open_desk, size):
    letter_id = letters.in_state(L.OUT)
    letters.do("refuse", letter_id, reason="不归我们")
    app = open_desk(R.AREA_CHIEF, "letters")
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        screen = await press(pilot, "enter")
        assert "待答复" in screen and "等片区" in screen
        assert "社区管理办公室答复不属职责，请定" in screen
        screen = await press(pilot, "enter")
        assert "认可不属职责" in screen and "不认可" in screen
        await press(pilot, "1")
        assert "不再约请" in text(app)
    letters.cases.district.connect()
    assert letters.line(letter_id).state is D.FREED


async def test_a_liaison_answers_with_a_digit_and_a_text(letters, open_desk):
    letter_id = letters.in_state(L.OUT)
    app = open_desk(R.LIAISON, "letters")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        screen = text(app)
        assert "待答复1" in screen and "待签收" in screen
        await press(pilot, "4")
        await typed(pilot, "已派人清理")
        await press(pilot, "f10")
        assert "书面答复" in text(app)
    letters.cases.district.connect()
    assert letters.line(letter_id).state is D.WRITTEN


async def test_several_letters_get_one_answer_and_clashes_show(letters, open_desk):
    for _ in range(2):
        letters.in_state(L.OUT)
    app = open_desk(R.LIAISON, "letters")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        screen = text(app)
        assert screen.count("撞") >= 2
        await press(pilot, "space", "space", "enter")
        assert "2封约请一起答复" in text(app)
        await press(pilot, "f10")
        assert "2封一起答复了" in text(app)
    letters.cases.district.connect()
    states = {row.state for row in Invited.select().where(Invited.department == letters.office)}
    assert states == {D.COMING}
    assert {row.attendee for row in Invited.select().where(Invited.department == letters.office)} == {
        "部门联络员甲"
    }


async def test_a_head_releases_what_the_liaison_drafted(letters, open_desk):
    letter_id = letters.in_state(L.OUT)
    letters.do("come", letter_id, letters.bureaus_liaison, department=letters.bureau, attendee="老王")
    app = open_desk(R.DEPARTMENT_HEAD, "letters")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        screen = text(app)
        assert "待审发" in screen and "拟应约：老王来" in screen
        await press(pilot, "5")
        assert "已审发" in text(app)
    letters.cases.district.connect()
    assert letters.line(letter_id, letters.bureau).state is D.COMING


async def test_signing_asks_before_a_number_is_given_out(letters, open_desk):
    letter_id = letters.in_state(L.SIGNING)
    app = open_desk(R.SIGNATORY, "letters")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "1")
        assert "签发？" in text(app)
        await press(pilot, "enter")
        assert "徐康办约" not in text(app)
        await press(pilot, "1", "1")
        assert "徐康办约〔2026〕1号" in text(app)
    letters.cases.district.connect()
    assert Letter.get_by_id(letter_id).state is L.OUT


async def test_the_first_page_tells_what_waits_and_opens_it(letters, open_desk):
    letters.in_state(L.CHECKING)
    app = open_desk(R.COORDINATOR)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "条块约请等我办" in text(app)
        assert "待核稿" in await press(pilot, "f6")


@pytest.mark.parametrize(
    ("kind", "digit", "name"), [("letter", "1", "约请函"), ("slip", "1", "约请单"), ("letter", "2", "督办单")]
)
async def test_papers_go_to_the_outbox_as_word_files(letters, open_desk, tmp_path, kind, digit, name):
    from docx import Document

    letter_id = letters.draft(kind=kind, **({"department_2": ""} if kind == "slip" else {}))
    letters.walk(letter_id, ("propose",) if kind == "slip" else ("propose", "check", "sign"))
    Invited.update(answer_due_at="2026-01-01T00:00:00.000000Z").execute()
    app = open_desk(R.AREA_CHIEF, "letters")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "2", "enter", "2", digit)
        if name == "督办单":  # numbered by an act of its own, with what is wanted and by when
            assert "督办要求" in text(app) and "请立即答复" in text(app)
            await press(pilot, "f10")
        assert "已放进发件夹" in text(app)
    (path,) = (tmp_path / "state" / "outbox").glob("*.docx")
    said = "\n".join(each.text for each in Document(str(path)).element.body.iter() if each.text)
    assert path.name.startswith(name)
    assert "楼道堆放旧家具" in said and "社区管理办公室" in said


async def test_becoming_a_liaison_over_an_open_letter_leaves_the_others_table(letters, open_desk):
    """In a demo: what lies below the letter was read for the one before, and is not read for the next."""
    letters.in_state(L.OUT)
    liaison = letters.cases[R.LIAISON].number
    OfficeSetting.create(key="demo_staff", value=f'"{liaison}"', valid_from=today())
    app = open_desk(R.SIGNATORY, "letters")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "2", "enter", "f9")
        await press(pilot, str(list(Role).index(R.LIAISON) + 1))
        if "哪一位" in text(app):
            await press(pilot, "1")
        assert "部门联络员" in await press(pilot, "f6")
        assert "本部门" in text(app)


async def test_a_case_with_an_open_letter_says_so_before_another_is_drafted(letters, open_desk):
    from dutydesk.rules.letters.of_issue import still_open

    letters.in_state(L.CHECKING)
    issue_id = LetterIssue.get().issue_id
    assert [each.letter_id for each in still_open([issue_id, issue_id])] == [Letter.get().id]
    letters.cases.district.close()
    app = open_desk(R.AREA_CHIEF, "issues")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = await press(pilot, "enter", "9", "8")
        assert "这件已有约请" in shown and "待核稿" in shown and "2 另起一封" in shown
        assert "约请　待核稿" in await press(pilot, "1")


async def test_a_key_pressed_before_the_letter_has_moved_on_is_not_meant_for_its_next_step(
    letters, open_desk
):
    """Two keys in one bunch, and one held down: the second step is taken by nobody who has not seen it."""
    letter_id = letters.in_state(L.PROPOSING)
    grant = {"staff": letters[R.AREA_CHIEF].staff_id, "role": R.COORDINATOR, "valid_from": date(2026, 1, 1)}
    RoleGrant.create(**grant, subdistrict=letters.cases.district.subdistrict)
    app = open_desk(R.AREA_CHIEF, "letters")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        for _ in range(2):
            app.post_message(events.Key("1", "1"))
        await Hand(pilot).until("没有算")
        assert "先一步" not in text(app)
    letters.cases.district.connect()
    assert letters.row(letter_id).state is L.CHECKING


@pytest.mark.parametrize("areas", [0, 3])
async def test_the_balance_has_its_lines_whole_on_the_narrow_page(areas):
    names = ("康健", "天平路街道城市建设管理事务中心")
    found = Balance(
        tuple(OfArea("康健一片区", 1, 22, 333, 4, 55, 6) for _ in range(areas)),
        tuple(OfDepartment(name, 111, 99, 12, 3, 40, 5, 6, 7, 33, 30, 12, 14) for name in names),
    )
    table = balance_text(found).split("\n\n")[1]
    assert "城市建设管理事务中心" in table and "30/33" in table and "12/14" in table
    assert max(map(cell_len, balance_text(found).splitlines()[:-6])) <= 76
