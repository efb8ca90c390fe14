"""The ledger at a thousand and at a million cases beside an empty Textual app and a DataTable, as ratios in one run.

Needs the measuring tool: `KEYPAINT=path/to/keypaint.py`, or `../shared/bench/keypaint.py` beside the checkout.
`python benchmarks/ledger.py [--small 1000] [--large 1000000] [--rounds 5]`; filled databases are kept in `.demo/`, or
given as `--small-file`, `--large-file`. Keys follow each other before the case beside the list is read.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
KEYPAINT = Path(os.environ.get("KEYPAINT", HERE.parent.parent / "shared" / "bench" / "keypaint.py"))
PAGES = "pgdn*4 pgup*4"
EXPECTED = (
    "large.launch / bare.launch <= 1.3",
    "large.launch / small.launch <= 1.1",
    "large.move.p50 / small.move.p50 <= 1.1",
    "large.page.p50 / small.page.p50 <= 1.1",
    "large.move.p50 / table.move.p50 <= 0.7",
    "large.move.bytes <= 600",
    "large.hold.bytes <= 900",
    "large.page.bytes <= 8500",
    "large.pss / bare.pss <= 1.4",
    "large.idle_bytes == 0",
    "large.idle_cpu / bare.idle_cpu <= 1.3",
)


def filled(issues: int, given: str) -> Path:
    """A demo district of this size, made once, or the one given."""
    if given:
        return Path(given).resolve()
    path = HERE.parent / ".demo" / f"bench-{issues}.db"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        environment = os.environ | {"DUTYDESK_DATABASE": f"sqlite:///{path}"}
        command = [sys.executable, "-m", "dutydesk", "demo", "--fill-only", "--issues", str(issues)]
        subprocess.run(command, env=environment, check=True)  # noqa: S603
    return path


def plan(small: Path, large: Path, rounds: int) -> dict[str, object]:
    """The comparison as keypaint reads it: everything of the district, so that the list is long at either size."""
    reference = KEYPAINT.parent / "reference"

    def desk(database: Path) -> dict[str, object]:
        return {
            "command": f"{sys.executable} -m dutydesk desk --open issues --as XH0001",
            "ready": "待",
            "env": {"DUTYDESK_DATABASE": f"sqlite:///{database}"},
            "cwd": str(HERE.parent),
        }

    return {
        "base": "bare",
        "rounds": rounds,
        "size": "120x36",
        "settle": 80,
        "idle": 10,
        "assert": list(EXPECTED),
        # pages go down and back up again, before the long way down: the small list has an end
        "phases": {"move": "down*25", "page": f"{PAGES} {PAGES}", "hold": "down*300"},
        "programs": {
            "bare": {"command": f"{sys.executable} {reference / 'bare.py'}", "ready": "第 1 行"},
            "table": {"command": f"{sys.executable} {reference / 'datatable1k.py'}", "ready": "问题0001"},
            "small": desk(small),
            "large": desk(large),
        },
    }


def main() -> int:
    """Write the plan, run it, hand its verdict on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=1_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--small-file", default="")
    parser.add_argument("--large-file", default="")
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    if not KEYPAINT.is_file():
        parser.error(f"{KEYPAINT} is not there; name it with KEYPAINT=…")
    small, large = filled(chosen.small, chosen.small_file), filled(chosen.large, chosen.large_file)
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump(plan(small, large, chosen.rounds), file)
    command = [sys.executable, str(KEYPAINT), "compare", file.name]
    return subprocess.run(command, cwd=HERE.parent, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    raise SystemExit(main())
