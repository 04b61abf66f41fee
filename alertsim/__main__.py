"""`python -m alertsim`."""

from alertsim.cli.main import main

main()
