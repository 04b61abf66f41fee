"""All alerts of the siren history at rate max into mosquitto, beside a bare aiomqtt loop with the same payloads.

    python -m tests.benchmarks.history official_data_en.csv [ROUNDS]

Each round plays the whole history (recorded, nobody of ours subscribed) with one `mosquitto_sub` listening at QoS 1,
then publishes the same payloads in bare loops that await each PUBACK, one at a time or 16, without and with the same
properties. It says what the broker took a second, that every state change was delivered, and what an event costs.
"""

import asyncio
import math
import sys
import tempfile
import time
from pathlib import Path

import aiomqtt
import structlog
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from alertsim import exercise, story
from alertsim.broker import open_broker, parse_target
from alertsim.clock import Clock
from alertsim.conductor import Conductor
from alertsim.feed import Feed
from alertsim.history.past import Past
from alertsim.history.reading import read
from alertsim.observations import EventPublished, Observed, Played
from alertsim.report import Fold
from alertsim.story import Story
from alertsim.wire import Mark, Message, mark

CONTACT = "the benchmark"
BARE = 20_000
"""Messages of the bare loops: enough to tell their pace."""


def told(path: Path) -> Story:
    """The whole history as a story."""
    found = read(path)
    past = Past(found.channel, tuple(sorted(found.alerts)), (found.origin,), "")
    return story.of_history([past], None, None, rate=math.inf, area=None, contact=CONTACT)


async def played(whole: Story, url: str, out: Path) -> float:
    """Messages a second from the first to the last PUBACK of an exercise."""
    at_us: list[int] = []

    async def view(stage: exercise.Stage) -> None:
        while lines := await stage.lines.take():
            at_us.extend(
                line.observation.at_us
                for line in lines
                if isinstance(line, Observed) and isinstance(line.observation, EventPublished)
            )

    name = exercise.exercise_id("bench")
    outcome = await exercise.conduct(exercise.Order(whole, parse_target(url), out, name), view)
    assert outcome.failures == [], outcome.failures
    assert outcome.summary.confirmed == outcome.summary.events
    return outcome.summary.confirmed * 1e6 / (at_us[-1] - at_us[0])


async def bare(messages: list[Message], port: int, *, whole: bool = False, tasks: int = 1) -> float:
    """Messages a second of loops that await each PUBACK; `whole`: with their properties."""
    async with aiomqtt.Client("127.0.0.1", port, protocol=aiomqtt.ProtocolVersion.V5) as client:
        client.pending_calls_threshold = 2 * tasks
        waiting, begun = iter(messages), time.perf_counter()

        async def loop() -> None:
            for message in waiting:
                properties = properties_of(message) if whole else None
                await client.publish(message.topic, message.payload, 1, message.retain, properties)

        await asyncio.gather(*(loop() for _ in range(tasks)))
        return len(messages) / (time.perf_counter() - begun)


def properties_of(message: Message) -> Properties:
    """As anybody would write them down."""
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    properties.UserProperty = list(message.properties)
    properties.MessageExpiryInterval = message.expiry_s
    properties.ContentType = message.content_type
    properties.PayloadFormatIndicator = 1
    return properties


async def lines(whole: Story) -> list[Played]:
    """What a conductor alone makes of it."""
    feed, found = Feed(), list[Played]()
    reader = feed.reader("all", policy="wait", bound=1_000)

    async def taken() -> None:
        while some := await reader.take():
            found.extend(line for line in some if isinstance(line, Played))

    task = asyncio.create_task(taken())
    await Conductor(whole.timeline, whole.segments, Clock(whole.segments[0].start), feed).play()
    feed.close()
    await task
    return found


async def costs(whole: Story) -> list[Message]:
    """Says what an event costs in each part alone; the messages."""
    begun = time.process_time()
    score = await lines(whole)
    conducted = time.process_time()
    by = Mark("bench", CONTACT, whole.offset)
    messages = [mark(line, by) for line in score]
    marked = time.process_time()
    Fold().add(score)
    folded = time.process_time()
    parts = {"conduct": conducted - begun, "mark": marked - conducted, "fold": folded - marked}
    print("µs CPU an event: " + ", ".join(f"{name} {cost / len(score) * 1e6:.1f}" for name, cost in parts.items()))
    return messages


async def main(path: Path, rounds: int) -> None:
    """So many rounds."""
    whole = told(path)
    messages = await costs(whole)
    with tempfile.TemporaryDirectory(prefix="history-") as folder:
        async with open_broker(parse_target("mosquitto"), log=structlog.get_logger()) as broker:
            for n in range(rounds):
                await one_round(whole, messages, broker.port, Path(folder), n)


async def one_round(whole: Story, messages: list[Message], port: int, folder: Path, n: int) -> None:
    """The exercise, then the bare loops."""
    heard = folder / f"heard-{n}"
    command = ["mosquitto_sub", "-p", str(port), "-V", "mqttv5", "-q", "1", "-t", "exercise/+/public/alert/#"]
    with heard.open("wb") as file:
        listener = await asyncio.create_subprocess_exec(*command, "-F", "%l %r", stdout=file)
        try:
            await asyncio.sleep(0.5)
            ours = await played(whole, f"mqtt://127.0.0.1:{port}", folder / "runs")
            await asyncio.sleep(1)
        finally:
            listener.terminate()
            await listener.wait()
    found = [line.split() for line in heard.read_bytes().splitlines()]
    changes = sum(size != b"0" and retained == b"0" for size, retained in found)  # no clears, nothing of a round before
    print(f"round {n + 1}: {changes:,} of {len(whole.timeline.events):,} state changes heard; exercise {ours:,.0f}/s")
    some = messages[:BARE]
    rates = {
        "one at a time": await bare(some, port),
        "16 at a time": await bare(some, port, tasks=16),
        "one at a time, with the properties": await bare(some, port, whole=True),
        "16 at a time, with the properties": await bare(some, port, whole=True, tasks=16),
    }
    for name, rate in rates.items():
        print(f"  bare loop, {name}: {rate:,.0f}/s ({ours / rate:.2f}x)")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3))
