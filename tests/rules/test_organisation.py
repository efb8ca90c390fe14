"""Who speaks for a unit."""

from __future__ import annotations

from dutydesk.models import Unit
from dutydesk.rules.organisation import committee
from dutydesk.vocabulary import UnitKind


def test_a_building_or_park_has_no_committee():
    said = {kind: committee(Unit(name="康平", kind=kind)) for kind in UnitKind}
    assert said == {
        UnitKind.RESIDENTIAL: "康平居委",
        UnitKind.AFFORDABLE: "康平居委",
        UnitKind.BUILDING: "康平",
        UnitKind.PARK: "康平",
    }
