"""What can be wrong with a database, in words for the screen."""


class DatabaseProblem(Exception):
    """The database cannot be used; the message is Chinese and says what to do."""


class Away(DatabaseProblem):
    """The server cannot be reached or has nobody who is written to: it may be back in a moment."""


class NewerSchema(DatabaseProblem):
    """The database was written by a newer dutydesk."""


class OlderSchema(DatabaseProblem):
    """The database wants `dutydesk db upgrade` first."""


class NotOurs(DatabaseProblem):
    """The file is no database, or one of another program."""
