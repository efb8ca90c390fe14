"""A case as it is shown: its story, its deadlines, and whose telephone number stays hidden."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from dutydesk.models import AuditEntry, Reporter
from dutydesk.rules import decisions, exporting, intake, issue_acts, ledger
from dutydesk.rules.case import case_sheet, details_of, moment, reveal
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.permission import MAY
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role, State

R, S = Role, State
PHONE, LANDLINE = "13912345678", "021-64512345"


class TestPersonalData:
    """Names, telephones and addresses of residents are masked wherever a case is shown."""

    def everywhere(self, cases, issue_id: int) -> str:
        """All that the desk shows of a case, to everybody who may see it."""
        shown = []
        for role in Role:
            session = cases[role]
            if role not in MAY["read"] or not ledger.count(session, "all"):
                continue
            shown.append(asdict(case_sheet(session, issue_id)))
            shown += [row._asdict() for row in ledger.after(session, "all", None, 50).rows]
            shown += [asdict(each) for each in decisions.waiting(session)]
            shown += [asdict(each) for each in decisions.proxies_to_answer(session)]
            shown += [asdict(each) for each in issue_acts.menu(session, issue_id)]
            unit = cases.row(issue_id).unit_id
            shown += [
                asdict(each) for each in intake.likely_duplicates(session, unit, None, "楼道堆放旧家具")
            ]
            if role in MAY["export"]:
                shown += list(exporting.issues(session))
        return str(shown) + str(list(exporting.issues()))

    def test_a_telephone_number_typed_anywhere_is_nowhere_in_the_open(self, cases):
        """In a place, a summary, a reason, what was done, told and found, an objection: people type it everywhere."""
        said = f"打{PHONE}找李阿姨"
        issue_id = cases.new(
            summary=f"楼道堆放旧家具，{said}", spot=f"302室 {LANDLINE}", detail=said, on_the_spot=said,
            reporter_address="桂林路9号302室",
        )  # fmt: skip
        steps = [
            ("open", {}, None),
            ("assign", {"note": said}, None),
            ("send_back", {"reason": said}, None),
            ("assign", {}, None),
            ("take_up", {}, cases.told_by(R.HANDLER)),
            ("ask_extension", {"reason": said}, None),
            ("report_done", {"done": said, "evidence": said}, cases.told_by(R.HANDLER)),
            ("pass_check", {"found": said}, None),
            ("feedback", {"told": said}, None),
        ]
        for act, changes, proxy in steps:
            who = R.DUTY_OFFICER if proxy else None
            cases.do(act, issue_id, who, proxy=proxy, **changes)
            shown = self.everywhere(cases, issue_id)
            for hidden in (PHONE, PHONE[3:9], LANDLINE, "64512345", "王小明", "13800001234", "桂林路9号"):
                assert hidden not in shown, (act, hidden)
        assert "139******78" in shown

    def test_who_raised_it_shows_as_a_family_name_and_two_digits(self, cases):
        issue_id = cases.new(reporter_address="桂林路9号302室")
        person = case_sheet(cases[R.DUTY_OFFICER], issue_id).reporter
        assert (person.name, person.phone, person.address) == ("王*", "*********34", "***")
        assert not person.revealed
        assert (
            case_sheet(cases[R.DUTY_OFFICER], cases.new(reporter_name="", reporter_phone="")).reporter is None
        )

    def test_revealing_shows_it_whole_once_with_a_line_in_the_audit(self, cases):
        issue_id, act_id = cases.new(), str(uuid4())
        person = reveal(cases[R.DUTY_OFFICER], issue_id, "首次联系反映人", act_id)
        assert (person.name, person.phone, person.revealed) == ("王小明", "13800001234", True)
        entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
        assert (entry.name, entry.subject) == ("issue.reveal", "issue 2026-000001")
        assert case_sheet(cases[R.DUTY_OFFICER], issue_id).reporter.name == "王*"

    def test_it_needs_a_reason_a_role_and_somebody_to_reveal(self, cases):
        issue_id, duty = cases.new(), cases[R.DUTY_OFFICER]
        anonymous = cases.new(reporter_name="", reporter_phone="")
        written = cases.written()
        with pytest.raises(Refused) as refused:
            reveal(duty, issue_id, "", str(uuid4()))
        assert refused.value.field == "reason"
        for role in (
            R.COORDINATOR,
            R.SUPERVISOR,
            R.AUDITOR,
            R.ADMINISTRATOR,
            R.DISTRICT_COORDINATOR,
            R.SIGNATORY,
        ):
            with pytest.raises(NotAllowed):
                reveal(cases[role], issue_id, "督查", str(uuid4()))
        with pytest.raises(Refused, match="没有登记反映人"):
            reveal(duty, anonymous, "首次联系", str(uuid4()))
        assert cases.written() == written

    def test_the_id_of_an_act_done_before_opens_nothing_else(self, cases):
        mine, other = cases.new(), cases.new(cases.district.elsewhere, unit=str(cases.district.units[3]))
        duty, act_id = cases[R.DUTY_OFFICER], str(uuid4())
        reveal(duty, mine, "首次联系反映人", act_id)
        Reporter.update(name="赵六").where(Reporter.issue == other).execute()
        assert reveal(duty, other, "首次联系反映人", act_id).name == "王小明"
        noted = str(uuid4())
        cases.do("note", mine, duty, act_id=noted)
        with pytest.raises(Refused):
            reveal(duty, other, "首次联系反映人", noted)


class TestSheet:
    def test_facts_flags_and_place(self, cases):
        issue_id = cases.new(spot="3号楼", flags="strongly_felt", source="hotline", source_number="H-77")
        sheet = case_sheet(cases[R.DUTY_OFFICER], issue_id)
        facts = dict(sheet.facts)
        assert (sheet.number, sheet.place, sheet.flags) == (
            "2026-000001",
            "康健新村 3号楼",
            ("群众反映强烈",),
        )
        assert (facts["来源"], facts["类别"], facts["紧急"]) == (
            "12345热线 H-77",
            "消防安全·楼道堆物",
            "一般",
        )
        assert facts["片区"] == "康健 康健一片区"
        assert all(facts.values()), "what is not there is not shown"

    def test_whose_hands_it_is_in_is_said_once(self, cases):
        with_force = cases.in_hands(R.HANDLER, S.HANDLING)
        handler = cases[R.HANDLER]
        with_person = cases.in_state(S.OPENED)
        cases.do("assign", with_person, assignee=f"staff:{handler.staff_id}")
        cases.do("take_up", with_person, R.HANDLER)
        said = [dict(case_sheet(handler, issue_id).facts)["承办"] for issue_id in (with_force, with_person)]
        assert said == [f"公共安全力量（{handler.name}）", handler.name]

    def test_deadlines_explain_themselves_as_the_offices_own(self, cases):
        sheet = case_sheet(cases[R.DUTY_OFFICER], cases.in_state(S.OPENED))
        first, completion = sheet.deadlines
        assert first.startswith("先行联系 11月24日 15:30（剩5时）\n立案 11月24日10:00，4工作时：")
        assert completion.startswith("办结 12月1日 18:00（剩5天）\n立案")
        assert first.endswith("（本单位设置）")

    def test_a_sources_limit_is_not_called_the_offices(self, cases):
        due = datetime(2026, 11, 27, 12, 0, tzinfo=CHINA)
        issue_id = cases.in_state(S.OPENED, source="hotline", source_number="H1", source_due=due)
        (line,) = [
            line for line in case_sheet(cases[R.DUTY_OFFICER], issue_id).deadlines if line[:2] == "办结"
        ]
        assert "本单位不能自行延期" in line
        assert "本单位设置" not in line

    def test_a_deadline_that_was_met_says_when(self, cases):
        issue_id = cases.in_state(S.OPENED)
        cases.do("first_contact", issue_id)
        first = case_sheet(cases[R.DUTY_OFFICER], issue_id).deadlines[0]
        assert "11月24日 10:00完成" in first

    def test_the_demands_of_closing_show_from_the_check_on(self, cases):
        duty = cases[R.DUTY_OFFICER]
        assert case_sheet(duty, cases.in_state(S.HANDLING)).demands == ()
        met = [demand.met for demand in case_sheet(duty, cases.in_state(S.REVIEW)).demands]
        assert met == [True, False, False]
        met = [demand.met for demand in case_sheet(duty, cases.in_state(S.FEEDBACK)).demands]
        assert met == [True, True, False]

    def test_the_story_is_in_the_order_of_what_was_recorded(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        cases.clock.shift(7200)
        cases.do("urge", issue_id, R.COORDINATOR)
        told = datetime.now(CHINA) - timedelta(hours=1)
        cases.do("take_up", issue_id, R.DUTY_OFFICER, proxy=cases.told_by(R.HANDLER, told))
        story = case_sheet(cases[R.DUTY_OFFICER], issue_id).story
        assert [line.what for line in story] == ["登记", "立案", "派单", "催办", "接单"]
        assert [line.when for line in story[-2:]] == ["11月24日 12:00", "11月24日 11:00"]
        assert [line.entered_later for line in story] == [False] * 4 + [True]

    def test_what_waits_for_the_chief_is_told(self, cases):
        issue_id = cases.in_state(S.HANDLING)
        cases.do("ask_pause", issue_id, reason="等业主大会")
        assert case_sheet(cases[R.DUTY_OFFICER], issue_id).waiting == ("待片区长定：缓办——等业主大会",)

    def test_text_from_people_is_kept_as_it_is(self, cases):
        """Markup is text: it is the screen's business to show it literally."""
        issue_id = cases.new(summary="[b]楼道[/b] [@click=app.quit]堆物", spot="[/]")
        sheet = case_sheet(cases[R.DUTY_OFFICER], issue_id)
        assert sheet.title == "[b]楼道[/b] [@click=app.quit]堆物"
        assert sheet.place.endswith("[/]")


def test_a_moment_of_another_year_names_it(cases):
    assert moment(datetime(2026, 1, 2, 3, 4, tzinfo=CHINA)) == "1月2日 03:04"
    assert moment(datetime(2025, 12, 31, 23, 59, tzinfo=CHINA)) == "2025年12月31日 23:59"
    assert moment(None) == ""


def test_a_steps_details_are_as_they_were_filled_in(cases):
    issue_id = cases.in_state(S.HANDLING)
    cases.do("report_done", issue_id, evidence_kind="photos", evidence="3张")
    assert details_of(cases.last(issue_id)) == {"evidence": {"kind": "photos", "said": "3张"}}
