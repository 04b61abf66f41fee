"""Gives each end-to-end test a world of its own, and keeps tests that really wait for those who ask: `-m slow`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.world import World


def pytest_configure(config: pytest.Config) -> None:
    """The marker of tests that take minutes."""
    config.addinivalue_line("markers", "slow: takes minutes; deselected unless asked for with -m slow")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Slow tests are left out unless asked for."""
    if "slow" in config.option.markexpr:
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow:
        items[:] = [item for item in items if item not in slow]
        config.hook.pytest_deselected(items=slow)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world of this test alone."""
    with World(tmp_path) as world:
        yield world
