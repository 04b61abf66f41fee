"""What is installed from the wheel: every command runs from any folder, without a checkout, and shells complete it."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from alertsim import __version__
from alertsim.cli.commands import COMMANDS
from tests.e2e.programs import Program
from tests.e2e.world import CALM, ROOT, SCENARIO

UV = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}")
OFFLINE = re.compile("dns error|failed to lookup|Connection refused|error sending request|network was disabled")
GUARD = """\
import sys

def refuse(event, arguments):
    if event == "open" and str(arguments[0]).startswith({root!r}):
        raise RuntimeError("opened " + str(arguments[0]))

sys.addaudithook(refuse)
"""
pytestmark = [
    pytest.mark.skipif(not UV, reason="uv, which builds and installs, is not installed"),
    pytest.mark.timeout(300),  # the first time, the build's own needs are fetched
]
ENDS = {
    "run": ("--rate max", "run.mcap"),
    "subscribe": ("--duration 1s --broker {url}", "НАВЧАННЯ"),
    "scenarios": ("", SCENARIO),
    "show": ("&& grep -c '</svg>' night.svg", "1"),
    "new": ("--out made && alertsim check made/poltava-night", "no errors"),
    "sources": ("", "article"),
    "check": ("", "no errors"),
    "clear": ("", "nothing was left over"),
    "load": ("-c 20 --duration 1s --broker {url} || true", "missing"),
    "doctor": ("-c 20 --lang en --broker {url}", "20 subscribers fit."),
    "proxies": ("--duration 1s --control 0 --broker {url}", "kyivstar: mqtt://127.0.0.1:22883"),
    "record": ("--for 1s --broker {url}", "messages on"),
    "replay": ("--rate max --subscribers 0 --lang en {recorded}", "Recording:"),
    "recording": ("{recorded}", "template"),
    "history": ("--store nowhere 2>&1 || true", "history import"),
    "diff": ("{recorded}", ""),
    "report": ("{recorded} && grep -o '<title>' report.html", "<title>"),
    "compile": ("", '"alert-kyiv:raised"'),
    "schema": ("&& grep -c json-schema.org scenario.schema.json", "1"),
}
"""How the example of each command's help is made short, and a word that what it prints then has."""


class Installed:
    """An environment with the wheel alone, and an empty folder to run in."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.dist, self._home = folder / "elsewhere", folder / "dist", folder / "environment"
        self.folder.mkdir()
        uv("build", "--quiet", "--out-dir", str(self.dist), str(ROOT))
        self.wheel, self.sdist = next(self.dist.glob("*.whl")), next(self.dist.glob("*.tar.gz"))
        uv("venv", "--quiet", "--python", sys.executable, str(self._home))
        uv("pip", "install", "--quiet", "--python", str(self._home), str(self.wheel))
        (site,) = self._home.glob("lib/python*/site-packages")
        (site / "sitecustomize.py").write_text(GUARD.format(root=str(ROOT)), encoding="utf-8")

    def shell(self, command: str, **environment: str) -> Program:
        """Run a command line in the empty folder, `alertsim` and `python` being the installed ones."""
        path = f"{self._home / 'bin'}:{os.environ.get('PATH', os.defpath)}"
        clean = {"PATH": path, "PYTHONPATH": "", "COVERAGE_PROCESS_START": "", "COVERAGE_PROCESS_CONFIG": ""}
        return Program("bash", "-c", command, folder=self.folder, environment={**clean, **environment})

    def said(self, command: str, **environment: str) -> str:
        """What a command line prints; AssertionError where it fails or complains."""
        with self.shell(command, **environment) as program:
            code = program.ended()
            complaints = [line for line in program.complained if "port taken" not in line]  # by whoever else runs one
            assert (code, complaints) == (0, []), program.out + program.err
            return program.out


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def url(installed: Installed) -> Iterator[str]:
    """The broker of an exercise that the installed program conducts."""
    with installed.shell(f"alertsim run {SCENARIO} --broker embedded {' '.join(CALM)}") as run:
        yield run.says("mqtt://127.0.0.1").split()[-1]


@pytest.fixture(scope="module")
def recorded(installed: Installed) -> str:
    """Two runs of the same, which the examples name."""
    for name in ("night", "other"):
        installed.said(f"alertsim run template --rate max --subscribers 0 --exercise {name}")
    return ""


def test_it_carries_what_it_needs(installed: Installed) -> None:
    """Seeds and configuration are in the wheel; tests are not; the sdist has all three."""
    files = ("seeds", f"{SCENARIO}/scenario.yaml"), ("config", "weapons.yaml"), ("config", "mosquitto/setup.sh")
    with zipfile.ZipFile(installed.wheel) as wheel, tarfile.open(installed.sdist) as sdist:
        names, sources = wheel.namelist(), {name.partition("/")[2] for name in sdist.getnames()}
    assert {f"alertsim/_{home}/{file}" for home, file in files} <= set(names)
    assert {f"{home}/{file}" for home, file in files} | {"docker-compose.yml", "tests/conftest.py"} <= sources
    assert [name for name in names if not name.startswith(("alertsim/", f"alertsim-{__version__}.dist-info/"))] == []


def test_the_checkout_is_out_of_reach(installed: Installed) -> None:
    """Whatever the installed program opened of the checkout would end it."""
    with installed.shell(f"alertsim check {ROOT}/seeds/{SCENARIO}") as check:
        assert check.ended() != 0
        assert "opened" in check.err


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - {"consent"}))
def test_each_command_runs(name: str, installed: Installed, request: pytest.FixtureRequest) -> None:
    """The example in its help does what help says."""
    end, word = ENDS[name]
    needed = {each: request.getfixturevalue(each) if f"{{{each}}}" in end else "" for each in ("url", "recorded")}
    assert word in installed.said(f"alertsim {COMMANDS[name].example} {end.format(**needed)}")


def test_consent_is_asked_of_a_broker(installed: Installed, url: str) -> None:
    """A broker without a consent document gives none, and `consent show` exits 3."""
    with installed.shell(f"alertsim consent show --broker {url}") as consent:
        assert consent.ended() == 3, consent.err


def test_it_is_a_module_too(installed: Installed) -> None:
    """`python -m alertsim` is the same program."""
    assert installed.said("python -m alertsim --version") == f"alertsim {__version__}\n"
    assert installed.said("python -m alertsim scenarios") == installed.said("alertsim scenarios")


def test_what_a_machine_reads_is_clean(installed: Installed) -> None:
    """`--json` is one object, run from a folder that holds nothing of ours."""
    summary = json.loads(installed.said(f"alertsim run {SCENARIO} --rate max --json"))
    assert (installed.folder / summary["recording"]).is_file()


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("alertsim comp", {"compile"}),
        ("alertsim run kyiv-2023-12-1", {"kyiv-2023-12-11", SCENARIO}),
        (f"alertsim run {SCENARIO} --chapter sa", {"salvo"}),
        (f"alertsim run {SCENARIO} --chap", {"--chapter"}),
        ("alertsim subscribe --area Kyiv", {"Kyiv", "Kyivska"}),
    ],
)
def test_bash_completes(typed: str, offered: set[str], installed: Installed) -> None:
    """The script that `--show-completion` prints offers, in bash, what may stand there."""
    words = [f"'{word}'" for word in typed.split()]
    cursor = f"COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}"
    call = f"{cursor}; _alertsim_completion alertsim; echo ${{COMPREPLY[@]}}"
    script = 'eval "$(_ALERTSIM_COMPLETE=source_bash alertsim)"'
    assert set(installed.said(f"{script}; {call}").split()) == offered


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_are_told(shell: str, installed: Installed) -> None:
    """The other two have a script as well, and are answered in their own form."""
    assert "_ALERTSIM_COMPLETE" in installed.said("alertsim", _ALERTSIM_COMPLETE=f"source_{shell}")
    asked = {"_TYPER_COMPLETE_ARGS": "alertsim run ky", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    assert SCENARIO in installed.said("alertsim", _ALERTSIM_COMPLETE=f"complete_{shell}", **asked)


def uv(*arguments: str) -> None:
    """Run uv; where the registry is out of reach and nothing is cached, skip."""
    done = subprocess.run([str(UV), *arguments], capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode and (reason := OFFLINE.search(done.stderr)):
        pytest.skip(f"uv reaches no registry: {reason[0]}")
    assert done.returncode == 0, done.stderr
