"""docker-compose.yml and its setup: what they promise on paper, and what `setup.sh` makes."""

import json
import subprocess
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from tests.e2e.locked import COMPOSE, CONFIG, LISTENER, NEEDS, SERVICES, set_up

# what is written


def test_it_is_a_compose_file() -> None:
    """It satisfies the Compose Specification's own schema, and a misspelt key in it would not."""
    pytest.importorskip("check_jsonschema", reason="check-jsonschema, which carries the schema, is not installed")
    schema = json.loads((files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json").read_bytes())
    jsonschema.validate(COMPOSE, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(COMPOSE | {"services": {"mosquitto": {"imagge": "x"}}}, schema)


def test_only_this_machine_reaches_it() -> None:
    """Every listener of the broker, and nothing else, is published, and on loopback alone."""
    listeners = LISTENER.findall((CONFIG / "mosquitto.conf").read_text(encoding="utf-8"))
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"mosquitto": [f"127.0.0.1:{port}:{port}" for port in listeners]}


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_has_more_rights_than_it_needs(name: str) -> None:
    """Not root, no capability, nothing to gain, and a file system it cannot write."""
    service = SERVICES[name]
    assert service["user"] == "1883:1883"
    assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"])
    assert service["read_only"] and not {"privileged", "cap_add", "pid", "ipc"} & service.keys()


def test_starting_it_begins_and_consents_to_nothing() -> None:
    """`docker compose up` starts the broker; an exercise and a consent have to be asked for by name."""
    assert {name for name, service in SERVICES.items() if "profiles" not in service} == {"setup", "mosquitto"}
    assert all("--yes" not in json.dumps(service) for service in SERVICES.values())


def test_everybody_holds_his_own_secrets_only() -> None:
    """The director's container cannot reach the owner's login, nor anybody but `setup` the authority's key."""
    held = {name: {mount.partition(":")[0] for mount in service["volumes"]} for name, service in SERVICES.items()}
    people = {"director", "owner", "player", "observer"}
    assert held["setup"] == {"./config/mosquitto", "authority", "broker", *people}
    assert held["mosquitto"] == {"./config/mosquitto", "broker"}
    assert (held["alertsim"], held["consent"]) == ({"director", "runs"}, {"owner"})
    writable = [mount for service in SERVICES.values() for mount in service["volumes"] if not mount.endswith(":ro")]
    assert {mount.partition(":")[0] for mount in writable} == {"authority", "broker", "runs", *people}
    assert set(COMPOSE["volumes"]) == {"authority", "broker", "runs", *people}


# setup


@NEEDS
class TestSetup:
    def test_what_is_there_stays(self, tmp_path: Path) -> None:
        """A second start makes no new login, key or authority."""
        set_up(tmp_path)
        before = contents(tmp_path)
        set_up(tmp_path)
        after = contents(tmp_path)
        changed = {name for name in before if before[name] != after[name]}
        assert before.keys() == after.keys()
        assert changed == {"broker/passwords", "broker/broker.crt"}  # new salts; its names may have changed

    @pytest.mark.parametrize("lost", ["authority/ca.crt", "player/login.key", "player/password", "broker/acl"])
    def test_what_is_missing_is_made(self, tmp_path: Path, lost: str) -> None:
        """A start that was interrupted is completed by the next, and every certificate holds again."""
        set_up(tmp_path)
        (tmp_path / lost).unlink()
        set_up(tmp_path)
        assert (tmp_path / lost).stat().st_size
        for certificate in (*tmp_path.glob("*/login.crt"), *tmp_path.glob("broker/*r.crt")):
            key = openssl("pkey", "-in", str(certificate.with_suffix(".key")), "-pubout")
            assert key == openssl("x509", "-in", str(certificate), "-noout", "-pubkey")
            openssl("verify", "-CAfile", str(certificate.with_name("ca.crt")), str(certificate))

    def test_secrets_are_private(self, tmp_path: Path) -> None:
        """Nobody but their owner can read any of it, nothing half-made is left, and nothing of it is printed."""
        said = set_up(tmp_path)
        assert said == ""
        assert [path for path in tmp_path.rglob("*") if path.stat().st_mode & 0o077] == []
        assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} == {"", ".crt", ".key"}

    def test_the_broker_may_have_more_names(self, tmp_path: Path) -> None:
        """ALERTSIM_BROKER_NAMES are added to those it always has."""
        set_up(tmp_path)
        set_up(tmp_path, ALERTSIM_BROKER_NAMES="DNS:drill.example,IP:192.0.2.7")
        names = openssl("x509", "-in", str(tmp_path / "broker/broker.crt"), "-noout", "-ext", "subjectAltName")
        assert "DNS:mosquitto, DNS:localhost, IP Address:127.0.0.1" in names
        assert "DNS:drill.example, IP Address:192.0.2.7" in names

    def test_no_login_can_pose_as_the_broker(self, tmp_path: Path) -> None:
        """A login's certificate is none of a server, and the broker's none of a client."""
        set_up(tmp_path)
        for certificate, purpose in (("player/login.crt", "sslserver"), ("broker/broker.crt", "sslclient")):
            as_told = ("-purpose", purpose, "-CAfile", str(tmp_path / "broker/ca.crt"))
            with pytest.raises(subprocess.CalledProcessError):
                openssl("verify", *as_told, str(tmp_path / certificate))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def openssl(*arguments: str) -> str:
    return subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=True).stdout
