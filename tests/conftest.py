"""What all tests share: where brokers are, and hypothesis profiles that do not depend on the machine's speed."""

import shutil

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("repo", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("repo")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need mosquitto skip with the reason where it is absent."""
    if not (shutil.which("mosquitto") and shutil.which("mosquitto_sub")):
        for item in items:
            if "mosquitto" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="mosquitto and mosquitto-clients are not installed"))
