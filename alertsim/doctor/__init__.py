"""What a machine and a broker can hold, found out by looking and by a small try, and what to change."""
