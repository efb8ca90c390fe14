"""A line of the 权责清单 has its clause's number, and holds from a day to a day."""


def up(migrator, db):
    for column in (
        "number varchar(255) not null default ''",
        "valid_from date not null default '2024-01-01'",
        "valid_to date",
    ):
        db.execute_sql(f"alter table duty_item add column {column}")
