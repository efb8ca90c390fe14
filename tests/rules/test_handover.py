"""交接班: what the page says by itself, both signatures, what stays fixed, and what the successor finds on 今日."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from dutydesk.models import AuditEntry, Handover, Issue, Posting, RoleGrant, Shift, Staff, database
from dutydesk.rules import handover, today
from dutydesk.rules.checking import check
from dutydesk.rules.errors import NotAllowed, Refused, Stale
from dutydesk.rules.signing_on import sign_on
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role, State

R, S = Role, State
pytestmark = pytest.mark.both
DAY = datetime(2026, 11, 24, tzinfo=CHINA)


def shift(staff: int, name: str, begins: datetime, hours: float, area: int = 1) -> Shift:
    return Shift.create(
        area=area, staff=staff, name=name, starts_at=begins, ends_at=begins + timedelta(hours=hours)
    )


@pytest.fixture
def desk(cases):
    """The duty officer has the day, a colleague the night after it."""
    night = Staff.create(number="N1", name="夜班员丙")
    RoleGrant.create(
        staff=night,
        role=R.DUTY_OFFICER,
        area=cases.district.areas[0],
        subdistrict=cases.district.subdistrict,
        valid_from=DAY.date() - timedelta(days=30),
    )
    cases.night = sign_on("N1")
    shift(cases[R.DUTY_OFFICER].staff_id, "日班", DAY + timedelta(hours=8.5), 9.5)
    shift(night.id, "夜班", DAY + timedelta(hours=18), 14.5)
    return cases


def signed_out(cases, free: str = "", incoming: int | None = None) -> handover.Page:
    page = handover.page(cases[R.DUTY_OFFICER])
    fields = {"incoming": str(incoming or cases.night.staff_id), "free": free}
    return handover.sign_out(cases[R.DUTY_OFFICER], page.digest, fields, str(uuid4()))


def texts(page: handover.Page, section: str) -> list[str]:
    return [line.text for line in page.lines if line.section == section]


class TestWhatThePageSays:
    def test_what_came_in_and_what_was_done_and_by_whom(self, desk):
        old = desk.new(summary="昨天登记的旧事")
        desk.clock.shift(3600)
        Shift.update(starts_at=datetime.now(UTC)).where(Shift.name == "日班").execute()
        desk.clock.shift(60)
        desk.do("open", old, R.DUTY_OFFICER)
        new = desk.new(summary="东门垃圾桶满溢")
        page = handover.page(desk[R.DUTY_OFFICER])
        assert [line.issue_id for line in page.lines if line.section == "came"] == [new]
        (done,) = (line for line in page.lines if line.section == "done")
        assert done.issue_id == old
        assert done.text.endswith("昨天登记的旧事：立案（值班员甲）")

    def test_what_is_due_before_the_next_shift_ends_and_what_is_overdue(self, desk):
        soon, late = desk.in_state(S.OPENED), desk.in_state(S.OPENED, summary="早就该办完的")
        with database.atomic():
            ends = handover.page(desk[R.DUTY_OFFICER]).next_until
            for issue_id, due in ((soon, ends - timedelta(minutes=1)), (late, DAY)):
                Issue.update(due_at=due).where(Issue.id == issue_id).execute()
        page = handover.page(desk[R.DUTY_OFFICER])
        assert [line.issue_id for line in page.lines if line.section == "due"] == [soon]
        assert [line.issue_id for line in page.lines if line.section == "overdue"] == [late]

    def test_what_was_promised_to_whom_until_it_was_kept(self, desk):
        issue_id = desk.in_state(S.OPENED)
        by = DAY + timedelta(hours=30)
        desk.do("first_contact", issue_id, promised="明早带工具上门", promised_by=by)
        page = handover.page(desk[R.DUTY_OFFICER])
        (line,) = (line for line in page.lines if line.promise_id)
        assert (line.issue_id, line.when) == (issue_id, "11月25日 06:00")
        assert line.text == "康健新村 答应反映人：明早带工具上门"
        from dutydesk.rules import promises

        assert promises.keep(desk[R.DUTY_OFFICER], line.promise_id, str(uuid4())) == line.number
        assert not texts(handover.page(desk[R.DUTY_OFFICER]), "promised")

    def test_feedback_keeps_what_was_promised(self, desk):
        issue_id = desk.in_state(S.OPENED)
        desk.do("first_contact", issue_id, promised="办好了打电话")
        desk.do("assign", issue_id)
        for act in ("take_up", "report_done", "pass_check", "feedback"):
            desk.do(act, issue_id)
        assert not any(line.promise_id for line in handover.page(desk[R.DUTY_OFFICER]).lines)

    def test_an_undone_contact_promises_nothing(self, desk):
        from dutydesk.rules import undo

        issue_id = desk.in_state(S.OPENED)
        desk.do("first_contact", issue_id, R.DUTY_OFFICER, promised="明早带工具上门")
        undo.undo(desk[R.DUTY_OFFICER], undo.last(desk[R.DUTY_OFFICER]).act_id, str(uuid4()))
        page = handover.page(desk[R.DUTY_OFFICER])
        assert not any(line.promise_id for line in page.lines)

    def test_who_has_not_been_contacted_or_told_yet(self, desk):
        desk.in_state(S.OPENED, summary="还没联系的")
        desk.in_state(S.FEEDBACK, summary="办完没反馈的")
        said = texts(handover.page(desk[R.DUTY_OFFICER]), "promised")
        assert any("还没联系的：还没有先行联系反映人" in text for text in said)
        assert any("办完没反馈的：办完了，还没有反馈反映人" in text for text in said)

    def test_flags_patrols_and_who_is_where(self, desk):
        from dutydesk.rules import patrol

        desk.new(flags="strongly_felt")
        desk.district.add_route(checkpoints=2)
        duty = desk[R.DUTY_OFFICER]
        patrol.prepare(duty, duty.day, str(uuid4()))
        Posting.create(staff=desk[R.HANDLER].staff_id, area=1, line="城市管理", valid_from=DAY.date())
        page = handover.page(duty)
        assert texts(page, "flagged")[0].startswith("群众反映强烈：康健新村")
        assert texts(page, "patrol") == ["每日巡查未查完，2处未查"]
        assert texts(page, "who") == [
            "在班 日班 值班员甲",
            "接下来 夜班 夜班员丙",
            "下沉 城市管理：处置人员甲",
        ]

    def test_telephone_numbers_are_masked(self, desk):
        desk.new(summary="请打13800001234，楼道堆物")
        page = signed_out(desk, free="联系13900005678")
        assert "13800001234" not in str(page) and "13900005678" not in str(page)

    def test_the_next_page_begins_where_the_last_one_ended(self, desk):
        signed_out(desk)
        assert handover.page(desk.night).since == datetime.now(UTC)

    def test_two_duties_in_a_row_are_handed_over_as_one(self, desk):
        shift(desk[R.DUTY_OFFICER].staff_id, "夜班", DAY + timedelta(hours=18), 14.5)
        Shift.delete().where(Shift.staff == desk.night.staff_id).execute()
        shift(desk.night.staff_id, "日班", DAY + timedelta(hours=32.5), 9.5)
        page = handover.page(desk[R.DUTY_OFFICER])
        assert page.incoming == "夜班员丙"
        assert page.next_until == DAY + timedelta(hours=42)

    def test_without_a_roster_there_is_a_page_all_the_same(self, desk):
        Shift.delete().execute()
        page = handover.page(desk[R.DUTY_OFFICER])
        assert (page.shift, page.incoming_id) == ("", None)
        assert signed_out(desk).signed

    def test_who_has_no_area_has_no_page(self, desk):
        with pytest.raises(NotAllowed, match="没有片区"):
            handover.page(desk[R.SUPERVISOR])


class TestSigning:
    def test_both_sign_and_it_is_on_record(self, desk):
        desk.new()
        page = signed_out(desk, free="3号楼钥匙在门卫\n明天有台风")
        assert texts(page, "free") == ["3号楼钥匙在门卫", "明天有台风"]
        assert page.stands == "11月24日 10:00 值班员甲已签，等夜班员丙签收"
        desk.clock.shift(600)
        page = handover.sign_in(desk.night, page.id, "", str(uuid4()))
        assert page.stands == "11月24日 10:00 值班员甲已签，11月24日 10:10 夜班员丙签收"
        links = [entry.subject for entry in AuditEntry.select() if entry.name.startswith("handover.")]
        assert len(links) == 2 and all(page.digest in subject for subject in links)
        assert check() == []

    def test_a_signed_page_changed_in_the_database_is_found(self, desk):
        page = signed_out(desk, free="原来的话")
        row = Handover.get_by_id(page.id)
        Handover.update(content=row.content.replace("原来的话", "后来的话")).execute()
        assert any("与签字时不符" in line for line in check())

    def test_one_whose_hash_was_changed_too_is_found_by_the_audit_chain(self, desk):
        import hashlib

        content = Handover.get_by_id(signed_out(desk, free="原来的话").id).content.replace("原来", "后来")
        Handover.update(content=content, hash=hashlib.sha256(content.encode()).hexdigest()).execute()
        assert any("与签字时不符" in line for line in check())

    def test_what_happens_later_does_not_change_it(self, desk):
        issue_id = desk.new()
        page = signed_out(desk)
        desk.do("open", issue_id)
        assert handover.signed(desk[R.DUTY_OFFICER], page.id).lines == page.lines

    def test_what_came_while_reading_is_shown_before_it_is_signed(self, desk):
        page = handover.page(desk[R.DUTY_OFFICER])
        desk.new()
        fields = {"incoming": str(desk.night.staff_id)}
        with pytest.raises(Stale, match="新到1"):
            handover.sign_out(desk[R.DUTY_OFFICER], page.digest, fields, str(uuid4()))
        assert not Handover.select().exists()

    def test_the_same_act_twice_is_one_page(self, desk):
        page, act_id = handover.page(desk[R.DUTY_OFFICER]), str(uuid4())
        fields = {"incoming": str(desk.night.staff_id)}
        first = handover.sign_out(desk[R.DUTY_OFFICER], page.digest, fields, act_id)
        assert handover.sign_out(desk[R.DUTY_OFFICER], page.digest, fields, act_id).id == first.id
        assert Handover.select().count() == 1

    def test_a_duty_is_handed_over_once(self, desk):
        signed_out(desk)
        assert handover.page(desk[R.DUTY_OFFICER]).handed_over
        with pytest.raises(Refused, match=r"您已签字（11月24日 10:00），等夜班员丙签收"):
            signed_out(desk)

    def test_nobody_hands_over_to_himself_or_signs_his_own(self, desk):
        with pytest.raises(Refused, match="不能交给自己"):
            signed_out(desk, incoming=desk[R.DUTY_OFFICER].staff_id)
        page = signed_out(desk)
        with pytest.raises(Refused, match="不能自己签收"):
            handover.sign_in(desk[R.DUTY_OFFICER], page.id, "", str(uuid4()))

    def test_to_somebody_of_another_area_it_is_not_handed_over(self, desk):
        with pytest.raises(Refused, match="不在本片区值班"):
            signed_out(desk, incoming=desk.district.elsewhere.staff_id)
        page = signed_out(desk)
        with pytest.raises(NotAllowed):
            handover.sign_in(desk.district.elsewhere, page.id, "", str(uuid4()))

    def test_an_absent_successor_signs_later_or_a_stand_in_does(self, desk):
        page = signed_out(desk)
        desk.clock.shift(timedelta(days=2))
        taken = handover.sign_in(desk[R.AREA_CHIEF], page.id, "夜班请假，我代", str(uuid4()))
        assert (taken.incoming, taken.remark) == ("片区长甲", "夜班请假，我代")
        with pytest.raises(Refused, match=r"片区长甲已签收（11月26日 10:00）"):
            handover.sign_in(desk.night, page.id, "", str(uuid4()))

    def test_corrections_are_additions(self, desk):
        page = signed_out(desk)
        after = handover.add(desk[R.DUTY_OFFICER], page.id, "钥匙其实在居委", str(uuid4()))
        assert after.notes == ("11月24日 10:00 值班员甲：钥匙其实在居委",)
        assert (after.lines, after.digest) == (page.lines, page.digest)
        assert check() == []

    def test_a_long_free_line_is_kept_whole(self, desk):
        long = "三号楼" * 120
        assert texts(signed_out(desk, free=long), "free") == [long]

    def test_the_free_lines_come_first_on_older_pages_too(self, desk):
        desk.new(flags="strongly_felt")
        page = signed_out(desk, free="3号楼钥匙在门卫")
        assert page.lines[0].text == "3号楼钥匙在门卫" and page.free == ("3号楼钥匙在门卫",)
        row = Handover.get_by_id(page.id)
        content = json.loads(row.content)
        content["lines"] = [*content["lines"][1:], content["lines"][0]]  # as they were kept once
        Handover.update(content=json.dumps(content)).execute()
        assert handover.signed(desk.night, page.id).lines[0].text == "3号楼钥匙在门卫"

    def test_who_has_signed_is_told_when(self, desk):
        duty = desk[R.DUTY_OFFICER]
        page = signed_out(desk)
        assert page.own_signature == "您已签字（11月24日 10:00），等夜班员丙签收"
        assert handover.page(duty).own_signature == page.own_signature
        assert handover.signed(desk.night, page.id).own_signature == ""
        desk.clock.shift(600)
        taken = handover.sign_in(desk.night, page.id, "", str(uuid4()))
        assert taken.own_signature == "您已签收（11月24日 10:10）"
        with pytest.raises(Refused, match=r"您已签收（11月24日 10:10）"):
            handover.sign_in(desk.night, page.id, "", str(uuid4()))
        assert handover.signed(duty, page.id).own_signature.endswith("夜班员丙已签收（11月24日 10:10）")

    def test_free_lines_go_on_to_the_next_page_until_somebody_deletes_them(self, desk):
        page = signed_out(desk, free="3号楼钥匙在门卫")
        handover.sign_in(desk.night, page.id, "", str(uuid4()))
        assert handover.left_by_the_last(desk.night) == "3号楼钥匙在门卫"


class TestToday:
    def lines(self, session) -> dict[str, int]:
        found = [line for line in today.today_sheet(session, None).needs if line.duty == "shift"]
        return {line.text: line.count for line in found}

    def test_the_successor_finds_the_page_then_what_was_taken_over_until_it_is_done(self, desk):
        issue_id = desk.new(flags="strongly_felt")
        page = signed_out(desk)
        assert self.lines(desk.night) == {"交班等我签收": 1}
        assert self.lines(desk[R.DUTY_OFFICER]) == {}
        handover.sign_in(desk.night, page.id, "", str(uuid4()))
        assert self.lines(desk.night) == {"接班接下的还没办完": 1}
        desk.do("reject", issue_id)
        assert self.lines(desk.night) == {}

    def test_who_has_handed_over_is_rid_of_it(self, desk):
        desk.new(flags="strongly_felt")
        handover.sign_in(desk.night, signed_out(desk).id, "", str(uuid4()))
        desk.clock.shift(timedelta(hours=12))
        fields = {"incoming": str(desk[R.DUTY_OFFICER].staff_id)}
        handover.sign_out(desk.night, handover.page(desk.night).digest, fields, str(uuid4()))
        assert self.lines(desk.night) == {}


def test_who_comes_by_the_roster_is_first_among_those_who_may_take_over(desk):
    found = handover.successors(desk[R.DUTY_OFFICER])
    assert [each.title for each in found] == ["夜班员丙", "片区长甲"]
