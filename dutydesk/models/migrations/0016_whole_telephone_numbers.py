"""Who raised a case is found by the whole telephone number, and by nothing less."""


def up(migrator, db):
    db.execute_sql('create index "reporter_phone" on reporter (phone)')
