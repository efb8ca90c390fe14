"""每日巡查 on the screen: the day's checkpoints in one list, marked by digits."""

from dutydesk.screens.patrol.walk import PatrolScreen

__all__ = ["PatrolScreen"]
