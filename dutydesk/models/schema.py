"""Whether the connected database has the tables, columns and indexes that this program's models have."""

from __future__ import annotations

from typing import NamedTuple

from dutydesk.models import TABLES, database


class Differences(NamedTuple):
    """What is off, in sentences. Where `unreadable`, tables or columns are missing, and queries would fail."""

    found: list[str]
    unreadable: bool


# PostgreSQL's own, over an expression, which no model can say; `search.problems` looks after them
_BEYOND_MODELS = {"search_text_open", "search_text_words"}


def differences() -> Differences:
    """Compare what is there with the models; additional tables are not looked at."""
    from playhouse.schema_diff import diff_models

    import dutydesk.models.issue_indexes  # noqa: F401  (the ledger's indexes belong to the model with it)

    differs = diff_models(database.obj, list(TABLES))
    missing = [f"缺少表 {table._meta.table_name}" for table in differs.create_tables]
    missing += [f"缺少列 {field.model._meta.table_name}.{field.column_name}" for field in differs.add_columns]
    found = [f"多出列 {table}.{column}" for table, column in differs.drop_columns]
    found += [f"缺少索引 {_index(each)}" for each in differs.add_indexes]
    found += [f"多出索引 {_index(each)}" for each in differs.drop_indexes if each.name not in _BEYOND_MODELS]
    return Differences([f"结构不符：{what}" for what in missing + found], bool(missing))


def _index(index: object) -> str:
    table, name, columns = (getattr(index, part) for part in ("table", "name", "columns"))
    return str(name or f"{table}（{'、'.join(columns or ())}）")
