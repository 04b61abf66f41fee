"""The command line: one module a subcommand, each a thin shell around what it calls."""
