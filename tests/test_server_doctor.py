"""`dutydesk doctor --server` says of each thing how it is, and what to do."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dutydesk.doctor import Finding
from dutydesk.models.connection import connect, database
from dutydesk.rules import backups
from dutydesk.server_doctor import SSHD, examine
from dutydesk.settings import load

ROOT = Path(__file__).parent.parent
Doctor = Callable[..., dict[str, Finding]]


@pytest.fixture
def doctor(demo_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Doctor]:
    """Examines a copy of the demo district; answers with the findings by name."""
    copy = tmp_path / "district.db"
    shutil.copy(demo_url.removeprefix("sqlite:///"), copy)
    monkeypatch.setenv("DUTYDESK_DATABASE", f"sqlite:///{copy}")
    load.cache_clear()

    def run(now: datetime | None = None) -> dict[str, Finding]:
        return {each.name: each for each in examine(tmp_path / "backups", lambda _line: None, now)}

    yield run
    load.cache_clear()


@pytest.fixture
def backup(doctor: Doctor, tmp_path: Path) -> Path:
    """A backup made a moment ago."""
    (tmp_path / "backups").mkdir()
    return backups.backup(load().database, tmp_path / "backups", None, lambda _line: None).path


def test_a_fresh_backup_is_restored_to_see_that_it_can_be(doctor: Doctor, backup: Path) -> None:
    found = doctor()
    assert found["最近的备份"] == Finding("最近的备份", f"{backup.name}，0 小时前")
    assert re.fullmatch("试了，能，[0-9]+ 行，核对无误", found["备份能否恢复"].found)
    assert found["数据、查找索引、审计链"].found == "核对无误"


def test_an_old_backup_and_a_damaged_one_are_told(doctor: Doctor, backup: Path) -> None:
    before = datetime.now(UTC) - timedelta(days=3)
    backup.write_bytes(backup.read_bytes()[:100_000])
    os.utime(backup, (before.timestamp(), before.timestamp()))
    found = doctor()
    assert (
        found["最近的备份"].found.endswith("，72 小时前")
        and "dutydesk-backup.timer" in found["最近的备份"].advice
    )
    assert found["备份能否恢复"].found == "试了，不行" and found["备份能否恢复"].advice


def test_no_backup_at_all_is_told(doctor: Doctor) -> None:
    found = doctor()
    assert "systemctl enable --now dutydesk-backup.timer" in found["备份"].advice


def test_a_clock_set_back_is_told(doctor: Doctor) -> None:
    found = doctor(datetime.now(UTC) - timedelta(days=2))
    assert "比现在还晚：请核对时钟" in found["时钟"].advice
    assert doctor(datetime.now(UTC) + timedelta(hours=1))["时钟"].advice == ""


def test_a_year_without_its_holidays_is_told_in_december(doctor: Doctor) -> None:
    december = datetime(2040, 12, 5, tzinfo=UTC)
    assert "国务院的通知" in doctor(december)["2041年节假日"].advice
    connect(load().database)
    database.execute_sql("insert into special_day (day, working, name) values ('2041-01-01', 0, '元旦')")
    database.close()
    assert doctor(december)["2041年节假日"].advice == ""


def test_a_changed_audit_is_told_first(doctor: Doctor) -> None:
    connect(load().database)
    database.execute_sql("update audit_entry set act = 'other' where id = (select min(id) from audit_entry)")
    database.close()
    assert "审计链" in doctor()["数据、查找索引、审计链"].advice


def test_what_it_wants_of_sshd_is_what_the_page_installs() -> None:
    said = (ROOT / "deploy" / "sshd.conf").read_text(encoding="utf-8")
    account = said.partition("Match User dutydesk")[2].partition("Match all")[0]
    lines = (line.split() for line in account.lower().splitlines())
    installed = {words[0]: words[1] for words in lines if words and not words[0].startswith("#")}
    assert {name: installed.get(name) for name in SSHD} == SSHD


def test_a_zone_other_than_chinas_is_told(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    for zone, advice in (("UTC", True), ("Asia/Shanghai", False)):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert bool(doctor()["时区"].advice) == advice
    monkeypatch.undo()
    time.tzset()
