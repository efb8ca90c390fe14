"""What a rule that says no carries: the sentence, the field, both versions, or what the first try made."""

from __future__ import annotations

import pytest

from dutydesk.rules.clashes import Clash
from dutydesk.rules.errors import AlreadyDone, NotAllowed, Refused, Stale


@pytest.mark.parametrize("kind", [Refused, NotAllowed])
def test_a_refusal_is_its_sentence_and_may_name_a_field(kind):
    with pytest.raises(Refused) as refused:
        raise kind("请填日期。", "until")
    assert (str(refused.value), refused.value.message, refused.value.field) == (
        "请填日期。",
        "请填日期。",
        "until",
    )
    assert kind("不行。").field == ""


def test_a_stale_one_carries_the_version_of_now_and_what_differs():
    clash = Clash("问题", "甲", "乙", "片区长甲 10:00")
    stale = Stale("别人先改了。", 4, [clash])
    assert isinstance(stale, Refused)
    assert (stale.version, stale.clashes, stale.field) == (4, (clash,), "")
    assert (Stale("别人先改了。").version, Stale("别人先改了。").clashes) == (0, ())


def test_done_already_is_no_refusal_but_says_what_was_made():
    done = AlreadyDone("issue", 3)
    assert not isinstance(done, Refused)
    assert (done.subject, done.subject_id, str(done)) == ("issue", 3, "issue")
    assert AlreadyDone("issues", None).subject_id is None
