"""The office's own words for its papers: names, heads, titles and number patterns; settings, changed by its coordinator."""

from __future__ import annotations

import json
import string
from collections.abc import Mapping
from typing import Any

from dutydesk.letter_words import NumberKind
from dutydesk.models import OfficeSetting, Subdistrict
from dutydesk.rules import acts, office
from dutydesk.rules.errors import AlreadyDone, NotAllowed, Refused
from dutydesk.session import Session
from dutydesk.text import clean
from dutydesk.vocabulary import Role

WORDS, NUMBERS = "letter_words", "letter_numbers"
# What may stand in {} in each of the words, and in a number.
_OF_OFFICE = frozenset({"district", "name", "town"})
_OF_TEXT = frozenset({"area", "subject", "reasons", "answer_by"})
IN_WORDS: dict[str, frozenset[str]] = {
    "head": _OF_OFFICE,
    "office": _OF_OFFICE,
    "slip": _OF_OFFICE,
    "supervision": _OF_OFFICE,
    "title": _OF_TEXT,
    "opening": _OF_TEXT,
    "answering": _OF_TEXT,
    "closing": _OF_TEXT,
}
IN_NUMBER = frozenset({"town", "name", "year", "serial"})
_LONGEST = 200


def words_of(subdistrict_id: int) -> dict[str, str]:
    """The words of the papers, those of a text with its places in {} still open."""
    return {**office.DEFAULTS[WORDS], **office.setting(WORDS, subdistrict_id)}


def patterns_of(subdistrict_id: int) -> dict[str, str]:
    """How numbers are written, by kind."""
    return {**office.DEFAULTS[NUMBERS], **office.setting(NUMBERS, subdistrict_id)}


def filled(pattern: str, town: Subdistrict) -> str:
    """A name of the office: `{name}` is 康健新村街道, `{town}` its first character, `{district}` 徐汇区."""
    return pattern.format(district=town.district.name, name=town.name, town=town.short_name[:1])


def may_set(session: Session) -> bool:
    """Whether this session may change the words of its own subdistrict."""
    return _town(session) is not None


def as_fields(session: Session) -> dict[str, str]:
    """What stands now, as the form shows it. Raises NotAllowed where no subdistrict is meant."""
    town = session.subdistrict_id
    if town is None:
        raise NotAllowed("公文写法按街镇，由各街镇协调员设置。")
    numbers = patterns_of(town)
    return words_of(town) | {f"number_{kind.value}": numbers[kind.value] for kind in NumberKind}


def set_words(session: Session, fields: Mapping[str, Any], act_id: str) -> None:
    """Change the words and number patterns of one's own subdistrict from today on. Raises NotAllowed, Refused."""
    town = _town(session)
    if town is None:
        raise NotAllowed("公文写法由本街镇协调员设置。")
    before = as_fields(session)
    after = {name: _checked(name, clean(str(fields.get(name) or ""), _LONGEST)) for name in before}
    words = {name: after[name] for name in IN_WORDS}
    numbers = {kind.value: after[f"number_{kind.value}"] for kind in NumberKind}
    if len(set(numbers.values())) < len(numbers):
        raise Refused("两种文书的文号不能写得一样，否则会编出同一个号。", "number_supervision")
    try:
        with acts.act(session, act_id, "letter_words.set") as acting:
            acting.about("setting", town, "公文写法", town)
            for key, value in ((WORDS, words), (NUMBERS, numbers)):
                OfficeSetting.create(
                    subdistrict=town,
                    key=key,
                    value=json.dumps(value, ensure_ascii=False),
                    valid_from=session.day,
                    set_by=session.name,
                )
            changed = [name for name in before if before[name] != after[name]]
            acting.changed(
                "公文写法", {each: before[each] for each in changed}, {each: after[each] for each in changed}
            )
    except AlreadyDone:
        return


def _town(session: Session) -> int | None:
    return next((each.subdistrict_id for each in session.grants if each.role is Role.COORDINATOR), None)


def _checked(name: str, text: str) -> str:
    if len(text) < 2:
        raise Refused("请写上。", name)
    known = IN_WORDS.get(name, IN_NUMBER)
    try:
        used = {place for _, place, spec, turned in string.Formatter().parse(text) if place is not None}
        odd = any(
            spec or turned for _, place, spec, turned in string.Formatter().parse(text) if place is not None
        )
    except ValueError:
        raise Refused("{ 和 } 要成对。", name) from None
    if odd or used - known:
        raise Refused("{} 里只能写：" + "、".join(sorted(known)) + "。", name)
    if name not in IN_WORDS and not {"year", "serial"} <= used:
        raise Refused("文号里要有 {year} 和 {serial}，否则会重号。", name)
    return text
