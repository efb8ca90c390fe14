"""The archive for a machine without a registry: it installs with the network off, refuses damage, and goes back."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from dutydesk import __version__

ROOT = Path(__file__).parent.parent
OFF_LINE = ("unshare", "--map-root-user", "--net")


def run(*command: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """To its end, with what it prints; nothing of this session's Python about it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "DUTYDESK_"))}
    words = [str(part) for part in command]
    return subprocess.run(words, cwd=cwd, env=kept | variables, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive for this machine alone, unpacked."""
    folder = tmp_path_factory.mktemp("bundle")
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    narrow = {"ARCHS": platform.machine(), "PYTHONS": python, "DIST": str(folder)}
    made = run(ROOT / "scripts" / "bundle.sh", cwd=ROOT, **narrow)
    if made.returncode and not os.environ.get("CI"):
        pytest.skip(f"needs a registry of Python packages: {made.stderr[-200:]}")
    assert made.returncode == 0, made.stderr
    with tarfile.open(made.stdout.strip().splitlines()[-1]) as archive:
        archive.extractall(folder, filter="data")
    return next(folder.glob("dutydesk-*/"))


def install(bundle: Path, prefix: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return run(
        *OFF_LINE, bundle / "install.sh", *options, cwd=bundle, PREFIX=str(prefix), PYTHON=sys.executable
    )


def test_it_installs_with_the_network_off_and_goes_back(bundle: Path, tmp_path: Path) -> None:
    prefix, older = tmp_path / "dutydesk", tmp_path / "dutydesk-0.0.9"
    (older / "bin").mkdir(parents=True)
    (older / "bin" / "dutydesk").write_text("#!/bin/sh\n", encoding="utf-8")
    (older / "bin" / "dutydesk").chmod(0o755)
    prefix.symlink_to(older)

    done = install(bundle, prefix)
    assert done.returncode == 0, done.stderr
    assert f"上一个版本 {older} 还在" in done.stdout
    newer = prefix.resolve()
    url = f"sqlite:///{tmp_path / 'district.db'}"
    made = run(prefix / "bin" / "dutydesk", "db", "init", cwd=tmp_path, DUTYDESK_DATABASE=url)
    assert made.returncode == 0, made.stderr

    assert install(bundle, prefix, "--back").returncode == 0
    assert prefix.resolve() == older
    assert install(bundle, prefix, "--back").returncode == 0
    assert prefix.resolve() == newer
    again = install(bundle, prefix)
    assert (again.returncode, again.stderr) == (1, f"{__version__} 已经在用。\n")


def test_a_changed_file_is_refused_before_anything_is_done(bundle: Path, tmp_path: Path) -> None:
    wheel = next((bundle / "wheels").glob("peewee-*.whl"))
    whole = wheel.read_bytes()
    wheel.write_bytes(whole + b"x")
    try:
        done = install(bundle, tmp_path / "dutydesk")
    finally:
        wheel.write_bytes(whole)
    assert done.returncode == 1 and "安装包不完整或被改动过" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_and_was_not_put_there_by_it_is_left_alone(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "dutydesk").mkdir()
    done = install(bundle, tmp_path / "dutydesk")
    assert done.returncode == 1 and "不是本安装包装的" in done.stderr
    assert install(bundle, tmp_path / "elsewhere", "--back").stderr == "没有可以换回的上一个版本。\n"
