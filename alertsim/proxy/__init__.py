"""A listener for each operator in front of the broker, which behaves like that operator's network."""
