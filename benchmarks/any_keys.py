"""Anybody's hands on the keyboard: keys, pastes and new sizes of the window by chance, over all screens.

`python benchmarks/any_keys.py DATABASE [--keys 100000] [--seed 1] [--shift 200]`; DATABASE is a path or a `postgresql://`
address of a demo district, and is written to. One shift after another, each by somebody in another role, on another
screen first, in another hand: keys one by one, or in bunches as over a poor line. Prints the screens that were seen and
what `dutydesk db check` finds at the end; an exception ends the run with the shift's seed and its last keys.
`--only N` begins with shift N: the same keys again, in a district that N - 1 shifts have not been through.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any, NamedTuple

from dutydesk.lean_start import load_textual

load_textual()

from textual import events  # noqa: E402

from dutydesk.app import DutyDesk  # noqa: E402
from dutydesk.models import RoleGrant, Staff, database  # noqa: E402
from dutydesk.models.connection import connect  # noqa: E402
from dutydesk.rules import checking  # noqa: E402
from dutydesk.screens.base import DUTIES  # noqa: E402
from dutydesk.settings import load  # noqa: E402
from dutydesk.vocabulary import Role  # noqa: E402

SIZES = ((80, 24), (120, 36), (80, 24), (120, 36), (100, 30), (60, 18), (40, 10), (200, 60), (12, 4))
PASTED = (
    "三号楼后门堆物，已通知物业\n请于本周内清理",
    "13812345678",
    "[bold red]不是标记[/]",
    "\x1b[2J\x1b]0;x\x07=HYPERLINK(1)",
    "\u202e反过来\u200b",
    "x" * 5000,
    "'; DROP TABLE issue; --",
    "徐康办约〔2026〕3号",
)
TYPED = tuple("垃圾堆物漏水电动车乱停放　，。、“”１２３？／ａｂ")
WEIGHTS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (26, tuple("123456789")),
    (16, ("enter",)),
    (9, ("escape",)),
    (16, ("up", "down", "down", "left", "right", "pageup", "pagedown", "home", "end")),
    (6, ("tab", "shift+tab")),
    (4, ("space", "0")),
    (7, tuple(f"f{number}" for number in range(1, 13))),
    (6, tuple("abcdefghijklmnopqrstuvwxyz")),
    (
        3,
        (
            "ctrl+s",
            "ctrl+c",
            "ctrl+l",
            "ctrl+z",
            "ctrl+a",
            "ctrl+e",
            "ctrl+k",
            "ctrl+u",
            "ctrl+p",
            "ctrl+down",
        ),
    ),
    (4, tuple("/?+-=.,;:[]{}()<>!@#$%^&*_'\"\\|~`")),
    (5, TYPED),
    (3, ("backspace", "delete", "insert")),
    (2, ("paste",)),
    (1, ("resize",)),
)


class Seen(NamedTuple):
    """What a walk came to: keys pressed, how often each screen was in front after a key, what the check found."""

    keys: int
    screens: Counter[str]
    off: list[str]


def url_of(path: str) -> str:
    """A path is a SQLite file."""
    return path if "://" in path else f"sqlite:///{path}"


def somebody_of_each_role(url: str) -> list[str]:
    """One number of each role, the district's duties among them."""
    connect(url)
    try:
        found = {}
        for role in Role:
            staff = (
                Staff.select(Staff.number)
                .join(RoleGrant)
                .where(RoleGrant.role == role)
                .order_by(Staff.number)
            )
            first = staff.first()
            if first is not None:
                found[role] = first.number
        return list(found.values())
    finally:
        database.close()


def keys_of(chance: Random) -> Iterator[str]:
    """Keys without end."""
    kinds = [keys for _weight, keys in WEIGHTS]
    weights = [weight for weight, _keys in WEIGHTS]
    while True:
        yield chance.choice(chance.choices(kinds, weights)[0])


async def settled(app: DutyDesk, pilot: Any) -> None:
    """Until no key waits and no question to the database is under way, or the desk has ended."""
    while app.is_running:
        await pilot.pause()
        if not app.desk.unfinished:
            return


async def shift(
    url: str, number: str, seed: str, length: int, pressed: list[str], screens: Counter[str]
) -> None:
    """One person's keys, `length` of them at most; raises what the desk raised."""
    chance = Random(seed)
    first = chance.choice([duty.name for duty in DUTIES])
    bunch = chance.choice((1, 1, 3, 8))
    app = DutyDesk(number, first, url=url)
    async with app.run_test(size=chance.choice(SIZES[:4])) as pilot:
        await settled(app, pilot)
        keys = keys_of(chance)
        for _ in range(length):
            if not app.is_running or app._exit:
                return
            key = next(keys)
            pressed.append(key)
            if key == "resize":
                await pilot.resize_terminal(*chance.choice(SIZES))
            elif key == "paste":
                app.post_message(events.Paste(chance.choice(PASTED)))
            else:
                await pilot.press(key)
            if len(pressed) % bunch == 0:
                await settled(app, pilot)
                if app.is_running and not app._exit:
                    screens[type(app.screen).__name__] += 1
        await app.save_and_leave()


def walk(url: str, keys: int, seed: int = 1, length: int = 200, first: int = 0) -> Seen:
    """Shift after shift until so many keys are pressed. Raises what a desk raised, with the way there as a note."""
    people = somebody_of_each_role(url)
    screens: Counter[str] = Counter()
    done, turn = 0, first
    while done < keys:
        pressed: list[str] = []
        number = people[turn % len(people)]
        try:
            asyncio.run(shift(url, number, f"{seed}:{turn}", length, pressed, screens))
        except BaseException as error:
            error.add_note(f"seed {seed}, shift {turn} of {number}, after: {' '.join(pressed[-60:])}")
            raise
        done += len(pressed)
        turn += 1
        if sys.stderr.isatty():
            print(f"\r{done} keys, {turn} shifts, {len(screens)} screens", end="", file=sys.stderr)
    connect(url)
    try:
        return Seen(done, screens, checking.check())
    finally:
        database.close()


def main() -> int:
    """Walk, tell; 1 where something is off."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("database")
    parser.add_argument("--keys", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shift", type=int, default=200, help="keys of one shift")
    parser.add_argument("--only", type=int, default=0, help="begin with this shift")
    args = parser.parse_args()
    url = url_of(args.database)
    with tempfile.TemporaryDirectory() as state:
        os.environ.update(DUTYDESK_DATABASE=url, DUTYDESK_STATE_FOLDER=state)
        load.cache_clear()
        began = perf_counter()
        seen = walk(url, args.keys, args.seed, args.shift, args.only)
        written = sum(1 for each in Path(state).rglob("*") if each.is_file())
    print(
        f"\n{seen.keys} keys in {perf_counter() - began:.0f} s, {len(seen.screens)} screens, {written} files written"
    )
    for name, times in seen.screens.most_common():
        print(f"{times:7} {name}")
    print("\n".join(seen.off) or "db check: nothing is off")
    return int(bool(seen.off))


if __name__ == "__main__":
    sys.exit(main())
