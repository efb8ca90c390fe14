"""条块约请: a letter from a stuck issue to the departments and back; `life` is the table that the rest obeys."""
