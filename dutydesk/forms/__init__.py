"""Everything typed or imported, as pydantic models whose messages are Chinese."""
