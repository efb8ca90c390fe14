"""Text that means harm, through every entrance and every exit: 0 control bytes, 0 live formulas, 0 markup obeyed.

It is typed and imported, and, as if the database had been written by another program, put into every text column
past the entrance's wall. The exits here: xlsx, CSV, txt, JSON, the command's own lines; the screens are in `tests/screens/`.
"""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import unicodedata
import zipfile
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from peewee import CharField, TextField

from dutydesk.forms.base import Form, check, fields
from dutydesk.forms.handling import form_of
from dutydesk.forms.intake import IntakeForm
from dutydesk.models import TABLES, Issue, IssueStep
from dutydesk.vocabulary import Role, State
from tests.rules.conftest import Cases
from tests.rules.letters.conftest import Letters
from tests.rules.meetings.conftest import Meetings

R = Role
MARKUP = "[/b][@click=app.exit]点[/][bold red]红"
PIECES = {
    "escape": "电\x1b[31m梯\x1b[2J",
    "osc52": "\x1b]52;c;cm0gLXJm\x07",
    "c1": "一\x9b31m二\x85",
    "delete": "三\x7f四\x08",
    "bidi": "正\u202e反\u202c\u2066\u200f",
    "zero width": "零\u200b宽\ufeff\u2060",
    "tags": "旗\U000e0041\U000e007f",
    "separators": "行\u2028段\u2029",
    "marks": "叠" + "\u0301" * 9,
    "markup": MARKUP,
    "formula": "=cmd|'/c calc'!A1",
    "formulas": "+1+1 @SUM(A1) -2+3",
    "wide formula": "＝1+1",
    "xml": "<f>1</f>]]>&lt;",
    "braces": "{0}%s{subject}",
}
ALL = "".join(PIECES.values())
LIVE = re.compile(r"^[\s\u3000]*[=+\-@＝＋－＠]")
# Keys, words of a vocabulary, digests, JSON, moments as text: what a program reads and no person types.
NOT_TYPED = re.compile(
    r"(_id|hash|salt|digest|previous|chain|code|key|act|month|kind|state|role|number|fingerprint|stamp|weekdays|subject"
    r"|kinds|unit|hours|starts|details|content|before|lines|pattern|question|value|shape|headers|defaults|place_json"
    r"|page|paper|minutes|tokens|crossing|words|columns|mapping|source|name)$"
)
NAMES = {
    "Unit": "name", "Area": "name", "Staff": "name", "Department": "name", "Category": "name", "Route": "name",
    "Meeting": "title", "MeetingSeries": "place", "Reporter": "name",
}  # fmt: skip


def unsafe(said: str, lines: bool = True) -> list[str]:
    """The characters of a text that a terminal or a program could obey."""
    kept = "\n\r" if lines else ""
    return [
        hex(ord(c))
        for c in said
        if c not in kept and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    ]


@pytest.fixture
def cases(district):
    return Cases(district, None)


def with_everything(cases) -> None:
    """Something of each kind: cases in all states, requests, letters, meetings."""
    for state in (State.REPORTED, State.ASSIGNED, State.REVIEW, State.CLOSED):
        cases.in_state(state, detail="补充")
    cases.new(source="hotline", source_number="XH-1")
    asked = cases.in_hands(R.HANDLER, State.ASSIGNED)
    cases.do("ask_extension", asked)
    Meetings(cases).new()
    Letters(cases).draft()


def poison() -> int:
    """Every text column that a person fills holds it, whatever the entrances keep out; answers with how many columns."""
    many = 0
    for table in TABLES:
        for name, column in table._meta.fields.items():
            free = type(column) in (CharField, TextField) and not column.primary_key
            if free and (not NOT_TYPED.search(name) or NAMES.get(table.__name__) == name):
                many += table.update({name: ALL}).where(column != "").execute() > 0
    return many


class TestEntrances:
    """What is typed, pasted or imported is clean from then on."""

    @pytest.mark.parametrize("piece", PIECES)
    def test_typed(self, cases, piece):
        said = f"楼道{PIECES[piece]}堆物"
        typed = {
            "unit": str(cases.district.units[0]), "category": str(cases.fire), "source": "caller", "summary": said,
            "detail": said, "spot": said, "reporter_name": said[:20], "reporter_address": said[:40],
        }  # fmt: skip
        form, wrong = check(IntakeForm, typed)
        assert wrong == {} and form is not None
        issue_id = cases.new(**form.model_dump())
        note, _wrong = check(form_of("note"), {"text": said})
        cases.do("note", issue_id, **note.model_dump())
        rows = [*Issue.select().dicts(), *IssueStep.select().dicts()]
        values = [value for row in rows for value in row.values() if isinstance(value, str)]
        assert [value for value in values if unsafe(value)] == []
        if piece in ("markup", "formula", "xml", "braces"):
            assert PIECES[piece] in Issue.get_by_id(issue_id).summary, "it is kept as it was typed"

    @pytest.mark.parametrize(
        "module", ["intake", "handling", "letters", "meetings", "patrol", "people", "shift"]
    )
    def test_every_text_field_of_every_form(self, module):
        """Whatever the form says of the rest: a text that it takes is clean."""
        tried = 0
        for form_class in vars(import_module(f"dutydesk.forms.{module}")).values():
            if not (isinstance(form_class, type) and issubclass(form_class, Form)):
                continue
            for spec in fields(form_class):
                if spec.entry.kind not in ("line", "prose", "text"):
                    continue
                info = SimpleNamespace(field_name=spec.name)
                taken = [form_class._as_typed(piece[: spec.entry.limit], info) for piece in PIECES.values()]
                value = "".join(taken)
                tried += 1
                assert unsafe(value) == [], f"{form_class.__name__}.{spec.name}"
        assert tried or module == "patrol"

    def test_imported(self, cases, tmp_path):
        path = tmp_path / "清单.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["工单编号", "问题描述", "地址", "来电人", "类别", "处理结果"])
            for place, piece in enumerate(PIECES.values()):
                writer.writerow([f"XH{place}", f"楼道{piece}堆物", f"康健新村{piece}", piece, "楼道堆物", ""])
        done = run(cases, "import", "issues", str(path), "--as", cases.district.numbers[R.DUTY_OFFICER])
        assert unsafe(done.stdout + done.stderr) == []
        rows = [value for row in Issue.select().dicts() for value in row.values() if isinstance(value, str)]
        assert (
            Issue.select().count() >= len(PIECES) - 2
            and [unsafe(value) for value in rows if unsafe(value)] == []
        )


def run(cases, *words: str) -> subprocess.CompletedProcess[str]:
    cases.district.close()
    done = subprocess.run(
        [sys.executable, "-m", "dutydesk", *words],
        capture_output=True, encoding="utf-8", check=False, timeout=60, cwd=Path(__file__).parent.parent,
        env=os.environ | {"DUTYDESK_DATABASE": cases.district.url, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    cases.district.connect()
    return done


class TestExits:
    """What stands in the database leaves as text, and as nothing else."""

    @pytest.mark.parametrize(
        "what",
        [
            ("issues", "--json"),
            ("letters", "--json"),
            ("meetings", "--json"),
            ("shifts", "--json"),
            ("staff", "--json"),
            ("postings", "--json"),
            ("audit", "--json", "--as", "D10"),
        ],
        ids=lambda words: words[0],
    )
    def test_json(self, cases, what):
        with_everything(cases)
        assert poison() > 20
        done = run(cases, "export", *what)
        assert done.returncode == 0, done.stderr
        assert unsafe(done.stdout) == [] and json.loads(done.stdout) is not None

    @pytest.mark.parametrize("form", ["csv", "xlsx", "txt", "json"])
    @pytest.mark.parametrize("what", ["issues", "answers", "duties", "staff", "postings", "tree", "audit"])
    def test_files(self, cases, tmp_path, what, form):
        with_everything(cases)
        poison()
        path = tmp_path / f"a.{form}"
        who = ("--as", "D10") if what == "audit" else ()
        done = run(cases, "export", what, "--output", str(path), *who)
        assert unsafe(done.stdout + done.stderr) == []
        if done.returncode:
            assert "--format" in done.stderr or "请写明" in done.stderr, done.stderr
            return
        if form == "xlsx":
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    part = archive.read(name).decode()
                    assert unsafe(part) == [] and "<f>" not in re.sub(
                        r"<dataValidation.*?</dataValidation>", "", part
                    )
        else:
            raw = path.read_text(encoding="utf-8-sig")
            assert unsafe(raw) == []
            if form == "csv":
                cells = [cell for row in csv.reader(raw.splitlines()) for cell in row]
                assert [cell for cell in cells if LIVE.match(cell)] == []
