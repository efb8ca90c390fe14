"""The search index of the ledger: the exact tokens of each case, and what each kind of database does with them.

SQLite keeps FTS5 over the table as its external content: an entry is taken out with the very text that went in, or
ghosts stay that no check finds. PostgreSQL has a GIN index over the same tokens as an array. GIN gives all that hold
a word at once and in no order, so it holds too in which stretches of numbers a case lies: the newest are looked for
in a short stretch first and then in longer ones, since a word that is rare in one is not too common in the next. What
is open has a second index to itself: it is looked through most, and does not grow with the years.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import ForeignKeyField, SqliteDatabase, TextField

from dutydesk.models.base import Table, database
from dutydesk.models.issues import Issue
from dutydesk.text import search_tokens

# Between two texts, so that no phrase reaches from one into the next; and before what is no text.
BETWEEN = "_"
_AT_A_TIME = 1000


class SearchText(Table):
    """The tokens of a case as they stand in the index, parted by blanks."""

    issue = ForeignKeyField(Issue, primary_key=True, index=False)
    tokens = TextField()


OPEN = "_open"  # what a case carries as long as it is

_SHIFTS = (12, 16, 20)  # stretches of 4,096 numbers, of 65,536, of a million
_WORDS = """string_to_array(tokens collate "C", ' ')"""  # by bytes: half the time of a language's order
_STRETCHES = f"array[{', '.join(f'(issue_id >> {shift}) * 32 + {shift}' for shift in _SHIFTS)}]"
_IS_OPEN = f"strpos(tokens || ' ', ' {OPEN} ') > 0"
_ON_POSTGRESQL = {"search_text_words": "", "search_text_open": f" where {_IS_OPEN}"}


def create_index() -> None:
    """Make the index beside its table; for the migration."""
    if _on_sqlite():
        database.execute_sql(
            "create virtual table search_index using fts5(tokens, content='search_text', "
            "content_rowid='issue_id', tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\")"
        )
    else:
        _do("select set_config('maintenance_work_mem', '256MB', true)")  # at a million cases they are large
        for name in _missing():
            # new entries go to their places at once: each search would read a list of those that wait
            _do(
                f"create index {name} on search_text using gin ({_WORDS}, ({_STRETCHES})) "
                f"with (fastupdate = off){_ON_POSTGRESQL[name]}"
            )


def renew_index() -> None:
    """Make what is missing of the index, or is an earlier program's, in the transaction that is under way."""
    if not _on_sqlite():
        create_index()
        _do("drop index if exists search_text_tokens")


def _missing() -> list[str]:
    """The indexes on PostgreSQL that are not there."""
    return [name for name in _ON_POSTGRESQL if _rows("select to_regclass(?)::text", name) == [(None,)]]


def _on_sqlite() -> bool:
    return isinstance(database.obj or database, SqliteDatabase)


_COLUMNS = (
    "id, year, serial, is_open, subdistrict_id, area_id, unit_id, category_id, handler_id, assignee_kind, "
    "assignee_key, assignee_name, source_number, summary, detail, spot, on_the_spot, outcome, feedback_text"
)


def _marks(row: dict[str, Any]) -> Iterator[str]:
    """What is no text: scope, whether it is open, number, category, and in whose hands it is."""
    yield f"_a{row['area_id']}"
    yield f"_s{row['subdistrict_id']}"
    yield f"_u{row['unit_id']}"
    yield f"_c{row['category_id']}"
    yield f"_y{row['year']}"
    yield f"_n{row['serial']}"
    if row["is_open"]:
        yield OPEN
    if row["handler_id"]:
        yield f"_h{row['handler_id']}"
    if row["assignee_kind"]:
        yield f"_p{row['assignee_kind']}{row['assignee_key']}"
    if row["source_number"]:
        number = "".join(c for c in row["source_number"].lower() if c.isascii() and c.isalnum())
        if number:
            yield f"_o{number}"


_TEXTS = ("summary", "spot", "detail", "on_the_spot", "outcome", "feedback_text", "assignee_name")


def _tokens(row: dict[str, Any], told: Sequence[str]) -> str:
    parts = [" ".join(_marks(row))]
    parts += [search_tokens(text) for text in dict.fromkeys([*(row[name] for name in _TEXTS), *told]) if text]
    return f" {BETWEEN} ".join(part for part in parts if part)


def tokens_between(first: int, last: int) -> Iterator[tuple[int, str]]:
    """What the index should hold for the cases with ids from `first` to `last`: (id, tokens)."""
    told: dict[int, list[str]] = {}
    steps = _rows(
        "select issue_id, text from issue_step where issue_id between ? and ? order by id", first, last
    )
    for issue_id, text in steps:
        told.setdefault(issue_id, []).append(text)
    names = [name.strip() for name in _COLUMNS.split(",")]
    for values in _rows(f"select {_COLUMNS} from issue where id between ? and ? order by id", first, last):  # noqa: S608
        row = dict(zip(names, values, strict=True))
        yield row["id"], _tokens(row, told.get(row["id"], []))


def _rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    return list(database.execute_sql(sql.replace("?", database.param), values).fetchall())


def _do(sql: str, *values: Any) -> None:
    database.execute_sql(sql.replace("?", database.param), values)


def keep(issue_id: int) -> None:
    """Write the row of a case anew, in the transaction that is under way."""
    for found, tokens in tokens_between(issue_id, issue_id):
        remove(found)
        _do("insert into search_text (issue_id, tokens) values (?, ?)", found, tokens)
        if _on_sqlite():
            _do("insert into search_index (rowid, tokens) values (?, ?)", found, tokens)


def add(issue_ids: Sequence[int]) -> None:
    """Write the rows of new cases, none of which has one yet, in the transaction that is under way."""
    if not issue_ids:
        return
    new = set(issue_ids)
    rows = [pair for pair in tokens_between(min(new), max(new)) if pair[0] in new]
    cursor = database.cursor()
    sql = "insert into search_text (issue_id, tokens) values (?, ?)"
    cursor.executemany(sql.replace("?", database.param), rows)
    if _on_sqlite():
        cursor.executemany("insert into search_index (rowid, tokens) values (?, ?)", rows)


def remove(issue_id: int) -> None:
    """Take a case out of the index, with the very tokens that went in."""
    for (tokens,) in _rows("select tokens from search_text where issue_id = ?", issue_id):
        if _on_sqlite():
            _do(
                "insert into search_index (search_index, rowid, tokens) values ('delete', ?, ?)",
                issue_id,
                tokens,
            )
        _do("delete from search_text where issue_id = ?", issue_id)


def rebuild() -> Iterator[tuple[int, int]]:
    """Make all anew; yields (cases done, the last id) as it goes. The caller has the transaction."""
    _do("delete from search_text")
    ((last,),) = _rows("select coalesce(max(id), 0) from issue")
    for first in range(1, last + 1, _AT_A_TIME):
        rows = list(tokens_between(first, first + _AT_A_TIME - 1))
        if rows:
            sql = "insert into search_text (issue_id, tokens) values (?, ?)".replace("?", database.param)
            database.cursor().executemany(sql, rows)
        yield min(first + _AT_A_TIME - 1, last), last
    fill_index()
    renew_index()


def fill_index() -> None:
    """Make the index anew from the table, whose rows are as they should be."""
    if _on_sqlite():
        database.execute_sql("insert into search_index (search_index) values ('rebuild')")


def unlike(first: int, last: int) -> list[int]:
    """Ids between whose rows are not what they should be."""
    kept: dict[int, str] = dict(
        _rows("select issue_id, tokens from search_text where issue_id between ? and ?", first, last)
    )
    wanted = dict(tokens_between(first, last))
    return sorted(i for i in kept.keys() | wanted.keys() if kept.get(i) != wanted.get(i))


def index_problem() -> str | None:
    """What the database itself finds wrong between the index and its table."""
    if not _on_sqlite():
        return ", ".join(_missing()) or None
    try:
        _do("insert into search_index (search_index, rank) values ('integrity-check', 1)")
    except Exception as error:  # whatever SQLite calls it
        return str(error)
    return None


@dataclass(frozen=True)
class Phrase:
    """Tokens that stand one after the other; a single one is a token."""

    tokens: tuple[str, ...]


# All of these, each of which is one of several phrases.
Wanted = Sequence[Sequence[Phrase]]


def find(wanted: Wanted, edge: int | None, forward: bool, count: int) -> list[int]:
    """Ids of the cases that hold all that is wanted: the newest first from below `edge`, else the oldest from above."""
    return (
        _find_sqlite(wanted, edge, forward, count)
        if _on_sqlite()
        else _find_postgresql(wanted, edge, forward, count)
    )


def _find_sqlite(wanted: Wanted, edge: int | None, forward: bool, count: int) -> list[int]:
    match = " AND ".join(
        "(" + " OR ".join(f'"{" ".join(phrase.tokens)}"' for phrase in either) + ")" for either in wanted
    )
    sql, values = "select rowid from search_index where search_index match ?", [match]
    if edge is not None:
        sql += f" and rowid {'<' if forward else '>'} ?"
        values.append(str(edge))
    sql += f" order by rowid {'desc' if forward else 'asc'} limit ?"
    return [issue_id for (issue_id,) in _rows(sql, *values, count)]


_FIRST = 1 << 12  # numbers that are looked through first
_LONGER = 16  # at most so many times what has been looked through is next
_PIECES = 8  # stretches of one length that are looked through at once


def _find_postgresql(wanted: Wanted, edge: int | None, forward: bool, count: int) -> list[int]:
    """Stretch after stretch until there are enough. The planner is told neither the stretch nor the order.

    It would take the index by number for either, and split the text of each row that it passes. How long the next
    stretch is follows from how many were found so far: what is looked up in vain has to be read too.
    """
    holds, values = _holding(wanted)
    low, high = 1, 0 if edge is None else edge - 1
    if edge is None or not forward:
        ((high,),) = _rows("select coalesce(max(issue_id), 0) from search_text")
        low = 1 if forward or edge is None else edge + 1
    found: list[int] = []
    through, length = 0, _FIRST
    while low <= high and len(found) < count:
        first, last, keys = _stretch(low, high, forward, length)
        rows = _rows(
            f"select issue_id from search_text where {holds} and {_STRETCHES} && (select ?::bigint[]) "  # noqa: S608
            f"and issue_id + 0 between ? and ? order by issue_id + 0 {'desc' if forward else 'asc'} limit ?",
            *(*values, keys, first, last, count - len(found)),
        )
        found += [issue_id for (issue_id,) in rows]
        low, high = (low, first - 1) if forward else (last + 1, high)
        through += last - first + 1
        likely = through * (count - len(found)) * 5 // (len(found) * 4) if found else through * _LONGER
        length = min(max(likely, through), through * _LONGER)
    return found


def _stretch(low: int, high: int, forward: bool, length: int) -> tuple[int, int, list[int]]:
    """A stretch of about that length at one end of the numbers: first, last, and what is asked of the index for it."""
    shift = next((shift for shift in _SHIFTS if length <= _PIECES << shift), _SHIFTS[-1])
    if forward:
        first, last = max(low, (high - length) >> shift << shift), high
    else:
        first, last = low, min(high, (((low + length) >> shift) + 1 << shift) - 1)
    return first, last, [number * 32 + shift for number in range(first >> shift, (last >> shift) + 1)]


def _holding(wanted: Wanted) -> tuple[str, list[str]]:
    """The tokens by the index, and then whether a longer text really stands there; with the values."""
    found, values = [], []
    for either in wanted:
        if list(either) == phrases([OPEN]):
            found.append(_IS_OPEN)
            continue
        parts = []
        single = [phrase.tokens[0] for phrase in either if len(phrase.tokens) == 1]
        if single:
            parts.append(f"{_WORDS} && string_to_array(?, ' ')")
            values.append(" ".join(single))
        for phrase in either:
            if len(phrase.tokens) > 1:
                text = " ".join(phrase.tokens)
                parts.append(
                    f"({_WORDS} @> string_to_array(?, ' ') and position(? in ' ' || tokens || ' ') > 0)"
                )
                values += [text, f" {text} "]
        found.append(f"({' or '.join(parts)})")
    return " and ".join(found), values


def phrases(words: Iterable[str]) -> list[Phrase]:
    """One phrase of one token for each word."""
    return [Phrase((word,)) for word in words]
