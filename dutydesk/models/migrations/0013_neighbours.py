"""Neighbours are dated: those on record hold from the day on which both units were there."""

COLUMNS = (
    "unit_neighbour add column valid_from date not null default '2024-01-01'",
    "unit_neighbour add column valid_to date",
)
BOTH_THERE = (
    "update unit_neighbour set valid_from = (select max(unit.valid_from) from unit"
    " where unit.id in (unit_neighbour.unit_id, unit_neighbour.neighbour_id))"
)


def up(migrator, db):
    for column in COLUMNS:
        db.execute_sql(f"alter table {column}")
    db.execute_sql(BOTH_THERE)
    db.execute_sql('drop index "unit_neighbour_unit_id_neighbour_id"')
    db.execute_sql(
        'create unique index "unit_neighbour_unit_id_neighbour_id_valid_from"'
        " on unit_neighbour (unit_id, neighbour_id, valid_from)"
    )
