"""A district moves from one database to another, of either kind: `dutydesk db copy`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from peewee import Database

from dutydesk.models import TABLES, InstantField, connection, database, search
from dutydesk.models.base import Table
from dutydesk.models.problems import DatabaseProblem
from dutydesk.rules import audit

_AT_A_TIME = 5_000
_INDEXES_AT_A_TIME = 10


def copy(source_url: str, target_url: str, say: Callable[[str], None]) -> int:
    """Copy every row of every table into a new database, and see that all came over; answers with how many.

    The source is read as it is at one moment, a few thousand rows at a time. The target stands only when all is in it.
    Raises DatabaseProblem where either cannot be used, the target holds something, or what came over differs.
    """
    if source_url == target_url:
        raise DatabaseProblem("两个地址是同一个数据库，没有复制。请核对。")
    connection.connect(source_url)
    source: Database = database.obj
    try:
        with connection.read_transaction():
            connection.take_time()  # while the target makes its indexes
            with connection.made_whole(target_url):
                counts = _copy_rows(source, say)
                _verify(counts)
    except connection.ERRORS as error:
        raise connection.explain(error, target_url) from error
    finally:
        source.close()
    return sum(counts.values())


def _copy_rows(source: Database, say: Callable[[str], None]) -> dict[type[Table], int]:
    counts: dict[type[Table], int] = {}

    def indexed(done: int, of: int) -> None:
        if done % _INDEXES_AT_A_TIME == 0 or done == of:
            say(f"建立索引：{done}/{of}…")

    with connection.bulk_writing(indexed):
        for table in TABLES:
            counts[table] = 0
            connection.insert_rows(table, table._meta.sorted_field_names, _rows(source, table, counts, say))
            say(f"{table._meta.table_name}：{counts[table]} 行")
        say("建立索引，数据多时要几分钟…")
        search.fill_index()
    say("核对行数和审计链…")
    return counts


def _rows(
    source: Database, table: type[Table], counts: dict[type[Table], int], say: Callable[[str], None]
) -> Iterator[list[Any]]:
    """The rows of a table in the order of their keys, as the other kind keeps them."""
    fields = table._meta.sorted_fields
    instants = [place for place, field in enumerate(fields) if isinstance(field, InstantField)]
    columns = ", ".join(f'"{field.column_name}"' for field in fields)
    key: Any = table._meta.primary_key
    at = fields.index(key)
    last: Any = None
    while True:
        after = f'where "{key.column_name}" > {source.param} ' if last is not None else ""
        sql = f'select {columns} from "{table._meta.table_name}" {after}order by "{key.column_name}" limit {_AT_A_TIME}'  # noqa: S608
        found: Any = source.execute_sql(sql, None if last is None else (last,)).fetchall()  # type: ignore[no-untyped-call]
        for values in found:
            row = list(values)
            for place in instants:
                row[place] = fields[place].db_value(fields[place].python_value(row[place]))
            yield row
        counts[table] += len(found)
        if len(found) < _AT_A_TIME:
            return
        last = found[-1][at]
        if counts[table] % 50_000 == 0:
            say(f"{table._meta.table_name}：已复制 {counts[table]} 行…")


def _verify(counts: dict[type[Table], int]) -> None:
    """Raise DatabaseProblem where the target lacks rows or its audit chains are broken."""
    for table, count in counts.items():
        arrived = table.select().count()
        if arrived != count:
            raise DatabaseProblem(
                f"{table._meta.table_name} 应有 {count} 行，只到了 {arrived} 行，没有复制。请再试一次。"
            )
    for chain in audit.chains():
        if problem := audit.verify(chain):
            raise DatabaseProblem(
                f"审计链 {problem.chain} 第 {problem.sequence} 条：{problem.what}，没有复制。"
                "请先在原来的库上运行 dutydesk db check。"
            )
