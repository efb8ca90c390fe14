"""A slot of the schedule becomes a case: what, where exactly, who raised it, and its story."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from random import Random

from dutydesk.demo.case import Case, Kind, Told
from dutydesk.demo.clock import Clock, Limit, day_of, start_of
from dutydesk.demo.courses import COURSES, ON_THE_SPOT, TO_THE_END, UNSOLVED
from dutydesk.demo.patrols import Walks
from dutydesk.demo.people import Person, Team
from dutydesk.demo.schedule import Slot
from dutydesk.demo.stories import Teller
from dutydesk.demo.wording import KIND, Template, Wording
from dutydesk.models import Category, DutyItem, Issue
from dutydesk.rules import evidence

# How often somebody can be told, and how often it is solved where it is found, by source.
_CONTACT = {
    "hotline": 0.95, "caller": 0.97, "visit": 0.85, "meeting": 0.25, "grid": 0.08, "superior": 0.3, "opinion": 0.08,
    "patrol": 0.02, "joint_patrol": 0.02,
}  # fmt: skip
_SPOT = {"patrol": 0.8, "joint_patrol": 0.7, "grid": 0.7, "caller": 0.3, "visit": 0.2}
# Where exactly, by the gap of the text that names a place already.
_SPOTS = {
    "{no}": ("{no}号楼", "{no}号", "{road}{lane}弄{no}号"),
    "{lane}": ("{road}{lane}弄", "{road}{lane}弄口"),
    "{road}": ("{road}沿线", "{road}近路口"),
    "": ("{no}号楼", "{road}{lane}弄{no}号", "{no}号附近", ""),
}
_RESIDENTIAL = 0.9
_RECENT = 40
_MISFILED, _USUAL, _BY_WORD = 4, "FW04", ("hotline", "caller", "superior")


class Maker:
    """Makes cases, one after the other."""

    def __init__(self, rng: Random, clock: Clock, words: Wording, teller: Teller, walks: Walks) -> None:
        self._rng, self._clock, self._words, self._teller, self._walks = rng, clock, words, teller, walks
        self._kinds = _kinds(words)
        self._by_id = {kind.id: kind for kind in self._kinds}
        self._courses = [course for _, course in COURSES]
        self._course_weights = list(accumulate(often for often, _ in COURSES))
        self._drawn: dict[tuple[str, str], tuple[list[Kind], list[int]]] = {}
        self._recent: dict[int, list[Case]] = {}
        self._misfiled = 0

    def start_stretch(self) -> None:
        """Cases of an earlier stretch are written: nothing is merged into them any more."""
        self._recent.clear()

    def make(self, slot: Slot, key: int, year: int, serial: int) -> Case:
        """The case of a slot with its story told up to now."""
        course = self._course(slot)
        main = self._main(slot.team) if course.startswith("merge") else None
        if course.startswith("merge") and main is None:
            course = TO_THE_END if slot.stage is None else "open"
        case = self._begin(slot, main)
        case.id, case.year, case.serial, case.main = key, year, serial, main
        case.still_open = (slot.stage is not None and slot.stage.due != "over") or slot.need == "unsolved"
        self._walks.tie(case)
        if slot.need != "unsolved" and slot.stage is None and self._on_the_spot(case):
            course = ON_THE_SPOT
        if slot.stage is not None and not course and case.source in _BY_WORD:
            self._misfile(case)
        if course.startswith("solve_on_spot"):
            answers = case.template.on_the_spot or case.template.handled
            case.on_the_spot = self._rng.choice(answers).format_map(case.slots)
        case.steps.append(
            Told("register", None, "reported", case.reporter, case.on_the_spot, "{}", case.at, case.at)
        )
        if slot.stage is not None:
            self._teller.play(case, course, self._clock.now, slack=slot.stage.due == "today", paced=False)
        elif slot.need:
            self._teller.play(case, course, self._clock.now, slack=slot.need == "unsolved")
        else:
            self._teller.play(case, course)
        if case.main is not None and case.merged_into is None and slot.stage is None and len(case.steps) == 1:
            self._teller.play(case, TO_THE_END)
        if not case.solved_on_spot and case.main is None and case.state != "void":
            recent = self._recent.setdefault(slot.team.id, [])
            recent.append(case)
            del recent[:-_RECENT]
        return case

    def _course(self, slot: Slot) -> str:
        if slot.stage is not None:
            return slot.stage.course
        if slot.need == "solved":
            return TO_THE_END
        if slot.need:
            courses = UNSOLVED
            if self._clock.now - slot.minute > 40 * 1440:
                courses = tuple(each for each in UNSOLVED if "pool" in each[1] or "pause" in each[1])
            return self._rng.choices([each for _, each in courses], [often for often, _ in courses])[0]
        return self._rng.choices(self._courses, cum_weights=self._course_weights)[0]

    def _main(self, team: Team) -> Case | None:
        """A case of the area into which another may be merged: one that is open, else one of the last."""
        recent = self._recent.get(team.id, [])
        recent = [case for case in recent if case.is_open] or recent
        return self._rng.choice(recent[-8:]) if recent else None

    def _begin(self, slot: Slot, main: Case | None) -> Case:
        checkpoint = None
        if main is not None:
            kind, template, unit = main.kind, main.template, (main.unit, main.unit_name)
        elif checkpoint := self._walks.checkpoint(slot):
            kind = self._by_id[checkpoint.category]
            unit = (checkpoint.unit, checkpoint.unit_name)
            template = self._walks.template(checkpoint, kind)
        else:
            kind = self._kind(slot)
            template = self._template(slot, kind)
            residential = self._rng.random() < _RESIDENTIAL
            unit = self._rng.choice(slot.team.homes if residential else slot.team.units)
        road = self._rng.choice(slot.team.roads)
        slots = main.slots if main else self._words.slots(unit=unit[1], road=road)
        case = Case(
            slot.team, kind, template, slots, slot.minute, *unit, slot.source, self._reporter(slot, unit[0])
        )
        case.checkpoint = checkpoint
        case.summary = template.summary.format_map(slots)
        case.detail = self._words.detail(slot.source, template, slots)
        if checkpoint:
            case.spot, case.force = checkpoint.place.removeprefix(unit[1]), checkpoint.force
        else:
            said = template.summary + template.detail
            spots = next(spots for gap, spots in _SPOTS.items() if gap in said)
            case.spot = main.spot if main else self._rng.choice(spots).format_map(slots)
        self._urgency(case, slot)
        self._contact(case, slot, main)
        return case

    def _misfile(self, case: Case) -> None:
        """A few that were passed on come in under the class that fits most calls, though their words are plain."""
        found = evidence.likenesses(Issue(summary=case.summary, detail=case.detail, spot=case.spot))
        plain = found and found[0].category.id == case.category and evidence.plainly(found[0], None)
        if plain and self._misfiled < _MISFILED:
            usual = next(kind for kind in self._kinds if kind.code == _USUAL)
            case.category, case.force = usual.id, usual.force
            self._misfiled += 1

    def _urgency(self, case: Case, slot: Slot) -> None:
        rng = self._rng
        if slot.stage is None and not slot.need:
            draw = rng.random() * 100
            case.urgency = "normal" if draw < 88 else "urgent" if draw < 98 else "critical"
            case.strongly_felt, case.beyond_neighbourhood = rng.random() < 0.02, rng.random() < 0.02
        if slot.stage is not None:
            case.always_proxied, case.sampled = slot.stage.proxied, slot.stage.sampled
        if slot.source != "hotline":
            return
        day = day_of(slot.minute)
        case.source_number = f"RX{day:%Y%m%d}{rng.randrange(1_000_000):06d}"
        if slot.stage is not None and slot.stage.due == "today":
            closing = self._clock.closing(self._clock.today)
            late = self._clock.now > closing - 30
            case.source_due_at = start_of(self._clock.today) + 1439 if late else closing
        elif rng.random() < 0.8:
            case.source_due_at = self._clock.closing(
                self._clock.working_day_after(day, rng.choice((3, 5, 5, 7)))
            )

    def _reporter(self, slot: Slot, unit: int) -> Person:
        """Who enters it: a duty officer, or the 居委's own where somebody came to them."""
        if slot.source in ("visit", "grid", "caller") and self._rng.random() < 0.55:
            return slot.team.unit_officers[unit]
        return self._rng.choice(slot.team.officers)

    def _contact(self, case: Case, slot: Slot, main: Case | None) -> None:
        rng = self._rng
        wanted = slot.stage.contact if slot.stage is not None else None
        contact = rng.random() < _CONTACT[slot.source] if wanted is None else wanted
        if main is not None and main.contact is None:
            contact = False
        if contact:
            names = self._words.names
            no, room = case.slots["no"], f"{rng.randint(1, 6)}0{rng.randint(1, 4)}"
            address = f"{case.unit_name}{no}号{room}室" if rng.random() < 0.5 else ""
            case.contact = (names.resident(), names.phone() if rng.random() < 0.92 else "", address)

    def _on_the_spot(self, case: Case) -> bool:
        often = _SPOT.get(case.source, 0.0)
        return case.main is None and bool(case.template.on_the_spot) and self._rng.random() < often

    def _kind(self, slot: Slot) -> Kind:
        stage = slot.stage
        if stage is not None and stage.withheld:
            return self._rng.choice([kind for kind in self._kinds if not kind.delegated])
        said, wanted = KIND[slot.source], self._wanted(slot)
        if (said, wanted) not in self._drawn:
            kinds = [
                kind
                for kind in self._kinds
                if kind.words.by_kind[said] and _WANTED[wanted](self._limit(kind), kind)
            ]
            self._drawn[said, wanted] = kinds, list(accumulate(kind.words.weight for kind in kinds))
        kinds, weights = self._drawn[said, wanted]
        return self._rng.choices(kinds, cum_weights=weights)[0]

    def _limit(self, kind: Kind) -> Limit:
        return self._teller.limits.of(kind.id, "normal", "completion")

    def _wanted(self, slot: Slot) -> str:
        """What the place of a staged case in the own area needs of its category."""
        if slot.stage is None:
            return "any"
        if slot.stage.sampled:
            return "sampled"
        return slot.stage.due or "later"

    def _template(self, slot: Slot, kind: Kind) -> Template:
        templates = kind.words.by_kind[KIND[slot.source]]
        if slot.stage is not None and slot.stage.sampled:
            templates = [each for each in templates if each.on_the_spot] or templates
        return self._rng.choice(templates)


# Categories that suit a staged case: short or long limits, something to do on the spot.
_WANTED: dict[str, Callable[[Limit, Kind], bool]] = {
    "any": lambda limit, kind: True,
    "sampled": lambda limit, kind: bool(kind.words.on_the_spot),
    "over": lambda limit, kind: kind.delegated and limit.unit == "work_hours",
    "today": lambda limit, kind: kind.delegated,
    "later": lambda limit, kind: kind.delegated and limit.unit == "work_days" and limit.amount >= 5,
}


def _kinds(words: Wording) -> list[Kind]:
    bases = {item.category_id: item.basis for item in DutyItem.select().where(DutyItem.department.is_null())}
    return [
        Kind(
            row.id,
            row.code,
            row.name,
            row.force.value,
            row.delegated,
            row.spot_share,
            row.id in bases,
            bases.get(row.id, ""),
            words.categories[row.code],
        )
        for row in Category.select().order_by(Category.id)
    ]
