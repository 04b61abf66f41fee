"""How the operators' subscribers stand, as far as it is known by now."""

from typing import NamedTuple

from alertsim.observations import ExpiryLifted, FlowStalled, NetworkSeen, Side, StormPassed

STORM_SHARE, LEAST = 0.05, 3
"""So large a share of an operator's subscribers, and at least so many, that dial within a second make a storm."""


class Network(NamedTuple):
    """How an operator's subscribers stand, or clients through its port; `peak`: CONNACKs in the densest second.

    It is that of a storm, after some were lost; 0 where there was none.
    """

    seen: NetworkSeen
    peak: float = 0.0


class Standing:
    """Observations in, networks out. `expiry_lifted`: alerts are delivered however late."""

    def __init__(self) -> None:
        self.expiry_lifted = False
        self._networks: dict[tuple[str, Side], Network] = {}

    def observed(self, seen: NetworkSeen | StormPassed | FlowStalled | ExpiryLifted) -> None:
        """What was seen of operators; what is found at the end only is for the summary."""
        match seen:
            case NetworkSeen():
                self._stood(seen)
            case ExpiryLifted():
                self.expiry_lifted = True
            case _:
                pass

    @property
    def networks(self) -> tuple[Network, ...]:
        """By operator, subscribers before clients."""
        order = sorted(self._networks, key=lambda known: (known[0], known[1] == "clients"))
        return tuple(self._networks[known] for known in order)

    def _stood(self, seen: NetworkSeen) -> None:
        before = self._networks.get((seen.operator, seen.side), Network(seen))
        storm = seen.lost and seen.connects_per_s >= max(LEAST, STORM_SHARE * seen.subscribers)
        peak = max(before.peak, seen.connects_per_s) if storm else before.peak
        self._networks[seen.operator, seen.side] = Network(seen, peak)
