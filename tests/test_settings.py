"""This machine's settings: a TOML file, then the environment; a mistake is named, with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from dutydesk import settings
from dutydesk.settings import SettingsError


@pytest.fixture(autouse=True)
def _read_anew(monkeypatch, tmp_path):
    for name in (
        "DATABASE",
        "STATE_FOLDER",
        "INBOX_FOLDER",
        "OUTBOX_FOLDER",
        "DRAWING",
        "LOCK_WAIT",
        "LOCK_AFTER",
        "SETTINGS",
    ):
        monkeypatch.delenv(f"DUTYDESK_{name}", raising=False)
    for folder in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{folder}_HOME", str(tmp_path / folder.lower()))
    settings.load.cache_clear()
    yield
    settings.load.cache_clear()


def write(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "config" / "dutydesk" / "settings.toml"
    path.parent.mkdir(parents=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_without_anything_said_the_database_is_in_the_users_folder(tmp_path):
    found = settings.load()
    assert found.database == f"sqlite:///{tmp_path}/data/dutydesk/district.db"
    assert found.state == tmp_path / "data" / "dutydesk" / "district.db-state"
    assert (found.drawing, found.lock_wait) == ("auto", "15")


def test_the_file_counts_and_the_environment_before_it(tmp_path, monkeypatch):
    write(tmp_path, 'database = "sqlite:////one.db"\ndrawing = "ascii"\nlock_wait = 3\n')
    monkeypatch.setenv("DUTYDESK_DATABASE", "sqlite:////two.db")
    found = settings.load()
    assert (found.database, found.drawing, found.lock_wait) == ("sqlite:////two.db", "ascii", "3")


def test_the_two_folders_lie_beside_the_database_unless_named(tmp_path, monkeypatch):
    write(tmp_path, 'database = "sqlite:////one.db"\noutbox_folder = "/srv/out"\n')
    assert settings.load().inbox == Path("/one.db-state/inbox")
    assert settings.load().outbox == Path("/srv/out")


def test_each_database_of_a_server_has_a_folder_of_its_own_whichever_host_it_is_on(tmp_path, monkeypatch):
    kept = set()
    for url in (
        "me:x@a,b:5433/xuhui?target_session_attrs=read-write",
        "me@c/xuhui",
        "c/demo",
        "c",
        "c/..",
        "c/x.y",
    ):
        monkeypatch.setenv("DUTYDESK_DATABASE", f"postgresql://{url}")
        settings.load.cache_clear()
        kept.add(settings.load().state.relative_to(tmp_path / "state" / "dutydesk"))
    assert sorted(map(str, kept)) == ["--", "demo", "postgresql", "x-y", "xuhui"]


def test_a_file_may_be_named(tmp_path, monkeypatch):
    named = tmp_path / "other.toml"
    named.write_text('state_folder = "/var/lib/dutydesk"')
    monkeypatch.setenv("DUTYDESK_SETTINGS", str(named))
    assert settings.load().state == Path("/var/lib/dutydesk")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("database = ", "读不懂"),
        (b"\xff\xfe", "读不懂"),
        (
            'databse = "x"',
            "不认识的项：databse。可用的项：database、drawing、inbox_folder、lock_after、lock_wait、outbox_folder、state_folder",
        ),
        ('drawing = "svg"', "drawing 只能是"),
        ('lock_wait = "soon"', "lock_wait"),
        ('lock_after = "soon"', "lock_after"),
        ("lock_after = -1", "lock_after"),
        ("lock_after = 10000", "lock_after"),
        ("lock_wait = -1", "lock_wait"),
        ("lock_wait = 100000", "lock_wait"),
    ],
)
def test_a_mistake_is_named_in_a_sentence(tmp_path, text, message):
    write(tmp_path, text)
    with pytest.raises(SettingsError, match=message):
        settings.load()


def test_a_postgresql_database_is_known_as_one(monkeypatch, tmp_path):
    assert not settings.on_postgresql()
    settings.load.cache_clear()
    monkeypatch.setenv("DUTYDESK_DATABASE", "postgresql://host/district")
    assert settings.on_postgresql()
    assert settings.load().state == tmp_path / "state" / "dutydesk" / "district"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:secret@a,b:5433/x?target_session_attrs=read-write", None),
        ("postgresql://me:se/cret@a/x", "postgresql://me@a/x"),
        ("postgresql://me:one@secret@a/x", "postgresql://me@a/x"),
        ("postgresql://a/x?user=me&password=secret&sslmode=require", None),
        ("postgresql://a/x?sslpassword=secret", None),
    ],
)
def test_no_password_is_shown_wherever_it_stands(url, shown):
    assert "cret" not in settings.shown(url)
    assert shown in (None, settings.shown(url))


def test_where_the_folders_name_a_number_everybody_has_their_own(monkeypatch):
    monkeypatch.setenv("DUTYDESK_INBOX_FOLDER", "/srv/in/{number}")
    monkeypatch.setenv("DUTYDESK_OUTBOX_FOLDER", "/srv/out")
    for number in ("", "../root", "XH0001/..", "XH0001\n"):
        settings.folders_of(number)
        assert settings.load().inbox == Path("/srv/in/{number}")
    settings.folders_of("XH0001")
    assert (settings.load().inbox, settings.load().outbox) == (Path("/srv/in/XH0001"), Path("/srv/out"))


def test_where_they_name_an_area_each_area_has_its_own(monkeypatch):
    monkeypatch.setenv("DUTYDESK_INBOX_FOLDER", "/srv/in/{area}")
    monkeypatch.setenv("DUTYDESK_OUTBOX_FOLDER", "/srv/out/{area}/{number}")
    settings.folders_of("XH0001")
    assert settings.folders_by_area()
    for code in ("", "../root", "KJ01/.."):
        settings.folders_of_area(code)
        assert settings.folders_by_area()
    settings.folders_of_area("KJ01")
    assert not settings.folders_by_area()
    assert (settings.load().inbox, settings.load().outbox) == (
        Path("/srv/in/KJ01"),
        Path("/srv/out/KJ01/XH0001"),
    )


def test_the_machines_settings_count_where_one_has_none_of_ones_own(monkeypatch, tmp_path):
    of_the_machine = tmp_path / "etc.toml"
    monkeypatch.setattr(settings, "OF_THE_MACHINE", of_the_machine)
    monkeypatch.delenv("DUTYDESK_SETTINGS", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    own = tmp_path / "dutydesk" / "settings.toml"
    assert settings.settings_file() == own
    of_the_machine.touch()
    assert settings.settings_file() == of_the_machine
    own.parent.mkdir(exist_ok=True)
    own.touch()
    assert settings.settings_file() == own
