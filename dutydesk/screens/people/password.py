"""Somebody's password, as the administrator sees it: whether there is one, a new one for one use, or none any more."""

from __future__ import annotations

from dutydesk.rules import passwords
from dutydesk.rules.workcalendar import moment
from dutydesk.screens.people.listing import PeopleList
from dutydesk.widgets.action_menu import Action, ActionMenu, TextPage


async def keep_password(screen: PeopleList, staff_id: int, who: str) -> None:
    """Ask what is to be done; the password itself is shown once."""
    known = await screen.ask(passwords.known, staff_id)
    if known is None:
        return
    if known.set_at is None:
        state = "没有密码"
    else:
        state = (
            f"{'一次性密码，还没改成自己的' if known.one_time else '有自己的密码'}，{moment(known.set_at)}设"
        )
    options = [Action("set", "设一次性密码", "原来的随即作废；首次登录时自己改")]
    if known.there:
        options.append(Action("remove", "删去密码", "只能凭公钥登录"))
    chosen = await screen.show(ActionMenu(f"{who}的登录密码（{state}）", options))
    if chosen == "remove":
        screen.done(await screen.do(passwords.take_away, staff_id, screen.new_act()))
    elif chosen == "set":
        password = passwords.one_time()
        said = await screen.do(passwords.set_one_time, staff_id, password, screen.new_act())
        if said is not None:
            words = f"{password}\n\n{said}\n请当面或打电话告诉本人，不要发在群里。离开这一页就再也看不到了，忘了再设一个。"
            await screen.show(TextPage(f"{who}的一次性密码", words))
            screen.done(said)
