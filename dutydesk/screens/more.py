"""8 更多: what has no digit of its own on 今日; each thing on the same digit for everybody who may do it."""

from __future__ import annotations

from dutydesk.rules import permission
from dutydesk.screens.act_digits import placed
from dutydesk.screens.base import DUTIES, DeskScreen
from dutydesk.widgets.action_menu import Action, ActionMenu

# All on one page: there 9 needs not turn it.
PAGE = (
    *(
        ("triage",),
        ("contact", "audit"),
        ("decisions",),
        ("people",),
        ("figures",),
        ("import",),
        ("answers",),
    ),
    ("leave",),
    ("person", "help", "account"),
)


async def open_more(screen: DeskScreen) -> None:
    """Let it be chosen, and go there."""
    chosen = await screen.show(ActionMenu("更多", placed(_offered(screen), [PAGE])))
    if chosen == "person":
        screen.desk_app.action_change_person()
    elif chosen == "import":
        from dutydesk.screens.importing import import_list

        await import_list(screen)
    elif chosen == "answers":
        from dutydesk.screens.answering import answer_source

        await answer_source(screen)
    elif chosen == "account":
        await _account(screen)
    elif chosen == "help":
        screen.action_help()
    elif chosen == "leave":
        await screen.desk_app.action_leave()
    elif chosen:
        screen.desk_app.action_duty(chosen)


def _offered(screen: DeskScreen) -> list[Action[str]]:
    """What this person may do."""
    session = screen.session
    actions = [
        Action(duty.name, duty.title)
        for duty in DUTIES
        if not duty.key and duty.screen and duty.open_to(session)
    ]
    if permission.may_at_all(session, "import"):
        actions.append(Action("import", "导入清单", "收件夹里的 Excel 或 CSV，先核对再导入"))
    if permission.may_at_all(session, "export"):
        actions.append(Action("answers", "给来源的答复", "12345等来源件的办理情况，做成表或逐件复制"))
    actions.append(Action("leave", "退出", "Ctrl+Q，正在填写的留作草稿"))
    if session.demo:
        return [*actions, Action("person", "换人（演示）", "F9：换一个岗位，走完一件事的每一步")]
    if screen.desk.key:
        return [*actions, Action("account", "密码、锁定", "改密码，离开座位时锁定")]
    return [*actions, Action("help", "帮助", "F1")]


async def _account(screen: DeskScreen) -> None:
    """What somebody who was let in does with the own password; by a key one may have none."""
    from dutydesk import locking
    from dutydesk.rules import sign_in
    from dutydesk.rules.signing_on import BY_PASSWORD

    found = [Action("change", "改密码", "先输现在的")]
    if screen.desk.key.startswith(BY_PASSWORD):
        found.append(Action("lock", "锁定", "离开座位时；回来输入密码，屏幕照旧"))
    chosen = await screen.show(ActionMenu("密码、锁定", found))
    if chosen == "lock":
        locking.lock(screen.desk_app, "")
    elif chosen == "change" and await screen.ask(sign_in.has_password):
        locking.change_password(screen.desk_app)
    elif chosen == "change":
        screen.say("您用公钥登录，没有密码。要密码请找管理员。")
