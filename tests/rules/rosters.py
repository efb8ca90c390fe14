"""Two colleagues for the small district's duty officer, and a month drafted or published among them."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from dutydesk.models import RoleGrant, Staff
from dutydesk.rules import roster_drafting, roster_publishing
from dutydesk.rules.signing_on import sign_on
from dutydesk.vocabulary import Role

R = Role
MONTH = "2026-12"
KINDS = "日班 08:30-18:00、夜班 18:00-08:30"


def with_colleagues(cases):
    """With the duty officer and the chief four may have duties."""
    cases.colleagues = []
    for number, name in (("N1", "王芳"), ("N2", "李强")):
        staff = Staff.create(number=number, name=name)
        RoleGrant.create(
            staff=staff,
            role=R.DUTY_OFFICER,
            area=cases.district.areas[0],
            subdistrict=cases.district.subdistrict,
            valid_from=date(2020, 1, 1),
        )
        cases.colleagues.append(sign_on(number))
    return cases


def drafted(desk, month: str = MONTH, **changes):
    fields = {"shifts": KINDS, "people": "值班员甲、王芳、李强", "rest": True, "away": ""} | changes
    return roster_drafting.make(desk[R.DUTY_OFFICER], month, fields, str(uuid4()))


def published(desk, **changes):
    sheet = drafted(desk, **changes)
    return roster_publishing.publish(desk[R.AREA_CHIEF], MONTH, sheet.version, str(uuid4()))
