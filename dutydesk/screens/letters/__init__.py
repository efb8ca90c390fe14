"""条块约请 on the screen."""

from dutydesk.screens.letters.desk import LettersScreen

__all__ = ["LettersScreen"]
