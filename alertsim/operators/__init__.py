"""Operators that fail: who is cut at which condition; pure."""
