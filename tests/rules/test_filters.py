"""The filter bar: what each part may be, how it is typed and read, and that lists hold just what was asked for."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from pypinyin import Style, lazy_pinyin

from dutydesk.models import Issue
from dutydesk.rules import filters, ledger
from dutydesk.rules.errors import Refused
from dutydesk.rules.questions import NO_FILTERS, Filters, Question
from dutydesk.vocabulary import AssigneeKind, Role, Source, State, Urgency
from tests.many_cases import fill, first_case, more_places

R, S = Role, State
RUNNING = {S.OPENED, S.ASSIGNED, S.HANDLING, S.REVIEW, S.FEEDBACK}
ENDED = {S.CLOSED, S.MERGED, S.VOID}


class TestChoices:
    @pytest.mark.parametrize("part", filters.PARTS, ids=lambda part: part.name)
    def test_each_part_offers_something_and_what_it_offers_reads_as_offered(self, cases, part):
        cases.new()
        for role in (R.DUTY_OFFICER, R.SUPERVISOR, R.HANDLER):
            found = filters.choices(cases[role], part.name)
            assert found, role
            for one in found:
                assert filters.words(part.name, one.value) == one.title

    @pytest.mark.parametrize(
        ("name", "text", "value"),
        [
            ("state", "待核查", "review"),
            ("state", "dhc", "review"),
            ("state", "daihecha", "review"),
            ("urgency", "ｔｊ", "critical"),
            ("source", "rexian", ""),
            ("source", "热线", "hotline"),
            ("force", "gggl", "management"),
            ("overdue", "yq", "yes"),
            ("visit", "zoufang", "yes"),
            ("level", "街", "subdistrict"),
            ("period", "近7天", "7"),
            ("period", "本周", "week"),
            ("period", "11-1到11-20", "2026-11-01..2026-11-20"),
            ("period", "从11.20到昨天", "2026-11-20..2026-11-23"),
            ("period", "昨天", "2026-11-23..2026-11-23"),
            ("place", "kjxc", "unit"),
            ("place", "康健一片区", "area"),
            ("category", "ldd", "category"),
            ("department", "管理办公室", "department"),
            ("state", "", ""),
        ],
    )
    def test_typed_by_name_initials_or_pinyin(self, cases, name, text, value):
        district = cases.district
        ids = {"unit": f"unit:{district.units[0]}", "area": f"area:{district.areas[0]}"}
        ids |= {"category": str(district.categories[0]), "department": str(district.departments[0])}
        if text == "rexian":
            with pytest.raises(Refused):
                filters.typed(cases[R.DUTY_OFFICER], name, text)
        else:
            assert filters.typed(cases[R.DUTY_OFFICER], name, text) == ids.get(value, value)

    @pytest.mark.parametrize(
        ("text", "said"), [("yq", "逾期"), ("jrdq", "今日到期"), ("紧急", "紧急"), ("dhc", "待核查")]
    )
    def test_a_word_of_the_bar_itself_comes_before_places_and_people(self, cases, text, said):
        from dutydesk.models import FindKey, Unit

        unit = cases.district.units[0]
        Unit.update(name=f"{text}路商务楼").where(Unit.id == unit).execute()
        FindKey.create(subject="unit", subject_id=unit, key=f"{text}lswl", position=0)
        found = filters.choices_of_all(cases[R.DUTY_OFFICER], text)
        assert found[0][1].title == said
        assert text in {"紧急", "dhc"} or any(part.name == "place" for part, _ in found)

    @pytest.mark.parametrize(
        ("name", "text", "said"),
        [
            ("state", "待", "待立案"),
            ("state", "xyz", "没有这一项"),
            ("period", "胡言", "没看懂"),
            ("place", "没有的地方", "没有找到"),
            ("urgency", "'; drop table issue --", "没有这一项"),
        ],
    )
    def test_what_is_unclear_is_asked_for_again_with_what_it_could_be(self, cases, name, text, said):
        with pytest.raises(Refused, match=said) as refused:
            filters.typed(cases[R.DUTY_OFFICER], name, text)
        assert refused.value.field == name

    def test_the_sounds_are_those_of_the_words(self):
        labels = [label for part in filters.PARTS for label in filters.options(part.name).values()]
        assert set(filters._SOUNDS) == set(labels)
        for label in labels:
            heard = "".join(lazy_pinyin(label, style=Style.NORMAL)).replace("ü", "v")
            told = filters._SOUNDS[label].replace(" ", "")
            assert told == heard or label == "处置中" or "处" in label, (label, told, heard)

    def test_a_title_says_them_in_words(self, cases):
        asked = Filters(
            state="review,feedback", place=f"unit:{cases.district.units[0]}", overdue="yes", period="30"
        )
        assert filters.words_of(cases[R.DUTY_OFFICER], asked) == "待核查或待反馈·康健新村·逾期·近30天"
        assert filters.words_of(cases[R.DUTY_OFFICER], NO_FILTERS) == ""
        assert filters.words_of(cases[R.DUTY_OFFICER], Filters(handler="999")) == "已不存在"
        assert filters.without(asked, ["state", "period"]) == Filters(place=asked.place, overdue="yes")


# -- lists against all rows ----------------------------------------------------------------------------------------


@pytest.fixture
def many(district, clock):
    template = first_case(district)
    fill(template, *more_places(district, 1), 420)
    return district


def in_view(view: str, row: Issue) -> bool:
    now = datetime.now(UTC)
    late = row.state in RUNNING and row.due_at is not None and row.due_at < now
    return {
        "open": row.is_open,
        "all": True,
        "reported": row.state is S.REPORTED,
        "overdue": late,
        "first": row.is_open and (row.strongly_felt or row.beyond_neighbourhood),
        "strong": row.is_open and row.strongly_felt,
        "closable": row.state is S.FEEDBACK and row.feedback_given,
        "sent_back": row.state is S.OPENED and row.send_backs > 0,
        "set_aside_due": (row.state is S.PAUSED and row.paused_until < now.date())
        or (row.state is S.POOLED and row.look_again_on <= now.date()),
        "to_contact": row.is_open and row.first_contact_due_at is not None and row.first_contact_at is None,
    }[view]


def passes(asked: Filters, row: Issue) -> bool:
    now = datetime.now(UTC)
    late = row.state in RUNNING and row.due_at is not None and row.due_at < now
    kind, _, place = asked.place.partition(":")
    tests = {
        "state": lambda value: row.state.value in value.split(","),
        "place": lambda _value: (
            {"unit": row.unit_id, "area": row.area_id, "subdistrict": row.subdistrict_id}[kind] == int(place)
        ),
        "urgency": lambda value: row.urgency.value == value,
        "source": lambda value: row.source.value in value.split(","),
        "force": lambda value: row.force.value == value,
        "overdue": lambda value: late == (value == "yes"),
        "visit": lambda value: (row.source is Source.VISIT) == (value == "yes"),
        "department": lambda value: (
            row.assignee_kind is AssigneeKind.DEPARTMENT and row.assignee_key == value
        ),
        "handler": lambda value: row.handler_id == int(value),
        "period": lambda value: row.reported_at > now - timedelta(days=int(value)),
    }
    return all(test(getattr(asked, name)) for name, test in tests.items() if getattr(asked, name))


def sees(role: Role, district, row: Issue) -> bool:
    holder = (row.assignee_kind, row.assignee_key)
    return {
        R.DUTY_OFFICER: row.area_id == district.areas[0],
        R.NEIGHBOURHOOD_OFFICER: row.unit_id == district.units[0],
        R.HANDLER: row.handler_id == district.sessions[R.HANDLER].staff_id
        or (holder == (AssigneeKind.FORCE, "safety") and row.area_id == district.areas[0]),
        R.LIAISON: holder == (AssigneeKind.DEPARTMENT, str(district.departments[0])),
        R.COORDINATOR: True,
        R.SUPERVISOR: True,
    }[role]


def place_in(order: str, row: Issue) -> tuple:
    return {
        "newest": (-row.id,),
        "soonest": (row.due_at, row.id),
        "until": (row.paused_until or row.look_again_on, row.id),
        "deadline": (0, row.due_at.timestamp(), row.id)
        if row.state in RUNNING and row.due_at
        else (1, 0.0, -row.id),
        "urgency": (-list(Urgency).index(row.urgency), -row.id),
        "place": (row.unit_id, -row.id),
        "changed": (-row.changed_at.timestamp(), -row.id),
    }[order]


def down(session, question) -> list[int]:
    found, key = [], None
    while True:
        window = ledger.after(session, question, key, 17)
        found += [row.key for row in window.rows]
        if window.at_end:
            return found
        key = found[-1]


def up(session, question) -> list[int]:
    found, key = [], None
    while True:
        window = ledger.before(session, question, key, 19)
        found = [row.key for row in window.rows] + found
        if window.at_start:
            return found
        key = found[0]


WAYS = [
    NO_FILTERS,
    Filters(state="opened,closed"),
    Filters(place="unit:1", urgency="urgent"),
    Filters(place="area:1"),
    Filters(place="unit:4"),
    Filters(place="subdistrict:1", visit="no", overdue="no"),
    Filters(overdue="yes", source="hotline,visit,patrol"),
    Filters(period="90", force="safety"),
    Filters(department="1"),
    Filters(handler="4"),
]
VIEWS = [
    *("open", "all", "reported", "overdue", "first", "strong"),
    *("closable", "sent_back", "set_aside_due", "to_contact"),
]


@pytest.mark.parametrize(
    "role", [R.DUTY_OFFICER, R.NEIGHBOURHOOD_OFFICER, R.HANDLER, R.LIAISON, R.COORDINATOR, R.SUPERVISOR]
)
def test_every_list_holds_just_what_was_asked_for_in_its_order_down_and_up(many, role):
    session, seen = many.sessions[role], [row for row in Issue.select() if sees(role, many, row)]
    assert len(seen) > 10
    turns = itertools.cycle(["", *ledger.ORDERS])
    asked = [Question(view, order=order) for view in VIEWS for order in ("", *ledger.ORDERS)]
    asked += [Question(view, way, order=next(turns)) for view in VIEWS for way in WAYS]
    for question in asked:
        rows = [row for row in seen if in_view(question.view, row) and passes(question.filters, row)]
        order = question.order or ledger.VIEWS[question.view].order
        expected = [row.id for row in sorted(rows, key=lambda row: place_in(order, row))]
        assert down(session, question) == expected, question
        assert up(session, question) == expected, question
        assert ledger.count(session, question) == len(expected), question
        if len(expected) > 4:
            middle = expected[len(expected) // 2]
            window = ledger.around(session, question, middle, 4)
            place = [row.key for row in window.rows].index(middle)
            assert [row.key for row in window.rows] == expected[expected.index(middle) - place :][:4], (
                question
            )
            assert ledger.new_above(session, question, middle) == expected.index(middle), question
