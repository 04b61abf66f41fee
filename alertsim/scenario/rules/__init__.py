"""What must hold between the entries of a scenario, and between a scenario and its facts."""
