"""What every table shares: the database behind them, and the field for instants."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dutydesk.stand_ins import in_place_of, stand_ins

# peewee imports psycopg, asyncio and ssl wherever psycopg is installed: a third more launch time and half more
# memory for a desk on SQLite that needs none of it. `on_postgresql` brings psycopg where a URL asks for it, and with
# it all that peewee needs of it. This is the first import of peewee in the program.
_HIDDEN = dict.fromkeys(("psycopg", "psycopg2", "psycopg2cffi", "pymysql"))
_SELDOM_USED = {"uuid": ("UUID", "uuid1", "uuid4"), "pickle": ("dumps", "loads")}

with in_place_of(_HIDDEN), in_place_of(stand_ins(_SELDOM_USED)):
    import peewee
    import playhouse.fields  # noqa: F401  (EnumField; with it come the pickles)

database = peewee.DatabaseProxy()


class InstantField(peewee.Field):
    """A moment: `timestamptz` on PostgreSQL, ISO 8601 UTC text of fixed width on SQLite; aware in Python."""

    field_type = "INSTANT"

    def db_value(self, value: datetime | str | None) -> str | None:
        """The text that sorts as the moments do. Raises ValueError for a naive datetime."""
        if value is None or isinstance(value, str):
            return value
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def python_value(self, value: Any) -> datetime | None:
        """An aware datetime in UTC."""
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        moment: datetime = value
        return moment.astimezone(UTC)


class Table(peewee.Model):
    """Base of all tables."""

    class Meta:
        """Where the tables are."""

        database = database
        legacy_table_names = False

    if TYPE_CHECKING:
        # peewee makes the `x_id` of a foreign key, and what a joined select adds, only at run time.
        def __getattr__(self, name: str) -> Any: ...
        def __setattr__(self, name: str, value: Any) -> None: ...
