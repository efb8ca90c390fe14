"""双周例会 on the screen."""

from dutydesk.screens.meetings.home import MeetingsScreen

__all__ = ["MeetingsScreen"]
