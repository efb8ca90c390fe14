"""Keys of staff: which are taken in, by whom, and what becomes of who loses one."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from uuid import uuid4

import pytest

from dutydesk.models import AuditEntry, AuditValues, OfficeSetting, Staff, StaffKey
from dutydesk.rules import ssh_keys
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.signing_on import out
from dutydesk.vocabulary import Role

# made by ssh-keygen, which shows this fingerprint for it
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBuqAAy1gmP95ZGyh4+9/hWgDQIakGE3bJ8Z189Od5Yj zhang@pc"
FINGERPRINT = "SHA256:927TIHQzBb5j5+kCcPynmnxrDgGS/V8jzs/6d9RBhNw"


def line(kind: str, *parts: bytes, inner: str = "", comment: str = "") -> str:
    fields = [(inner or kind).encode(), *parts]
    blob = b"".join(len(part).to_bytes(4, "big") + part for part in fields)
    return f"{kind} {base64.b64encode(blob).decode()} {comment}".strip()


def ed25519(number: int = 1, **more: str) -> str:
    return line("ssh-ed25519", number.to_bytes(32, "big"), **more)


def rsa(bits: int) -> str:
    modulus = (1 << bits) - 1
    return line("ssh-rsa", b"\x01\x00\x01", b"\x00" + modulus.to_bytes(bits // 8, "big"))


@pytest.fixture
def admin(district):
    return district.sessions[Role.ADMINISTRATOR]


@pytest.fixture
def officer(district):
    return Staff.get(Staff.number == district.numbers[Role.DUTY_OFFICER])


def add(session, staff, text):
    return ssh_keys.add(session, staff.id, text, str(uuid4()))


class TestWhichAreTakenIn:
    def test_the_fingerprint_is_the_one_that_openssh_shows(self, admin, officer):
        added = add(admin, officer, KEY)
        assert added.fingerprint == FINGERPRINT
        assert FINGERPRINT in added.says
        (kept,) = ssh_keys.keys(admin, officer.id)
        assert (kept.kind, kept.fingerprint, kept.comment) == ("Ed25519", FINGERPRINT, "zhang@pc")

    def test_rsa_from_3072_bits_on(self, admin, officer):
        assert "RSA 3072 位" in add(admin, officer, rsa(3072)).says
        with pytest.raises(Refused, match="RSA 公钥只有 2048 位，太短，至少要 3072 位"):
            add(admin, officer, rsa(2048))

    def test_what_is_taken_in_is_a_setting_of_the_office(self, admin, officer):
        since = admin.day - timedelta(days=1)
        OfficeSetting.create(key="ssh_rsa_bits", value="4096", valid_from=since)
        OfficeSetting.create(
            key="ssh_key_kinds", value='["sk-ssh-ed25519@openssh.com", "ssh-rsa"]', valid_from=since
        )
        with pytest.raises(Refused, match="至少要 4096 位"):
            add(admin, officer, rsa(3072))
        with pytest.raises(Refused, match="Ed25519 的公钥本单位不接受"):
            add(admin, officer, KEY)
        assert add(admin, officer, line("sk-ssh-ed25519@openssh.com", bytes(32), b"ssh:"))

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("", "请粘贴公钥"),
            (line("ssh-dss", bytes(64)), "DSA 公钥早已不安全"),
            (line("ecdsa-sha2-nistp256", b"nistp256", bytes(65)), "ECDSA 签名时随机数"),
            (line("sk-ssh-ed25519@openssh.com", bytes(32), b"ssh:"), "硬件密钥（sk-）"),
            (line("ssh-ed25519-cert-v01@openssh.com", bytes(32)), "这是证书"),
            ("sm2 AAAA", "不认识“sm2”"),
            (f"no-pty {KEY}", "公钥前面带有选项"),
            (f'command="/bin/sh",environment="A=b" {KEY}', "公钥前面带有选项"),
            (f"{KEY}\n{KEY}", "只粘贴一行"),
            ("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA", "这是私钥，绝不能交给别人"),
            ("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none", "这是私钥"),
            ("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----", "PuTTYgen"),
            ("ssh-ed25519", "没有公钥本身"),
            (KEY[:-20], "不完整或抄错了"),
            (ed25519(inner="ssh-rsa"), "种类与行首的不一致"),
            (line("ssh-ed25519", bytes(31)), "不完整或抄错了"),
            (line("ssh-rsa", b"\x02", b"\x00" + b"\xff" * 512), "不完整或抄错了"),
        ],
    )
    def test_others_are_refused_with_the_reason_beside_the_field(self, admin, officer, text, says):
        with pytest.raises(Refused, match=re.escape(says)) as refused:
            add(admin, officer, text)
        assert refused.value.field == "key"
        assert not StaffKey.select().exists()

    def test_a_key_is_one_persons_alone(self, admin, officer, district):
        add(admin, officer, KEY)
        other = Staff.get(Staff.number == district.numbers[Role.HANDLER])
        with pytest.raises(Refused, match="这个公钥已是值班员甲（D00）的"):
            add(admin, other, KEY.replace("zhang@pc", "li@pc"))
        with pytest.raises(Refused, match="已经登记过了"):
            add(admin, officer, KEY)

    def test_ten_keys_are_enough_for_anybody(self, admin, officer):
        for number in range(ssh_keys.AT_MOST):
            add(admin, officer, ed25519(number))
        with pytest.raises(Refused, match="已有10个公钥"):
            add(admin, officer, ed25519(99))


class TestWhoKeepsThem:
    def test_the_administrator_alone(self, district, officer):
        for role, session in district.sessions.items():
            if role is Role.ADMINISTRATOR:
                continue
            with pytest.raises(NotAllowed):
                ssh_keys.keys(session)
            with pytest.raises(NotAllowed):
                add(session, officer, KEY)
        add(district.sessions[Role.ADMINISTRATOR], officer, KEY)
        with pytest.raises(NotAllowed):
            ssh_keys.remove(district.sessions[Role.COORDINATOR], StaffKey.get().id, str(uuid4()))

    def test_adding_and_removing_are_on_record(self, admin, officer):
        add(admin, officer, KEY)
        ssh_keys.remove(admin, ssh_keys.key_called(admin, "927TI"), str(uuid4()))
        assert not ssh_keys.keys(admin)
        added, removed = (
            AuditEntry.select().where(AuditEntry.name.startswith("staff.key_")).order_by(AuditEntry.id)
        )
        assert (added.name, removed.name) == ("staff.key_add", "staff.key_remove")
        assert (added.staff_number, added.subject) == (admin.number, "staff D00 值班员甲")
        for entry in (added, removed):
            assert FINGERPRINT in AuditValues.get(AuditValues.entry == entry.id).content

    def test_tried_again_it_is_added_once(self, admin, officer):
        act_id = str(uuid4())
        first = ssh_keys.add(admin, officer.id, KEY, act_id)
        assert ssh_keys.add(admin, officer.id, KEY, act_id) == first
        assert StaffKey.select().count() == 1


class TestStopping:
    def test_whose_key_is_taken_away_is_out_with_it_and_with_no_other(self, admin, officer, district):
        session = district.sessions[Role.DUTY_OFFICER]
        add(admin, officer, KEY)
        other = add(admin, officer, ed25519()).fingerprint
        assert out(session, FINGERPRINT) == out(session, other) == ""
        ssh_keys.remove(admin, ssh_keys.key_called(admin, FINGERPRINT), str(uuid4()))
        assert "登录用的公钥已删去" in out(session, FINGERPRINT)
        assert out(session, other) == out(session) == ""
        add(admin, Staff.get(Staff.number == district.numbers[Role.HANDLER]), KEY)
        assert "登录用的公钥已删去" in out(session, FINGERPRINT)
