"""Parts of 问题清单: its lines, what it asks the database, and the dialogs that change what it asks for."""
