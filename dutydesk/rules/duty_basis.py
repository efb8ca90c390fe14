"""What a 退单 rests on: the 权责清单 says who else answers for the category, or that whoever has it does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dutydesk.models import Category, Department, DutyItem, Issue
from dutydesk.rules import permission
from dutydesk.rules.errors import Refused
from dutydesk.rules.finding import Found, found_ids
from dutydesk.rules.organisation import clause, on_day, today
from dutydesk.session import Session
from dutydesk.text import clean
from dutydesk.vocabulary import AssigneeKind

NOT_LISTED = "none"
NOTHING_LISTED = "清单无此项"


def send_back_bases(session: Session, issue_id: int, text: str) -> list[Found]:
    """What a 退单 may rest on: who the list names for the category, what it gives whoever refuses, or that it is silent.

    Narrowed by text: the name of a department, its pinyin, or words of the clause. Raises NotAllowed.
    """
    permission.require(session, "read", issue_id)
    issue = Issue.get_by_id(issue_id)
    others = list(_others(issue))
    offered = [
        Found(f"item:{item.id}", clause(item), f"{_owner(item)}负责{issue.category.name}") for item in others
    ]
    own = _own(issue)
    if own:
        listed = "、".join(dict.fromkeys(item.category.name for item in own))
        offered.append(
            Found("own", f"{issue.assignee_name}清单不含{issue.category.name}", f"所列：{clean(listed, 60)}")
        )
    silent = "" if others else f"清单里没有“{issue.category.name}”由谁负责，"
    last = Found(NOT_LISTED, NOTHING_LISTED, f"{silent}请在理由里写明；会汇总给修订清单的人")
    return [*_matching(others, offered, text), last]


def _matching(others: list[Any], offered: list[Found], text: str) -> list[Found]:
    if not text.strip():
        return offered
    named = {f"item:{item.id}" for item in others if item.department_id in set(found_ids("department", text))}
    return [each for each in offered if each.value in named or text.strip() in each.title + each.detail]


def _others(issue: Issue) -> Iterator[Any]:
    """Today's lines by which somebody else answers for the category: of the subdistrict, the district, the 居委."""
    query: Any = (
        DutyItem.select(DutyItem, Department)
        .left_outer_join(Department)
        .where(DutyItem.category == issue.category_id, on_day(DutyItem, today()))
        .order_by(DutyItem.department.is_null(), DutyItem.id)
    )
    for item in query:
        holder = (AssigneeKind.DEPARTMENT, str(item.department_id))
        if item.department_id is None:
            if issue.assignee_kind is not AssigneeKind.UNIT:
                yield item
        elif (issue.assignee_kind, issue.assignee_key) != holder and item.department.subdistrict_id in (
            None,
            issue.subdistrict_id,
        ):
            yield item


def _own(issue: Issue) -> list[DutyItem]:
    """What the list gives whoever has the case; empty where it gives the category as well: no basis lies there."""
    if issue.assignee_kind is AssigneeKind.DEPARTMENT and issue.assignee_key:
        owner: Any = DutyItem.department == int(issue.assignee_key)
    elif issue.assignee_kind is AssigneeKind.UNIT:
        owner = DutyItem.department.is_null()
    else:
        return []
    query = DutyItem.select(DutyItem, Category).join(Category).where(owner, on_day(DutyItem, today()))
    items = list(query.order_by(DutyItem.id))
    return [] if any(item.category_id == issue.category_id for item in items) else items


def _owner(item: Any) -> str:
    return str(item.department.name) if item.department_id else "居委"


def basis_said(issue: Issue, value: str) -> str:
    """The basis of a 退单 in words. Raises Refused where the list does not hold what was chosen."""
    if value == NOT_LISTED:
        return NOTHING_LISTED
    if value == "own" and _own(issue):
        return f"权责清单中{issue.assignee_name}的职责不含“{issue.category.name}”"
    for item in _others(issue):
        if value == f"item:{item.id}":
            return f"{clause(item)}（{_owner(item)}）"
    raise Refused("请从权责清单列出的几项里选一项；清单里没有的，选“清单无此项”。", "basis")
