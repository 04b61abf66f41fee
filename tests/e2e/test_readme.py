"""What README promises holds: its scenario passes, its commands exist, its links lead somewhere."""

import re
from pathlib import Path

from tests.e2e.world import ROOT, World

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_scenario_of_the_readme_passes(world: World) -> None:
    """Copied as it stands, it has neither an error nor a warning, and plays to its end."""
    (world.folder / "lviv.yaml").write_text(_block("yaml"), encoding="utf-8")
    checked = world.alertsim("check", "--strict", "lviv.yaml")
    assert checked.ended() == 0, checked.out
    run = world.alertsim("run", "lviv.yaml", "--rate", "max", "--json")
    assert run.ended() == 0, run.err


def test_the_commands_of_the_readme_exist(world: World) -> None:
    """Every subcommand that stands behind `alertsim` in code has help."""
    named = set(
        re.findall(r"(?:^|[`/ ])alertsim ([a-z]+)", "\n".join(re.findall(r"`[^`]+`|```.*?```", README, re.DOTALL)))
    )
    told = world.alertsim("--help")
    assert told.ended() == 0
    listed = set(re.findall(r"│ ([a-z]+) ", told.out))
    assert named - {"beside"} <= listed, named - listed


def test_the_links_of_the_readme_lead_somewhere() -> None:
    """Files it links to are there; so are the headings."""
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in README.splitlines()
        if line.startswith("#")
    }
    for link in re.findall(r"\]\(([^)]+)\)", README):
        if link.startswith("#"):
            assert link[1:] in headings, link
        elif not link.startswith("http"):
            assert (Path(ROOT) / link).exists(), link


def _block(language: str) -> str:
    """The first block of a language."""
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found
    return found[1]
