"""One line of a public key, read as sshd reads it: what kind it is, how strong, its fingerprint, or why it is refused."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import NamedTuple

from dutydesk.rules.errors import Refused
from dutydesk.text import clean

FIELD = "key"
HOW = "请用 ssh-keygen -t ed25519 生成一对新的，再粘贴 .pub 文件里的那一行。"
_LONGEST = 16_384  # characters; an RSA key of 16,384 bits has under 3,000
_ED25519_BYTES = 32

# Kinds that this program can judge, as the screen calls them. Which of them are taken in is the office's setting.
NAMES = {
    "ssh-ed25519": "Ed25519",
    "ssh-rsa": "RSA",
    "ecdsa-sha2-nistp256": "ECDSA",
    "ecdsa-sha2-nistp384": "ECDSA",
    "ecdsa-sha2-nistp521": "ECDSA",
    "sk-ssh-ed25519@openssh.com": "硬件密钥 Ed25519",
    "sk-ecdsa-sha2-nistp256@openssh.com": "硬件密钥 ECDSA",
}
_WHY_NOT = {
    "ECDSA": "ECDSA 签名时随机数稍有偏差就会泄露私钥，本单位不接受",
    "硬件密钥 Ed25519": "硬件密钥（sk-）在不少终端软件里用不了，本单位不接受",
    "硬件密钥 ECDSA": "硬件密钥（sk-）在不少终端软件里用不了，本单位不接受",
}


class PublicKey(NamedTuple):
    """A key that may be kept: `kind` and `body` (base64) as in `authorized_keys`, its bits, its comment as data."""

    kind: str
    body: str
    bits: int
    comment: str

    @property
    def fingerprint(self) -> str:
        """As `ssh-keygen -l` shows it: `SHA256:` and base64 without padding."""
        return fingerprint_of(base64.b64decode(self.body))

    @property
    def words(self) -> str:
        """Kind and strength: `RSA 3072 位`."""
        return f"{NAMES[self.kind]} {self.bits} 位"


def fingerprint_of(blob: bytes) -> str:
    """The SHA256 fingerprint of a key as it goes over the line."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def read(text: str, kinds: frozenset[str], rsa_bits: int) -> PublicKey:
    """The key in one pasted line. Raises Refused (`key`) with the reason and what to do instead.

    `kinds` are those that the office takes in, `rsa_bits` is the least length of an RSA key.
    """
    line = _one_line(text)
    words = line.split(None, 2)
    if words[0] not in NAMES:
        raise Refused(_foreign(words), FIELD)
    kind = words[0]
    if len(words) < 2:
        raise Refused("只有公钥的种类，没有公钥本身。请把 .pub 文件里的整行都粘贴进来。", FIELD)
    try:
        blob = base64.b64decode(words[1], validate=True)
        fields = list(_fields(blob))
    except (binascii.Error, ValueError):
        raise Refused("公钥不完整或抄错了。请把 .pub 文件里的整行重新复制一遍。", FIELD) from None
    if not fields or fields[0] != kind.encode():
        raise Refused("公钥里写的种类与行首的不一致，不能用。请重新复制。", FIELD)
    bits = _bits(kind, fields)
    if kind not in kinds:
        raise Refused(f"{_WHY_NOT.get(NAMES[kind], f'{NAMES[kind]} 的公钥本单位不接受')}。{HOW}", FIELD)
    if kind == "ssh-rsa" and bits < rsa_bits:
        raise Refused(f"RSA 公钥只有 {bits} 位，太短，至少要 {rsa_bits} 位。{HOW}", FIELD)
    comment = clean(words[2], 60) if len(words) > 2 else ""
    return PublicKey(kind, base64.b64encode(blob).decode(), bits, comment)


def _one_line(text: str) -> str:
    """The line, without what cannot be a key. Raises Refused."""
    text = text.strip()
    if "PRIVATE KEY" in text or text.startswith("PuTTY-User-Key-File"):
        raise Refused(
            "这是私钥，绝不能交给别人，没有保存。请粘贴公钥（.pub 文件里的一行）；这把私钥最好作废重做。",
            FIELD,
        )
    if "SSH2 PUBLIC KEY" in text:
        raise Refused(
            "这是 PuTTYgen 存盘的格式。请在 PuTTYgen 窗口上方的框里全选复制那一行（以 ssh- 开头）再粘贴。",
            FIELD,
        )
    if not text:
        raise Refused(f"请粘贴公钥。{HOW}", FIELD)
    if len(text.splitlines()) > 1:
        raise Refused("一次只登记一个公钥，请只粘贴一行。", FIELD)
    if len(text) > _LONGEST:
        raise Refused("太长了，不像公钥。请粘贴 .pub 文件里的那一行。", FIELD)
    return text


def _foreign(words: list[str]) -> str:
    """Why a line that begins with no kind that is known here is refused."""
    kind = clean(words[0], 40)
    if any(name in part for part in words[1:] for name in NAMES):
        return "公钥前面带有选项，不接受。请只粘贴从 ssh- 开头的部分。"
    if kind == "ssh-dss":
        return f"DSA 公钥早已不安全，不接受。{HOW}"
    if "-cert-v" in kind:
        return "这是证书，不是公钥。请粘贴 .pub 文件里的那一行。"
    return f"不认识“{kind}”，不像公钥。{HOW}"


def _fields(blob: bytes) -> list[bytes]:
    """The parts of a key, each with its length before it. Raises ValueError where the lengths do not come out even."""
    found, place = [], 0
    while place < len(blob):
        end = place + 4 + int.from_bytes(blob[place : place + 4], "big")
        if place + 4 > len(blob) or end > len(blob):
            raise ValueError("cut short")
        found.append(blob[place + 4 : end])
        place = end
    return found


def _bits(kind: str, fields: list[bytes]) -> int:
    """How long a key is. Raises Refused where its parts are not those of its kind."""
    if kind == "ssh-rsa" and len(fields) == 3:
        exponent, modulus = (int.from_bytes(part, "big") for part in fields[1:])
        if exponent > 2 and exponent % 2 and modulus % 2 and fields[2][0] < 0x80:
            return modulus.bit_length()
    elif kind == "ssh-ed25519" and [len(part) for part in fields[1:]] == [_ED25519_BYTES]:
        return 256
    elif "nistp" in kind and len(fields) == (4 if kind.startswith("sk-") else 3):
        return int(kind.partition("nistp")[2][:3])
    elif kind == "sk-ssh-ed25519@openssh.com" and len(fields) == 3 and len(fields[1]) == _ED25519_BYTES:
        return 256
    raise Refused("公钥不完整或抄错了。请把 .pub 文件里的整行重新复制一遍。", FIELD)
