"""`alertsim history`: real alerts of the past, from public CSV files: import, stats, show, play, export."""

import typer

from alertsim.cli.history_export import export
from alertsim.cli.history_import import import_
from alertsim.cli.history_play import play
from alertsim.cli.history_show import show
from alertsim.cli.history_stats import stats

history = typer.Typer(
    no_args_is_help=True,
    help="Real alerts of the past, as two channels told them: import their CSV files once, then count, draw and play.",
)
history.command("import")(import_)
history.command()(stats)
history.command()(show)
history.command()(play)
history.command()(export)
