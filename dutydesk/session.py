"""Who is signed in: the person, the roles and scopes of this day, and where from. First argument of every rule."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from dutydesk.vocabulary import Force, Role


class Grant(NamedTuple):
    """A role with its scope; only the ids that the scope needs are set. `place` is the scope in words."""

    role: Role
    place: str = ""
    subdistrict_id: int | None = None
    area_id: int | None = None
    unit_id: int | None = None
    department_id: int | None = None
    force: Force | None = None


class Session(NamedTuple):
    """A signed-in member of staff on a day."""

    staff_id: int
    number: str
    name: str
    grants: tuple[Grant, ...]
    day: date
    came_from: str = ""
    demo: bool = False

    @property
    def roles(self) -> frozenset[Role]:
        """All roles held today."""
        return frozenset(grant.role for grant in self.grants)

    @property
    def main(self) -> Grant | None:
        """The grant that names the desk: the first one."""
        return self.grants[0] if self.grants else None

    @property
    def area_id(self) -> int | None:
        """The area at whose desk this person sits, if it is one area's."""
        return next((grant.area_id for grant in self.grants if grant.area_id), None)

    @property
    def subdistrict_id(self) -> int | None:
        """The subdistrict to which this person belongs, if one."""
        return next((grant.subdistrict_id for grant in self.grants if grant.subdistrict_id), None)

    @property
    def desk_name(self) -> str:
        """Whose desk it is, as every screen's first line says: `康健一片区 值班员 王芳`."""
        if not self.main:
            return self.name
        return " ".join(part for part in (self.main.place, self.main.role.label, self.name) if part)
