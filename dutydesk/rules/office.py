"""What an office has set: its settings, and its working calendar.

Every number here is a setting of the office and is shown as one, never as law. A change counts from its day on.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from dutydesk.models import OfficeSetting, SpecialDay
from dutydesk.rules.organisation import today
from dutydesk.rules.workcalendar import CHINA, OfficeHours, WorkCalendar

DEFAULTS: dict[str, Any] = {
    "office_hours": ["09:00-12:00", "13:30-18:00"],
    "send_back_limit": 4,
    "send_backs_before_invitation": 2,
    "duplicate_window": 14,
    "retention_days": 1095,  # after which ended cases lose personal data; 0 keeps it
    "reveal_reasons": ["首次联系反映人", "反馈处理结果"],
    "no_feedback_reasons": ["巡查自行发现，无反映人"],
    "not_applicable_reasons": ["已拆除或停用", "施工封闭，无法到达", "锁闭，无人开门", "当日不开放"],
    "patrol_rest_reasons": [
        "天气恶劣，停止巡查",
        "抽调处置突发事件",
        "现场封闭，无法到达",
        "人手不足，次日补巡",
    ],
    "extension_max": 10,
    "pause_max": 60,
    "pool_review": 90,
    "contact_words": ["已电话告知受理，会尽快办理并反馈"],
    "no_answer_words": ["电话无人接听", "电话占线", "号码是空号或停机", "对方不方便，约好再打"],
    "shift_kinds": "日班 08:30-18:00、夜班 18:00-08:30",
    "shift_days_in_a_row": 5,
    "meeting_series": {
        "weekday": 4,
        "every_weeks": 2,
        "starts": "14:00",
        "minutes": 90,
        "place": "片区会议室",
        "months": 3,
    },
    "meeting_roles": {
        "prepare": ["duty_officer", "area_chief", "coordinator"],
        "decide": ["area_chief", "coordinator"],
        "write": ["duty_officer", "area_chief", "coordinator", "neighbourhood_officer"],
        "sign": ["area_chief"],
        "add": ["duty_officer", "area_chief", "coordinator", "neighbourhood_officer", "handler"],
        "follow": ["duty_officer", "area_chief", "coordinator"],
    },
    "agenda_table": {  # of each kind: its weight, how many minutes, how many of it at most
        "decision": [90, 5, 12],
        "letter_silent": [85, 6, 8],
        "letter_late": [80, 6, 8],
        "escalate": [75, 8, 5],
        "sent_back": [70, 6, 5],
        "overdue": [60, 4, 8],
        "cluster": [55, 6, 4],
        "due_soon": [40, 3, 5],
        "added": [35, 5, 40],
        "key_work": [20, 5, 3],
    },
    "agenda_rules": {
        "soon_days": 3,
        "cluster_same": 3,
        "cluster_kind": 6,
        "cluster_place": 8,
        "worth": 50,
        "most": 30,
    },
    "meeting_words": {
        "notice_title": "关于召开{meeting}的通知",
        "notice_to": "各参会单位、人员",
        "notice_opening": "现定于{month}月{day}日召开{meeting}，有关事项通知如下：",
        "notice_asked": "请按时参加；来不了的，会前告知原因和代会的人",
        "notice_turns": "请各单元准备好要反映的问题，会上先说",
        "minutes_head": "{area}会议纪要",
        "minutes_office": "{name}",
        "minutes_title": "{meeting}纪要",
        "minutes_number": "第{serial}期",
    },
    "demo_staff": "",
    "ssh_key_kinds": ["ssh-ed25519", "ssh-rsa"],
    "ssh_rsa_bits": 3072,
    "password_least": 10,
    "password_first_days": 7,
    # tries that are free, seconds to wait after the next (then doubled), the longest wait
    "sign_in_waits": {"number": [5, 30, 900], "address": [20, 5, 60]},
    "letter_chain": {"call": [], "slip": ["chief"], "letter": ["chief", "coordinator", "signatory"]},
    "letter_numbers": {
        "call": "{town}电约〔{year}〕{serial}号",
        "slip": "{town}约单〔{year}〕{serial}号",
        "letter": "徐{town}办约〔{year}〕{serial}号",
        "supervision": "徐{town}督〔{year}〕{serial}号",
    },
    "letter_words": {
        "head": "{district}{name}办事处",
        "office": "{district}{name}办事处",
        "title": "关于约请协调解决{subject}的函",
        "opening": "我街道{area}在日常治理中发现{subject}。该事项属{reasons}，需你单位到场共同会商解决。现函告如下：",
        "answering": "请于{answer_by}前填写回执并反馈，可以应约、建议改期、书面答复；"
        "不属你单位职责的，请写明依据和应负责的单位。",
        "closing": "特此函达，请予支持为盼。",
        "slip": "{name}约请单",
        "supervision": "{name}督办单",
    },
    "letter_answer_limit": 3,
    "letter_remind_before": 1,
    "letter_raise_after": 2,
    "letter_say_limit": 5,
    "letter_meeting_after": 5,
    "letter_head_releases": ["station", "bureau"],
    "letter_raise_through_town": True,
    "letter_closing": ["area", "department", "subdistrict"],
}


def setting(key: str, subdistrict_id: int | None = None) -> Any:
    """The value of a setting today: the subdistrict's own, else the district's, else the shipped one."""
    own = OfficeSetting.subdistrict == subdistrict_id
    row = (
        OfficeSetting.select()
        .where(
            OfficeSetting.key == key,
            OfficeSetting.valid_from <= today(),
            OfficeSetting.subdistrict.is_null() | own
            if subdistrict_id
            else OfficeSetting.subdistrict.is_null(),
        )
        .order_by(
            OfficeSetting.subdistrict.is_null(), OfficeSetting.valid_from.desc(), OfficeSetting.id.desc()
        )
        .first()
    )
    return json.loads(row.value) if row else DEFAULTS[key]


_calendars: dict[tuple[str, int], WorkCalendar] = {}


def calendar(subdistrict_id: int | None = None) -> WorkCalendar:
    """The office's working calendar; built anew when its hours or its own table of days have changed."""
    hours = " ".join(setting("office_hours", subdistrict_id))
    special = {row.day: (row.working, row.name) for row in SpecialDay.select()}
    key = (hours, hash(tuple(sorted(special.items()))))
    if key not in _calendars:
        _calendars.clear()
        _calendars[key] = WorkCalendar(OfficeHours.parse(hours), special)
    return _calendars[key]


def end_of_day(moment: datetime) -> datetime:
    """The last second of a moment's day in China."""
    start = moment.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    return start + timedelta(days=1) - timedelta(seconds=1)
