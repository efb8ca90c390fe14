"""Search: what somebody typed becomes phrases over the index; the answer is the same on either database.

Chinese is found from two characters on, over summaries, details, steps and notes; a number by its digits; places,
people, departments and categories by Chinese, initials or full pinyin, since each case carries their ids as tokens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from dutydesk.models import FindKey, Issue, Reporter, Staff
from dutydesk.models import search as index
from dutydesk.models.search import Phrase
from dutydesk.rules import permission
from dutydesk.rules.questions import NO_FILTERS, Filters
from dutydesk.session import Session
from dutydesk.text import clean, narrow, search_tokens
from dutydesk.vocabulary import ENDED, AssigneeKind, Role

_WORDS = 6  # looked for together; what is typed beyond them is left out
_LONGEST = 100  # characters of what is typed
_MEANINGS = 40  # places, people and so on that one word may mean
_STRETCH = 50  # asked of the index at least; a page's worth, as nearly all of them are within reach
_OF_ONE_NUMBER = 1000
_WHOLE_NUMBER = re.compile(r"1[3-9]\d{9}|0\d{9,11}|[2-8]\d{7}")
_LAST = "\U0010ffff"  # after every character that a name may have
_NUMBER = re.compile(r"(?:(20\d\d)-)?0*(\d{1,9})")
# What a word may mean, and the tokens that cases of it carry.
_CARRIED: dict[str, Callable[[int], tuple[str, ...]]] = {
    "unit": lambda i: (f"_u{i}", f"_p{AssigneeKind.UNIT.value}{i}"),
    "category": lambda i: (f"_c{i}",),
    "staff": lambda i: (f"_h{i}", f"_p{AssigneeKind.STAFF.value}{i}"),
    "department": lambda i: (f"_p{AssigneeKind.DEPARTMENT.value}{i}",),
    "seat": lambda i: (f"_p{AssigneeKind.PARTNER.value}{i}",),
}


def _asked(words: str) -> list[str]:
    return narrow(clean(words, _LONGEST)).lower().split()[:_WORDS]


def _text_phrase(word: str) -> Phrase | None:
    """The tokens of a word one after the other; a lone character at either end says too little to look for."""
    tokens = search_tokens(word).split()
    while len(tokens) > 1 and _says_little(tokens[0]):
        tokens.pop(0)
    while len(tokens) > 1 and _says_little(tokens[-1]):
        tokens.pop()
    return None if not tokens or _says_little(tokens[0]) else Phrase(tuple(tokens))


def _says_little(token: str) -> bool:
    return len(token) == 1 and not token.isascii()


def _meanings(word: str) -> list[Phrase]:
    """The ids of what is called so: a prefix of a name from any of its characters on, Chinese or pinyin."""
    if len(word) < 2:
        return []
    rows = (
        FindKey.select(FindKey.subject, FindKey.subject_id)
        .where(FindKey.subject.in_(list(_CARRIED)), FindKey.key >= word, FindKey.key < word + _LAST)
        .distinct()
        .limit(_MEANINGS)
    )
    return [Phrase((token,)) for row in rows for token in _CARRIED[row.subject](row.subject_id)]


def _number(word: str) -> list[Phrase]:
    """A case's number, with its year or without; a source's number as it is written."""
    found = []
    whole = _NUMBER.fullmatch(word)
    if whole:
        serial = f"_n{int(whole[2])}"
        found.append(Phrase((f"_y{whole[1]}", serial) if whole[1] else (serial,)))
    plain = "".join(c for c in word if c.isascii() and c.isalnum())
    if len(plain) >= 3 and any(c.isdigit() for c in plain):
        found.append(Phrase((f"_o{plain}",)))
    return found


def _wanted(words: str) -> list[list[Phrase]]:
    """For each word the alternatives that answer it; empty where nothing of it can be looked for."""
    wanted = []
    for word in _asked(words):
        text = _text_phrase(word)
        either = [*_number(word), *([text] if text else []), *_meanings(word)]
        if either:
            wanted.append(either)
    return wanted


def _scope(session: Session) -> list[Phrase]:
    """What the cases within reach carry; empty for whoever sees them all. `permission.narrow` has the last word."""
    found: list[Phrase] = []
    for grant in session.grants:
        if grant.role not in permission.CASE_READERS:
            continue
        if grant.role in (Role.DISTRICT_COORDINATOR, Role.SUPERVISOR):
            return []
        if grant.role in (Role.COORDINATOR, Role.SIGNATORY):
            found.append(Phrase((f"_s{grant.subdistrict_id}",)))
        elif grant.role is Role.NEIGHBOURHOOD_OFFICER:
            found.append(Phrase((f"_u{grant.unit_id}",)))
        elif grant.role in (Role.LIAISON, Role.DEPARTMENT_HEAD):
            found.append(Phrase((f"_p{AssigneeKind.DEPARTMENT.value}{grant.department_id}",)))
        elif grant.role is Role.HANDLER:
            mine = (f"_h{session.staff_id}", f"_p{AssigneeKind.STAFF.value}{session.staff_id}")
            found += index.phrases(mine)
            if grant.force is not None:
                found.append(Phrase((f"_p{AssigneeKind.FORCE.value}{grant.force.value}",)))
        else:
            found.append(Phrase((f"_a{grant.area_id}",)))
    return list(dict.fromkeys(found)) or [Phrase(("_nothing",))]


def page(
    session: Session, words: str, *, open_only: bool, edge: int | None, forward: bool, count: int
) -> list[int]:
    """Ids of up to `count` cases in the session's scope that hold all the words.

    The newest first from below `edge` when `forward`, else the oldest first from above it; None is the end itself.
    """
    if raised := _raised_by_number(session, words, open_only):
        ahead = [i for i in raised if edge is None or (i < edge if forward else i > edge)]
        return sorted(ahead, reverse=forward)[:count]
    wanted = _wanted(words)
    if not wanted:
        return []
    if scope := _scope(session):
        wanted.append(scope)
    if open_only:
        wanted.append(index.phrases([index.OPEN]))
    found: list[int] = []
    while len(found) < count:
        stretch = max(count - len(found), _STRETCH)
        ids = index.find(wanted, edge, forward, stretch)
        allowed = permission.seen_among(session, ids)
        found += [i for i in ids if i in allowed]
        if len(ids) < stretch:
            break
        edge = ids[-1]
    return found[:count]


def of_number(session: Session, words: str) -> int | None:
    """The case whose whole number, year and all, these words are, where the session may see it; else None.

    Others tell of it in their steps (并案 does), so that the words alone find several.
    """
    from dutydesk.rules.triage import by_number

    found = by_number(narrow(words)) if "-" in narrow(words) else None
    return found.id if found is not None and permission.seen_among(session, [found.id]) else None


def _raised_by_number(session: Session, words: str, open_only: bool) -> list[int]:
    """Cases whose reporter has this telephone number, typed whole; for those alone who may have it revealed."""
    asked = _asked(words)
    digits = "".join(asked).replace("-", "")
    if not _WHOLE_NUMBER.fullmatch(digits) or len(asked) > 2:
        return []
    parts = permission.reaches(session, permission.MAY["reveal"])
    written = [digits, *(f"{digits[:place]}-{digits[place:]}" for place in (3, 4))]
    found: Any = Issue.select(Issue.id).join(Reporter).where(Reporter.phone.in_(written))
    found = found.where(permission.any_of(part.beside() for part in parts))
    if open_only:
        found = found.where(Issue.state.not_in(list(ENDED)))
    return [i for (i,) in found.limit(_OF_ONE_NUMBER).tuples()]


def hits(words: str) -> tuple[str, ...]:
    """The pieces of what was typed that may stand in a shown text, the longest first."""
    pieces = [word for word in _asked(words) if len(word) > 1]
    return tuple(sorted(dict.fromkeys(pieces), key=len, reverse=True))


def explain(session: Session, words: str, filters: Filters = NO_FILTERS) -> str:
    """What was searched, within which filters, and what to try; for a search that found nothing."""
    asked = _asked(words)
    if not any(character.isalnum() for word in asked for character in word):
        return "没有可查的字：标点和符号不算。请打两个以上汉字、编号，或地点、人员、部门、类别的拼音首字母。"
    if not _wanted(words) or all(_says_nothing(word) for word in asked):
        return f"“{' '.join(asked)}”太短，请至少打两个汉字、编号，或地点、人员、部门、类别的两个拼音首字母。"
    left_out = "（只查了前六个词）" if len(narrow(clean(words, _LONGEST)).split()) > _WORDS else ""
    where = session.main.place if session.main and session.main.place else "您的范围"
    return (
        f"在{where}里按“{' '.join(asked)}”查了编号、问题、详情、地点、类别、承办和经过里写的话，没有找到{left_out}。"
        f"{_narrowed(session, filters)}{_elsewhere(session, words)}"
        "经过里是谁办的不在里面；反映人不能在这里查，反映人的电话要打全号码。"
        "可以少打一个词，换个说法，或换到“全部”再查。拼音首字母只查得到地点、人员、部门和类别。"
    )


def _narrowed(session: Session, filters: Filters) -> str:
    """Which filters the words were looked for in, and how to be rid of them."""
    from dutydesk.rules.filters import words_of

    if not filters:
        return ""
    return f"还筛着“{words_of(session, filters)}”：按 f 改筛选，按退格键连查找的字一起清掉。"


def _elsewhere(session: Session, words: str) -> str:
    """Where the place is that the words mean, when it lies outside what this person has."""
    from dutydesk.rules import finding

    place = finding.elsewhere(session, " ".join(_asked(words)))
    return f"{place.title}属{place.detail}，不在您的范围，那里的问题这里查不到。" if place else ""


def _says_nothing(word: str) -> bool:
    """One letter or character: nothing is called so short, and it stands in a text by chance."""
    return len(word) == 1 and not word.isdecimal()


def handlers(words: str, ids: Sequence[int]) -> dict[int, str]:
    """Who of those that words mean has these cases in hand, by case: a line of the ledger does not name them."""
    if not ids:
        return {}
    meant: set[int] = set()
    for word in _asked(words):
        if len(word) > 1:
            keys: Any = FindKey.select(FindKey.subject_id).where(
                FindKey.subject == "staff", FindKey.key >= word, FindKey.key < word + _LAST
            )
            meant.update(staff for (staff,) in keys.limit(_MEANINGS).tuples())
    rows: Any = (
        Issue.select(Issue.id, Staff.name)
        .join(Staff, on=(Issue.handler == Staff.id))
        .where(Issue.id.in_(list(ids)), Issue.handler.in_(list(meant)))
        .tuples()
    )
    return dict(rows) if meant else {}


def keep(issue: Issue) -> None:
    """Write a case's entry anew, in the transaction under way; whatever tells a step calls it."""
    index.keep(issue.id)


def add(issues: Sequence[Issue]) -> None:
    """Write the first entries of new cases, all at once, in the transaction under way."""
    index.add([issue.id for issue in issues])


Progress = Callable[[int, int], None]


def reindex(progress: Progress | None = None) -> int:
    """Make the whole index anew, in one transaction; says how many cases it holds. `progress(done, of)`."""
    from dutydesk.models.connection import write_transaction

    with write_transaction():
        for done, last in index.rebuild():
            if progress:
                progress(done, last)
    return index.SearchText.select().count()


_AT_A_TIME = 2000
_NAMED = 3


def problems() -> list[str]:
    """Where index and cases differ, in sentences."""
    said = []
    newest = Issue.select(Issue.id).order_by(Issue.id.desc()).first()
    kept = index.SearchText.select(index.SearchText.issue).order_by(index.SearchText.issue.desc()).first()
    last = max(newest.id if newest else 0, kept.issue_id if kept else 0)
    wrong: list[int] = []
    for first in range(1, last + 1, _AT_A_TIME):
        wrong += index.unlike(first, first + _AT_A_TIME - 1)
    if wrong:
        numbers = [
            issue.number for issue in Issue.select().where(Issue.id.in_(wrong[:_NAMED])).order_by(Issue.id)
        ]
        said.append(
            f"查找索引与问题不符：{'、'.join(numbers) or '多出的条目'}（共{len(wrong)}件），请运行 dutydesk db reindex"
        )
    if index.index_problem():
        said.append("查找索引损坏，请运行 dutydesk db reindex")
    return said
