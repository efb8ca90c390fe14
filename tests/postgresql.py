"""A PostgreSQL of the test run's own: on a free port of 127.0.0.1, in a temporary folder, as a user other than root."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

BINARIES = Path("/usr/lib/postgresql")  # Debian's, a folder for each version
# Nothing here outlives the run; ICU sorts as few other things do, so that what leans on an order by code points fails.
FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=64MB",
    "listen_addresses=127.0.0.1",
)


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
    process: subprocess.Popen[bytes]
    numbers: count[int] = field(default_factory=count)

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
        """Remember the rows of a database as they are now, for `restore`."""
        self._run(
            url,
            "create schema kept; do $$ declare t text; begin "
            "for t in select tablename from pg_tables where schemaname = 'public' loop "
            "execute format('create table kept.%1$I as table public.%1$I', t); end loop; end $$",
        )

    def restore(self, url: str) -> None:
        """Every row and every sequence as they were kept: a tenth of the time that a copy of the database takes."""
        self._run(
            url,
            "set session_replication_role = replica; do $$ declare t text; s text; n bigint; begin "
            "for t in select tablename from pg_tables where schemaname = 'kept' loop "
            "execute format('delete from public.%1$I', t); "
            "execute format('insert into public.%1$I select * from kept.%1$I', t); end loop; "
            "for t, s in select table_name, pg_get_serial_sequence(format('public.%I', table_name), column_name) "
            "from information_schema.columns where table_schema = 'public' and column_default like 'nextval%' loop "
            "execute format('select coalesce(max(id), 0) + 1 from kept.%I', t) into n; "
            "perform setval(s, n, false); end loop; end $$",
        )

    def _run(self, url: str, sql: str) -> None:
        import psycopg

        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )
            admin.execute(sql)

    def stop(self) -> None:
        self.process.terminate()  # a smart shutdown; whoever is connected still would hold it up
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)
        shutil.rmtree(self.folder, ignore_errors=True)


def start() -> Server:
    """Start a server; skips the test where there is none, and fails it where DUTYDESK_TEST_POSTGRESQL=required."""
    binaries = _binaries()
    if binaries is None:
        if os.environ.get("DUTYDESK_TEST_POSTGRESQL") == "required":
            pytest.fail("PostgreSQL's programs are not installed, and these tests must run")
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="dutydesk-pg-"))
    data = folder / "data"
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    made = subprocess.run(
        _as_nobody(
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
            "--locale=C.UTF-8",
            "--locale-provider=icu",
            "--icu-locale=zh",
        ),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [part for each in FAST for part in ("-c", each)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            _as_nobody(binaries / "postgres", "-D", data, "-p", str(port), "-k", str(folder), *options),
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    server = Server(port, folder, process)
    ready = ["-h", "127.0.0.1", "-p", str(port), "-q"]
    while subprocess.run([binaries / "pg_isready", *ready], check=False).returncode:
        assert process.poll() is None, (folder / "log").read_text()
    return server
