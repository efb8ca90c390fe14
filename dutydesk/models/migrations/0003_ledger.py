"""Own views, and an index for each of the ledger's lists; those that served only the lists of before go."""

from peewee import *

from dutydesk.models.base import InstantField

DEAD = (
    "issue_area_id_is_open_id",
    "issue_area_id_is_open_due_at_id",
    "issue_unit_id_is_open_id",
    "issue_assignee_kind_assignee_key_is_open_id",
    "issue_handler_id_is_open_id",
    "issue_subdistrict_id_is_open_id",
    "issue_is_open_due_at",
)
INDEXES = (
    ("issue_all_area", "area_id, id", ""),
    ("issue_all_handler", "handler_id, id", ""),
    ("issue_all_holder", "assignee_kind, assignee_key, id", ""),
    ("issue_all_team", "area_id, assignee_key, id", "(assignee_kind = 'force')"),
    ("issue_all_town", "subdistrict_id, id", ""),
    ("issue_all_unit", "unit_id, id", ""),
    (
        "issue_due_area",
        "area_id, due_at, id",
        "(state NOT IN ('closed', 'merged', 'paused', 'pooled', 'reported', 'void'))",
    ),
    (
        "issue_due_district",
        "due_at, id",
        "(state NOT IN ('closed', 'merged', 'paused', 'pooled', 'reported', 'void'))",
    ),
    (
        "issue_due_handler",
        "handler_id, due_at, id",
        "(state NOT IN ('closed', 'merged', 'paused', 'pooled', 'reported', 'void'))",
    ),
    (
        "issue_due_holder",
        "assignee_kind, assignee_key, due_at, id",
        "(state NOT IN ('closed', 'merged', 'paused', 'pooled', 'reported', 'void'))",
    ),
    (
        "issue_due_team",
        "area_id, assignee_key, due_at, id",
        "((assignee_kind = 'force') AND (state NOT IN ('closed', 'merged', 'paused', 'pooled', 'reported', 'void')))",
    ),
    (
        "issue_due_town",
        "subdistrict_id, due_at, id",
        "(state NOT IN ('closed', 'merged', 'paused', 'pooled', 'reported', 'void'))",
    ),
    (
        "issue_due_unit",
        "unit_id, due_at, id",
        "(state NOT IN ('closed', 'merged', 'paused', 'pooled', 'reported', 'void'))",
    ),
    (
        "issue_feedback_area",
        "area_id, feedback_given, id",
        "(state NOT IN ('assigned', 'closed', 'handling', 'merged', 'opened', 'paused', 'pooled', 'reported', 'review', 'void'))",
    ),
    (
        "issue_first_area",
        "area_id, beyond_neighbourhood, strongly_felt, id",
        "((is_open = true) AND ((strongly_felt = true) OR (beyond_neighbourhood = true)))",
    ),
    (
        "issue_first_district",
        "beyond_neighbourhood, strongly_felt, id",
        "((is_open = true) AND ((strongly_felt = true) OR (beyond_neighbourhood = true)))",
    ),
    (
        "issue_first_town",
        "subdistrict_id, beyond_neighbourhood, strongly_felt, id",
        "((is_open = true) AND ((strongly_felt = true) OR (beyond_neighbourhood = true)))",
    ),
    (
        "issue_first_unit",
        "unit_id, beyond_neighbourhood, strongly_felt, id",
        "((is_open = true) AND ((strongly_felt = true) OR (beyond_neighbourhood = true)))",
    ),
    ("issue_given_area", "area_id, category_id, id", "(assignee_kind IS NOT NULL)"),
    ("issue_hand_handler", "handler_id, id", "(state IN ('assigned', 'handling'))"),
    ("issue_hand_holder", "assignee_kind, assignee_key, id", "(state IN ('assigned', 'handling'))"),
    (
        "issue_hand_team",
        "area_id, assignee_key, id",
        "((assignee_kind = 'force') AND (state IN ('assigned', 'handling')))",
    ),
    ("issue_open_area", "area_id, id", "(is_open = true)"),
    ("issue_open_district", "id", "(is_open = true)"),
    ("issue_open_handler", "handler_id, id", "(is_open = true)"),
    ("issue_open_holder", "assignee_kind, assignee_key, id", "(is_open = true)"),
    ("issue_open_team", "area_id, assignee_key, id", "((assignee_kind = 'force') AND (is_open = true))"),
    ("issue_open_town", "subdistrict_id, id", "(is_open = true)"),
    ("issue_open_unit", "unit_id, id", "(is_open = true)"),
    (
        "issue_paused_area",
        "area_id, paused_until, id",
        "(state NOT IN ('assigned', 'closed', 'feedback', 'handling', 'merged', 'opened', 'pooled', 'reported', 'review', 'void'))",
    ),
    (
        "issue_pooled_area",
        "area_id, look_again_on, id",
        "(state NOT IN ('assigned', 'closed', 'feedback', 'handling', 'merged', 'opened', 'paused', 'reported', 'review', 'void'))",
    ),
    (
        "issue_sample_area",
        "area_id, id",
        "((state NOT IN ('assigned', 'feedback', 'handling', 'merged', 'opened', 'paused', 'pooled', 'reported', 'review', 'void')) AND (sample_due = true))",
    ),
    (
        "issue_sample_town",
        "subdistrict_id, id",
        "((state NOT IN ('assigned', 'feedback', 'handling', 'merged', 'opened', 'paused', 'pooled', 'reported', 'review', 'void')) AND (sample_due = true))",
    ),
    (
        "issue_sample_unit",
        "unit_id, id",
        "((state NOT IN ('assigned', 'feedback', 'handling', 'merged', 'opened', 'paused', 'pooled', 'reported', 'review', 'void')) AND (sample_due = true))",
    ),
    (
        "issue_sent_back_area",
        "area_id, id",
        "((state NOT IN ('assigned', 'closed', 'feedback', 'handling', 'merged', 'paused', 'pooled', 'reported', 'review', 'void')) AND (send_backs > 0))",
    ),
    (
        "issue_sent_back_district",
        "id",
        "((state NOT IN ('assigned', 'closed', 'feedback', 'handling', 'merged', 'paused', 'pooled', 'reported', 'review', 'void')) AND (send_backs > 0))",
    ),
    (
        "issue_sent_back_town",
        "subdistrict_id, id",
        "((state NOT IN ('assigned', 'closed', 'feedback', 'handling', 'merged', 'paused', 'pooled', 'reported', 'review', 'void')) AND (send_backs > 0))",
    ),
    (
        "issue_to_contact_area",
        "area_id, id",
        "(((is_open = true) AND (first_contact_due_at IS NOT NULL)) AND (first_contact_at IS NULL))",
    ),
    ("issue_unit_id_state_id", "unit_id, state, id", ""),
    ("issue_urgency_area", "area_id, urgency, id", "(is_open = true)"),
    (
        "issue_waiting_first_area",
        "area_id, id",
        "((state NOT IN ('assigned', 'closed', 'feedback', 'handling', 'merged', 'opened', 'paused', 'pooled', 'review', 'void')) AND ((strongly_felt = true) OR (beyond_neighbourhood = true)))",
    ),
)


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Staff(Base):
        id = AutoField()

    class SavedView(Base):
        id = AutoField()
        staff = ForeignKeyField(Staff, backref="+", index=False)
        name = CharField()
        question = TextField()
        position = IntegerField()
        saved_at = InstantField()

        class Meta:
            indexes = ((("staff", "name"), True),)

    db.create_tables([SavedView])
    for name in DEAD:
        db.execute_sql(f'drop index "{name}"')
    for name, columns, where in INDEXES:
        db.execute_sql(f"create index {name} on issue ({columns})" + (f" where {where}" if where else ""))
