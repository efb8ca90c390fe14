"""What a source's list tells of a case: its answer, and in a newer list what is otherwise than in the one before.

What staff here have written or changed meanwhile stays; the story says what the source says instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dutydesk.models import Category, Issue, IssueStep, Reporter, Unit
from dutydesk.rules import closing, time_limits
from dutydesk.rules.acts import Acting
from dutydesk.rules.before import Before
from dutydesk.rules.exporting import mark_of
from dutydesk.rules.import_rows import LABELS, MEANS, NOTHING, Read
from dutydesk.rules.lifecycle import BY_ACT
from dutydesk.rules.organisation import area_of_unit, day_of
from dutydesk.rules.steps import EFFECTS, Step, moved_on, record, take
from dutydesk.rules.workcalendar import moment
from dutydesk.session import Session
from dutydesk.vocabulary import AssigneeKind, Phase, State, Urgency

_LEFT = "未动）"  # how a sentence ends that tells of what was left as it is
_OPEN_WORK = frozenset({State.OPENED, State.ASSIGNED, State.HANDLING})


@dataclass(frozen=True)
class News:
    """A row about a case while its batch is written. `old`: what the source has answered is filed (旧案入档)."""

    session: Session
    acting: Acting
    issue: Issue
    row: Read
    source: str
    old: bool

    def step(self, act: str, happened: datetime | None = None, **fields: Any) -> Step:
        """An act on the case."""
        return Step(self.session, self.acting, self.issue, BY_ACT[act], fields, happened=happened)


# -- the source's answer ---------------------------------------------------------------------------------------------


def answered(news: News) -> None:
    """What the source says was done becomes a step of its day.

    The check on site is still ours, so the case waits for that: 立案 is now and limits run from now, for nobody here
    could keep earlier ones. As an old case it is closed on the day of the answer, where nobody here has touched it.
    """
    issue, said = news.issue, news.row.said["answer"]
    file_it = news.old and (issue.state is State.REPORTED or issue.id in closing.untouched([issue.id]))
    over = "" if file_it or issue.state is not State.REPORTED else _open(news)
    step = news.step("note", news.row.means["answered_at"])
    before, frm = Before(issue), issue.state
    text = f"来源清单上的答复：{said}{over}"
    if file_it:
        issue.outcome = said
        record(step, text, closing.SOURCE_ANSWERED, frm)
        file_old(news, before)
        return
    if issue.state in _OPEN_WORK:
        issue.outcome, issue.state = said, State.REVIEW
    moved_on(step)
    record(step, text, closing.SOURCE_ANSWERED, frm)
    before.keep(news.acting, issue)
    before.tell(news.acting, issue, {"text": said})


def file_old(news: News, before: Before | None = None) -> None:
    """旧案入档, by its own way of the life cycle; `before` is how the case stood before its answer came."""
    step = news.step("file_old", news.row.means["answered_at"])
    step.before = before
    take(step)


def _open(news: News) -> str:
    """立案; a source's limit that is over was for its answer, so the check's limit is the office's. Says so."""
    issue, due = news.issue, news.issue.source_due_at
    over = due is not None and due < news.acting.at
    if over:
        issue.source_due_at = None
    take(news.step("open"))
    return f"（来源时限{moment(due)}已过，是来源答复的时限；核查按本单位的期限）" if over else ""


# -- a newer list ----------------------------------------------------------------------------------------------------


def update(news: News, was: Mapping[str, Any]) -> list[str]:
    """Only what the newer list says otherwise than the one before; what staff wrote meanwhile stays.

    `was` is what was kept of the row then. Answers with what was left as it is, a sentence each.
    """
    row, issue = news.row, news.issue
    new = {name for name, mark in row.marks.items() if mark != was.get(name, NOTHING) and mark != NOTHING}
    step = news.step("note")
    before = Before(issue)
    told = [_text(news, name, was) for name in row.texts if name in new]
    if "unit" in new:
        told.append(_unit(news, was.get(MEANS, {})))
    if new & {"category", "urgency"}:
        told += _class(news, was.get(MEANS, {}), new)
    if new & {"reporter_name", "reporter_phone"}:
        told.append(_raised_by(issue, row))
    extended = "source_due" in new and _is_extended(news)
    if "source_due" in new and not extended:
        told.append(_due(news))
    told = list(filter(None, told))
    if told:
        moved_on(step)
        record(step, "来源清单更新。" + "；".join(told), "source_update", issue.state)
        before.keep(news.acting, issue)
        before.tell(news.acting, issue, {"told": told})
    if extended:
        basis = f"来源清单“{news.source}”上的新时限"
        take(news.step("source_extension", until=row.means["source_due"], basis=basis))
    if "answer" in new:
        answered(news)
    return [said for said in told if said.endswith(_LEFT)]


def _text(news: News, name: str, was: Mapping[str, Any]) -> str:
    text, label = news.row.texts[name], LABELS[name]
    if mark_of(getattr(news.issue, name)) != was.get(name, NOTHING):
        return f"来源的{label}改为：{text}（已由{_changed_by(news.issue, 'amend')}改过，未覆盖，未动）"
    setattr(news.issue, name, text)
    return f"{label}改为：{text}"


def _changed_by(issue: Issue, act: str) -> str:
    """Who did an act on a case last, for what they changed is left as it is."""
    steps = IssueStep.select().where(IssueStep.issue == issue.id, IssueStep.name == act)
    last = steps.order_by(IssueStep.id.desc()).first()
    return last.staff_name if last else "本单位"


def _unit(news: News, was: Mapping[str, Any]) -> str:
    issue, unit = news.issue, Unit.get_by_id(news.row.means["unit"])
    if unit.id == issue.unit_id:
        return ""
    said = f"来源的居民区改为：{unit.name}"
    if was and was["unit"] != issue.unit_id:
        return f"{said}（已由{_changed_by(issue, 'amend')}改过，未动）"
    area = area_of_unit(unit.id, news.session.day)
    if area is None or (area.id != issue.area_id and issue.state is not State.REPORTED):
        return f"{said}（不在本片区，请不予立案并告知该片区登记；本单位已在办，未动）"
    if issue.assignee_kind is AssigneeKind.UNIT:
        return f"{said}（这件在{issue.assignee_name}居委手上，未动）"
    issue.unit, issue.area, issue.subdistrict = unit, area, unit.subdistrict_id
    return f"居民区改为：{unit.name}"


def _class(news: News, was: Mapping[str, Any], new: set[str]) -> list[str]:
    """Category and urgency: as 改类别或紧急程度 does it, where it may still be done."""
    issue, means = news.issue, news.row.means
    now: dict[str, Any] = {"category": issue.category_id, "urgency": issue.urgency}
    words = {
        "category": f"来源的类别改为：{Category.get_by_id(means['category']).name}",
        "urgency": f"来源的紧急程度改为：{means['urgency'].label}",
    }
    told, wanted = [], dict(now)
    for name in now.keys() & new:
        if means[name] == now[name]:
            continue
        if was and _plain(was[name]) != _plain(now[name]):
            told.append(f"{words[name]}（已由{_changed_by(issue, 'recategorise')}改过，未动）")
        elif issue.state not in BY_ACT["recategorise"].frm:
            told.append(f"{words[name]}（现在是{issue.state.label}，未动）")
        else:
            wanted[name] = means[name]
    if wanted != now:
        fields = {"category": str(wanted["category"]), "urgency": wanted["urgency"].value}
        told.append(EFFECTS["recategorise"](news.step("recategorise", **fields, reason="来源清单更新")))
    return told


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Urgency) else value


def _raised_by(issue: Issue, row: Read) -> str:
    """Who raised it, as the newer list says; the story tells that it changed, not to what."""
    who = Reporter.get_or_none(Reporter.issue == issue.id)
    new = who is None
    who = who or Reporter(issue=issue.id)
    who.name = row.said.get("reporter_name") or who.name
    who.phone = row.said.get("reporter_phone") or who.phone
    who.save(force_insert=new)
    return "反映人的联系方式有更新"


def _is_extended(news: News) -> bool:
    """Whether the list's limit is an extension that the source grants: later, to come, and the case in work here."""
    issue, due = news.issue, news.row.means["source_due"]
    later = issue.source_due_at is not None and due > issue.source_due_at
    return later and day_of(due) > day_of(datetime.now(UTC)) and issue.state in BY_ACT["source_extension"].frm


def _due(news: News) -> str:
    issue, due = news.issue, news.row.means["source_due"]
    if due == issue.source_due_at:
        return ""
    issue.source_due_at = due
    if issue.opened_at and issue.is_open:
        said = f"来源清单上的时限 {moment(due)}"
        time_limits.set_deadline(issue, Phase.COMPLETION, news.acting.at, due, said)
    return f"来源时限改为{moment(due)}"
