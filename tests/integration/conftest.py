"""What tests at real sockets share."""

from collections.abc import Iterator

import pytest

from tests.integration.proxy_world import Stand, stand


@pytest.fixture
def here() -> Iterator[Stand]:
    """A proxy, before a broker that the test plays."""
    with stand() as made:
        yield made
