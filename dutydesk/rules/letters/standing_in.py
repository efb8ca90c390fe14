"""代录 for a department: what it told by word, telephone or paper, entered by the area; confirmed later, or objected to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from dutydesk.models import Letter, LetterProxy, LetterStep, Staff
from dutydesk.rules import acts
from dutydesk.rules.errors import AlreadyDone, NotAllowed, Refused
from dutydesk.rules.finding import Found
from dutydesk.rules.letters import access
from dutydesk.rules.letters.life import AREA_SIDE, INVITED_ACT, STEP_NAMES
from dutydesk.rules.letters.limits import speakers
from dutydesk.rules.letters.taking import Doing, fresh, invited_of, record
from dutydesk.rules.signing_on import grants_of
from dutydesk.rules.workcalendar import moment
from dutydesk.session import Session
from dutydesk.vocabulary import Means, ProxyState

NO_ACCOUNT = "none"


def may_enter(session: Session, letter: Letter) -> bool:
    """Whether this session may enter for the departments of this letter."""
    return bool(access.roles_on(session, letter) & AREA_SIDE)


def who_could_have_told(session: Session, invited_id: int, text: str = "") -> list[Found]:
    """Those of a department for whom an answer may be entered; a department without an account speaks for itself."""
    from dutydesk.models import Invited

    invited = Invited.get_by_id(invited_id)
    access.readable(session, invited.letter_id)
    people = [
        Found(str(each.id), each.name, each.number)
        for each in speakers(invited.department_id)
        if text in each.name + each.number
    ]
    return [*people, Found(NO_ACCOUNT, f"{invited.department.name}来人或来函", "没有账号的人")]


def enter(doing: Doing, take: Callable[[Doing], LetterStep]) -> LetterStep:
    """Do a step of a department as it was told, written by who sits here. Raises NotAllowed, Refused."""
    entered_by, proxy, letter = doing.session, doing.proxy, doing.letter
    assert proxy is not None
    if not may_enter(entered_by, letter):
        raise NotAllowed("代录由本片区的值班员、片区长或街镇协调员办理。")
    if doing.invited is None or not doing.way.proxied:
        raise NotAllowed(f"“{doing.way.name}”不能代录。")
    if proxy.told_at > doing.acting.at:
        raise Refused("告知的时间不能在将来。", "told_at")
    since = doing.one.delivered_at
    if since and proxy.told_at < since.replace(second=0, microsecond=0):
        raise Refused(f"{moment(since, '')}才送达，答复不能更早，请核对时间。", "told_at")
    concerned = _concerned(doing)
    if concerned is not None:
        proxy = replace(proxy, person_name=concerned.name)
    name = proxy.person_name or doing.one.department.name
    doing.details["proxy"] = {"person": name, "means": proxy.means}
    if concerned is not None:
        doing.session = concerned
    written = take(doing)
    means = Means(proxy.means)
    written.staff_id, written.staff_name = entered_by.staff_id, entered_by.name
    written.role = entered_by.main.role.value if entered_by.main else ""
    written.text = f"代{name}录入（{means.label}）" + (f"：{written.text}" if written.text else "")
    written.save()
    LetterProxy.create(
        step=written.id,
        letter=letter.id,
        staff=proxy.staff_id,
        person_name=name,
        means=means,
        told_at=proxy.told_at,
        entered_by=entered_by.staff_id,
        state=ProxyState.PENDING if proxy.staff_id else ProxyState.CONFIRMED,
    )
    return written


def _concerned(doing: Doing) -> Session | None:
    """The session of who told it, whose own right is checked; None for a person without account."""
    assert doing.proxy is not None
    staff = Staff.get_or_none(Staff.id == doing.proxy.staff_id) if doing.proxy.staff_id else None
    if staff is None:
        return None
    day = doing.session.day
    told_by = Session(staff.id, staff.number, staff.name, grants_of(staff.id, day), day)
    if not access.may(told_by, doing.way, doing.letter, doing.one):
        raise Refused(
            f"{staff.name}不能替{doing.one.department.name}{doing.way.name}，请选该部门的人。", "on_behalf"
        )
    return told_by


@dataclass(frozen=True)
class EnteredForMe:
    """What somebody entered for this person and waits for a word."""

    key: int
    letter: str
    what: str
    by: str
    when: str


def waiting(session: Session) -> list[EnteredForMe]:
    """What others entered for this person about letters, the oldest first."""
    rows = (
        LetterProxy.select(LetterProxy, LetterStep, Letter)
        .join(LetterStep)
        .switch(LetterProxy)
        .join(Letter, on=(LetterProxy.letter == Letter.id))
        .where(LetterProxy.staff == session.staff_id, LetterProxy.state == ProxyState.PENDING)
        .order_by(LetterProxy.id)
        .limit(60)
    )
    return [
        EnteredForMe(
            row.id,
            row.letter.number or row.letter.subject,
            f"{STEP_NAMES[row.step.name]} {row.step.text}",
            row.step.staff_name,
            moment(row.told_at),
        )
        for row in rows
    ]


def answer(session: Session, entry_ids: list[int], confirm: bool, objection: str, act_id: str) -> int:
    """Confirm in bulk what others entered for this person, or object with a reason; answers how many.

    An objection takes nothing back: it stands in the story. Raises Refused.
    """
    if not confirm and len(objection.strip()) < 2:
        raise Refused("有异议请写明实际是怎么回事。", "objection")
    name = "confirm_proxy" if confirm else "object_proxy"
    mine = (LetterProxy.staff == session.staff_id) & (LetterProxy.state == ProxyState.PENDING)
    try:
        with acts.act(session, act_id, f"letter.{name}") as acting:
            entries = list(LetterProxy.select().where(LetterProxy.id.in_(entry_ids), mine))
            for entry in sorted(entries, key=lambda each: int(each.letter_id)):
                letter = fresh(entry.letter_id)
                acting.about("letter", letter.id, letter.number or letter.subject, letter.subdistrict_id)
                entry.state = ProxyState.CONFIRMED if confirm else ProxyState.OBJECTED
                entry.answered_at, entry.objection = acting.at, "" if confirm else objection
                entry.save()
                step = LetterStep.get_by_id(entry.step_id)
                invited = invited_of(letter, step.invited_id)
                doing = Doing(session, acting, letter, INVITED_ACT[step.name], {}, invited)
                record(doing, "" if confirm else objection, invited.state.value, invited.state.value, name)
                letter.version += 1
                letter.changed_at = acting.at
                letter.save()
                after = {"proxy": entry.state.value, "said": entry.objection}
                acting.changed(letter.number or letter.subject, {"proxy": "pending"}, after)
    except AlreadyDone:
        return LetterStep.select().where(LetterStep.act == act_id).count()
    return len(entries)
