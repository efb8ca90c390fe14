"""`docs/letters.md` holds the tables that the desk obeys."""

from __future__ import annotations

from scripts.letters_page import PAGE, page


def test_the_page_holds_both_lives_as_they_are() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == page(text), "run scripts/letters_page.py"
