"""In the meeting: units first, who came, minutes as they are typed by two people, signing, what stands afterwards."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from dutydesk.meeting_words import MeetingState
from dutydesk.models import AuditEntry, Issue, Meeting, MinuteParagraph
from dutydesk.rules.checking import check
from dutydesk.rules.errors import NotAllowed, Refused, Stale
from dutydesk.rules.meetings import attendance, export, figures, minutes, needs, papers, signing, turns
from dutydesk.vocabulary import Role, Source, State

pytestmark = pytest.mark.both


@pytest.fixture
def running(meet):
    return meet.new(MeetingState.RUNNING)


class TestTurns:
    def test_one_line_becomes_a_reported_case(self, meet, running):
        unit = meet.district.units[1]
        number = turns.take(
            meet.duty, running, unit, {"text": "2号楼楼道堆物", "category": str(meet.cases.fire)}, meet.act()
        )
        row = Issue.get()
        assert (row.number, row.state, row.source, row.unit_id) == (
            number,
            State.REPORTED,
            Source.MEETING,
            unit,
        )
        assert row.detail == "康健一片区双周例会上长桥二村提出"
        line = turns.of_meeting(meet.duty, running)[1]
        assert line.done and [said.number for said in line.said] == [number]

    def test_a_unit_without_a_word_has_had_its_turn(self, meet, running):
        turns.take(meet.duty, running, meet.district.units[0], {}, meet.act())
        first, second, _ = turns.of_meeting(meet.duty, running)
        assert first.done and not second.done and not Issue.select().exists()

    def test_its_words_give_the_category_else_it_is_asked(self, meet, running):
        from dutydesk.models import Category

        Category.update(words="堆物 楼道").where(Category.id == meet.cases.fire).execute()
        turns.take(meet.duty, running, meet.district.units[0], {"text": "3号楼楼道堆物"}, meet.act())
        assert Issue.get().category_id == meet.cases.fire
        with pytest.raises(Refused) as refused:
            turns.take(meet.duty, running, meet.district.units[0], {"text": "说不清的事"}, meet.act())
        assert refused.value.field == "category"

    def test_only_units_of_the_area_and_only_once_for_an_act(self, meet, running):
        with pytest.raises(Refused, match="不属于本片区"):
            turns.take(meet.duty, running, meet.district.units[4], {}, meet.act())
        act_id, fields = meet.act(), {"text": "楼道灯不亮", "category": str(meet.cases.fire)}
        for _ in range(2):
            turns.take(meet.duty, running, meet.district.units[0], fields, act_id)
        assert Issue.select().count() == 1


class TestAttendance:
    def test_seats_come_first_then_units_then_guests(self, meet):
        meeting_id = meet.new()
        attendance.invite(meet.duty, meeting_id, {"name": "王所长", "title": "派出所"}, meet.act())
        before = attendance.of_meeting(meet.duty, meeting_id)
        meet.do("begin", meeting_id)
        rows = attendance.of_meeting(meet.duty, meeting_id)
        assert [row.name for row in rows] == [row.name for row in before]
        assert rows[0].title == "片区长" and [row.name for row in rows[-4:-1]] == [
            "康健新村",
            "长桥二村",
            "寿昌坊",
        ]
        assert rows[-1].guest and len(rows) == 6 + 3 + 1

    def test_all_that_are_left_at_once_absent_with_a_reason(self, meet, running):
        rows = attendance.of_meeting(meet.duty, running)
        attendance.mark(
            meet.duty, running, [rows[1].id], {"presence": "absent", "reason": "外出培训"}, meet.act()
        )
        attendance.mark(
            meet.duty, running, [rows[2].id], {"presence": "stood_in", "by_name": "李强"}, meet.act()
        )
        assert attendance.mark(meet.duty, running, [], {"presence": "present"}, meet.act()) == len(rows) - 2
        said = [row.words for row in attendance.of_meeting(meet.duty, running)]
        assert said[:4] == ["到会", "请假 外出培训", "代会 李强", "到会"]

    @pytest.mark.parametrize(
        ("presence", "field"), [("absent", "reason"), ("stood_in", "by_name"), ("x", "presence")]
    )
    def test_why_or_who_must_be_said(self, meet, running, presence, field):
        with pytest.raises(Refused) as refused:
            attendance.mark(meet.duty, running, [], {"presence": presence}, meet.act())
        assert refused.value.field == field


class TestMinutes:
    def test_two_people_write_in_one_meeting(self, meet, running):
        meet.write(running, "值班员记的")
        meet.write(running, "片区长记的", meet.chief)
        found = minutes.of_meeting(meet.duty, running)
        assert [(each.author, each.text, each.own) for each in found] == [
            ("值班员甲", "值班员记的", True),
            ("片区长甲", "片区长记的", False),
        ]

    def test_each_paragraph_is_its_authors_alone(self, meet, running):
        uid = meet.write(running)
        with pytest.raises(NotAllowed, match="值班员甲写的"):
            minutes.save(meet.chief, running, uid, "改掉")
        assert MinuteParagraph.get().text == "逐户劝说，限期清理。"

    def test_saved_as_typed_again_after_a_lost_line_it_is_one(self, meet, running):
        uid = meet.act()
        for text in ("逐户", "逐户劝说", "逐户劝说"):
            minutes.save(meet.duty, running, uid, text)
        assert [row.text for row in MinuteParagraph.select()] == ["逐户劝说"]
        assert minutes.save(meet.duty, running, uid, "") == 0
        assert not MinuteParagraph.select().exists()

    def test_from_two_places_nothing_is_written_over(self, meet, running):
        uid = meet.act()
        version = minutes.save(meet.duty, running, uid, "逐户")
        minutes.save(meet.duty, running, uid, "逐户劝说", version=version)
        with pytest.raises(Stale):
            minutes.save(meet.duty, running, uid, "另一处", version=version)
        assert MinuteParagraph.get().text == "逐户劝说"

    @pytest.mark.parametrize("state", [MeetingState.PLANNED, MeetingState.REVIEW, MeetingState.SIGNED])
    def test_not_before_and_not_after(self, meet, state):
        meeting_id = meet.new(state)
        before = MinuteParagraph.select().count()
        with pytest.raises(Refused, match=state.label):
            meet.write(meeting_id)
        assert MinuteParagraph.select().count() == before

    def test_control_characters_and_markup_come_out_as_text(self, meet, running):
        minutes.save(meet.duty, running, meet.act(), "第一行\n[bold]第二行[/]\x1b[31m\x00")
        assert MinuteParagraph.get().text == "第一行\n[bold]第二行[/][31m"


class TestSigning:
    def test_signed_it_is_fixed_and_its_hash_stands_in_the_audit(self, meet):
        meeting_id = meet.new(MeetingState.REVIEW)
        meet.do("sign", meeting_id, seen=signing.digest(meet.chief, meet.row(meeting_id)))
        row = meet.row(meeting_id)
        content = json.loads(row.content)
        assert content["said"] == [{"author": "值班员甲", "text": "逐户劝说，限期清理。"}]
        assert AuditEntry.select().where(AuditEntry.subject.contains(row.hash)).count() == 1
        assert list(signing.problems()) == [] and check() == []
        assert meet.sheet(meeting_id).signed.startswith("片区长甲")

    def test_what_was_not_seen_is_not_signed(self, meet):
        meeting_id = meet.new(MeetingState.REVIEW)
        seen = signing.digest(meet.chief, meet.row(meeting_id))
        meet.do("return", meeting_id)
        meet.write(meeting_id, "补一段")
        meet.do("submit", meeting_id, meet.duty)
        with pytest.raises(Refused, match="又有变动"):
            meet.do("sign", meeting_id, seen=seen)
        assert meet.row(meeting_id).state is MeetingState.REVIEW

    def test_the_chair_signs_and_not_who_wrote(self, meet):
        meeting_id = meet.new(MeetingState.REVIEW)
        with pytest.raises(NotAllowed, match="主持人审签"):
            meet.do("sign", meeting_id, meet.duty)
        stands_in = meet.new()
        meet.do("appoint", stands_in, chair=str(meet.duty.staff_id))
        for act in ("begin", "end", "submit"):
            meet.do(act, stands_in)
        meet.do("sign", stands_in, meet.duty)
        assert meet.row(stands_in).signed_by_id == meet.duty.staff_id

    def test_nothing_is_sent_that_says_nothing(self, meet, running):
        meet.do("end", running)
        from dutydesk.rules.meetings import ways

        with pytest.raises(Refused, match="还没有记什么"):
            ways.perform(meet.duty, running, "submit", {}, meet.act())

    def test_corrections_are_additions(self, meet):
        meeting_id = meet.new(MeetingState.SIGNED)
        before = meet.row(meeting_id).content
        meet.do("add", meeting_id, text="第二项应为三点，联系人13800001234")
        assert meet.row(meeting_id).content == before
        [added] = meet.sheet(meeting_id).additions
        assert added.text == "第二项应为三点，联系人138******34" and added.who == "片区长甲"

    def test_changed_behind_the_desks_back_it_is_found(self, meet):
        meeting_id = meet.new(MeetingState.SIGNED)
        Meeting.update(content="{}").where(Meeting.id == meeting_id).execute()
        assert any("与审签时不符" in problem for problem in check())

    def test_telephone_numbers_are_masked_in_what_is_signed(self, meet, running):
        meet.write(running, "请联系13800001234")
        for act in ("end", "submit", "sign"):
            meet.do(act, running)
        assert "13800001234" not in meet.row(running).content


def test_the_notice_says_when_where_who_and_what(meet):
    meeting_id = meet.new()
    meet.add(meeting_id, "消防演练安排")
    said = papers.notice(meet.duty, meeting_id)
    assert (said.title, said.place, said.chair) == ("康健一片区双周例会", "片区会议室", "片区长甲")
    assert [item.title for item in said.items] == ["消防演练安排"] and "康健物业（物业）" in said.to
    assert f"{said.starts_at:%H:%M}" == "14:00"


def test_the_minutes_are_read_the_same_before_and_after_signing(meet, running):
    item_id = meet.add(running, "电动车充电棚选址")
    minutes.save(meet.duty, running, meet.act(), "居民意见不一", item_id)
    meet.decide(running, item=str(item_id))
    meet.item(item_id, "discuss", outcome="先听证")
    for act in ("end", "submit"):
        meet.do(act, running)
    before = papers.record(meet.duty, running)
    assert before.items[0].said == (("值班员甲", "居民意见不一"),) and before.items[0].decided[0].number == 1
    meet.do("sign", running, seen=before.digest)
    after = papers.record(meet.duty, running)
    assert after._replace(signed_by="", signed_on=None) == before._replace(number=after.number)
    said = papers.as_text(after)
    assert "1. 电动车充电棚选址" in said and "决定1：公共安全力量 11月27日前 清理楼道堆物" in said


class TestFigures:
    SINCE, UNTIL = date(2026, 11, 1), date(2026, 12, 31)

    def of(self, meet):
        rows = figures.of_period(meet.duty, self.SINCE, self.UNTIL)
        return {figure.name: figure for figure in rows[0].figures}

    def test_held_on_its_day_counts_called_off_does_not_skipped_is_left_out(self, meet):
        first = meet.new()
        meet.cases.clock.shift(timedelta(days=2))
        meet.do("begin", first)
        for act in ("skip", "join", "cancel"):
            meet.do(act, meet.new())
        meet.cases.clock.shift(timedelta(days=10))
        found = self.of(meet)["按时召开率"]
        assert found.value == "50.0%"
        assert found.formula == (
            "按定的日子开了1次 ÷ 到期应开2次（免开、并会、专题会不计）；免开、并会2次不计"
        )

    def test_who_came_of_those_who_should_have(self, meet, running):
        rows = attendance.of_meeting(meet.duty, running)
        attendance.mark(meet.duty, running, [row.id for row in rows[:6]], {"presence": "present"}, meet.act())
        attendance.invite(meet.duty, running, {"name": "王所长"}, meet.act())
        assert self.of(meet)["到会率"].formula.startswith("到会和代会6人次 ÷ 应到9人次")

    def test_decisions_done_by_their_day(self, meet, running):
        from dutydesk.rules.meetings import followup

        for days in (1, 2, 30):
            meet.decide(running, due_on=date(2026, 11, 24) + timedelta(days=days))
        first = followup.open_in(meet.duty, meet.area)[0]
        followup.perform(meet.duty, first.id, "finish", {"text": "清完了"}, meet.act())
        meet.cases.clock.shift(timedelta(days=5))
        found = self.of(meet)["决定按期办结率"]
        assert found.value == "50.0%" and "期限内办了1项 ÷ 期内到期2项" in found.formula

    def test_a_coordinator_sees_all_areas_and_their_sum(self, meet, running):
        rows = figures.of_period(meet[Role.COORDINATOR], self.SINCE, self.UNTIL)
        assert [row.area for row in rows] == ["合计", "康健一片区", "康健二片区"]


def test_they_are_exported_for_scripts(meet, running):
    meet.decide(running)
    [record] = export.meetings(meet.duty)
    assert record["kind"] == "biweekly" and record["decisions"][0]["who"] == "公共安全力量"
    assert json.dumps(record)
    assert list(export.meetings(meet.duty, "2026-10")) == []
    assert list(export.meetings(meet.district.elsewhere)) == []


def test_today_says_what_there_is(meet, running):
    meet.do("end", running)
    assert needs.needs(meet.duty) == [("康健一片区双周例会纪要待整理", running, 0)]
    meet.do("submit", running)
    assert needs.needs(meet.chief) == [("康健一片区双周例会纪要等您审签", running, 1)]
    assert needs.needs(meet.duty) == []
