"""The forms of 人员: one act each, its fields from `forms/people.py`, its rule given by the page that opens it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from dutydesk.rules import finding
from dutydesk.screens.base import DeskScreen
from dutydesk.screens.short_form import Rule, ShortForm
from dutydesk.widgets.picker import Search

if TYPE_CHECKING:
    pass


class PeopleForm(ShortForm):
    """A short form about people, places and departments."""

    NAME: ClassVar[str] = "人员"
    FORMS: ClassVar[str] = "people"

    def searches(self) -> dict[str, Search]:
        """Whoever and whatever there is."""
        return {
            "staff": self.search(finding.staff),
            "areas": self.search(finding.areas),
            "units": self.search(finding.places),
            "departments": self.search(finding.departments_here),
            "categories": self.search(finding.categories),
        }


async def fill_in(
    screen: DeskScreen,
    title: str,
    head: str,
    form: str,
    rule: Rule,
    values: Mapping[str, Any] | None = None,
) -> str | None:
    """Show a form until it is done or left; answers with what was done, in a sentence."""
    return await screen.show(PeopleForm(title, head, form, rule, values))
