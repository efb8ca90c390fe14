"""The words of 条块约请, as `vocabulary` has those of an issue; apart from it, since a desk begins without them."""

from __future__ import annotations

from dutydesk.vocabulary import Word


class LetterKind(Word):
    """What a department is invited by: within the subdistrict a call or a slip, a letter for what remains."""

    CALL = "call", "电话约请"
    SLIP = "slip", "约请单"
    LETTER = "letter", "约请函"


class NumberKind(Word):
    """What the registers number, each for itself: the kinds of letters, and notices to those that owe something."""

    CALL = "call", "电话约请"
    SLIP = "slip", "约请单"
    LETTER = "letter", "约请函"
    SUPERVISION = "supervision", "督办单"


class LetterState(Word):
    """Where a letter stands."""

    DRAFT = "draft", "草拟"
    PROPOSING = "proposing", "待提出"
    CHECKING = "checking", "待核稿"
    SIGNING = "signing", "待签发"
    OUT = "out", "待答复"
    TALKS = "talks", "待会商"
    DOING = "doing", "跟办"
    CLOSING = "closing", "待办结"
    RAISING = "raising", "待同意提请"
    RAISED = "raised", "待区级受理"
    DISTRICT = "district", "区级协调"
    CLOSED = "closed", "已办结"
    WITHDRAWN = "withdrawn", "已撤回"
    REPLACED = "replaced", "已重发"


class InvitedState(Word):
    """Where one invited department stands with a letter."""

    LISTED = "listed", "拟约请"
    SENT = "sent", "待签收"
    RECEIVED = "received", "待答复"
    DRAFTED = "drafted", "待审发"
    COMING = "coming", "应约"
    MOVING = "moving", "改期"
    REFUSED = "refused", "不属职责"
    WRITTEN = "written", "书面答复"
    PROMISED = "promised", "已商定"
    DONE = "done", "已落实"
    ENDED = "ended", "待评价"
    RATED = "rated", "待部门说"
    SETTLED = "settled", "评价生效"
    FREED = "freed", "不再约请"


class Answer(Word):
    """How a department can answer."""

    COME = "come", "应约"
    MOVE = "move", "改期"
    REFUSE = "refuse", "不属职责"
    WRITE = "write", "书面答复"


class Crossing(Word):
    """Why departments are invited."""

    AREAS = "areas", "跨片区"
    FIELDS = "fields", "跨领域"
    DEPARTMENTS = "departments", "跨部门"


class Ground(Word):
    """Why a letter is raised to the district."""

    REFUSAL = "refusal", "部门说不属职责"
    SILENCE = "silence", "部门逾期不答"
    CHOICE = "choice", "街镇认为要区里协调"


class Delivery(Word):
    """How a letter reaches a department."""

    DESK = "desk", "值班台"
    SYSTEM = "system", "公文系统"
    HAND = "hand", "当面送交"
    MAIL = "mail", "机要交换"


class Part(Word):
    """What a department does in what was agreed."""

    LEAD = "lead", "牵头"
    SUPPORT = "support", "配合"


class Score(Word):
    """How a department did with a letter, as the area rates it."""

    GOOD = "good", "满意"
    FAIR = "fair", "基本满意"
    POOR = "poor", "不满意"
