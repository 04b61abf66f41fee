"""The process of the proxies: `python -m alertsim.proxy.child`, told what to do and asked how it is by lines.

In: `{"listen": {a door}}`, `{"close": operator}`, `{"drop": operator}`, `{"conditions": [operator, upstream,
downstream]}`, `{"toxics": [operator, [toxic, …]]}`, `{"cut": [operator, share up, manner]}`, `{"shut": [operator,
whether]}`, `{"rules": [operator, [rule as text, …], seed]}`; the assigning ones with `"for_s"` pass by themselves. The
end of the input is the end. Each line may have a number `n`. Out: `{"listening": [operator, port]}` or `{"failed":
[operator, why]}`, `{"applied": n}` when everything up to that line has reached every connection, `{"progress": …}`
twice a second.
"""

import gc
import signal
import sys
from collections.abc import Callable
from time import monotonic  # noqa: TID251 — as in reactor
from typing import Any

from alertsim.errors import AlertSimError
from alertsim.lines import Listener, say
from alertsim.operators.conditions import read_conditions
from alertsim.operators.toxics import Toxic
from alertsim.proxy.door import Door
from alertsim.proxy.fates import Orders
from alertsim.proxy.reactor import Reactor
from alertsim.proxy.rule_text import read_rule

_REPORT_S = 0.5


class Child:
    """The proxies, and the line to whoever runs them: orders from the descriptor `control`, `say` a line to him."""

    def __init__(self, control: int, say: Callable[[dict[str, Any]], None]) -> None:
        self.reactor = Reactor()
        self._orders, self._say = Listener(control), say
        self._obeyed = self._applied = 0
        self.reactor.watch(control, self._listen)

    def run(self) -> None:
        """Until the input ends."""
        report_s = 0.0
        while not self._orders.over:
            now_s = monotonic()
            if now_s >= report_s:
                report_s = now_s + _REPORT_S
                self._say({"progress": self.reactor.progress()})
            self.reactor.turn(report_s - now_s)
            if self._applied != self._obeyed and self.reactor.settled:
                self._applied = self._obeyed
                self._say({"applied": self._applied})
        self.reactor.end()

    def _listen(self) -> None:
        """What the parent has written."""
        for order in self._orders.take():
            self._obey(order, order.get("for_s"))
            self._obeyed = order.get("n", self._obeyed)

    def _obey(self, order: dict[str, Any], for_s: float | None) -> None:
        match order:
            case {"listen": door}:
                self._open(Door(**door))
            case {"close": operator}:
                self.reactor.close(operator)
            case {"drop": operator}:
                self.reactor.drop(operator)
            case {"conditions": [operator, up, down]}:
                both = {"upstream": read_conditions(up), "downstream": read_conditions(down)}
                self.reactor.change(operator, both, for_s)
            case {"toxics": [operator, toxics]}:
                self.reactor.change(operator, {"toxics": tuple(Toxic(**toxic) for toxic in toxics)}, for_s)
            case {"cut": [operator, up, manner]}:
                self.reactor.change(operator, {"up": up, "manner": manner}, for_s)
            case {"shut": [operator, shut]}:
                self.reactor.change(operator, {"shut": shut})
            case {"rules": [operator, rules, seed]}:
                self.reactor.rule(operator, Orders([read_rule(rule) for rule in rules], seed, monotonic()))

    def _open(self, door: Door) -> None:
        try:
            port = self.reactor.open(door)
            self._say({"progress": self.reactor.progress()})
            self._say({"listening": [door.name, port]})
        except AlertSimError as error:
            self._say({"failed": [door.name, str(error)]})


def main() -> None:
    """Run until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's; it ends our input
    child = Child(sys.stdin.fileno(), say)
    gc.disable()  # nothing here makes cycles, and a collection would be a latency
    child.run()


if __name__ == "__main__":
    main()
