"""The wording of demonstration cases: enough of it, without gaps, without anything from the real world."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dutydesk.rules.lifecycle import STEP_NAMES

from .conftest import DATA

GIVEN_BY_THE_CASE = {"unit", "road", "building", "place", "assignee", "partners", "number", "date", "serial"}
LISTS = ("seen", "told", "asked", "handled", "on_the_spot")
Demo = dict[str, Any]


def sentences(node: object) -> Iterator[str]:
    """All texts below a node."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from sentences(value)
    elif isinstance(node, list):
        for value in node:
            yield from sentences(value)


def reports(category: Demo) -> list[list[str]]:
    return [*category["seen"], *category["told"], *category.get("asked", [])]


def test_every_category_has_eight_reports_that_differ(demo_issues: Demo, categories: Demo) -> None:
    assert {row["code"] for row in demo_issues["category"]} == set(categories)
    for row in demo_issues["category"]:
        assert len({what for what, _ in row["seen"] + row["told"]}) >= 8, row["code"]


def test_no_sentence_is_used_twice(demo_issues: Demo) -> None:
    texts = [detail for row in demo_issues["category"] for _, detail in reports(row)]
    texts += [done for row in demo_issues["category"] for _, done in row["handled"]]
    assert len(texts) == len(set(texts)) > 700


def test_every_report_finds_how_it_was_handled_and_every_handling_its_report(demo_issues: Demo) -> None:
    for row in demo_issues["category"]:
        texts = [what + detail for what, detail in reports(row)]
        for text in texts:
            assert any(word in text for words, _ in row["handled"] for word in words.split()), (
                row["code"],
                text,
            )
        for words, done in row["handled"] + row.get("on_the_spot", []):
            for word in words.split():
                assert any(word in text for text in texts), (row["code"], word, done)


def test_every_gap_can_be_filled(demo_issues: Demo, demo_texts: Demo) -> None:
    for demo in (demo_issues, demo_texts):
        known = GIVEN_BY_THE_CASE | set(demo["slots"])
        used = {gap for text in sentences(demo) for gap in re.findall(r"\{(\w*)\}", text)}
        assert used <= known, used - known


def test_what_was_told_reads_on_from_how_it_came_in(demo_issues: Demo) -> None:
    for row in demo_issues["category"]:
        for _, detail in row["told"] + row.get("asked", []):
            assert not re.match(r"居民反映|反映|热线|走访|例会", detail), (row["code"], detail)


def test_steps_are_named_as_in_the_life_cycle(demo_texts: Demo) -> None:
    assert set(demo_texts["steps"]) <= set(STEP_NAMES)
    assert all(len(texts) >= 2 for texts in demo_texts["steps"].values())


def test_a_summary_fits_a_line_of_the_ledger(demo_issues: Demo) -> None:
    summaries = [what for row in demo_issues["category"] for what, _ in reports(row)]
    assert max(len(re.sub(r"\{\w+\}", "东西", what)) for what in summaries) <= 24


def test_made_up_names_never_repeat_a_character(demo_names: Demo) -> None:
    for age in ("elder", "adult"):
        for sex in ("women", "men"):
            first, second = demo_names[age][f"{sex}_first"], demo_names[age][f"{sex}_second"]
            assert not set(first) & set(second), (age, sex)
            assert len(set(first)) * len(set(second)) >= 100


def test_no_telephone_number_could_be_somebodys(demo_names: Demo) -> None:
    assert demo_names["phone_prefix"] == "1380000"
    for path in sorted(DATA.iterdir()):
        text = path.read_text(encoding="utf-8")
        mobiles = re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", text)
        assert all(number.startswith("1380000") for number in mobiles), path.name
        assert not re.findall(r"(?<!\d)(?:0\d{2,3}-?)?[2-8]\d{7}(?!\d)", text), path.name


def test_the_spam_of_the_source_page_is_nowhere_in_the_project() -> None:
    spam = "JN" + "体育官方网址"
    here = DATA.parents[1]
    for folder in ("dutydesk", "tests", "docs"):
        for path in (here / folder).rglob("*"):
            if path.is_file() and path.suffix in {".py", ".toml", ".csv", ".md", ".tcss", ".txt"}:
                assert spam not in path.read_text(encoding="utf-8"), path
