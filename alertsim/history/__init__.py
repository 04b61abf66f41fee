"""The siren history of the war: real alerts of past years, read from CSV files, kept, counted and played again."""
