"""Lists beyond memory: what was put aside comes back in order; a key is known by its first row."""

from __future__ import annotations

import pytest

from dutydesk.rules import aside


@pytest.mark.parametrize("many", [0, 3, 500, 501, 2000])
def test_items_come_back_in_order_as_often_as_wanted(many, tmp_path, monkeypatch):
    monkeypatch.setattr(aside, "load", lambda: type("S", (), {"state": tmp_path / "state"}))
    put = aside.Aside()
    for item in range(many):
        put.append((item, "字" * 9))
    assert len(put) == many
    assert [item for item, _ in put] == list(range(many))
    if many:
        assert put[many // 2][0] == many // 2
        put.append((many, ""))
        assert [item for item, _ in put][-2:] == [many - 1, many]


def test_what_is_put_aside_leaves_no_file_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("DUTYDESK_STATE_FOLDER", str(tmp_path))
    aside.load.cache_clear()
    put = aside.Aside()
    for item in range(1000):
        put.append(item)
    assert list(tmp_path.iterdir()) == []
    aside.load.cache_clear()


def test_a_key_is_known_by_the_row_that_had_it_first():
    seen = aside.Seen()
    assert [seen.earlier(key, number) for number, key in enumerate("abab", 2)] == [None, None, 2, 3]
