"""双周例会 and its kin: dates, the agenda that drafts itself, minutes, decisions, signing. See `docs/meetings.md`."""
