"""This machine's settings: a TOML file, then DUTYDESK_* environment variables. An office's own live in the database.

Imports nothing of ours and nothing heavy: it is read before peewee and Textual are.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Settings(NamedTuple):
    """What this machine says: where the database is, the folders, how lines are drawn."""

    database: str = ""
    state_folder: str = ""
    inbox_folder: str = ""
    outbox_folder: str = ""
    drawing: str = "auto"  # auto, box or ascii
    lock_wait: str = "15"  # seconds to wait while another program holds the database
    lock_after: str = (
        "15"  # minutes without a key after which a desk that was signed in to is locked, 0 for never
    )

    @property
    def state(self) -> Path:
        """The folder for what the desk keeps outside its database (drafts of last resort, audit heads)."""
        if self.state_folder:
            return Path(self.state_folder)
        if self.database.startswith("sqlite:///"):
            path = sqlite_path(self.database)  # each database has its own: two may lie in one folder
            return path.with_name(f"{path.name}-state")
        own = Path(os.environ.get("XDG_STATE_HOME", Path.home() / ".local" / "state")) / "dutydesk"
        name = (
            self.database.partition("://")[2].partition("?")[0].partition("/")[2]
        )  # hosts change, its name stays
        return own / (re.sub(r"[^\w-]", "-", name) or "postgresql")

    @property
    def inbox(self) -> Path:
        """The 收件夹: the only folder from which the desk on screen takes files in."""
        return Path(self.inbox_folder) if self.inbox_folder else self.state / "inbox"

    @property
    def outbox(self) -> Path:
        """The 发件夹: the only folder into which the desk on screen puts files."""
        return Path(self.outbox_folder) if self.outbox_folder else self.state / "outbox"


class SettingsError(Exception):
    """The settings cannot be used; the message is Chinese and says what to do."""


def sqlite_path(url: str) -> Path:
    """The file that a `sqlite:////path/file.db` URL names."""
    return Path(url.removeprefix("sqlite:///"))


OF_THE_MACHINE = Path("/etc/dutydesk/settings.toml")


def settings_file() -> Path:
    """Where the TOML file is: DUTYDESK_SETTINGS, else the user's own, else (where only that is there) the machine's."""
    named = os.environ.get("DUTYDESK_SETTINGS")
    if named:
        return Path(named)
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    own = Path(home) / "dutydesk" / "settings.toml"
    return own if own.is_file() or not OF_THE_MACHINE.is_file() else OF_THE_MACHINE


@cache
def load() -> Settings:
    """Read file and environment once. Raises SettingsError where the file cannot be understood."""
    known = set(Settings._fields)
    values: dict[str, str] = {}
    path = settings_file()
    if path.is_file():
        import tomllib

        try:
            found = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SettingsError(f"设置文件 {path} 读不懂（{error}）。请改正或移走它再试。") from None
        strange = sorted(set(found) - known)
        if strange:
            raise SettingsError(
                f"设置文件 {path} 里有不认识的项：{'、'.join(strange)}。可用的项：{'、'.join(sorted(known))}。"
            )
        values |= {key: str(value) for key, value in found.items()}
    for name in known:
        if value := os.environ.get(f"DUTYDESK_{name.upper()}"):
            values[name] = value
    chosen = Settings(**values)
    if not chosen.database:
        data = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share"))
        chosen = chosen._replace(database=f"sqlite:///{data / 'dutydesk' / 'district.db'}")
    if chosen.drawing not in ("auto", "box", "ascii"):
        raise SettingsError("设置 drawing 只能是 auto、box 或 ascii，请改正。")
    if not re.fullmatch(r"[0-9]{1,3}", chosen.lock_wait):
        raise SettingsError("设置 lock_wait 是等候数据库的秒数，只能是 0 至 999 的整数，请改正。")
    whole, _, part = chosen.lock_after.partition(".")
    if not (whole + part).isdecimal() or not whole.isascii() or len(whole) > 4:
        raise SettingsError("设置 lock_after 是多少分钟没有操作就锁定，只能是 0（不锁）至 9999，请改正。")
    return chosen


_WHOSE, _AREA = "{number}", "{area}"
_FOLDERS = ("inbox_folder", "outbox_folder")


def folders_of(number: str) -> None:
    """Where the two folders are named with `{number}`, each member of staff has folders of their own: from now on, these.

    Programs that this one starts are told too.
    """
    _name_folders(_WHOSE, number)


def folders_by_area() -> bool:
    """Whether the folders are named with `{area}`, and it is still to be said which area's they are."""
    return any(_AREA in getattr(load(), name) for name in _FOLDERS)


def folders_of_area(code: str) -> None:
    """Where the two folders are named with `{area}`, each area has folders of its own: from now on, these."""
    _name_folders(_AREA, code)


def _name_folders(mark: str, by: str) -> None:
    if not (by.isascii() and by.replace("-", "").isalnum()):  # a pattern takes longer to compile
        return
    for name in _FOLDERS:
        folder = getattr(load(), name)
        if mark in folder:
            os.environ[f"DUTYDESK_{name.upper()}"] = folder.replace(mark, by)
            load.cache_clear()


def placed(path: Path) -> str:
    """A file as the screen tells of it: its name, then the folder that it is in."""
    return f"{path.name}（在 {path.parent}）"


def on_postgresql() -> bool:
    """Whether the desk works on PostgreSQL; decides what is imported."""
    return is_postgresql(load().database)


def is_postgresql(url: str) -> bool:
    """Whether a database's URL names a PostgreSQL."""
    return url.startswith(("postgres://", "postgresql://"))


def without_password(url: str) -> str:
    """A URL as it may be shown."""
    url = re.sub(r"(://[^:@/]*):[^@]*@(?:[^@/]*@)*", r"\1@", url)  # one that holds an @ itself, too
    return re.sub(r"([?&][a-z]*password=)[^&]*", r"\1…", url)


def shown(url: str) -> str:
    """A database as it is called on the screen: its file, or its URL without the password."""
    return without_password(url) if is_postgresql(url) else str(sqlite_path(url))
