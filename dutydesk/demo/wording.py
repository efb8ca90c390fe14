"""Words for the demo: what was seen, said and done, from the shipped templates; names that belong to nobody."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

from dutydesk.rules.district import shipped


class Slots(dict[str, Any]):
    """Values for the gaps of a text; one that is missing is drawn and stays for the texts that follow."""

    def __init__(self, rng: Random, kinds: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        super().__init__(given)
        self._rng, self._kinds = rng, kinds

    def __missing__(self, name: str) -> Any:
        kind, rng = self._kinds[name], self._rng
        drawn = self[name] = (
            rng.randint(kind["from"], kind["to"]) if isinstance(kind, dict) else rng.choice(kind)
        )
        return drawn


class Template(NamedTuple):
    """What was found, with the handlings and on-the-spot answers that fit it."""

    summary: str
    detail: str
    handled: tuple[str, ...]
    on_the_spot: tuple[str, ...]


@dataclass
class CategoryWords:
    """The templates of a category, by the way in which an issue came."""

    weight: int
    feedback: list[str]
    by_kind: dict[str, list[Template]] = field(default_factory=dict)
    handled: list[list[str]] = field(default_factory=list)
    on_the_spot: list[list[str]] = field(default_factory=list)

    def template(self, summary: str, detail: str, general: list[str]) -> Template:
        """A template with what fits it: a handling goes with the words that it names."""
        said = summary + detail

        def fitting(pairs: list[list[str]]) -> tuple[str, ...]:
            return tuple(done for words, done in pairs if any(word in said for word in words.split()))

        return Template(summary, detail, fitting(self.handled) or tuple(general), fitting(self.on_the_spot))


# How issues of each source are told of, and where the opening of the detail stands.
KIND = {
    "patrol": "seen",
    "joint_patrol": "seen",
    "grid": "seen",
    "superior": "seen",
    "hotline": "told",
    "caller": "told",
    "opinion": "told",
    "visit": "asked",
    "meeting": "asked",
}


class Wording:
    """All texts of the demo, read once."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        issues, self.texts = shipped("demo_issues"), shipped("demo_texts")
        self._issue_slots, self._step_slots = issues["slots"], self.texts["slots"]
        self.steps: dict[str, list[str]] = self.texts["steps"]
        self.steps["pass_check"] = [text for text in self.steps["pass_check"] if "夜里" not in text]
        self.general: dict[str, list[str]] = self.texts["general"]
        self.categories: dict[str, CategoryWords] = {}
        for entry in issues["category"]:
            words = CategoryWords(entry["weight"], entry["feedback"])
            words.handled, words.on_the_spot = entry["handled"], entry.get("on_the_spot", [])
            for kind in ("seen", "told", "asked"):
                words.by_kind[kind] = [
                    words.template(summary, detail, self.general["done"])
                    for summary, detail in entry.get(kind, [])
                ]
            self.categories[entry["code"]] = words
        self._openings = {
            "hotline": self.texts["hotline"]["openings"],
            "visit": self.texts["visit"]["openings"],
            "meeting": self.texts["meeting"]["openings"],
            **self.texts["other_openings"],
        }
        self._endings = {name: self.texts[name]["endings"] for name in ("hotline", "visit", "meeting")}
        self.names = Names(rng)

    def slots(self, **given: Any) -> Slots:
        """The values of one case, the same in all its texts."""
        return Slots(self.rng, self._issue_slots, given)

    def step(self, act: str, **given: Any) -> str:
        """What is written at a step."""
        return self.pick(self.steps[act], **given)

    def pick(self, texts: list[str], **given: Any) -> str:
        """One of some texts, its gaps filled."""
        return self.rng.choice(texts).format_map(Slots(self.rng, self._step_slots, given))

    def detail(self, source: str, template: Template, slots: Slots) -> str:
        """The detail of a report, with the opening and the ending of its source."""
        text = template.detail.format_map(slots)
        if openings := self._openings.get(source):
            text = self.rng.choice(openings) + text
        if endings := self._endings.get(source):
            text += self.rng.choice(endings).format_map(slots)
        return text


class Names:
    """Names made up of the characters that ship, and telephone numbers that are plainly made up."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        data = shipped("demo_names")
        self._surnames: list[str] = [name for name, _ in data["surnames"]]
        self._weights = list(itertools.accumulate(weight for _, weight in data["surnames"]))
        self._address: list[str] = data["forms_of_address"]
        self._prefix: str = data["phone_prefix"]
        self._given: dict[str, list[str]] = {
            age: [
                first + second
                for sex in ("women", "men")
                for first in data[age][f"{sex}_first"]
                for second in data[age][f"{sex}_second"]
            ]
            for age in ("elder", "adult")
        }
        self._taken: set[str] = set()

    def _surname(self) -> str:
        return self._rng.choices(self._surnames, cum_weights=self._weights)[0]

    def staff(self) -> str:
        """A name that no other member of staff has."""
        while True:
            name = self._surname() + self._rng.choice(self._given["adult"])
            if name not in self._taken:
                self._taken.add(name)
                return name

    def resident(self) -> str:
        """A resident: full name, or surname and form of address as people give it on the telephone."""
        if self._rng.random() < 0.4:
            return self._surname() + self._rng.choice(self._address)
        return self._surname() + self._rng.choice(
            self._given["elder" if self._rng.random() < 0.55 else "adult"]
        )

    def phone(self) -> str:
        """A number of the form 1380000xxxx."""
        return f"{self._prefix}{self._rng.randrange(10_000):04d}"
