"""A line that is cut while somebody types, and one that stalls; 100 cuts are `python -m benchmarks.line_cuts`."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from benchmarks.line_cuts import FORMS, Form, cut


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_line_cut_at_any_instant_of_typing_keeps_what_was_seen_and_leaves_no_process(
    demo_copy: str, tmp_path: Path, form: Form
) -> None:
    came = cut(demo_copy, tmp_path, Random(form.name), form)
    assert came.well, came
