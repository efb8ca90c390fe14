"""A small district in a database of its own: two areas of three units, three categories, somebody in each role."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest

from dutydesk.models import (
    Area,
    Category,
    Checkpoint,
    Department,
    District,
    DutyItem,
    FindKey,
    RoleGrant,
    Route,
    Staff,
    Subdistrict,
    TeamSeat,
    TimeLimit,
    Unit,
    UnitArea,
    database,
)
from dutydesk.models.connection import connect, migrate
from dutydesk.rules.finding import key_rows
from dutydesk.rules.organisation import today
from dutydesk.rules.signing_on import sign_on
from dutydesk.session import Session
from dutydesk.settings import sqlite_path
from dutydesk.vocabulary import (
    DepartmentKind,
    Force,
    PatrolKind,
    Phase,
    Role,
    SeatKind,
    UnitKind,
    Urgency,
)
from tests.postgresql import Server, start

SINCE = date(2020, 1, 1)
ELSEWHERE = "D99"  # the duty officer of the other area
ON_BOTH = {"models", "rules"}  # what asks most of a database


@dataclass
class SmallDistrict:
    """The ids of what there is; the database is connected on the test's thread until `close`."""

    url: str  # what DUTYDESK_DATABASE would say
    subdistrict: int
    areas: list[int]
    units: list[int]  # three of the first area, three of the second
    # XF01: none sampled; LJ01: all sampled, every 居委 answers for it; SR05: the chief assigns
    categories: list[int]
    departments: list[int]  # one of the subdistrict, one of the district
    numbers: dict[Role, str] = field(default_factory=dict)
    sessions: dict[Role, Session] = field(default_factory=dict)
    elsewhere: Session | None = None

    @property
    def path(self) -> Path:
        """The file, where it is one."""
        return sqlite_path(self.url)

    def connect(self) -> None:
        """Connect on this thread, again after a desk has had the database."""
        self.close()
        connect(self.url)

    def close(self) -> None:
        """Let go of this thread's connection, so that a desk may take the database over."""
        if database.obj is not None and not database.is_closed():
            database.close()

    def sign_on(self, role: Role) -> Session:
        """A session of today: what `sessions` holds was made when the fixture was."""
        return sign_on(self.numbers[role])

    def add_route(
        self,
        name: str = "居民区安全线",
        checkpoints: int = 4,
        kind: PatrolKind = PatrolKind.DAILY,
        partners: str = "",
        weekdays: str = "1234567",
        area: int = 0,
    ) -> int:
        """A patrol route in one of the areas; answers with its id."""
        route = Route.create(area=self.areas[area], name=name, kind=kind, partners=partners, valid_from=SINCE)
        for position in range(1, checkpoints + 1):
            Checkpoint.create(
                route=route,
                position=position,
                unit=self.units[3 * area + position % 3],
                place=f"{position}号楼底层",
                look_at="楼道、门厅有无堆物",
                standard="公共部位无堆物，通行宽度不受影响",
                abnormal=f"{position}号楼底层楼道堆物，影响通行",
                force=Force.SAFETY,
                category=self.categories[0],
                weekdays=weekdays,
                valid_from=SINCE,
            )
        return int(route.id)


def _places() -> SmallDistrict:
    xuhui = District.create(code="310104", name="徐汇区")
    town = Subdistrict.create(district=xuhui, code="310104012", name="康健新村街道", short_name="康健")
    areas = [
        Area.create(subdistrict=town, code=f"KJ0{n}", name=f"康健{word}片区", demo=True, valid_from=SINCE)
        for n, word in ((1, "一"), (2, "二"))
    ]
    names = ("康健新村", "长桥二村", "寿昌坊", "桂林苑", "玉兰园", "科技大楼（演示）")
    units = []
    for place, name in enumerate(names):
        kind = UnitKind.BUILDING if "大楼" in name else UnitKind.RESIDENTIAL
        units.append(Unit.create(subdistrict=town, code=f"31010401200{place}", name=name, kind=kind))
        UnitArea.create(unit=units[-1], area=areas[place // 3], valid_from=SINCE)
        FindKey.insert_many(key_rows("unit", units[-1].id, name)).execute()
    office = Department.create(
        subdistrict=town, code="GLB", name="社区管理办公室", kind=DepartmentKind.OFFICE
    )
    bureau = Department.create(code="QFG", name="区住房保障和房屋管理局", kind=DepartmentKind.BUREAU)
    for department in (office, bureau):
        FindKey.insert_many(key_rows("department", department.id, department.name)).execute()
    ids = [[row.id for row in rows] for rows in (areas, units, (office, bureau))]
    return SmallDistrict("", town.id, ids[0], ids[1], [], ids[2])


def _categories(small: SmallDistrict) -> None:
    rows = (
        ("XF01", "消防安全", "楼道堆物", Force.SAFETY, True, 0.0),
        ("LJ01", "垃圾分类", "垃圾满溢", Force.MANAGEMENT, True, 1.0),
        ("SR05", "市容秩序", "违法搭建", Force.MANAGEMENT, False, 0.0),
    )
    limits = {
        Urgency.NORMAL: ((4, "work_hours"), (5, "work_days")),
        Urgency.URGENT: ((2, "work_hours"), (8, "work_hours")),
        Urgency.CRITICAL: ((1, "clock_hours"), (4, "clock_hours")),
    }
    for code, group, name, force, delegated, share in rows:
        category = Category.create(
            code=code, group_name=group, name=name, force=force, delegated=delegated, spot_share=share
        )
        small.categories.append(category.id)
        FindKey.insert_many(key_rows("category", category.id, name)).execute()
        for urgency, pair in limits.items():
            for phase, (amount, unit) in zip(Phase, pair, strict=True):
                TimeLimit.create(
                    category=category,
                    urgency=urgency,
                    phase=phase,
                    amount=amount,
                    unit=unit,
                    valid_from=SINCE,
                )
    DutyItem.create(department=None, category=small.categories[1], basis="居委清单第3条：环境卫生日常巡查")
    DutyItem.create(
        department=small.departments[0], category=small.categories[2], basis="科室职责第5条：违建处置"
    )


def _people(small: SmallDistrict) -> None:
    area, town, unit = small.areas[0], small.subdistrict, small.units[0]
    office, bureau = small.departments
    scopes: dict[Role, dict[str, object]] = {
        Role.DUTY_OFFICER: {"area": area, "subdistrict": town},
        Role.NEIGHBOURHOOD_OFFICER: {"unit": unit, "subdistrict": town},
        Role.AREA_CHIEF: {"area": area, "subdistrict": town},
        Role.HANDLER: {"area": area, "force": Force.SAFETY, "subdistrict": town},
        Role.LIAISON: {"department": office},
        Role.DEPARTMENT_HEAD: {"department": bureau},
        Role.COORDINATOR: {"subdistrict": town},
        Role.SIGNATORY: {"subdistrict": town},
    }
    for place, role in enumerate(Role):
        number = f"D{place:02d}"
        staff = Staff.create(number=number, name=f"{role.label}甲")
        RoleGrant.create(staff=staff, role=role, valid_from=SINCE, **scopes.get(role, {}))
        FindKey.insert_many(key_rows("staff", staff.id, staff.name)).execute()
        small.numbers[role] = number
    other = Staff.create(number=ELSEWHERE, name="值班员乙")
    RoleGrant.create(
        staff=other, role=Role.DUTY_OFFICER, area=small.areas[1], subdistrict=town, valid_from=SINCE
    )
    seats = [(SeatKind.CHIEF, None, "片区长"), *((SeatKind.FORCE, f, f"{f.label}力量") for f in Force)]
    for kind, force, title in seats:
        TeamSeat.create(
            area=area, kind=kind, force=force, title=title, holder_name=f"{title}甲", valid_from=SINCE
        )
    TeamSeat.create(
        area=area, kind=SeatKind.PARTICIPANT, title="物业", holder_name="康健物业", valid_from=SINCE
    )


def _made(url: str) -> SmallDistrict:
    """The small district in a new database, which each test's is a copy of."""
    migrate(url)
    connect(url)
    with database.atomic():
        small = _places()
        _categories(small)
        _people(small)
    small.sessions = {role: sign_on(number, "测试") for role, number in small.numbers.items()}
    small.elsewhere = sign_on(ELSEWHERE, "测试")
    database.close()
    small.url = url
    return small


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SmallDistrict:
    """The file that a test's district is a copy of."""
    return _made(f"sqlite:///{tmp_path_factory.mktemp('district') / 'template.db'}")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A server of this worker's own; skips where there is none."""
    server = start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgresql_template(postgresql: Server) -> SmallDistrict:
    """The database that is put back to this before each test."""
    made = _made(postgresql.create())
    postgresql.keep(made.url)
    return made


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Models and rules are tried on both kinds of database; `both`, `sqlite` and `postgresql` say otherwise."""
    if "engine" not in metafunc.fixturenames:
        return
    marks = {mark.name for mark in metafunc.definition.iter_markers()}
    chosen = metafunc.definition.path.parent.name in ON_BOTH
    if "both" in marks or (chosen and not marks & {"sqlite", "postgresql"}):
        metafunc.parametrize("engine", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """Which kind of database the test is on."""
    alone = "postgresql" if request.node.get_closest_marker("postgresql") else "sqlite"
    return getattr(request, "param", alone)


@pytest.fixture
def district(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmallDistrict]:
    """A small district of the test's own, connected on its thread, with a session for each role."""
    made: SmallDistrict = request.getfixturevalue(f"{engine}_template")
    if engine == "sqlite":
        url = f"sqlite:///{tmp_path / 'district.db'}"
        shutil.copy(made.path, sqlite_path(url))
    else:
        url = made.url
        server: Server = request.getfixturevalue("postgresql")
        server.restore(url)
    # signing thirteen people on takes longer than most tests: only the day is new
    sessions = {role: session._replace(day=today()) for role, session in made.sessions.items()}
    elsewhere = made.elsewhere._replace(day=today())
    numbers = dict(made.numbers)  # a test may give somebody another
    small = replace(made, url=url, sessions=sessions, elsewhere=elsewhere, numbers=numbers)
    connect(small.url)
    yield small
    small.close()


@pytest.fixture(scope="session")
def demo_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A demo district of 400 issues; copy its file before writing to it."""
    from dutydesk.demo import fill

    url = f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.db'}"
    fill(url, issues=400, seed=1, say=lambda _line: None)
    return url
