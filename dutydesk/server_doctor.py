"""`dutydesk doctor --server`: the machine on which the desk runs. Each finding says how it is, and what to do."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import localtime

from dutydesk.doctor import Finding
from dutydesk.models import SpecialDay, database
from dutydesk.models.connection import DatabaseProblem, connect
from dutydesk.rules import audit, backups
from dutydesk.rules.checking import check
from dutydesk.rules.workcalendar import CHINA
from dutydesk.settings import load, on_postgresql, shown, sqlite_path

OLDEST_BACKUP = timedelta(hours=26)  # the timer writes one a day
LEAST_FREE, LEAST_SHARE = 2 * 2**30, 0.1
ANNOUNCED_IN = 12  # the month by which the State Council has told next year's holidays
_GIB = 2**30
_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
# What `deploy/sshd.conf` says of the account, as `sshd -T` names it; one of these off is a way out of the desk.
SSHD = {
    "passwordauthentication": "no",
    "kbdinteractiveauthentication": "no",
    "authorizedkeysfile": "none",
    "authorizedkeyscommanduser": "dutydesk",
    "disableforwarding": "yes",
    "permituserrc": "no",
    "permittty": "yes",
    "maxsessions": "1",
}


def examine(
    backup_folder: Path, say: Callable[[str], None], now: datetime | None = None
) -> Iterator[Finding]:
    """Look at the database, its last backup, disk, clock, sshd and calendar, one after the other."""
    now = now or datetime.now(UTC)
    url = load().database
    yield from _clock()
    yield from _disk(url)
    yield from _backup(backup_folder, say, now)
    yield from _sshd()
    try:
        connect(url)
    except DatabaseProblem as problem:
        yield Finding("数据库", shown(url), str(problem))
        return
    try:
        yield Finding("数据库", f"{shown(url)}，结构是本版本的")
        yield from _time_told(now)
        yield from _calendar(now.astimezone(CHINA).date())
        found = check(load().state / "audit-heads.tsv", say)
    finally:
        database.close()
    advice = "请先备份现在的样子，再按 deploy/backup.md 恢复或找开发者：" + "；".join(found[:3])
    yield Finding(
        "数据、查找索引、审计链", f"{len(found)} 处不对" if found else "核对无误", advice if found else ""
    )


def _clock() -> Iterator[Finding]:
    zone = localtime().tm_gmtoff == CHINA.utcoffset(None).total_seconds()
    wrong = "请执行 timedatectl set-timezone Asia/Shanghai，日志和备份的文件名就和值班台的时间一致。"
    yield Finding("时区", localtime().tm_zone, "" if zone else wrong)
    told = _output("timedatectl", "show", "--property", "NTPSynchronized", "--value")
    if told in ("yes", "no"):
        off = "请装上并打开时间同步（systemd-timesyncd 或 chrony），内网用本单位的时间服务器。"
        yield Finding("时间同步", "已同步" if told == "yes" else "没有同步", "" if told == "yes" else off)


def _disk(url: str) -> Iterator[Finding]:
    place = load().state if on_postgresql() else sqlite_path(url).parent
    while not place.exists():
        place = place.parent
    room = shutil.disk_usage(place)
    tight = room.free < LEAST_FREE or room.free < room.total * LEAST_SHARE
    advice = "请清理或扩大这个磁盘；满了以后谁也保存不了。" if tight else ""
    yield Finding("磁盘", f"{place} 还剩 {room.free / _GIB:.1f} GB，共 {room.total / _GIB:.1f} GB", advice)


def _backup(folder: Path, say: Callable[[str], None], now: datetime) -> Iterator[Finding]:
    how = "请打开每日备份：systemctl enable --now dutydesk-backup.timer，见 deploy/backup.md。"
    files = sorted(folder.glob("dutydesk-*.db")) if folder.is_dir() else []
    if not files:
        yield Finding("备份", f"{folder} 里没有", how)
        return
    age = now - datetime.fromtimestamp(files[-1].stat().st_mtime, UTC)
    hours = int(age.total_seconds() // 3600)
    yield Finding("最近的备份", f"{files[-1].name}，{hours} 小时前", how if age > OLDEST_BACKUP else "")
    with tempfile.TemporaryDirectory(prefix="dutydesk-doctor-") as place:
        if shutil.disk_usage(place).free < 2 * files[-1].stat().st_size:
            yield Finding("备份能否恢复", "没有试：临时目录放不下", "请用 TMPDIR 指定一个够大的目录再试。")
            return
        try:
            rows, wrong = backups.restore(files[-1], f"sqlite:///{place}/tried.db", say)
        except DatabaseProblem as problem:
            rows, wrong = 0, [str(problem)]
    advice = f"请马上再备份一次，并核对原库：{'；'.join(wrong[:3])}" if wrong else ""
    yield Finding("备份能否恢复", "试了，不行" if wrong else f"试了，能，{rows} 行，核对无误", advice)


def _sshd() -> Iterator[Finding]:
    told = _output("sshd", "-T", "-C", "user=dutydesk,host=localhost,addr=127.0.0.1")
    if told is None:
        there = shutil.which("sshd", path=_PATH) is not None
        yield Finding(
            "sshd 设置",
            "没有看成" if there else "本机没有 sshd",
            "请以 root 执行；仍看不成，照 sshd -T 说的改正。" if there else "",
        )
        return
    now = dict(line.split(" ", 1) for line in told.lower().splitlines() if " " in line)
    off = [
        f"{name} 现在是 {now.get(name, '没有')}，应是 {value}"
        for name, value in SSHD.items()
        if now.get(name) != value
    ]
    advice = f"请照 deploy/sshd.conf 改正，再 systemctl reload ssh：{'；'.join(off)}" if off else ""
    yield Finding("sshd 设置", f"{len(off)} 项不对" if off else "账号 dutydesk 的各项都对", advice)


def _time_told(now: datetime) -> Iterator[Finding]:
    last = audit.newest()
    advice = (
        f"最后一次操作记在 {last.astimezone(CHINA):%Y-%m-%d %H:%M}，比现在还晚：请核对时钟，再让人用。"
        if last is not None and last > now + timedelta(minutes=1)
        else ""
    )
    yield Finding("时钟", f"{now.astimezone(CHINA):%Y-%m-%d %H:%M}", advice)


def _calendar(day: date) -> Iterator[Finding]:
    import chinese_calendar

    year = day.year + (day.month >= ANNOUNCED_IN)
    known = any(each.year == year for each in chinese_calendar.holidays)
    own = SpecialDay.select().where(SpecialDay.day.between(date(year, 1, 1), date(year, 12, 31))).exists()
    missing = "国务院的通知出来以后，请升级程序，或由管理员在设置里填本单位的放假和调休日；没填以前期限按周一至周五算。"
    yield Finding(f"{year}年节假日", "有" if known or own else "没有", "" if known or own else missing)


def _output(*command: str) -> str | None:
    """What a program of the system prints; None where it is not there or says no."""
    path = shutil.which(command[0], path=_PATH)
    if path is None:
        return None
    done = subprocess.run([path, *command[1:]], capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.strip() if done.returncode == 0 else None
