"""Runs a script of ours with packages from npm, where npm and its registry are there."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

needs_npm = pytest.mark.skipif(not (shutil.which("npm") and shutil.which("node")), reason="npm is not installed")
OFFLINE = re.compile("ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH")


def ran(folder: Path, packages: list[str], script: Path, *arguments: str) -> dict[str, Any]:
    """What the script says, a JSON object a line, by step; without a registry in reach, skip."""
    folder.mkdir(exist_ok=True)
    quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--prefix", str(folder)]
    done = subprocess.run(
        ["npm", "install", *packages, *quiet], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode and (reason := OFFLINE.search(done.stderr)):
        pytest.skip(f"npm reaches no registry: {reason[0]}")
    assert done.returncode == 0, done.stderr
    copy = folder / script.name
    shutil.copy(script, copy)
    said = subprocess.run(["node", copy, *arguments], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    return {line["step"]: line["said"] for line in map(json.loads, said.stdout.splitlines())}
