"""The words of 双周例会 and its kin, as `vocabulary` has those of an issue; apart from it, since a desk begins without them."""

from __future__ import annotations

from dutydesk.vocabulary import Word


class MeetingKind(Word):
    """The meetings of an area: the fortnightly one and its kin."""

    BIWEEKLY = "biweekly", "双周例会"
    COUNCIL = "council", "片区党委议事协商会"
    COORDINATION = "coordination", "条块约请协调会"
    TOPIC = "topic", "专题会"


class MeetingState(Word):
    """Where a meeting stands."""

    PLANNED = "planned", "待开"
    RUNNING = "running", "正在开"
    HELD = "held", "整理纪要"
    REVIEW = "review", "待审签"
    SIGNED = "signed", "已审签"
    CANCELLED = "cancelled", "已取消"
    SKIPPED = "skipped", "免开"
    JOINED = "joined", "并会"


class ItemKind(Word):
    """Why something stands on an agenda; the table of weights and minutes is the office's (`agenda_table`)."""

    DECISION = "decision", "上次决定未办"
    OVERDUE = "overdue", "逾期"
    SENT_BACK = "sent_back", "多次退单"
    ESCALATE = "escalate", "拟提请协调"
    LETTER_SILENT = "letter_silent", "约请未答复"
    LETTER_LATE = "letter_late", "约请承诺逾期"
    DUE_SOON = "due_soon", "将到期"
    CLUSTER = "cluster", "前哨"
    KEY_WORK = "key_work", "重点工作"
    ADDED = "added", "成员提出"


class ItemState(Word):
    """Where an item of an agenda stands."""

    LISTED = "listed", "待议"
    DISCUSSED = "discussed", "已议"
    DEFERRED = "deferred", "下次再议"
    CUT = "cut", "本次不议"
    MERGED = "merged", "并入"


class Presence(Word):
    """Whether somebody came."""

    EXPECTED = "expected", "未签到"
    PRESENT = "present", "到会"
    STOOD_IN = "stood_in", "代会"
    ABSENT = "absent", "请假"


class DecisionState(Word):
    """Where a decision stands."""

    OPEN = "open", "在办"
    DONE = "done", "已办"
    DROPPED = "dropped", "不再办"
