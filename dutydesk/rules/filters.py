"""The filter bar: which parts it has, what each may be, what it means, and how it reads in words."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import reduce
from typing import Any, NamedTuple

from peewee import Expression

from dutydesk.models import Area, Category, Department, Issue, Staff, Subdistrict, Unit
from dutydesk.models import issue_lists as lists
from dutydesk.rules import permission
from dutydesk.rules.errors import Refused
from dutydesk.rules.finding import SHOWN, Found
from dutydesk.rules.ledger_rows import among
from dutydesk.rules.organisation import row_id, start_of, today
from dutydesk.rules.questions import NO_FILTERS, Filters, Question
from dutydesk.rules.views import this_minute
from dutydesk.session import Session
from dutydesk.text import clean, narrow
from dutydesk.vocabulary import AssigneeKind, Force, Level, Source, State, Urgency, Word

__all__ = ["NO_FILTERS", "PARTS", "Filters", "Found", "Part", "Question", "choices", "typed", "words_of"]


class Part(NamedTuple):
    """One part of the filter bar: the field of `Filters`, what the screen calls it, and whether it may be one of several."""

    name: str
    label: str
    several: bool = True


PARTS = (
    Part("state", "状态"),
    Part("place", "地点"),
    Part("force", "力量"),
    Part("department", "部门"),
    Part("handler", "承办人"),
    Part("source", "来源"),
    Part("category", "类别"),
    Part("urgency", "紧急程度"),
    Part("overdue", "逾期", several=False),
    Part("period", "登记时间", several=False),
    Part("visit", "走访", several=False),
    Part("level", "解决层级"),
)
_OF_EACH = 3  # values of one part offered for text that may mean any part
_LABELS = {part.name: part.label for part in PARTS}

_WORDS: dict[str, type[Word]] = {
    "state": State,
    "force": Force,
    "source": Source,
    "urgency": Urgency,
    "level": Level,
}
_FIXED: dict[str, dict[str, str]] = {
    "overdue": {"yes": "逾期", "today": "今日到期", "no": "未逾期"},
    "period": {"today": "今天", "week": "本周", "month": "本月", "30": "近30天"},
    "visit": {"yes": "走访提出", "no": "不是走访"},
}

# How the fixed words sound, so that they can be typed without looking pinyin up; a test compares them with it.
_SOUNDS = {
    "待立案": "dai li an", "待派单": "dai pai dan", "待处置": "dai chu zhi", "处置中": "chu zhi zhong",
    "待核查": "dai he cha", "待反馈": "dai fan kui", "已销项": "yi xiao xiang", "缓办": "huan ban",
    "挂账": "gua zhang", "并案": "bing an", "不予立案": "bu yu li an",
    "基层党建": "ji ceng dang jian", "公共管理": "gong gong guan li", "公共服务": "gong gong fu wu",
    "公共安全": "gong gong an quan",
    "日常巡查": "ri chang xun cha", "联合巡查": "lian he xun cha", "四百大走访": "si bai da zou fang",
    "双周例会": "shuang zhou li hui", "12345热线": "12345 re xian", "来访来电": "lai fang lai dian",
    "网格上报": "wang ge shang bao", "上级交办": "shang ji jiao ban", "舆情": "yu qing",
    "一般": "yi ban", "紧急": "jin ji", "特急": "te ji",
    "居委": "ju wei", "片区": "pian qu", "街镇": "jie zhen", "区": "qu",
    "逾期": "yu qi", "今日到期": "jin ri dao qi", "未逾期": "wei yu qi",
    "今天": "jin tian", "本周": "ben zhou", "本月": "ben yue", "近30天": "jin 30 tian",
    "走访提出": "zou fang ti chu", "不是走访": "bu shi zou fang",
}  # fmt: skip


def options(name: str) -> dict[str, str]:
    """The fixed values of a part with what the screen calls each; empty where they are looked up."""
    return dict(_WORDS[name].options()) if name in _WORDS else _FIXED.get(name, {})


# -- choosing ----------------------------------------------------------------------------------------------------


def choices(session: Session, name: str, text: str = "") -> list[Found]:
    """What a part may be, the likeliest first; with text, what it could mean (Chinese, initials, full pinyin).

    Of a period also what is written out: `11-1到11-24`, `近7天`.
    """
    from dutydesk.rules import finding

    asked = narrow(clean(text)).lower().replace(" ", "")
    if name == "place":
        return _places(session, text)
    if name == "department":
        return (
            finding.departments(session, text, session.subdistrict_id)
            if asked
            else _near_departments(session)
        )
    if name == "handler":
        return finding.staff(session, text) if asked else _myself(session)
    if name == "category":
        return finding.categories(session, text)
    found = [Found(value, label) for value, label in options(name).items() if _sounds_like(label, asked)]
    if name == "period" and asked and not found:
        value = _period(asked)
        found = [Found(value, _period_words(value))] if value else []
    return found


def choices_of_all(session: Session, text: str) -> list[tuple[Part, Found]]:
    """What text may mean in any part, a few of each.

    What the bar itself calls just so comes before places and people, and the deadline's words before namesakes.
    """
    asked = narrow(clean(text)).lower().replace(" ", "")
    found = [(part, one) for part in PARTS for one in choices(session, part.name, text)[:_OF_EACH]]

    def rank(each: tuple[Part, Found]) -> int:
        part, one = each
        exact = bool(options(part.name)) and asked in _names(one.title)
        return (0 if part.name == "overdue" else 1) if exact else 2

    return sorted(found, key=rank)


def typed(session: Session, name: str, text: str) -> str:
    """The value that typed text means. Raises Refused, saying what could be written, where it is none or unclear."""
    if not clean(text):
        return ""
    found = choices(session, name, text)
    same = [one for one in found if one.title == clean(text)]
    if len(same or found) != 1:
        said = "、".join(one.title for one in found[:4])
        hint = f"可能是{said}，请再写明确些。" if found else _hint(name)
        raise Refused(f"{_LABELS[name]}“{clean(text, 20)}”：{hint}", name)
    return (same or found)[0].value


def _hint(name: str) -> str:
    if name == "period":
        return "没看懂。可以写 今天、本周、本月、近7天、11-1到11-24。"
    said = "、".join(options(name).values())
    return f"没有这一项。可以写{said}。" if said else "没有找到。可以写名称、拼音首字母或全拼。"


def _sounds_like(label: str, asked: str) -> bool:
    return asked in label or any(name.startswith(asked) for name in _names(label))


def _names(label: str) -> tuple[str, str, str]:
    """How a fixed word can be typed in full: Chinese, initials, pinyin."""
    syllables = _SOUNDS.get(label, "").split()
    return label, "".join(one if one.isdigit() else one[0] for one in syllables), "".join(syllables)


def _places(session: Session, text: str) -> list[Found]:
    """Units as `finding` finds them; then areas and subdistricts by a part of their names."""
    from dutydesk.rules import finding

    units = [
        one.__class__(f"unit:{one.value}", one.title, one.detail) for one in finding.places(session, text)
    ]
    wider: list[Found] = []
    name = clean(text)
    towns = Subdistrict.select().order_by(Subdistrict.code).limit(SHOWN)
    areas = Area.select(Area, Subdistrict).join(Subdistrict).order_by(Area.code).limit(SHOWN)
    if name:
        towns = towns.where(Subdistrict.name.contains(name))
        areas = areas.where(Area.name.contains(name))
    else:
        areas = areas.where(Area.subdistrict == session.subdistrict_id)
    if name or session.subdistrict_id:
        wider += [Found(f"area:{row.id}", row.name, row.subdistrict.short_name) for row in areas]
    if name or not session.subdistrict_id:
        wider += [Found(f"subdistrict:{row.id}", row.name, "街镇") for row in towns]
    exact = [one for one in wider if name and one.title.startswith(name)]
    return [*exact, *units, *(one for one in wider if one not in exact)][:SHOWN]


def _near_departments(session: Session) -> list[Found]:
    own = [grant.department_id for grant in session.grants if grant.department_id]
    rows = (
        Department.select()
        .where(Department.subdistrict.is_null() | (Department.subdistrict == session.subdistrict_id))
        .order_by(Department.id.in_(own).desc(), Department.subdistrict.is_null(), Department.id)
        .limit(SHOWN)
    )
    return [Found(str(row.id), row.name, row.kind.label) for row in rows]


def _myself(session: Session) -> list[Found]:
    return [Found(str(session.staff_id), session.name, "我自己")]


# -- meaning -----------------------------------------------------------------------------------------------------


def condition(session: Session, filters: Filters) -> Expression:
    """What a case must be, as one condition that no index needs to serve; without the place (see `listing`)."""
    asked = {name: value for name, value in filters._asdict().items() if value and name != "place"}
    found = [_MEANS[name](value) for name, value in asked.items()]
    return reduce(operator.and_, found) if found else permission.EVERYTHING


def _one_of(field: Any, word: type[Word]) -> Callable[[str], Any]:
    known = set(word)
    return lambda value: field.in_([word(one) for one in value.split(",") if one in known])


def _ids(value: str) -> list[int]:
    return [row_id(one) for one in value.split(",")]


def _department(value: str) -> Any:
    given = Issue.assignee_kind == lists.constant(AssigneeKind.DEPARTMENT.value)
    return given & Issue.assignee_key.in_([str(one) for one in _ids(value)])


def _handler(value: str) -> Any:
    given = Issue.assignee_kind == lists.constant(AssigneeKind.STAFF.value)
    return Issue.handler.in_(_ids(value)) | (
        given & Issue.assignee_key.in_([str(one) for one in _ids(value)])
    )


def _overdue(value: str) -> Any:
    from dutydesk.rules import office

    now = this_minute()
    if value == "today":
        return lists.RUNNING_NOW & (Issue.due_at >= now) & (Issue.due_at <= office.end_of_day(now))
    late = lists.RUNNING_NOW & Issue.due_at.is_null(False) & (Issue.due_at < now)
    return late if value == "yes" else ~(lists.RUNNING_NOW) | Issue.due_at.is_null() | (Issue.due_at >= now)


def _visit(value: str) -> Any:
    return (Issue.source == Source.VISIT) if value == "yes" else (Issue.source != Source.VISIT)


def _within(value: str) -> Any:
    first, last = span(value)
    return (Issue.reported_at >= start_of(first)) & (Issue.reported_at < start_of(last + timedelta(days=1)))


_MEANS: dict[str, Callable[[str], Any]] = {
    "state": _one_of(Issue.state, State),
    "force": _one_of(Issue.force, Force),
    "department": _department,
    "handler": _handler,
    "source": _one_of(Issue.source, Source),
    "category": lambda value: Issue.category.in_(_ids(value)),
    "urgency": _one_of(Issue.urgency, Urgency),
    "overdue": _overdue,
    "period": _within,
    "visit": _visit,
    "level": _one_of(Issue.level, Level),
    "cases": lambda value: among(_ids(value)),
}


# -- periods -----------------------------------------------------------------------------------------------------


def span(value: str) -> tuple[date, date]:
    """The first and the last day of a period."""
    day = today()
    if value == "week":
        return day - timedelta(days=day.weekday()), day
    if value == "month":
        return day.replace(day=1), day
    if value.isdecimal():
        return day - timedelta(days=min(int(value), 36_500) - 1), day
    first, _, last = value.partition("..")
    try:
        return date.fromisoformat(first), min(date.fromisoformat(last), date.max - timedelta(days=1))
    except ValueError:
        return day, day


def _period(text: str) -> str:
    """The period that typed text means; "" where it means none."""
    import re

    from dutydesk.forms.when import parse_day

    if lately := re.fullmatch(r"近?(\d{1,3})(?:天|日内|天内)", text):
        return lately[1] if int(lately[1]) else ""
    parts = re.split(r"到|至|~|\.\.|—|－", text.removeprefix("从"))
    if len(parts) > 2:
        return ""
    try:
        days = [parse_day(part, today()) if part else today() for part in parts]
    except ValueError:
        return ""
    return f"{min(days)}..{max(days)}"


def _period_words(value: str) -> str:
    if value in _FIXED["period"]:
        return _FIXED["period"][value]
    if value.isdecimal():
        return f"近{value}天"
    first, last = span(value)
    this_year = first.year == last.year == today().year
    said = [f"{day.month}月{day.day}日" if this_year else f"{day.year}-{day:%m-%d}" for day in (first, last)]
    return said[0] if first == last else "到".join(said)


# -- words -------------------------------------------------------------------------------------------------------

_NAMED: dict[str, Any] = {
    "department": Department,
    "handler": Staff,
    "category": Category,
    "unit": Unit,
    "area": Area,
    "subdistrict": Subdistrict,
}


def words_of(session: Session, filters: Filters) -> str:
    """The filters as the title says them: `待核查·康健新村·逾期`."""
    return "·".join(said for name, value in filters._asdict().items() if (said := words(name, value)))


def words(name: str, value: str) -> str:
    """One part as it reads: `待核查或待反馈`; "" where it may be anything."""
    if name == "cases" and value:
        return f"所列{value.count(',') + 1}件"
    return "或".join(_named(name, one) for one in value.split(",") if one)


def _named(name: str, value: str) -> str:
    if name == "period":
        return _period_words(value)
    if name == "place":
        name, _, value = value.partition(":")
    if name not in _NAMED:
        return options(name).get(value, value)
    row = _NAMED[name].get_or_none(_NAMED[name].id == row_id(value))
    return row.name if row is not None else "已不存在"


def without(filters: Filters, names: Iterable[str]) -> Filters:
    """The filters with these parts open again."""
    return filters._replace(**dict.fromkeys(names, ""))
