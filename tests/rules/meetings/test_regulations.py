"""本单位规定: each setting is shown with since when, changed by the coordinator alone, and counts from then on."""

from __future__ import annotations

import pytest

from dutydesk.meeting_words import MeetingState
from dutydesk.models import Act, AuditEntry, OfficeSetting
from dutydesk.rules import office
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.meetings import papers, regulations
from dutydesk.rules.organisation import today
from dutydesk.vocabulary import Role

pytestmark = pytest.mark.both


def line_of(meet, known_as, role=Role.COORDINATOR):
    return next(each for each in regulations.of_office(meet[role]) if each.known_as == known_as)


def change(meet, known_as, typed, role=Role.COORDINATOR, act=None):
    regulations.change(meet[role], known_as, typed, act or meet.act())


def test_every_part_of_every_setting_of_meetings_has_its_line(meet):
    """Whoever adds a weight, a limit or a role to the defaults must give it a place on the screen."""
    shown = {each.known_as for each in regulations.REGULATIONS}
    for key in ("meeting_series", "meeting_roles", "agenda_table", "agenda_rules", "meeting_words"):
        assert {f"{key}.{part}" for part in office.DEFAULTS[key]} <= shown
    limits = {
        key for key, value in office.DEFAULTS.items() if key.startswith("letter_") and type(value) is int
    }
    assert limits <= shown
    assert len(regulations.of_office(meet.duty)) == len(regulations.REGULATIONS)


def test_what_came_with_the_desk_can_be_written_as_it_is_shown():
    """A default that its own reader would refuse could never be set again."""
    for each in regulations.REGULATIONS:
        default = office.DEFAULTS[each.key]
        value = default[each.part] if each.part else default
        assert each.read(each.say(value)) == value, each.known_as


def test_the_coordinator_changes_one_and_the_rest_stays(meet):
    assert line_of(meet, "agenda_rules.soon_days").since is None
    change(meet, "agenda_rules.soon_days", "5")
    line = line_of(meet, "agenda_rules.soon_days", Role.DUTY_OFFICER)
    assert (line.value, line.since, line.by) == ("5", today(), meet[Role.COORDINATOR].name)
    assert line_of(meet, "agenda_rules.most").since is None
    assert line_of(meet, "agenda_rules.most").value == "30"
    change(meet, "agenda_rules.most", "20")
    assert line_of(meet, "agenda_rules.soon_days").value == "5"


@pytest.mark.parametrize("role", [Role.DUTY_OFFICER, Role.AREA_CHIEF, Role.DISTRICT_COORDINATOR])
def test_nobody_else_changes_it(meet, role):
    with pytest.raises(NotAllowed, match="街镇协调员"):
        change(meet, "letter_answer_limit", "9", role)
    assert not OfficeSetting.select().where(OfficeSetting.key == "letter_answer_limit").exists()


def test_it_stands_in_the_audit_and_the_same_act_twice_is_one(meet):
    act = meet.act()
    for _ in range(2):
        change(meet, "letter_answer_limit", "7", act=act)
    entry = AuditEntry.get(AuditEntry.act == act)
    assert Act.get_by_id(act).name == "setting.change" and "答复期限" in entry.subject
    assert OfficeSetting.select().where(OfficeSetting.key == "letter_answer_limit").count() == 1
    assert office.setting("letter_answer_limit", meet[Role.COORDINATOR].subdistrict_id) == 7


@pytest.mark.parametrize(
    ("known_as", "typed"),
    [
        ("letter_answer_limit", "0"),
        ("letter_answer_limit", "三"),
        ("agenda_table.overdue", "60 4"),
        ("agenda_table.overdue", "160 4 8"),
        ("meeting_roles.sign", "审计员"),
        ("meeting_roles.sign", "、"),
        ("meeting_series.starts", "25:00"),
        ("meeting_words.notice_title", "{meeting"),
        ("meeting_words.notice_title", "{reporter}的通知"),
        ("meeting_words.notice_title", "{meeting.__class__}"),
        ("meeting_words.minutes_number", "纪要"),
        ("agenda_rules.soon_days", "3"),
    ],
)
def test_what_cannot_be_is_refused_beside_the_field(meet, known_as, typed):
    with pytest.raises(Refused) as refused:
        change(meet, known_as, typed)
    assert refused.value.field == "value"


def test_roles_set_anew_count_at_once(meet):
    meeting_id = meet.new(MeetingState.REVIEW)
    with pytest.raises(NotAllowed):
        meet.do("sign", meeting_id, meet.duty)
    change(meet, "meeting_roles.sign", "片区长、值班员")
    meet.do("sign", meeting_id, meet.duty)
    assert meet.row(meeting_id).state is MeetingState.SIGNED


def test_the_papers_speak_in_the_offices_own_words(meet):
    meeting_id = meet.new(MeetingState.HELD)
    change(meet, "meeting_words.notice_title", "{name}关于{month}月{day}日召开{meeting}的预通知")
    change(meet, "meeting_words.minutes_number", "〔{year}〕第{serial}次")
    change(meet, "meeting_words.minutes_head", "{district}{area}工作会议纪要")
    told, kept = papers.notice(meet.duty, meeting_id), papers.record(meet.duty, meeting_id)
    on = told.starts_at
    town, area = kept.office, kept.area
    assert told.words["title"] == f"{town}关于{on.month}月{on.day}日召开{told.title}的预通知"
    assert told.words["to"] == "各参会单位、人员"
    assert kept.number == f"〔{kept.held_at.year}〕第1次"
    assert kept.words["head"].endswith(f"{area}工作会议纪要") and kept.words["head"] != f"{area}工作会议纪要"
