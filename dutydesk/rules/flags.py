"""What puts a case first or tells of trouble, in words: the marks of the ledger and of the case."""

from __future__ import annotations

from dutydesk.models import Issue


def flags_of(issue: Issue) -> tuple[str, ...]:
    """What puts a case first or tells of trouble, in words."""
    marks = (
        (issue.strongly_felt, "群众反映强烈"),
        (issue.beyond_neighbourhood, "居民区难以协调"),
        (issue.send_backs > 0, f"退单{issue.send_backs}次"),
        (issue.reworks > 0, f"返工{issue.reworks}次"),
        (issue.urges > 0, f"催办{issue.urges}次"),
        (issue.sent_down, "下压居委"),
        (issue.solved_on_spot, "当场解决"),
        (issue.sample_due, "待抽查"),
        (issue.satisfied is False, "反映人不满意"),
    )
    return tuple(words for on, words in marks if on)
