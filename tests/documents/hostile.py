"""Texts that mean harm, and contents made of nothing else."""

from __future__ import annotations

import random
from typing import Any

PIECES = (
    "<w:p><w:r><w:t>x</w:t></w:r></w:p>",
    "]]>&lt;&amp;&#x41;<!-- -->",
    "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>&b;",
    "[bold red]警告[/]",
    "{subject}{area}{0}%s",
    "\u202e反过来\u202c\u2066\u200f",
    "\x00\x07\x1b[31m\x08\x9b",
    "\ufffe\uffff\ud800\udfff",
    "\U0001f9d1\u200d\U0001f692\U0001f525",
    "\U00020bb7野\U00030000\U0002a6b2",
    "\u0301\u0302\u0303\u0304\u0305",
    "\r\n\t\x0b\x0c\u2028\u2029",
    "W" * 90,
    "_x0000_",
    "=cmd|'/c calc'!A1",
    "　“引号”——……〔2026〕",
    "普通的字",
)
# One of each, as long as anybody may type.
STRANGE = "".join(PIECES)


def strange_text(seed: int) -> str:
    """A text of such pieces in an order that its seed gives."""
    rng = random.Random(seed)
    return "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 12)))


def everywhere(content: Any, text: str) -> Any:
    """A content with `text` in place of every text in it; what it is made of stays."""
    if isinstance(content, str):
        return text if content else ""
    if isinstance(content, tuple) and hasattr(content, "_fields"):
        changed = {
            name: everywhere(value, text)
            for name, value in content._asdict().items()
            if name not in ("revealed_by", "wording")
        }
        return content._replace(**changed)
    if isinstance(content, list | tuple):
        return type(content)(everywhere(value, text) for value in content)
    return content
