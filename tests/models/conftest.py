"""A desk on the database of the small district."""

from __future__ import annotations

import threading

import pytest

from dutydesk.desk import Desk
from dutydesk.settings import load
from dutydesk.vocabulary import Role


@pytest.fixture
async def desk(district, tmp_path, monkeypatch):
    """A desk of the duty officer; `heard` is set when it tells of a change."""
    monkeypatch.setenv("DUTYDESK_STATE_FOLDER", str(tmp_path))
    load.cache_clear()
    district.close()
    heard = threading.Event()
    desk = Desk(district.url, heard.set)
    desk.heard = heard
    await desk.open(district.numbers[Role.DUTY_OFFICER], "测试")
    yield desk
    await desk.close()
    load.cache_clear()
