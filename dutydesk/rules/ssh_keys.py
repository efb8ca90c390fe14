"""Keys of staff: the key with which somebody comes in over SSH is who that is. The administrator keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dutydesk.models import Staff, StaffKey
from dutydesk.rules import acts, office, permission, public_keys
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.rules.organisation import in_service
from dutydesk.session import Session

AT_MOST = 10  # keys of one person: an office terminal, a laptop, and what was forgotten to be removed


@dataclass(frozen=True)
class KeptKey:
    """A key that somebody comes in with."""

    key: int
    staff_id: int
    number: str
    name: str
    kind: str
    fingerprint: str
    comment: str
    added_at: datetime
    active: bool


def keys(session: Session, staff_id: int | None = None) -> list[KeptKey]:
    """The keys of somebody, or of everybody, by number. Raises NotAllowed."""
    permission.require(session, "administer")
    query = StaffKey.select(StaffKey, Staff).join(Staff, on=(StaffKey.staff == Staff.id))
    active: Any = Staff.select(Staff.id).join(StaffKey, on=(StaffKey.staff == Staff.id))
    there = {staff_id for (staff_id,) in active.where(in_service(session.day)).tuples()}
    if staff_id is not None:
        query = query.where(StaffKey.staff == staff_id)
    return [
        KeptKey(
            row.id,
            row.staff.id,
            row.staff.number,
            row.staff.name,
            public_keys.NAMES.get(row.kind, row.kind),
            row.fingerprint,
            row.comment,
            row.added_at,
            row.staff.id in there,
        )
        for row in query.order_by(Staff.number, StaffKey.id)
    ]


def read(text: str) -> public_keys.PublicKey:
    """A pasted key, judged by the office's settings. Raises Refused (`key`)."""
    kinds = frozenset(office.setting("ssh_key_kinds"))
    return public_keys.read(text, kinds, int(office.setting("ssh_rsa_bits")))


@dataclass(frozen=True)
class Added:
    """The fingerprint of a key that was taken in, and what is said of it."""

    fingerprint: str
    says: str


def add(session: Session, staff_id: int, text: str, act_id: str) -> Added:
    """Somebody comes in with one key more. Raises NotAllowed, Refused (`key`)."""
    permission.require(session, "administer")
    key, person = read(text), _person(staff_id)
    try:
        with acts.act(session, act_id, "staff.key_add") as acting:
            taken = StaffKey.get_or_none(StaffKey.fingerprint == key.fingerprint)
            if taken is not None:
                raise Refused(_taken(taken, person), public_keys.FIELD)
            if StaffKey.select().where(StaffKey.staff == person.id).count() >= AT_MOST:
                raise Refused(f"{person.name}已有{AT_MOST}个公钥，请先删去不用的。", public_keys.FIELD)
            StaffKey.create(
                staff=person,
                kind=key.kind,
                body=key.body,
                fingerprint=key.fingerprint,
                comment=key.comment,
                added_at=datetime.now(UTC),
                added_by=session.staff_id,
            )
            acting.about("staff", person.id, f"{person.number} {person.name}", person.subdistrict_id)
            acting.changed(f"{person.number} 公钥", None, {"fingerprint": key.fingerprint, "kind": key.words})
    except AlreadyDone:
        pass
    whose = f"{person.name}（{person.number}）"
    return Added(key.fingerprint, f"已给{whose}登记公钥 {key.fingerprint} （{key.words}）。")


def _person(staff_id: int) -> Staff:
    person = Staff.get_or_none(Staff.id == staff_id)
    if person is None:
        raise Refused("没有找到这个人，请返回重看名册。")
    return person


def _taken(key: StaffKey, person: Staff) -> str:
    if key.staff_id == person.id:
        return f"这个公钥{person.name}已经登记过了（{key.fingerprint}）。"
    holder = key.staff
    return f"这个公钥已是{holder.name}（{holder.number}）的。一人一个公钥，请{person.name}自己生成一对新的。"


def remove(session: Session, key_id: int, act_id: str) -> str:
    """Nobody comes in with this key any more. Raises NotAllowed, Refused where it is gone already."""
    permission.require(session, "administer")
    key = StaffKey.get_or_none(StaffKey.id == key_id)
    if key is None:
        raise Refused("这个公钥已经删去了。")
    person, fingerprint = key.staff, key.fingerprint
    try:
        with acts.act(session, act_id, "staff.key_remove") as acting:
            acting.about("staff", person.id, f"{person.number} {person.name}", person.subdistrict_id)
            StaffKey.delete().where(StaffKey.id == key_id).execute()
            acting.changed(f"{person.number} 公钥", {"fingerprint": fingerprint}, None)
    except AlreadyDone:
        pass
    return f"已删去{person.name}（{person.number}）的公钥 {fingerprint}，不能再用它登录；用它打开着的值班台随即退出。"


def key_called(session: Session, fingerprint: str) -> int:
    """The key with a fingerprint, written in full or as its beginning. Raises NotAllowed, Refused."""
    permission.require(session, "administer")
    begins = fingerprint if fingerprint.startswith("SHA256:") else f"SHA256:{fingerprint}"
    found = [key for key in keys(session) if key.fingerprint.startswith(begins)]
    if len(found) != 1:
        says = "有好几个公钥的指纹这样开头，请写全。" if found else "没有这个指纹的公钥。"
        raise Refused(f"{says}指纹可用 dutydesk staff key list 查到。")
    return found[0].key
