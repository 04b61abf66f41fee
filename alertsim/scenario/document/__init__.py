"""A file as plain data that knows where each value is written; nothing here knows what a scenario is."""
