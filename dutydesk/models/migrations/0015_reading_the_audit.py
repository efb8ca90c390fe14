"""The audit is read by moment, by person, by act and by case, the newest first: an index for each."""

INDEXES = {
    "audit_entry_at_id": "at, id",
    "audit_entry_staff_number_at_id": "staff_number, at, id",
    "audit_entry_name_at_id": "name, at, id",
    "audit_entry_subject_at_id": "subject, at, id",
}


def up(migrator, db):
    for name, columns in INDEXES.items():
        db.execute_sql(f'create index "{name}" on audit_entry ({columns})')
