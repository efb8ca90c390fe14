"""Word and Excel out, Excel and CSV in: renders what rules returned."""
