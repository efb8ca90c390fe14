"""Two desks on one case, in any order: neither writes over what the other wrote without having been told.

`python -m benchmarks.two_desks [--rounds 1000] [--seed 1] [--on sqlite|postgresql]`. In each round two people, each with a
connection of their own, read one case, fill in an act that their menu offers (as one act or as a bulk act), and save, in
an order drawn by lot or at the same instant; who was told that somebody was first saves again on what they were shown, or
leaves it. A silent overwrite is an act that was done though the case was no longer the one that its doer had read: two
that were done on one version of a case, or a version without an act. Ends with 1 where there is one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

from dutydesk.models import database
from dutydesk.models.connection import ERRORS
from dutydesk.rules import bulk, issue_acts
from dutydesk.rules.checking import check
from dutydesk.rules.errors import Refused, Stale
from dutydesk.session import Session
from dutydesk.vocabulary import Role, State
from tests.conftest import SmallDistrict, _made
from tests.postgresql import start
from tests.rules.conftest import PATHS, Cases

BEGIN = (State.REPORTED, State.OPENED, State.ASSIGNED, State.HANDLING, State.REVIEW, State.FEEDBACK)
PEOPLE = (Role.DUTY_OFFICER, Role.AREA_CHIEF, Role.HANDLER)


class OneDesk:
    """Somebody with a thread and a connection; remembers which version of the case was read."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1)
        self.thread.submit(lambda: database.obj.connect()).result()

    def ask(self, work: Callable[[], Any]) -> Future[Any]:
        """Begin something on its connection."""
        return self.thread.submit(work)

    def close(self) -> None:
        """Let go of it."""
        self.thread.submit(database.close).result()
        self.thread.shutdown()


@dataclass
class Told:
    """What came of all rounds."""

    outcomes: Counter[str] = field(default_factory=Counter)
    written: dict[int, list[int]] = field(
        default_factory=dict
    )  # by case: the versions that acts were done on
    silent: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """In lines."""
        outcomes = ", ".join(f"{times} {name}" for name, times in self.outcomes.most_common())
        silent = "".join(f"\n  {each}" for each in self.silent)
        return f"{outcomes}; {len(self.silent)} silent overwrites{silent}; db check: {self.problems or 'nothing'}"


class Meeting:
    """Rounds of two desks on one district."""

    def __init__(self, district: SmallDistrict, chance: Random) -> None:
        self.cases, self.chance, self.told = Cases(district, None), chance, Told()
        self.desks = [OneDesk() for _ in range(2)]

    def round(self) -> None:
        """One case, two people."""
        made = self.desks[0].ask(self._new).result()
        turns = [self._turn(desk, made) for desk in self.desks]
        for turn in turns:
            next(turn)  # both have read it, whoever writes first
        together = self.chance.random() < 0.5
        while turns:
            self.chance.shuffle(turns)
            asked = [(turn, next(turn, None)) for turn in (turns if together else turns[:1])]
            for turn, answer in asked:
                if answer is None:
                    turns.remove(turn)
                else:
                    answer.exception()  # until both are through

    def _new(self) -> int:
        made = self.cases.new()
        for act in PATHS[self.chance.choice(BEGIN)]:
            self.cases.do(act, made)
        self.told.written[made] = list(range(1, self.cases.row(made).version))
        return made

    def _turn(self, desk: OneDesk, issue_id: int) -> Iterator[Future[Any] | None]:
        """Read; then, each time it is this desk's turn, one step of the way to a saved act."""
        session = self.cases[self.chance.choice(PEOPLE)]
        version, offered = desk.ask(lambda: self._read(session, issue_id)).result()
        yield None
        if not offered:
            return
        act = self.chance.choice(offered)
        several = act in bulk.ACTS and self.chance.random() < 0.3
        for _try in range(3):
            work = self._saving(session, issue_id, version, act, several)
            saving = desk.ask(work)
            yield saving
            kind = self._came(saving, issue_id, version, act)
            if kind != "told" or self.chance.random() < 0.3:
                return
            version = desk.ask(lambda: self.cases.row(issue_id).version).result()  # shown, and saved on

    def _read(self, session: Session, issue_id: int) -> tuple[int, list[str]]:
        offered = [each.act for each in issue_acts.menu(session, issue_id) if not each.refusal]
        return self.cases.row(issue_id).version, offered

    def _saving(
        self, session: Session, issue_id: int, version: int, act: str, several: bool
    ) -> Callable[[], Any]:
        word = f"{session.name}写的{uuid4().hex[:6]}"

        def save() -> Any:
            fields = {
                name: word if isinstance(value, str) and value.startswith("写明的") else value
                for name, value in self.cases.filled(act).items()
            }
            if several:
                return bulk.perform(session, act, [(issue_id, version)], fields, str(uuid4()))
            return issue_acts.perform(session, issue_id, version, act, fields, str(uuid4()))

        return save

    def _came(self, saving: Future[Any], issue_id: int, version: int, act: str) -> str:
        """What came of it: done, told (that somebody was first), refused, crossed (with words for the screen)."""
        error = saving.exception()
        if error is None:
            kind = "done"
            if version in self.told.written[issue_id]:
                self.told.silent.append(f"case {issue_id}: {act} on version {version}, which was over")
            self.told.written[issue_id].append(version)
        elif isinstance(error, Stale | bulk.MovedOn):
            kind = "told"
        elif isinstance(error, Refused):
            kind = "refused"
        elif isinstance(error, ERRORS):
            kind = "crossed"
        else:
            raise error
        self.told.outcomes[kind] += 1
        return kind

    def end(self) -> Told:
        """Each version of each case is of one act; then the whole district is looked over."""
        for issue_id, versions in self.told.written.items():
            now = self.desks[0].ask(lambda key=issue_id: self.cases.row(key).version).result()
            if sorted(versions) != list(range(1, now)):
                self.told.silent.append(f"case {issue_id}: acts on {versions}, and now version {now}")
        self.told.problems = self.desks[0].ask(check).result()
        for desk in self.desks:
            desk.close()
        return self.told


def meet(district: SmallDistrict, rounds: int, seed: int) -> Told:
    """So many rounds on a district, which is written to."""
    meeting = Meeting(district, Random(seed))
    for _ in range(rounds):
        meeting.round()
    return meeting.end()


@contextmanager
def a_district(on: str) -> Iterator[SmallDistrict]:
    """A small district in a new database."""
    with tempfile.TemporaryDirectory() as folder:
        if on == "sqlite":
            yield _made(f"sqlite:///{Path(folder) / 'two.db'}")
            return
        server = start()
        try:
            yield _made(server.create())
        finally:
            server.stop()


def main() -> int:
    """Meet, tell."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--on", choices=("sqlite", "postgresql"), default="sqlite")
    args = parser.parse_args()
    with a_district(args.on) as district:
        told = meet(district, args.rounds, args.seed)
    print(f"{args.on}, {args.rounds} interleavings, seed {args.seed}: {told}")
    return int(bool(told.silent or told.problems))


if __name__ == "__main__":
    sys.exit(main())
