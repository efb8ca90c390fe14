"""Lines that are cut while somebody types: what was typed is offered back, and no process stays.

`python -m benchmarks.line_cuts [DATABASE] [--cuts 100] [--seed 1]`; DATABASE is a path or a `postgresql://` address of a
demo district (without it one is filled), and is written to. A real desk in a pseudo-terminal, again and again: somebody
opens a form (登记, 备注 on one case, 备注 on two, 约请) and types, and at a random instant the terminal goes away. Then a new
desk must offer the draft with at least what had been on the screen, and of the old desk no process may be left.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import monotonic
from typing import NamedTuple

from dutydesk.models import Draft, connection, database
from tests.journeys.terminal import TerminalDesk

SENTENCE = "东门口路灯坏了两盏，夜里看不见台阶，老人走过容易绊倒"
FIRST = (
    3  # so many characters must be seen before the line may be cut: then it is known in which field they are
)
HUNG_UP = 129
SLOWEST_KEY = 0.06  # seconds between two characters at most
ENDS_WITHIN = 8.0


class Form(NamedTuple):
    """A form with drafts: the duty that it is opened in, the way there, and whether an act is done from it."""

    name: str
    duty: str
    open: Callable[[TerminalDesk], object]


def _register(desk: TerminalDesk) -> None:
    desk.wait("登记", "涉密信息不得录入")
    desk.press("k", "l", "x", "q").wait("1 康乐小区")
    desk.press("1").wait("类别 *", gone="klxq")
    desk.press("tab")


def _note(desk: TerminalDesk) -> None:
    desk.wait("问题清单", "经过", "Enter 办理")
    desk.press("enter").wait("5 备注")
    desk.press("5").wait("内容 *")


def _note_on_two(desk: TerminalDesk) -> None:
    desk.wait("问题清单", "经过", "Enter 办理")
    desk.press("space", "space").wait("已标记2件")
    desk.press("enter").wait("5 备注", "2件都能办")
    desk.press("5").wait("内容 *")


def _letter(desk: TerminalDesk) -> None:
    desk.wait("条块约请", "0 起草")
    desk.press("0").wait("1 从头起草")
    desk.press("1").wait("拟约请", "事由")


FORMS = (
    Form("登记", "intake", _register),
    Form("备注", "issues", _note),
    Form("一起备注", "issues", _note_on_two),
    Form("约请", "letters", _letter),
)


class Cut(NamedTuple):
    """What came of one: how much had been typed and seen, whether it is offered back, what stayed, the exit status."""

    form: str
    typed: int
    seen: int
    kept: int
    offered: bool
    left: int
    status: int
    seconds: float

    @property
    def well(self) -> bool:
        """Nothing that was seen is gone, no process is left, and the desk knew why it ended."""
        return self.offered and self.kept >= self.seen and not self.left and self.status == HUNG_UP


def cut(url: str, state: Path, chance: Random, form: Form) -> Cut:
    """Open a form, type, cut the line at some instant; then ask a new desk."""
    desk = TerminalDesk("desk", "--open", form.duty, url=url, size=(120, 36), XDG_STATE_HOME=str(state))
    again = None
    try:
        form.open(desk)
        desk.type(SENTENCE[:FIRST]).wait(SENTENCE[:FIRST])
        typed = _type(desk, chance)
        seen = _longest(desk.text.replace("\n", ""))
        began = monotonic()
        desk.hang_up()
        status = desk.wait_for_end(ENDS_WITHIN)
        seconds = monotonic() - began
        left = len(processes_of(desk.pid))
        kept = _longest(draft_text(url))
        again = TerminalDesk("desk", url=url, size=(120, 36), XDG_STATE_HOME=str(state))
        again.wait("今日", "没填完")
        again.press("home", "enter").wait("继续填写")
        again.press("1")
        offered = SENTENCE[:kept] in again.wait(SENTENCE[: min(kept, 12)])
        return Cut(form.name, typed, seen, kept, offered and kept > 0, left, status, seconds)
    finally:
        for each in (desk, again):
            if each is not None:
                each.close()
        forget(url)


def _type(desk: TerminalDesk, chance: Random) -> int:
    """Some of the sentence, at some pace; how many characters."""
    until = chance.randint(FIRST, len(SENTENCE))
    pace = chance.choice((0.0, SLOWEST_KEY / 4, SLOWEST_KEY))
    for place in range(FIRST, until):
        desk.type(SENTENCE[place])
        if pace:
            desk.read_for(chance.uniform(0, pace))
    desk.read_for(chance.choice((0.0, chance.uniform(0, 0.02), chance.uniform(0, 0.6))))
    return until


def _longest(text: str) -> int:
    """How many characters of the sentence stand there from its beginning."""
    return next((end for end in range(len(SENTENCE), FIRST - 1, -1) if SENTENCE[:end] in text), 0)


def processes_of(session: int) -> list[int]:
    """Processes that are still there of a terminal's session."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after = stat.read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(after[3]) == session and after[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def draft_text(url: str) -> str:
    """All that drafts hold in the database."""
    connection.connect(url)
    try:
        return "".join(json.dumps(json.loads(row.content), ensure_ascii=False) for row in Draft.select())
    finally:
        database.close()


def forget(url: str) -> None:
    """The drafts go, so that the next one is alone."""
    connection.connect(url)
    try:
        Draft.delete().execute()
    finally:
        database.close()


def main() -> int:
    """Cut, tell; 1 where something is lost or left."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("database", nargs="?")
    parser.add_argument("--cuts", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    chance = Random(args.seed)
    with tempfile.TemporaryDirectory() as folder:
        url = args.database or f"{folder}/district.db"
        url = url if "://" in url else f"sqlite:///{url}"
        if not args.database:
            from dutydesk.demo import fill

            fill(url, issues=400, seed=1, say=lambda _line: None)
        forget(url)
        cuts = []
        for number in range(args.cuts):
            cuts.append(cut(url, Path(folder), chance, FORMS[number % len(FORMS)]))
            if not cuts[-1].well:
                print(f"cut {number}: {cuts[-1]}")
    slowest = max(each.seconds for each in cuts)
    print(
        f"{len(cuts)} lines cut: {sum(each.offered for each in cuts)} drafts offered back, "
        f"{sum(each.kept >= each.seen for each in cuts)} with all that was seen, "
        f"{sum(each.left for each in cuts)} processes left, slowest end {slowest:.2f} s; "
        f"{sum(each.typed for each in cuts)} characters typed, {sum(each.seen for each in cuts)} seen, "
        f"{sum(each.kept for each in cuts)} kept"
    )
    return int(not all(each.well for each in cuts))


if __name__ == "__main__":
    sys.exit(main())
