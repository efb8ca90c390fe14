"""`dutydesk db backup` and `dutydesk db restore`, as they are typed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dutydesk.rules import backups
from dutydesk.settings import load, shown

if TYPE_CHECKING:
    import argparse


def run(chosen: argparse.Namespace) -> int:
    """Do what was typed. Raises DatabaseProblem, or leaves with what is wrong in what was copied."""
    from dutydesk.cli import fail, say

    if chosen.what == "restore":
        url = chosen.target if "://" in chosen.target else f"sqlite:///{Path(chosen.target).absolute()}"
        rows, problems = backups.restore(Path(chosen.file), url, say)
        print(f"已恢复到 {shown(url)}，共 {rows} 行。")  # noqa: T201
    else:
        place = Path(chosen.file).absolute()
        if chosen.keep is not None and not place.is_dir():
            fail("--keep 只用于备份到文件夹。请写一个已有的文件夹，或去掉 --keep。")
        state = load().state
        made = backups.backup(load().database, place, state / "audit-heads.tsv", say)
        problems = made.problems
        print(f"已备份到 {made.path}，共 {made.rows} 行。")  # noqa: T201
        if chosen.keep is not None:
            gone = backups.thin_out(place, chosen.keep)
            if gone:
                print(f"已删去 {len(gone)} 个 {chosen.keep} 天以前的备份。")  # noqa: T201
    for line in problems:
        print(line)  # noqa: T201
    if problems:
        fail(f"文件已写好，但核对发现 {len(problems)} 处问题，原库也请用 dutydesk db check 核对。")
    print("核对完毕，没有发现问题。")  # noqa: T201
    return 0
