"""The SSH keys of somebody: what that person signs in with, as the administrator sees and keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from dutydesk.rules import ssh_keys
from dutydesk.rules.ssh_keys import KeptKey
from dutydesk.screens.people.acting import fill_in
from dutydesk.screens.people.listing import PeopleList
from dutydesk.widgets.action_menu import Action, ActionMenu
from dutydesk.widgets.window_list import Column


def _of(row: KeptKey) -> str:
    return "　".join(part for part in (f"{row.added_at:%y-%m-%d}", row.comment) if part)


class KeysScreen(PeopleList):
    """The keys of one person."""

    KEYS = (("Enter", "删去这个"), ("0", "登记公钥"), *PeopleList.KEYS[3:])
    EMPTY = "还没有登记公钥，不能用 SSH 登录。按 0 登记。"
    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("种类", 8, lambda row: row.kind),
        Column("指纹", 50, lambda row: row.fingerprint),
        Column("登记于", 14, _of, flex=True),
    )

    def __init__(self, key: tuple[int, str]) -> None:
        """`key` is who: the id, and what the card calls that person."""
        super().__init__()
        self.staff_id, self.who = key

    @property
    def heading(self) -> str:
        """Whose keys."""
        return f"{self.who}的 SSH 公钥"

    async def load(self) -> None:
        """The keys, the oldest first."""
        found = await self.ask(ssh_keys.keys, self.staff_id)
        if found is not None:
            stopped = "　已停用或离岗，公钥不起作用。" if found and not found[0].active else ""
            await self.fill(found, f"每台常用的电脑一个公钥；私钥留在本人电脑上，谁也不给。{stopped}")

    async def choose(self, row: KeptKey) -> None:
        """A key can only be removed."""
        options = [Action("remove", "删去这个公钥", "不能再用它登录")]
        if await self.show(ActionMenu(f"{row.kind}　{row.fingerprint}", options)) == "remove":
            self.done(await self.do(ssh_keys.remove, row.key, self.new_act()))

    async def actions(self) -> Sequence[Action[str]]:
        """One more."""
        return [Action("add", "登记公钥", "粘贴 .pub 文件里的一行")]

    async def do_action(self, name: str) -> None:
        """The form; what is wrong with a key is said beside it."""

        def add(session: Any, fields: dict[str, Any], act_id: str) -> str:
            return ssh_keys.add(session, self.staff_id, fields["key"], act_id).says

        head = f"{self.who}　由本人生成（ssh-keygen -t ed25519、PuTTYgen），只交公钥。"
        self.done(await fill_in(self, "登记公钥", head, "KeyForm", add))
