"""Launch, move, page and idle of the desk beside two reference programs, as ratios in one run.

Needs the measuring tool: `KEYPAINT=path/to/keypaint.py`, or `../shared/bench/keypaint.py` beside the checkout.
`python benchmarks/first_light.py [--issues 30000] [--rounds 5]`; a filled database is kept in `.demo/`.
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
# What must hold in the first issue; the others are figures to look at.
EXPECTED = (
    "list.move.bytes <= 600",
    "case.move.bytes <= 2500",
    "list.idle_bytes == 0",
    "case.idle_bytes == 0",
)


def filled(issues: int) -> Path:
    """A demo district of this size, made once."""
    path = HERE.parent / ".demo" / f"bench-{issues}.db"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        environment = os.environ | {"DUTYDESK_DATABASE": f"sqlite:///{path}"}
        command = [sys.executable, "-m", "dutydesk", "demo", "--fill-only", "--issues", str(issues)]
        subprocess.run(command, env=environment, check=True)  # noqa: S603
    return path


def plan(database: Path, rounds: int) -> dict[str, object]:
    """The comparison as keypaint reads it."""
    reference = KEYPAINT.parent / "reference"
    desk = f"{sys.executable} -m dutydesk desk"
    environment = {"DUTYDESK_DATABASE": f"sqlite:///{database}"}
    return {
        "base": "bare",
        "rounds": rounds,
        "size": "120x36",
        "settle": 250,
        "idle": 10,
        "assert": list(EXPECTED),
        "phases": {"move": "down*25", "page": "pgdn*10"},
        "programs": {
            "bare": {"command": f"{sys.executable} {reference / 'bare.py'}", "ready": "第 1 行"},
            "table": {"command": f"{sys.executable} {reference / 'datatable1k.py'}", "ready": "问题0001"},
            "today": {"command": desk, "ready": "要办", "env": environment, "phases": {"move": "down up"}},
            "list": {
                "command": f"{desk} --open issues",
                "ready": "待",
                "setup": "wait:经过 0",
                "env": environment,
            },
            "case": {
                "command": f"{desk} --open issues",
                "ready": "待",
                "setup": "wait:经过",
                "env": environment,
            },
        },
    }


def main() -> int:
    """Write the plan, run it, hand its verdict on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--issues", type=int, default=30_000)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    if not KEYPAINT.is_file():
        parser.error(f"{KEYPAINT} is not there; name it with KEYPAINT=…")
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump(plan(filled(chosen.issues), chosen.rounds), file)
    command = [sys.executable, str(KEYPAINT), "compare", file.name]
    return subprocess.run(command, cwd=HERE.parent, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    raise SystemExit(main())
