"""A PostgreSQL of the test run's own: on a free port of 127.0.0.1, in a temporary folder, as a user other than root."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import psycopg

BINARIES = Path("/usr/lib/postgresql")  # Debian's, a folder for each version
# Nothing here outlives the run; ICU sorts as few other things do, so that what leans on an order by code points fails.
FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=64MB",
    "listen_addresses=127.0.0.1",
)
_END_THE_OTHERS = (
    "select pg_terminate_backend(pid) from pg_stat_activity "
    "where datname = current_database() and pid <> pg_backend_pid()"
)
_KEEP = """
create schema kept;
create table kept.touched (name text);
create table kept.next (sequence regclass, number bigint);
create function kept.touch() returns trigger language plpgsql as $$ begin
  insert into kept.touched values (tg_table_name);
  return null;
end $$;
do $$ declare t text; s text; n bigint; begin
  for t in select tablename from pg_tables where schemaname = 'public' loop
    execute format('create table kept.%1$I as table public.%1$I', t);
    execute format('create trigger touched after insert or update or delete or truncate on public.%I '
                   'for each statement execute function kept.touch()', t);
  end loop;
  for t, s in select table_name, pg_get_serial_sequence(format('public.%I', table_name), column_name)
      from information_schema.columns where table_schema = 'public' and column_default like 'nextval%' loop
    execute format('select coalesce(max(id), 0) + 1 from public.%I', t) into n;
    insert into kept.next values (s::regclass, n);
  end loop;
end $$;
create procedure kept.restore() language plpgsql as $$ declare t text; begin
  set local session_replication_role = replica;  -- references may hang in the air, and nothing is noted
  for t in select distinct name from kept.touched loop
    execute format('delete from public.%I', t);
    execute format('insert into public.%1$I select * from kept.%1$I', t);
  end loop;
  perform setval(sequence, number, false) from kept.next;  -- also of those whose rows were rolled back
  delete from kept.touched;
end $$;
"""


def _as_nobody(*command: str | Path) -> list[str]:
    """A command as a user whom initdb and the server accept."""
    plain = [str(part) for part in command]
    return (
        ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *plain]
        if os.geteuid() == 0
        else plain
    )


def _binaries() -> Path | None:
    """Where initdb and the server are: Debian keeps each version in its own folder."""
    debian = sorted(BINARIES.glob("*/bin/initdb"))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@dataclass
class Server:
    """One server process; `stop` ends it and removes its data."""

    port: int
    folder: Path
    durable: bool = False  # what is acknowledged outlives the process
    process: subprocess.Popen[bytes] | None = None
    numbers: count[int] = field(default_factory=count)
    lines: dict[str, psycopg.Connection[Any]] = field(default_factory=dict)

    def url(self, name: str) -> str:
        """What DUTYDESK_DATABASE would say."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def do(self, sql: str) -> None:
        """A statement of the administrator's, outside any transaction."""
        import psycopg

        with psycopg.connect(self.url("postgres"), autocommit=True) as admin:
            admin.execute(sql)

    def create(self, template: str = "template0") -> str:
        """A database of its own; the URL."""
        name = f"d{next(self.numbers)}"
        self.do(f"create database {name} template {template} strategy file_copy")  # half the time
        return self.url(name)

    def drop(self, url: str) -> None:
        """Away with a database, whoever is still in it."""
        self.do(f"drop database if exists {url.rsplit('/', 1)[1]} with (force)")

    def keep(self, url: str) -> None:
        """Remember the rows of a database as they are now, for `restore`; from now on it notes which tables change."""
        self._alone(url).execute(_KEEP)

    def restore(self, url: str) -> None:
        """Every row and every sequence as they were kept: some milliseconds, where a copy would take a second."""
        self._alone(url).execute("call kept.restore()")

    def _alone(self, url: str) -> psycopg.Connection[Any]:
        """A connection that stays open, as what it has planned once is done in a third of the time; all others end."""
        import psycopg

        with suppress(KeyError, psycopg.OperationalError):  # the first time; a test may have cut it
            self.lines[url].execute(_END_THE_OTHERS)
            return self.lines[url]
        self.lines[url] = psycopg.connect(url, autocommit=True)
        return self._alone(url)

    def go(self) -> Server:
        """Start the server on its data, and wait until it answers."""
        chosen = [each for each in FAST if not (self.durable and each.startswith("synchronous_commit"))]
        options = [part for each in chosen for part in ("-c", each)]
        data, socket_folder = self.folder / "data", self.folder
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                _as_nobody(
                    _programs() / "postgres", "-D", data, "-p", str(self.port), "-k", socket_folder, *options
                ),
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        ready = [_programs() / "pg_isready", "-h", "127.0.0.1", "-p", str(self.port), "-q"]
        while subprocess.run(ready, check=False).returncode:
            assert self.process.poll() is None, (self.folder / "log").read_text()
        return self

    def halt(self) -> None:
        """End the server and whoever is connected, as a restart does; its data stays."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)

    def kill(self) -> None:
        """End the server and all its processes at once, as a machine that loses its power."""
        assert self.process is not None
        main = self.process.pid
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        for each in (main, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        self.process.wait(20)

    def standby(self, port: int = 0) -> Server:
        """Another server that follows this one, on a port that may be given."""
        other = Server(port or _free_port(), _folder(), self.durable)
        following = (
            "pg_basebackup",
            "-d",
            self.url("postgres"),
            "-R",
            "-c",
            "fast",
            "-D",
            other.folder / "data",
        )
        _run(other.folder, *following)
        return other.go()

    def promote(self) -> None:
        """From now on it is the one that is written to."""
        self.do("select pg_promote()")

    def stop(self) -> None:
        """End it for good and remove its data."""
        for line in self.lines.values():
            line.close()
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="dutydesk-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    return folder


def _run(folder: Path, program: str, *arguments: str | Path) -> None:
    """One of PostgreSQL's programs, to its end."""
    command = _as_nobody(_programs() / program, *arguments)
    made = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr


def _programs() -> Path:
    found = _binaries()
    assert found is not None
    return found


def start(durable: bool = False) -> Server:
    """Start a server; skips the test where there is none, and fails it where DUTYDESK_TEST_POSTGRESQL=required."""
    if _binaries() is None:
        if os.environ.get("DUTYDESK_TEST_POSTGRESQL") == "required":
            pytest.fail("PostgreSQL's programs are not installed, and these tests must run")
        pytest.skip("PostgreSQL is not installed")
    server = Server(_free_port(), _folder(), durable)
    accepts = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
    sorts = ("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=zh")
    _run(server.folder, "initdb", "-D", server.folder / "data", *accepts, *sorts)
    return server.go()
