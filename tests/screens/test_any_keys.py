"""Anybody's keys over the screens, by chance; a hundred thousand are `python benchmarks/any_keys.py`."""

from __future__ import annotations

import pytest

from benchmarks.any_keys import walk


@pytest.mark.both
def test_keys_pastes_and_sizes_by_chance_end_no_desk_and_break_nothing(district, tmp_path, monkeypatch):
    monkeypatch.setenv("DUTYDESK_STATE_FOLDER", str(tmp_path / "state"))
    district.close()
    seen = walk(district.url, keys=120, seed=3, length=40)
    assert seen.off == []
    assert len(seen.screens) >= 3
