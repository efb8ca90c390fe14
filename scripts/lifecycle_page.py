#!/usr/bin/env python3
"""Writes docs/lifecycle.md from the tables that the desk itself obeys: the life cycle's, and who may do what.

Run it after a change of either (`.venv/bin/python scripts/lifecycle_page.py`); a test holds that it was run.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dutydesk.forms.base import fields  # noqa: E402
from dutydesk.forms.handling import form_of  # noqa: E402
from dutydesk.rules.lifecycle import REMEMBERED, SAME, WAYS, Way  # noqa: E402
from dutydesk.rules.permission import MAY, NAMES  # noqa: E402
from dutydesk.vocabulary import ENDED, Role, State  # noqa: E402

HEAD = """\
# 问题的一生

这一页由 `scripts/lifecycle_page.py` 从 `dutydesk/rules/lifecycle.py` 和 `dutydesk/rules/permission.py` 的两张表生成，
请改表，不要改这一页。屏幕上的办理菜单、规则和测试读的是同一张表。

## 状态

{states}

## 每一步怎么走

“可代录”的，可以由值班员、片区长、街镇协调员替口头、电话、书面答复的人录入，本人事后确认或提出异议。
要填什么：**粗体**必填，其余选填。除岗位和状态外还有条件的（例如处置人不能核查自己办的），菜单会说明理由。

| 从 | 办理 | 到 | 谁可以 | 要填什么 | 说明 |
|---|---|---|---|---|---|
{ways}

## 谁可以做什么

○ 表示在本人的范围内可以：{scopes}

| 办理 | {roles} |
|---|{dashes}|
{cells}
"""
SCOPES = {
    Role.DUTY_OFFICER: "本片区",
    Role.NEIGHBOURHOOD_OFFICER: "本居委",
    Role.AREA_CHIEF: "本片区",
    Role.HANDLER: "交给本人或本力量的",
    Role.LIAISON: "交给本部门的",
    Role.DEPARTMENT_HEAD: "交给本部门的",
    Role.COORDINATOR: "本街镇",
    Role.SIGNATORY: "本街镇",
    Role.DISTRICT_COORDINATOR: "全区",
    Role.SUPERVISOR: "全区",
    Role.AUDITOR: "只看审计",
    Role.ADMINISTRATOR: "不接触问题",
}


def _from(way: Way) -> str:
    if way.frm == frozenset(State):
        return "任何状态"
    if way.frm == frozenset(State) - ENDED:
        return "任何未结的状态"
    return "、".join(state.label for state in State if state in way.frm)


def _to(way: Way) -> str:
    if way.to == SAME:
        return "不变"
    return "原来的状态" if way.to == REMEMBERED else State(way.to).label


def _asked(way: Way) -> str:
    labels = {spec.name: spec.entry.label for spec in fields(form_of(way.act))}
    said = [f"**{labels[name]}**" for name in way.demands] + [labels[name] for name in way.asks]
    return "、".join(said) or "无"


def _who(way: Way) -> str:
    return "、".join(role.label for role in Role if role in way.who)


def page() -> str:
    """The whole page, as it is committed."""
    states = [f"- {state.label}（`{state.value}`）{'：结束' if state in ENDED else ''}" for state in State]
    ways = [
        f"| {_from(way)} | {way.name}{'（可代录）' if way.proxied else ''} | {_to(way)} | {_who(way)} "
        f"| {_asked(way)} | {way.hint} |"
        for way in WAYS
    ]
    cells = [
        f"| {NAMES[act]} | " + " | ".join("○" if role in MAY[act] else "" for role in Role) + " |"
        for act in MAY
    ]
    return HEAD.format(
        states="\n".join(states),
        ways="\n".join(ways),
        scopes="，".join(f"{role.label}{SCOPES[role]}" for role in Role) + "。",
        roles=" | ".join(role.label for role in Role),
        dashes="|".join("---" for _ in Role),
        cells="\n".join(cells),
    )


if __name__ == "__main__":
    (ROOT / "docs" / "lifecycle.md").write_text(page(), encoding="utf-8")
