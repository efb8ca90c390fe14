"""Importing this registers what each act on a meeting does."""

from __future__ import annotations

from dutydesk.rules.meetings import agenda, moving, signing

REGISTERED = (agenda, moving, signing)
