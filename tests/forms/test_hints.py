"""What stands dimly in an empty field is read whole: Textual drops what does not fit, from the last space on."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from rich.cells import cell_len

from dutydesk import forms
from dutydesk.forms.base import Form, fields

WHEN, LINE = 40, 62  # columns of a field for a day, and of any other, on 80
NAMES = [each.name for each in pkgutil.iter_modules(forms.__path__) if each.name not in ("base", "when")]


@pytest.mark.parametrize("name", NAMES)
def test_every_hint_fits_into_its_field(name):
    module = importlib.import_module(f"dutydesk.forms.{name}")
    shown = [
        (form.__name__, spec.name, spec.entry)
        for form in vars(module).values()
        if isinstance(form, type) and issubclass(form, Form) and form is not Form
        for spec in fields(form)
        if spec.entry.kind != "prose"
    ]
    assert shown
    for form_name, field_name, entry in shown:
        room = WHEN if entry.kind in ("date", "moment", "by") else LINE
        assert cell_len(entry.hint) <= room, (form_name, field_name, entry.hint)
