"""Somebody's card: seats, roles, postings, 包保, what is open in hand; and the acts on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dutydesk.rules import keeping, leaders, permission, person, postings, role_grants
from dutydesk.rules.person import Card, CardLine
from dutydesk.rules.questions import Filters, Question
from dutydesk.rules.role_grants import SCOPE_OF, Scope
from dutydesk.screens.people.acting import fill_in
from dutydesk.screens.people.dates import CORRECT, TAKE_BACK, Dated, change_dates, date_actions
from dutydesk.screens.people.listing import Line, PeopleList
from dutydesk.vocabulary import Role
from dutydesk.widgets.action_menu import Action, ActionMenu

_WHEN = {"now": "", "later": "将来", "before": "过去"}
_FORMS = {
    "area": "AreaRoleForm",
    "unit": "UnitRoleForm",
    "department": "DepartmentRoleForm",
    "subdistrict": "PlainRoleForm",
    "": "PlainRoleForm",
}


class PersonScreen(PeopleList):
    """The card."""

    KEYS = (("Enter", "打开／办这一项"), *PeopleList.KEYS[1:])
    EMPTY = "没有任何席位、岗位和下沉记录。安排岗位按 0。"

    def __init__(self, staff_id: int) -> None:
        super().__init__()
        self.staff_id = staff_id
        self.card: Card | None = None

    @property
    def heading(self) -> str:
        """Who."""
        return f"{self.card.name}（{self.card.number}）" if self.card else ""

    async def load(self) -> None:
        """The card, how the last thirty days were."""
        day = self.session.day
        self.card = await self.ask(person.card, self.staff_id, day)
        rate = await self.ask(postings.rate, day, staff_id=self.staff_id)
        card = self.card
        if card is None or rate is None:
            return
        self.show_title(self.heading)
        lines = []
        if card.open_work:
            question = Question("open", Filters(handler=str(self.staff_id)))
            said = "看在办的；要改派按 0"
            lines.append(Line("open", "在办", f"{card.open_work}件没办完", said, "", ("issues", question)))
        if card.open_beyond:
            said = "不在您的范围，由街镇协调员改派"
            lines.append(Line("beyond", "在办", f"{card.open_beyond}件没办完", said))
        lines += [
            Line(line.key, f"{_WHEN[line.when]}{line.part}", line.text, line.span, "", ("line", line))
            for line in card.lines
        ]
        about = [card.title, card.department or card.subdistrict, card.phone, card.status]
        await self.fill(
            lines, "\n".join(["　".join(filter(None, about)), *([rate.says] if rate.marked else [])])
        )

    @property
    def keeps(self) -> bool:
        """Whether this session keeps somebody's roles; the rules look again."""
        return self.staff_id != self.session.staff_id and any(
            keeping.keeps(self.session, "keep_people", town) for town in (self.session.subdistrict_id, None)
        )

    async def choose(self, row: Line) -> None:
        """A role or posting has acts; the rest leads on."""
        if row.target is not None and row.target[0] == "line":
            await self.line_menu(row.target[1])
        elif row.target is not None:
            await self.go(row.target)

    async def line_menu(self, line: CardLine) -> None:
        """What can be done with a role or a posting."""
        found = []
        if self.keeps and line.when != "before":
            if line.part == "岗位":
                found = [
                    Action("end_role", "结束这个岗位", "到哪一天为止"),
                    Action("stand_in", "请人代理", "从哪天到哪天，到期自行结束"),
                ]
            elif line.part == "下沉":
                found = [Action("recall", "结束下沉", "到哪一天为止")]
            elif line.part == "班子":
                found = [Action("dismiss", "离开领导班子", "到哪一天为止")]
        if self.keeps:
            found += date_actions(line.since, self.session.day)
        if not self.keeps and self.card and line.when != "before":
            found = await self.whom("keep_people", self.card.subdistrict_id, "结束、请人代理找谁办", False)
        if not found:
            self.say(f"{line.text}　{line.span}")
            return
        chosen = await self.show(ActionMenu(line.text, found))
        if chosen is not None and chosen.startswith("whom:"):
            await self.tell_whom(chosen)
        elif chosen:
            self.done(await self.line_act(chosen, line))

    async def line_act(self, act: str, line: CardLine) -> str | None:
        """End a role or a posting, or have somebody stand in."""
        head = f"{self.heading}　{line.text}　{line.span}"
        if act in (CORRECT, TAKE_BACK):
            row = Dated(line.kind, line.row_id, f"{self.heading}　{line.text}", line.since, line.until)
            return await change_dates(self, act, row)

        def end_role(session: Any, fields: dict[str, Any], act_id: str) -> str:
            return role_grants.finish(session, line.row_id, fields["last_day"], act_id)

        def recall(session: Any, fields: dict[str, Any], act_id: str) -> str:
            return postings.recall(session, line.row_id, fields["last_day"], act_id)

        def dismiss(session: Any, fields: dict[str, Any], act_id: str) -> str:
            return leaders.dismiss(session, line.row_id, fields["last_day"], act_id)

        def stand_in(session: Any, fields: dict[str, Any], act_id: str) -> str:
            staff, since, until = int(fields["staff"]), fields["since"], fields["until"]
            return role_grants.stand_in(session, line.row_id, staff, since, until, act_id)

        if act == "stand_in":
            return await fill_in(self, "代理", head, "StandInForm", stand_in, {"since": "今天"})
        rule = {"end_role": end_role, "recall": recall, "dismiss": dismiss}[act]
        return await fill_in(self, "结束", head, "LastDayForm", rule, {"last_day": "今天"})

    async def actions(self) -> Sequence[Action[str]]:
        """What can be done with somebody."""
        card = self.card
        if card is None:
            return ()
        found = []
        if card.open_work:
            found.append(Action("hand_over", "一起改派在办的", f"{card.open_work}件，先看再办"))
        if self.keeps:
            found += [
                Action("give", "安排岗位", "可以有几个岗位，各有起止"),
                Action("post", "下沉到片区"),
                Action("appoint", "任本街镇领导班子成员", "片区长应当是班子成员"),
                Action("mend", "更正资料", "姓名、电话、职务、部门"),
            ]
            gone = card.status.endswith("离岗") or card.status == "已停用"
            found += (
                [Action("come_back", "恢复在岗")]
                if gone
                else [
                    Action("leave", "办离岗", "历史保留，之后不能再登录"),
                    Action("disable", "停用账号", "随即退出、不能登录，岗位不动，可以恢复"),
                ]
            )
        if permission.may_at_all(self.session, "administer"):
            found.append(Action("keys", "SSH 公钥", "登记、核对指纹、删去"))
            found.append(Action("password", "登录密码", "没有公钥的人：设一次性密码"))
        return found + await self.whom(
            "keep_people", card.subdistrict_id, "岗位、代理、离岗找谁办", self.keeps
        )

    async def do_action(self, name: str) -> None:
        """See `actions`."""
        if name == "hand_over":
            await self.hand_over()
        elif name == "give":
            await self.give()
        elif name == "keys":
            await self.go(("keys", (self.staff_id, self.heading)))
        elif name == "password":
            from dutydesk.screens.people.password import keep_password

            await keep_password(self, self.staff_id, self.heading)
        elif name in ("come_back", "disable"):
            from dutydesk.rules import accounts

            rule = accounts.disable if name == "disable" else person.come_back
            saved = await self.do(rule, self.staff_id, self.new_act())
            self.done(saved.says if saved else None)
        else:
            self.done(await self.act(name))
            if name == "leave" and self.card and self.card.open_work:
                await self.hand_over()

    async def act(self, name: str) -> str | None:
        """Post, mend, leave."""
        card = self.card
        assert card is not None

        def post(session: Any, fields: dict[str, Any], act_id: str) -> str:
            given = (int(fields["area"]), fields["line"], fields["since"])
            return postings.post(session, self.staff_id, *given, act_id, fields["until"])

        def mend(session: Any, fields: dict[str, Any], act_id: str) -> str:
            return person.mend(session, self.staff_id, fields, act_id).says

        def leave(session: Any, fields: dict[str, Any], act_id: str) -> str:
            return person.leave(session, self.staff_id, fields["last_day"], act_id).says

        def appoint(session: Any, fields: dict[str, Any], act_id: str) -> str:
            return leaders.appoint(session, self.staff_id, fields["title"], fields["since"], act_id)

        if name == "appoint":
            given = {"title": card.title, "since": "今天"}
            return await fill_in(self, "任班子成员", self.heading, "LeaderForm", appoint, given)
        if name == "post":
            return await fill_in(self, "下沉", self.heading, "PostForm", post, {"since": "今天"})
        if name == "mend":
            values: dict[str, Any] = {"name": card.name, "phone": card.phone, "title": card.title}
            if card.department_id:
                values |= {
                    "department": str(card.department_id),
                    "_shown": {"department": [card.department, ""]},
                }
            return await fill_in(self, "更正资料", self.heading, "MendForm", mend, values)
        head = f"{self.heading}　席位、岗位、下沉和包保都到这一天止，历史保留。"
        return await fill_in(self, "办离岗", head, "LastDayForm", leave, {"last_day": "今天"})

    async def give(self) -> None:
        """A role: which one, then its scope and days."""
        options = [Action(role, role.label) for role in Role]
        role = await self.show(ActionMenu(f"给{self.heading}安排哪个岗位", options))
        if role is None:
            return
        needed = SCOPE_OF[role]

        def give(session: Any, fields: dict[str, Any], act_id: str) -> str:
            town = session.subdistrict_id if needed == "subdistrict" else None
            scope = Scope(
                town,
                area_id=int(fields.get("area") or 0) or None,
                unit_id=int(fields.get("unit") or 0) or None,
                department_id=int(fields.get("department") or 0) or None,
                force=fields.get("force"),
            )
            more = {"until": fields["until"], "stands_in": fields["stands_in"]}
            return role_grants.give(session, self.staff_id, role, scope, fields["since"], act_id, **more)

        form = "HandlerRoleForm" if role is Role.HANDLER else _FORMS[needed]
        head = f"{self.heading}　{role.label}"
        self.done(await fill_in(self, "安排岗位", head, form, give, {"since": "今天"}))

    async def hand_over(self) -> None:
        """All that is open in hand, as marked cases: to whom and why, preview, as the ledger does it."""
        from dutydesk.screens.bulk import in_one_act

        rows = await self.ask(person.open_cases, self.staff_id)
        if rows and await in_one_act(self, "reassign", rows):  # type: ignore[arg-type]
            self.read_again()
