"""Text in, a scenario or located errors out."""
