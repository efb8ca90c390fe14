"""Search: found by Chinese, number, pinyin; the same as looking through all cases; nothing typed breaks it."""

from __future__ import annotations

import pytest

from dutydesk.models import database
from dutydesk.models import search as index
from dutydesk.models.issues import Issue
from dutydesk.models.organisation import Unit
from dutydesk.rules import ledger, permission, search
from dutydesk.rules.questions import Filters, Question
from dutydesk.screens.ledger.rows import _summary
from dutydesk.vocabulary import Role, State
from tests import many_cases


def found(session, words, open_only=False, count=50):
    return search.page(session, words, open_only=open_only, edge=None, forward=True, count=count)


@pytest.fixture
def chief(district):
    return district.sessions[Role.AREA_CHIEF]


def test_words_of_two_characters_and_more_find_what_is_written(district, cases, chief):
    one = cases.new(summary="三号楼电梯故障停运", detail="下午困人")
    other = cases.new(summary="门口垃圾满溢")
    assert found(chief, "电梯") == [one]
    assert found(chief, "电梯故障") == [one]
    assert found(chief, "困人 电梯") == [one]
    assert found(chief, "垃圾") == [other]
    assert found(chief, "电梯满溢") == []


@pytest.mark.postgresql
def test_an_index_of_an_earlier_program_is_noticed_and_made_anew(district, cases, chief):
    one = cases.new(summary="三号楼电梯故障停运")
    database.execute_sql("drop index search_text_words")
    database.execute_sql(
        "create index search_text_tokens on search_text using gin (string_to_array(tokens, ' '))"
    )
    assert search.problems() == ["查找索引损坏，请运行 dutydesk db reindex"]
    search.reindex()
    assert search.problems() == []
    assert found(chief, "电梯") == [one]
    assert database.execute_sql("select to_regclass('search_text_tokens')").fetchall() == [(None,)]


def test_no_phrase_reaches_from_one_text_into_the_next(district, cases, chief):
    cases.new(summary="楼道有电", detail="梯子挡路")
    assert found(chief, "电梯") == []


def test_newest_first_from_either_end(district, cases, chief):
    ids = [cases.new(summary=f"楼道堆物{n}处") for n in range(6)]
    assert found(chief, "堆物", count=3) == ids[:2:-1]
    assert search.page(chief, "堆物", open_only=False, edge=ids[3], forward=True, count=9) == ids[2::-1]
    assert search.page(chief, "堆物", open_only=False, edge=ids[3], forward=False, count=9) == ids[4:]


def test_what_is_told_later_is_found_and_a_closed_one_only_among_all(district, cases, chief):
    issue = cases.new(summary="楼道堆物")
    cases.do("note", issue, text="物业答应周末清运")
    assert found(chief, "周末清运") == [issue]
    cases.do("reject", issue, reason="重复反映")
    assert found(chief, "周末清运", open_only=True) == []
    assert found(chief, "重复反映") == [issue]
    assert search.problems() == []


def test_numbers_places_and_categories(district, cases, chief):
    issue = Issue.get_by_id(cases.new(summary="楼道堆物", unit=str(district.units[1])))
    name = Unit.get_by_id(district.units[1]).name
    for words in (issue.number, str(issue.serial), "cqec", "changqiao", name, name[:2], "ldw"[:2]):
        assert issue.id in found(chief, words), words
    assert found(chief, "2019-000001") == []


def test_a_telephone_number_in_the_text_is_not_found_by_trying_it(district, cases, chief):
    cases.new(summary="楼道堆物，联系13812345678")
    assert found(chief, "13812345678") == []
    assert not index.SearchText.select().where(index.SearchText.tokens.contains("1381")).exists()


def test_each_role_finds_what_it_may_see_and_nothing_else(district, cases):
    for place, unit in enumerate(district.units[:3]):
        issue = cases.new(summary=f"楼道堆物第{place}件", unit=str(unit))
        if place:
            cases.do("open", issue)
            cases.do("assign", issue, assignee="force:safety")
    for role in Role:
        session = cases[role]
        all_of_them = permission.narrow(Issue.select(Issue.id).order_by(Issue.id.desc()), session)
        assert found(session, "堆物") == [row.id for row in all_of_them], role


@pytest.mark.parametrize(
    "words",
    ["楼", "，。！", "\"", "'; drop table issue; --", "a AND b OR NOT NEAR(c, 3)", "电梯*", "^楼道 : {x}", "x" * 10_000,
     "楼道" * 5_000, "\x00\x1b[31m\x07", "😀😀", "\ud800楼道", " ", "( ( (", "-1", "_a1 _open"],
)  # fmt: skip
def test_nothing_typed_breaks_it(district, cases, chief, words):
    cases.new(summary="门口垃圾满溢", category=str(cases.rubbish))
    assert found(chief, words) == []
    assert search.explain(chief, words)
    search.hits(words)


def test_initials_are_advised_only_for_what_they_find(district, cases, chief):
    cases.new(summary="井盖松动", category=str(cases.rubbish))
    assert found(chief, "jgsd") == []
    assert "拼音首字母只查得到地点、人员、部门和类别" in search.explain(chief, "jgsd")


def test_filters_that_were_on_are_named_with_the_key_that_drops_them(district, cases, chief):
    cases.new(summary="井盖松动", category=str(cases.rubbish))
    said = search.explain(chief, "鳄鱼", Filters(state="reported,assigned", overdue="yes"))
    assert "没有找到。还筛着“待立案或待处置·逾期”" in said
    assert "按 f 改筛选，按退格键连查找的字一起清掉" in said
    assert "筛" not in search.explain(chief, "鳄鱼")


def test_a_place_outside_the_own_area_is_told_to_be_one(district, cases):
    said = "桂林苑属康健·康健二片区，不在您的范围，那里的问题这里查不到。"
    duty = cases[Role.DUTY_OFFICER]
    assert said in search.explain(duty, "gly")
    assert said not in search.explain(cases.district.elsewhere, "gly"), "it is theirs"
    assert said not in search.explain(cases[Role.COORDINATOR], "gly")
    assert "不在您的范围" not in search.explain(duty, "kjxc")


@pytest.mark.parametrize("words", ["，。！？", '"*^', "- - -"])
def test_punctuation_alone_is_told_to_be_nothing_to_look_for(chief, words):
    said = search.explain(chief, words)
    assert "没有可查的字" in said
    assert "地点、人员、部门、类别的拼音首字母" in said


def test_what_is_too_short_is_told_what_initials_are_looked_for_in(chief):
    assert "地点、人员、部门、类别的两个拼音首字母" in search.explain(chief, "阿")


def test_what_stands_in_the_index_is_checked_and_made_anew(district, cases, chief):
    first, second = cases.new(summary="井盖松动"), cases.new(summary="电梯故障")
    Issue.update(summary="下水道堵塞", detail="").where(Issue.id == first).execute()
    said = search.problems()
    assert len(said) == 1 and "db reindex" in said[0] and Issue.get_by_id(first).number in said[0]
    assert search.reindex() == 2
    assert search.problems() == []
    assert found(chief, "下水道") == [first]
    assert found(chief, "井盖") == []
    with database.atomic():
        index.remove(second)
    assert found(chief, "电梯") == []
    assert len(search.problems()) == 1


def test_page_by_page_from_either_end_whatever_the_numbers(cases, district):
    """PostgreSQL looks in one stretch of numbers after the other: none is left out at the edges, none told twice."""
    numbers = [7, 4095, 4096, 8191, 8192, 12_288, 65_535, 65_536, 131_071, 131_072]
    numbers += [1_048_575, 1_048_576, 2_097_151, 2_097_152, 5_000_000, 5_000_001]
    template = many_cases.first_case(district)
    for number in numbers:
        many_cases.fill(template, [district.areas[0]], [district.units[:3]], 1, first=number)
        Issue.update(summary="井盖缺失").where(Issue.id == number).execute()
        many_cases.index(number, 1)
    for forward, expected in ((True, numbers[::-1]), (False, numbers)):
        for count in (1, 3, 50):
            told: list[int] = []
            while page := search.page(
                cases[Role.DUTY_OFFICER],
                "井盖",
                open_only=False,
                edge=told[-1] if told else None,
                forward=forward,
                count=count,
            ):
                told += page
            assert told == expected, (forward, count)


def test_who_has_a_case_in_hand_is_named_where_that_was_searched_for(district, cases, chief):
    issue = cases.in_state(State.HANDLING)
    name = Issue.get_by_id(issue).handler.name
    assert issue in found(chief, name)
    assert search.handlers(name, [issue]) == {issue: name}
    assert search.handlers("堆放", [issue]) == {}
    (row,) = [
        row for row in ledger.after(chief, Question("open", words=name), None, 50).rows if row.key == issue
    ]
    assert _summary(row).startswith(f"（承办 {name}）")
