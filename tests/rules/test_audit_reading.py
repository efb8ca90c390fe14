"""The audit as those may read it whom it concerns: the auditor with values, supervisor and administrator without."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest

from dutydesk.models import AuditEntry, AuditValues, database
from dutydesk.rules import acts, audit_export, audit_reading, case
from dutydesk.rules.audit_reading import Asked
from dutydesk.rules.audit_words import name_of
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.lifecycle import BY_ACT
from dutydesk.rules.permission import MAY
from dutydesk.rules.steps import Step, record
from dutydesk.vocabulary import Role
from tests.plans import explained, heard, nodes, on_sqlite

R = Role
READERS = (R.AUDITOR, R.SUPERVISOR, R.ADMINISTRATOR)
ALL = Asked()


@pytest.fixture
def told(cases):
    """A case with six acts on it, of several people, a minute apart."""
    issue_id = cases.new(detail="请打13912345678找王小明")
    for act in ("open", "assign", "take_up", "report_done", "pass_check"):
        cases.clock.shift(timedelta(minutes=1))
        cases.do(act, issue_id)
    return cases.row(issue_id)


def newest(session, asked=ALL, count=50):
    return audit_reading.after(session, asked, None, count)


class TestWho:
    """Three roles read it; the values are the auditor's alone."""

    @pytest.mark.parametrize("role", list(Role))
    def test_nobody_else_reads_any_of_it(self, cases, told, role):
        key = newest(cases[R.AUDITOR]).rows[0].key
        ways = (
            lambda s: newest(s), lambda s: audit_reading.before(s, Asked(), None, 9),
            lambda s: audit_reading.around(s, Asked(), key, 9), lambda s: audit_reading.sheet(s, key),
            lambda s: list(audit_reading.records(s, Asked())), lambda s: list(audit_export.records(s, Asked())),
            lambda s: audit_reading.asked_for(s, person="D00"),
        )  # fmt: skip
        for way in ways:
            if role in READERS:
                way(cases[role])
            else:
                with pytest.raises(NotAllowed):
                    way(cases[role])
        assert (role in READERS) == (role in MAY["read_audit"])

    def test_an_entry_tells_who_when_from_where_what_before_and_after(self, cases, told):
        [row] = newest(cases[R.AUDITOR], Asked(act="issue.take_up")).rows
        sheet = audit_reading.sheet(cases[R.AUDITOR], row.key)
        facts = dict(sheet.facts)
        assert facts["谁"] == f"{cases.district.numbers[R.HANDLER]} 处置人员甲"
        assert (facts["时间"], facts["从哪里"]) == ("2026-11-24 10:03:00", "测试")
        assert facts["做了什么"] == f"问题·{BY_ACT['take_up'].name}"
        assert facts["对什么"] == f"问题 {told.number}"
        [(what, before, after)] = [change for change in sheet.values if "状态" in change[1]]
        assert "状态=待处置" in before and "状态=处置中" in after and told.number in what

    def test_supervisor_and_administrator_see_no_value(self, cases, told):
        for role in (R.SUPERVISOR, R.ADMINISTRATOR):
            for row in newest(cases[role]).rows:
                sheet = audit_reading.sheet(cases[role], row.key)
                assert (sheet.values, sheet.said) == ((), audit_reading.CLOSED)
            assert all("changes" not in record for record in audit_reading.records(cases[role], Asked()))

    def test_not_even_the_auditor_sees_a_telephone_number(self, cases, told):
        said = json.dumps(list(audit_reading.records(cases[R.AUDITOR], Asked())), ensure_ascii=False)
        assert "139" in said and "13912345678" not in said and "13800001234" not in said

    def test_what_retention_has_taken_is_told(self, cases, told):
        row = newest(cases[R.AUDITOR]).rows[0]
        AuditValues.delete().where(AuditValues.entry == row.key[1]).execute()
        assert audit_reading.sheet(cases[R.AUDITOR], row.key).said == audit_reading.GONE


class TestFilters:
    """By person, period, act and case, and by several of them."""

    def test_each_and_together(self, cases, told):
        auditor, chief = cases[R.AUDITOR], cases.district.numbers[R.AREA_CHIEF]
        other = cases.new()
        everything = newest(auditor).rows
        assert [row.key for row in everything] == sorted((row.key for row in everything), reverse=True)
        assert len(everything) == AuditEntry.select().count()
        ask = audit_reading.asked_for
        of_chief = newest(auditor, ask(auditor, person="片区长甲")).rows
        assert of_chief and all(row.person.startswith(chief) for row in of_chief)
        assert newest(auditor, ask(auditor, person=chief)).rows == of_chief
        assert newest(auditor, ask(auditor, period="今天")).rows == everything
        assert newest(auditor, ask(auditor, period="11-1到11-2")).rows == ()
        registered = newest(auditor, ask(auditor, act=name_of("issue.register"))).rows
        assert {row.subject for row in registered} == {
            f"问题 {told.number}",
            f"问题 {cases.row(other).number}",
        }
        of_case = newest(auditor, ask(auditor, case=told.number)).rows
        assert len(of_case) == 6
        both = newest(auditor, ask(auditor, person=chief, act="issue.assign")).rows
        assert set(both) == {row for row in of_chief if row.act == name_of("issue.assign")}
        all_three = ask(auditor, person=chief, period="今天", act="issue.assign", case=told.number)
        assert newest(auditor, all_three).rows == both

    def test_what_is_not_understood_is_said_beside_its_field(self, cases, told):
        for field, typed in (("person", "没有人"), ("act", "没有的事"), ("case", "12"), ("period", "前些天")):
            with pytest.raises(Refused) as refused:
                audit_reading.asked_for(cases[R.AUDITOR], **{field: typed})
            assert refused.value.field == field

    def test_a_bulk_act_is_found_by_each_of_its_cases(self, cases):
        first, second = cases.new(), cases.new()
        with acts.act(cases[R.AREA_CHIEF], str(uuid4()), "issue.import") as acting:
            acting.about("issues", None, "2件", cases.district.subdistrict)
            for issue_id in (first, second):
                step = Step(cases[R.AREA_CHIEF], acting, cases.row(issue_id), BY_ACT["note"], {})
                record(step, "成批", "source_answer", cases.row(issue_id).state)
        for issue_id in (first, second):
            rows = newest(cases[R.AUDITOR], Asked(case=cases.row(issue_id).number)).rows
            assert (rows[0].subject, len(rows)) == ("问题 2件", 2)


class TestWindows:
    """Forward, back and about a key, whatever is asked for: the same rows in the same order."""

    @pytest.mark.parametrize("what", ["all", "person", "act", "case", "both"])
    def test_pages_of_two(self, cases, told, what):
        cases.new()
        auditor, duty = cases[R.AUDITOR], cases.district.numbers[R.DUTY_OFFICER]
        asked = {
            "all": Asked(), "person": Asked(person=duty), "act": Asked(act="issue.register"),
            "case": Asked(case=told.number), "both": Asked(person=duty, act="issue.register"),
        }[what]  # fmt: skip
        whole = list(newest(auditor, asked).rows)
        forward, key = [], None
        while rows := audit_reading.after(auditor, asked, key, 2).rows:
            forward += rows
            key = rows[-1].key
        back, key = [], None
        while rows := audit_reading.before(auditor, asked, key, 2).rows:
            back = [*rows, *back]
            key = rows[0].key
        assert forward == back == whole and len(whole) > 1
        middle = whole[len(whole) // 2]
        assert middle in audit_reading.around(auditor, asked, middle.key, 4).rows
        window = newest(auditor, asked)
        assert window.at_start and window.at_end

    def test_entries_of_one_moment_are_told_apart(self, cases):
        for _ in range(5):
            cases.new()
        keys, key = [], None
        while rows := audit_reading.after(cases[R.AUDITOR], Asked(), key, 2).rows:
            keys += [row.key for row in rows]
            key = rows[-1].key
        assert len(set(keys)) == len(keys) == AuditEntry.select().count()

    def test_a_rare_pair_of_filters_ends_with_a_sentence(self, cases, told, monkeypatch):
        monkeypatch.setattr(audit_reading, "_STRETCH", 2)
        monkeypatch.setattr(audit_reading._walk, "__kwdefaults__", {"most": 4})
        for _ in range(6):
            cases.new()
        duty = cases.district.numbers[R.DUTY_OFFICER]
        assert newest(cases[R.AUDITOR], Asked(person=duty, act="issue.note")).narrow == audit_reading.NARROW


def test_a_window_of_a_big_audit_reads_its_index(cases, told):
    """30,000 entries of others: each query looks at a page's rows, and sorts none."""
    row = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
    many = [
        row.__data__ | {"chain": "many", "sequence": n, "act": f"a{n}", "id": 10_000 + n, "at": row.at - timedelta(seconds=n),
                        "staff_number": f"X{n % 50}", "name": f"issue.{n % 30}", "subject": f"issue x{n % 999}"}
        for n in range(30_000)
    ]  # fmt: skip
    with database.atomic():
        for first in range(0, len(many), 500):
            AuditEntry.insert_many(many[first : first + 500]).execute()
    database.execute_sql("analyze")
    auditor, middle = cases[R.AUDITOR], (row.at - timedelta(seconds=15_000), 25_000)
    day = row.at.date()
    asked = (
        Asked(),
        Asked(person="X7"),
        Asked(act="issue.9"),
        Asked(since=day, until=day),
        Asked(case=told.number),
    )
    wrong = []
    with heard() as queries:
        for each in asked:
            audit_reading.after(auditor, each, None, 50)
            audit_reading.after(auditor, each, middle, 50)
            audit_reading.before(auditor, each, middle, 50)
        audit_reading.acts_there_are()
    for sql, values in queries:
        if not re.match(r"select\b.*\baudit_entry\b", sql, re.I):
            continue
        if on_sqlite():
            plan = [row[3] for row in database.execute_sql("explain query plan " + sql, values).fetchall()]
            bad = [line for line in plan if "TEMP B-TREE" in line or re.match(r"SCAN t1$", line)]
        else:
            bad = [
                node["Node Type"]
                for node in nodes(explained(sql, values))
                if node["Node Type"] in ("Sort", "Seq Scan") and node["Actual Rows"] > 300
            ]
        wrong += [f"{line} in {sql}" for line in bad]
    assert wrong == []


class TestExport:
    """Taking it out is an act of its own."""

    def test_json_is_on_record_before_the_first_row(self, cases, told):
        next(iter(audit_export.records(cases[R.SUPERVISOR], Asked(case=told.number))))
        entry = AuditEntry.get(AuditEntry.name == "audit.export")
        assert (entry.staff_number, entry.subject) == (
            cases.district.numbers[R.SUPERVISOR], f"audit {told.number}"
        )  # fmt: skip

    @pytest.mark.parametrize("form", audit_export.FORMS)
    def test_a_file_has_every_entry_asked_for(self, cases, told, tmp_path, form):
        path = tmp_path / f"审计.{form}"
        asked = Asked(case=told.number)
        assert audit_export.write(cases[R.AUDITOR], asked, path, form, lambda _line: None) == 6
        assert path.stat().st_size and list(tmp_path.glob(".*.part")) == []
        if form == "csv":
            text = path.read_text(encoding="utf-8-sig")
            assert "以前" in text and "13912345678" not in text

    def test_values_are_no_column_of_the_supervisors(self, cases, told, tmp_path):
        path = tmp_path / "a.csv"
        audit_export.write(cases[R.SUPERVISOR], Asked(), path, "csv", lambda _line: None)
        assert "以前" not in path.read_text(encoding="utf-8-sig")

    def test_nobody_else_takes_it_out(self, cases, told, tmp_path):
        with pytest.raises(NotAllowed):
            audit_export.write(cases[R.AREA_CHIEF], Asked(), tmp_path / "a.csv", "csv", lambda _line: None)
        assert list(tmp_path.glob("*a.csv*")) == []


def test_reading_changes_nothing_and_reveals_are_found(cases, told):
    case.reveal(cases[R.DUTY_OFFICER], told.id, "首次联系反映人", str(uuid4()))
    written = cases.written()
    [row] = newest(cases[R.SUPERVISOR], Asked(act="issue.reveal")).rows
    assert row.act == "问题·查看个人信息"
    assert cases.written() == written
