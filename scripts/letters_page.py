#!/usr/bin/env python3
"""Writes the tables of `docs/letters.md` from `rules/letters/life.py`, which the desk itself obeys.

Run it after a change of that table (`.venv/bin/python scripts/letters_page.py`); a test holds that it was run.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dutydesk.forms.base import fields  # noqa: E402
from dutydesk.forms.letters import form_of  # noqa: E402
from dutydesk.letter_words import InvitedState, LetterState  # noqa: E402
from dutydesk.rules.letters.life import INVITED_WAYS, LETTER_WAYS, NEXT, REMEMBERED, SAME, Way  # noqa: E402
from dutydesk.vocabulary import Role, Word  # noqa: E402

PAGE = ROOT / "docs" / "letters.md"
BEGIN, END = "<!-- tables of life.py -->", "<!-- end of tables -->"
_WORDS = {SAME: "不变", REMEMBERED: "原来的，或拟好的答复", NEXT: "下一步，最后一步是发出"}


def _row(way: Way, words: type[Word]) -> str:
    frm = "、".join(state.label for state in words if state in way.frm)
    to = way.to.label if isinstance(way.to, Word) else _WORDS[way.to]
    also = "、".join(state.label for state in way.also)
    who = "、".join(role.label for role in Role if role in way.who)
    labels = {spec.name: spec.entry.label for spec in fields(form_of(way.act))}
    asked = [f"**{labels[name]}**" for name in way.demands] + [labels[name] for name in way.asks]
    name = way.name + ("（可代录）" if way.proxied else "")
    return f"| {frm} | {name} | {to}{f'；或{also}' if also else ''} | {who} | {'、'.join(asked)} |"


def tables() -> str:
    """Both lives as tables."""
    parts = []
    for title, ways, words in (
        ("约请", LETTER_WAYS, LetterState),
        ("被约请的部门", INVITED_WAYS, InvitedState),
    ):
        rows = [_row(way, words) for way in ways]
        parts.append(
            "\n".join(
                [f"### {title}", "", "| 从 | 办理 | 到 | 谁可以 | 要填什么 |", "|---|---|---|---|---|", *rows]
            )
        )
    return "\n\n".join(parts)


def page(text: str) -> str:
    """The page with its tables as they are now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{tables()}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
