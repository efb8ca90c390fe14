"""值班 on the screen: the shift's page and its signatures, 值班小结, 值班表 and swaps, 先行联系."""

from dutydesk.screens.shift.home import ShiftScreen

__all__ = ["ShiftScreen"]
