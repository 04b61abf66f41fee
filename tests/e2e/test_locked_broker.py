"""The broker of docker-compose.yml, run here without Docker: who may do what, and alertsim through it."""

import http.client
import shlex
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.locked import CERTIFICATE, NEEDS, PASSWORD, SERVICES, WEBSOCKET, LockedBroker, set_up
from tests.e2e.world import SCENARIO, World

pytestmark = [pytest.mark.mosquitto, NEEDS]
ALERT = "exercise/e-1/public/alert/UA-30"
WRITES = {
    "an exercise": ("player", ALERT, []),
    "the state of an exercise": ("player", "exercise/e-1/public/state", ["-r"]),
    "controllers' topics": ("player", "exercise/e-1/control/inject/duty-officer", []),
    "a load test": ("player", "test/e-1/public/state", []),
    "consent": ("player", "alertsim-consent/v1", ["-r"]),
    "the broker's own topics": ("player", "$SYS/broker/version", []),
    "another client's answer": ("player", "exercise/e-1/ack/phone-2", ["-i", "phone-1"]),
    "below its own answer": ("player", "exercise/e-1/ack/phone-1/x", ["-i", "phone-1"]),
    "an answer as client +": ("player", "exercise/e-1/ack/phone-2", ["-i", "+"]),
    "an answer as client #": ("player", "exercise/e-1/ack/phone-2", ["-i", "#"]),
    "a topic of nobody": ("player", "hello", []),
    "consent by the director": ("director", "alertsim-consent/v1", ["-r"]),
    "consent beside it by the director": ("director", "alertsim-consent/v2", ["-r"]),
    "an answer by the director": ("director", "exercise/e-1/ack/phone-2", []),
    "an exercise by the owner": ("owner", ALERT, []),
    "an exercise by the observer": ("observer", ALERT, []),
    "consent by the observer": ("observer", "alertsim-consent/v1", ["-r"]),
}
CONSENT = "alertsim-consent/v1"
READS = {
    "player": {ALERT, CONSENT},
    "observer": {ALERT, "exercise/e-1/control/network/b", CONSENT},
    "director": {ALERT, "exercise/e-1/control/network/b", CONSENT},
    "owner": {CONSENT},
}
FILTERS = ("#", "exercise/#", "exercise/+/control/#", "$share/all/exercise/#", "alertsim-consent/#", "$SYS/#")


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LockedBroker]:
    with LockedBroker(tmp_path_factory.mktemp("locked")) as broker:
        yield broker


class TestLogins:
    @pytest.mark.parametrize("port", [PASSWORD, CERTIFICATE])
    @pytest.mark.parametrize("what", WRITES)
    def test_what_is_not_given_is_refused(self, what: str, port: int, broker: LockedBroker) -> None:
        """Who may not write is told so, by password as by certificate."""
        login, topic, options = WRITES[what]
        told = broker.publish(broker.login(login, port), topic, *options)
        assert "Not authorized" in told.stderr, told

    @pytest.mark.parametrize("login", READS)
    def test_each_hears_what_is_his(self, login: str, standing: LockedBroker) -> None:
        """Whatever filters he subscribes to, a login receives its own part of what stands and no more."""
        filters = [word for one in FILTERS for word in ("-t", one)]
        heard = standing.hear(standing.login(login), *filters)
        assert set(heard.stdout.split()) == READS[login]

    def test_a_live_message_goes_the_same_way(self, broker: LockedBroker) -> None:
        """The player hears neither controllers' messages nor other subscribers' answers as they are said."""
        said = [f"exercise/e-2/{topic}" for topic in ("control/strike/s-1", "ack/phone-1", "public/news")]
        with broker.listening("player", "exercise/#") as player, broker.listening("observer", "exercise/#") as observer:
            for login, topic in zip(("director", "player", "director"), said, strict=True):
                assert broker.publish(broker.login(login), topic, "-i", "phone-1").stderr == ""
            for ears in (observer, player):
                ears.until(lambda line: line == f"{said[2]}\n")
        assert [line.strip() for line in observer.said if line in (f"{one}\n" for one in said)] == said
        assert [line.strip() for line in player.said if line in (f"{one}\n" for one in said)] == said[2:]

    def test_a_will_is_no_way_round(self, broker: LockedBroker) -> None:
        """What a player wants said of him when his connection breaks is said on his own topic only."""
        forged, own = "exercise/e-3/public/state", "exercise/e-3/ack/phone-1"
        with broker.listening("observer", "exercise/e-3/#") as observer:
            for topic in (forged, own):
                will = ("--will-topic", topic, "--will-payload", "over", "-i", "phone-1")
                with broker.listening("player", "exercise/e-3/#", *will):
                    pass  # killed
            observer.says(own)
        assert forged not in observer.out

    @pytest.mark.parametrize(
        "stranger",
        [{}, {"-u": "player"}, {"-u": "player", "-P": "guessed"}, {"-u": "nobody", "-P": ""}, {"-u": "health"}],
        ids=str,
    )
    def test_strangers_are_refused(self, stranger: dict[str, str], broker: LockedBroker) -> None:
        """Without a login, with a wrong password, or with the health check's name: one sentence, and no connection."""
        where = {option: word for option, word in broker.login("player").items() if option not in {"-u", "-P"}}
        told = broker.hear(where | stranger, "-t", "#")
        assert (told.stdout, "Not authorized" in told.stderr) == ("", True), told

    def test_a_certificate_is_a_login(self, standing: LockedBroker) -> None:
        """With a client certificate a player reads what is a player's."""
        heard = standing.hear(standing.login("player", CERTIFICATE), "-t", "#")
        assert set(heard.stdout.split()) == READS["player"]

    def test_a_password_is_none_where_a_certificate_is_asked_for(self, broker: LockedBroker) -> None:
        """The second listener takes nobody without a certificate, password or not."""
        login = {**broker.login("player"), "-p": str(broker.ports[CERTIFICATE])}
        told = broker.hear(login, "-t", "#")
        assert told.returncode not in {0, 27} and told.stderr.count("\n") == 1, told

    def test_another_authority_is_one_sentence(self, broker: LockedBroker, tmp_path: Path) -> None:
        """A broker that another authority vouches for is not spoken to, nor a client heard that it vouches for."""
        set_up(tmp_path)
        unknown_broker = broker.login("player") | {"--cafile": str(tmp_path / "player/ca.crt")}
        told = broker.hear(unknown_broker, "-t", "#")
        assert (told.stderr.count("\n"), "A TLS error occurred" in told.stderr) == (1, True), told
        theirs = {"--cert": str(tmp_path / "player/login.crt"), "--key": str(tmp_path / "player/login.key")}
        told = broker.hear(broker.login("player", CERTIFICATE) | theirs, "-t", "#")
        assert told.returncode not in {0, 27} and told.stderr.count("\n") == 1, told

    def test_plain_text_is_not_answered(self, broker: LockedBroker) -> None:
        """A client that does not encrypt gets nowhere, and so does not send its password twice."""
        login = {option: word for option, word in broker.login("player").items() if option != "--cafile"}
        assert broker.hear(login, "-t", "#").returncode not in {0, 27}

    def test_the_health_check_holds(self, broker: LockedBroker) -> None:
        """The health check of the compose file succeeds here, and does not where nobody listens."""
        check = SERVICES["mosquitto"]["healthcheck"]["test"].split()
        here = [str(broker.ports[CERTIFICATE]) if word == str(CERTIFICATE) else word for word in check]
        codes = [subprocess.run(command, cwd=broker.folder, check=False).returncode for command in (here, check)]
        assert codes[0] == 0 and codes[1] != 0, shlex.join(here)

    def test_browsers_reach_it(self, broker: LockedBroker) -> None:
        """WebSocket over TLS opens, under the strictest checks of Python's ssl (its default from 3.13)."""
        trust = ssl.create_default_context(cafile=str(broker.folder / "player/ca.crt"))
        trust.verify_flags |= ssl.VERIFY_X509_STRICT
        link = http.client.HTTPSConnection("localhost", broker.ports[WEBSOCKET], context=trust, timeout=10)
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        key = {"Sec-WebSocket-Key": "x3JJHMbDL1EzLkh9GBhXDw==", "Sec-WebSocket-Protocol": "mqtt"}
        link.request("GET", "/", headers=upgrade | key)
        assert link.getresponse().status == 101
        link.close()


# alertsim itself


class TestAlertsim:
    @pytest.mark.parametrize("port", [PASSWORD, CERTIFICATE, WEBSOCKET])
    def test_an_exercise_is_conducted(self, port: int, broker: LockedBroker, world: World) -> None:
        """By password, by certificate or over WebSocket: it is played, a phone rings and answers, nothing stays."""
        exercise = f"drill-{port}"
        with broker.listening("observer", f"exercise/{exercise}/#") as observer:
            phone = world.alertsim("subscribe", "--client", "phone-1", *broker.options("player", port))
            phone.says("Connected")
            director = broker.options("director", port)
            run = world.alertsim("run", SCENARIO, "--rate", "max", "--exercise", exercise, *director)
            assert (run.ended(), run.err) == (0, "")
            phone.says("ALL-CLEAR")
            observer.says("/ack/")
        assert "/control/strike/" in observer.out
        assert broker.hear(broker.login("observer"), "-t", f"exercise/{exercise}/#").stdout == ""

    def test_its_containers_know_their_broker(self, broker: LockedBroker, world: World) -> None:
        """What the compose file tells its services is all they need to consent, to conduct and to withdraw."""
        give = ("give", "--contact", "Duty officer", "--until", "2099-01-01T00:00:00+02:00", "--yes")
        run = ("run", SCENARIO, "--rate", "max", "--exercise", "drill-docker")
        for service, arguments in (("consent", give), ("alertsim", run), ("consent", ("withdraw",))):
            told = SERVICES[service]
            home = broker.folder / {"consent": "owner", "alertsim": "director"}[service]
            here = {
                "/secrets": str(home),
                "/runs": str(world.runs),
                "mosquitto:8883": f"localhost:{broker.ports[8883]}",
            }
            environment = {name: replaced(text, here) for name, text in told["environment"].items() if text}
            program = world.alertsim(*told.get("entrypoint", ["alertsim"])[1:], *arguments, **environment)
            assert program.ended() == 0, program.err
        assert world.summary("drill-docker")["confirmed"]

    def test_a_player_conducts_nothing(self, broker: LockedBroker, world: World) -> None:
        """With the player's login an exercise ends when the broker refuses its first message, and says why."""
        run = world.alertsim("run", SCENARIO, "--rate", "max", *broker.options("player"))
        assert run.ended() == 1
        assert "must let our login write exercise/#" in run.err

    def test_an_unknown_authority_is_one_sentence(self, broker: LockedBroker, world: World) -> None:
        """Without the broker's own authority nothing is said to it."""
        where, url, *_, option, file = broker.options("director")
        run = world.alertsim("run", SCENARIO, where, url, option, file)
        assert (run.ended(), run.err.count("\n"), "--ca" in run.err) == (1, 1, True), run.err

    def test_consent_is_the_owners(self, broker: LockedBroker, world: World) -> None:
        """The director's login is told that it may not consent to what it does itself."""
        give = ("give", "--contact", "Director", "--until", "2099-01-01T00:00:00+02:00", "--yes")
        consent = world.alertsim("consent", *give, *broker.options("director"))
        assert consent.ended() == 1
        assert "use the owner's login" in consent.err


@pytest.fixture
def standing(broker: LockedBroker) -> LockedBroker:
    """The broker with one alert, one network and one consent retained."""
    director = broker.login("director")
    for login, topic in (
        (director, ALERT),
        (director, "exercise/e-1/control/network/b"),
        (broker.login("owner"), "alertsim-consent/v1"),
    ):
        assert broker.publish(login, topic, "-r").stderr == ""
    return broker


def replaced(text: str, words: dict[str, str]) -> str:
    for old, new in words.items():
        text = text.replace(old, new)
    return text
