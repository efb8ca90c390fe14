"""The wheel, installed elsewhere, runs; make's environment is made once, and says clearly what it lacks."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent


def run(*command: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, with nothing of this session's Python about it."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "DUTYDESK_", "MAKE"))
    }
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=kept | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


# -- the wheel ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    built = run(
        sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return next(folder.glob("dutydesk-*.whl"))


def test_the_wheel_holds_every_file_of_the_package_and_the_look(wheel: Path) -> None:
    """Data and migrations too; the look comes from the root of the repository."""
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
        for name in ("dutydesk.tcss", "dutydesk-duties.tcss"):
            assert archive.read(f"dutydesk/{name}") == (ROOT / name).read_bytes()
    files = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "dutydesk").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {"dutydesk/data/categories.toml", "dutydesk/models/migrations/0001_first_light.py"} <= files
    assert files <= inside


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment far from the checkout with the wheel in it; its dependencies are this environment's."""
    folder = tmp_path_factory.mktemp("别处 elsewhere")
    assert run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder).returncode == 0
    python = folder / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check")
    installed = run(*pip, "install", "--no-deps", "--no-index", wheel, cwd=folder)
    assert installed.returncode == 0, installed.stderr
    purelib = run(
        python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder
    ).stdout.strip()
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (Path(purelib) / "borrowed.pth").write_text("\n".join(borrowed), encoding="utf-8")
    return folder


def test_the_wheel_installed_elsewhere_runs(elsewhere: Path) -> None:
    """Its command answers, from its own files and not from the checkout."""
    where = run(
        elsewhere / "bin" / "python", "-c", "import dutydesk; print(dutydesk.__file__)", cwd=elsewhere
    )
    assert where.stdout.startswith(str(elsewhere)), where.stdout + where.stderr
    helped = run(elsewhere / "bin" / "dutydesk", "--help", cwd=elsewhere)
    assert helped.returncode == 0, helped.stderr
    assert all(command in helped.stdout for command in ("desk", "demo", "db"))


def test_the_wheel_installed_elsewhere_fills_a_demo(elsewhere: Path) -> None:
    """The data inside is found: a small demo is filled and holds."""
    database = {"DUTYDESK_DATABASE": f"sqlite:///{elsewhere}/small.db"}
    command = elsewhere / "bin" / "dutydesk"
    filled = run(command, "demo", "--fill-only", "--issues", "50", "--seed", "1", cwd=elsewhere, **database)
    assert filled.returncode == 0, filled.stdout + filled.stderr
    checked = run(command, "db", "check", cwd=elsewhere, **database)
    assert checked.returncode == 0, checked.stdout + checked.stderr


# -- the locks ----------------------------------------------------------------------------------------------------


def locked(name: str) -> dict[str, tuple[str, int]]:
    """What a lock holds: package → (version, number of hashes)."""
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = re.findall(
        r"^([\w.-]+)==(\S+)([^\n]*(?:\n    --hash=sha256:[0-9a-f]{64}[^\n]*)*)", text, re.MULTILINE
    )
    return {
        canonicalize_name(package): (version, rest.count("--hash=")) for package, version, rest in entries
    }


def test_the_lock_fits_what_the_project_asks_for() -> None:
    """Each dependency is locked at a fitting version, each lock entry has its hashes, the two locks agree."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lock, dev_lock = locked("requirements.lock"), locked("requirements-dev.lock")
    tools = [line for line in project["dependency-groups"]["dev"] if isinstance(line, str)]
    for asked, held in [(project["project"]["dependencies"], lock), (tools, dev_lock)]:
        for requirement in map(Requirement, asked):
            version, _ = held[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(version), requirement
    assert all(hashes for _, hashes in (lock | dev_lock).values())
    assert lock.items() <= dev_lock.items()


# -- make's environment -------------------------------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What make needs of the checkout, in a folder whose path has blanks and Chinese."""
    folder = tmp_path / "值班 台"
    (folder / "scripts").mkdir(parents=True)
    for name in ("Makefile", "requirements.lock", "requirements-dev.lock", "scripts/environment.sh"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def interpreter(folder: Path, script: str) -> str:
    """A stand-in for python, as a shell script."""
    path = folder / "python-here"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return f"./{path.name}"


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("exit 1", "不能用：需要 Python 3.11 或更高版本"),
        ('case "$*" in *ensurepip*) echo Traceback >&2; exit 1;; esac', "sudo apt install python3-venv"),
        ('case "$*" in *"-m venv"*) exit 1;; esac', "没有建成"),
        ('[ "$2" != venv ] || { mkdir -p .venv/bin; cp /bin/false .venv/bin/python; }', "依赖没有装好"),
    ],
    ids=["too old", "without venv", "cannot make it", "no network"],
)
def test_what_is_lacking_is_said_in_one_clear_line(checkout: Path, script: str, message: str) -> None:
    """No traceback, exit 1, and make fails too."""
    python = interpreter(checkout, script)
    failed = run("./scripts/environment.sh", "run", cwd=checkout, PYTHON=python)
    assert failed.returncode == 1
    assert message in failed.stderr
    assert len(failed.stderr.splitlines()) == 1
    made = run("make", "run", f"PYTHON={python}", cwd=checkout)
    assert made.returncode != 0
    assert message in made.stderr


def test_no_python_at_all_is_said_too(checkout: Path) -> None:
    """With a PATH that holds only what the script itself needs."""
    tools = checkout / "tools"
    tools.mkdir()
    for tool in ("sh", "cat", "cksum", "dirname"):
        (tools / tool).symlink_to(shutil.which(tool) or tool)
    failed = run("./scripts/environment.sh", "run", cwd=checkout, PATH=str(tools))
    assert failed.returncode == 1
    assert failed.stderr.startswith("没有找到 Python 3.11 或更高版本")


def test_the_environment_is_made_once_and_again_when_the_lock_changes(checkout: Path) -> None:
    """A stand-in interpreter makes a stand-in environment that writes down each installation."""
    python = interpreter(
        checkout,
        '[ "$2" = venv ] || exit 0\n'
        "echo created >>log; mkdir -p .venv/bin; : >.venv/bin/dutydesk; chmod +x .venv/bin/dutydesk\n"
        "printf '#!/bin/sh\\necho \"$*\" >>log\\n' >.venv/bin/python; chmod +x .venv/bin/python",
    )

    def log_after(kind: str) -> list[str]:
        made = run("./scripts/environment.sh", kind, cwd=checkout, PYTHON=python)
        assert made.returncode == 0, made.stderr
        path = checkout / "log"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines

    first = log_after("run")
    assert first[0] == "created"
    assert "--require-hashes --requirement requirements.lock" in first[1]
    assert "--editable ." in first[2]
    assert log_after("run") == []

    tools_added = log_after("dev")
    assert "created" not in tools_added
    assert "requirements-dev.lock" in tools_added[0]
    assert log_after("dev") == log_after("run") == []

    with (checkout / "requirements.lock").open("a", encoding="utf-8") as lock:
        lock.write("# changed\n")
    assert log_after("run")[0] == "created"
    (checkout / ".venv" / "bin" / "dutydesk").unlink()
    assert log_after("run")[0] == "created"


def test_make_lists_every_target(checkout: Path) -> None:
    """Each target of the list of phony ones stands with Chinese words."""
    listed = run("make", cwd=checkout).stdout
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert targets
    for target in targets[1].split():
        assert re.search(rf"^  {target} +[\u4e00-\u9fff]", listed, re.MULTILINE), target
