"""What a person types as a broker, and how we get in there: read, checked, and never shown where it is secret."""

import ssl
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alertsim.broker import Access, Target, parse_target
from alertsim.broker.target import PORTS, Kind, Scheme, is_loopback
from alertsim.cli.options import read_access, read_password
from alertsim.errors import InputError

HERE = parse_target("mqtt://127.0.0.1")
SECURE = parse_target("mqtts://director@broker.example")
SECRET = "s3cret-Пароль"


@pytest.mark.parametrize(
    ("text", "hosts", "port"),
    [
        ("mqtt://127.0.0.1:1884", ("127.0.0.1",), 1884),
        ("mqtt://127.0.0.1", ("127.0.0.1",), 1883),
        ("mqtt://127.1.2.3:1", ("127.1.2.3",), 1),
        ("mqtt://localhost:65535", ("127.0.0.1", "::1"), 65_535),
        ("MQTT://LocalHost", ("127.0.0.1", "::1"), 1883),
        ("mqtt://[::1]:1884", ("::1",), 1884),
    ],
)
def test_loopback_urls(text: str, hosts: tuple[str, ...], port: int) -> None:
    """A loopback URL is taken literally, localhost without asking anybody, and the port is 1883 unless said."""
    target = parse_target(text)
    assert (target.kind, target.hosts, target.port) == ("external", hosts, port)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("mqtts://broker.example", Target("external", 8883, "broker.example", "mqtts")),
        ("mqtts://director@10.0.0.1:1", Target("external", 1, "10.0.0.1", "mqtts", "director")),
        ("ws://localhost:9001", Target("external", 9001, "localhost", "ws", path="/mqtt")),
        ("ws://localhost/", Target("external", 80, "localhost", "ws", path="/")),
        ("wss://a%40b@broker.example/x/y", Target("external", 443, "broker.example", "wss", "a@b", "/x/y")),
        ("mqtt://127.0.0.1@example.org", Target("external", 1883, "example.org", user="127.0.0.1")),
    ],
)
def test_urls_elsewhere(text: str, target: Target) -> None:
    """TLS, WebSocket and a user: the ports and the path are the usual ones unless said."""
    assert parse_target(text) == target
    assert parse_target(target.typed) == target


@pytest.mark.parametrize("kind", ["embedded", "mosquitto"])
def test_children_start_at_21883(kind: Kind) -> None:
    """A broker of our own is asked for by one word, begins looking for a port at 21883, and is typed so again."""
    assert parse_target(kind) == Target(kind, 21_883)
    assert parse_target(kind).typed == kind


@pytest.mark.parametrize(
    "text",
    [
        *("", "mosquito", "Embedded", "127.0.0.1", "127.0.0.1:1883", "localhost", "mqtt:127.0.0.1", "mqtt:///"),
        *("mqtt://", "tcp://127.0.0.1", "http://127.0.0.1", "unix:///run/mq.sock", "mqtt://@127.0.0.1"),
        *("mqtt://localhost.", "mqtt://127.1", "mqtt://0x7f.0.0.1", "mqtt://2130706433", "mqtt://127.0.0.01"),
        *("mqtt://a..b", "mqtt://-a", "mqtt://[::1%lo]", "mqtt://127.0.0.1:0", "mqtt://127.0.0.1:65536"),
        *("mqtt://127.0.0.1:", "mqtt://127.0.0.1:x", "mqtt://127.0.0.1:-1", "mqtt://127.0.0.1:1883/"),
        *("mqtt://127.0.0.1/topic", "mqtt://127.0.0.1?a=b", "ws://127.0.0.1/mqtt?a=b", "mqtt://127.0.0.1#a"),
        *("mqtt://[127.0.0.1]", "mqtt://::1", "mqtt://[::1", "mqtt://127.0.0.1\n", " mqtt://127.0.0.1"),
        *("mqtt://127.0.0.1\0", "mqtt://１２７.0.0.1", "mqtt://127.0.0.1:１", "mqtt://example.org#@127.0.0.1"),
        *("mqtt://a%00b@127.0.0.1", "mqtt://a%ff@127.0.0.1"),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    """What is no URL of a broker, or an address in an unusual spelling, is refused with what is allowed."""
    with pytest.raises(InputError, match=r"expected embedded, mosquitto, or a URL like mqtt://127\.0\.0\.1:PORT"):
        parse_target(text)


@pytest.mark.parametrize(
    "text",
    [
        *("mqtt://me:s3cret@127.0.0.1", "mqtt://me:s3/cr@et@127.0.0.1", "me:s3cret@127.0.0.1"),
        *("mqtts://me:s3cret@broker.example:8883", "wss://:s3cret@h/mqtt", "http://me:s3cret@h"),
    ],
)
def test_a_password_is_refused_unseen(text: str) -> None:
    """A password in the URL is refused without repeating it, and the refusal says how to do it right."""
    with pytest.raises(InputError, match=r"everybody on this machine sees .*ALERTSIM_PASSWORD.*--password-file") as no:
        parse_target(text)
    assert "s3" not in str(no.value)


@given(
    st.from_regex(r"\A((mqtts?|wss?)://)?([a-z:%]{0,5}@)?(\[?[0-9a-f:.]{1,15}\]?|[a-z.]{1,9})(:[0-9]{0,6})?(/|@|\Z)")
    | st.text()
)
@example("mqtt://127.0.0.1:1883")
def test_only_sound_targets_come_out(text: str) -> None:
    """Whatever is typed, what comes out has a real port and can be typed again, or is one printable refusal."""
    said = ""
    try:
        target = parse_target(text)
    except InputError as refusal:
        said = str(refusal)
    else:
        assert 0 < target.port < 65_536
        assert parse_target(target.typed) == target
        assert "@" not in target.url
    assert said.isprintable()
    assert len(said) < 500


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        *(("127.0.0.1", True), ("127.255.0.9", True), ("::1", True), ("192.168.0.1", False), ("::", False)),
        *(("::2", False), ("0.0.0.0", False), ("::ffff:127.0.0.1", False), ("localhost", False)),
    ],
)
def test_is_loopback(address: str, ours: bool) -> None:
    """127.0.0.0/8 and ::1 are this machine, nothing else is."""
    assert is_loopback(address) is ours


def test_a_password_is_in_no_repr() -> None:
    """An access shows its files and hides its password."""
    access = Access(Path("ca.pem"), password=SECRET)
    assert "ca.pem" in repr(access)
    assert SECRET not in f"{access!r}{access}"


@pytest.mark.parametrize("scheme", PORTS)
def test_no_files_for_tls_where_nothing_is_encrypted(scheme: Scheme) -> None:
    """--ca with a URL in the clear is a mistake, and the refusal says which URL is meant."""
    target, access = replace(HERE, scheme=scheme), Access(Path("ca.pem"))
    if target.encrypted:
        access.check(target)
        return
    with pytest.raises(InputError, match=f"not encrypted.*write {scheme}s://"):
        access.check(target)


def test_a_password_needs_a_user() -> None:
    """A password for nobody is a mistake; a broker of our own takes none and does not mind."""
    with pytest.raises(InputError, match=r"write mqtt://USER@127\.0\.0\.1:1883"):
        Access(password=SECRET).check(HERE)
    Access(password=SECRET).check(parse_target("embedded"))
    Access(password=SECRET).check(SECURE)


def test_a_key_needs_a_certificate() -> None:
    """A key alone says nothing."""
    with pytest.raises(InputError, match="without --cert"):
        Access(key=Path("k.pem")).check(SECURE)


@pytest.mark.parametrize("text", [f"{SECRET}\n", SECRET, f"{SECRET}\r\nsecond line\n"])
def test_a_password_is_the_first_line_of_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """A file goes before the environment, and an editor's line end is no part of a password."""
    monkeypatch.setenv("ALERTSIM_PASSWORD", "from the environment")
    file = tmp_path / "password"
    file.write_bytes(text.encode())
    assert read_password(file) == SECRET
    assert read_access(SECURE, None, None, None, file).password == SECRET
    assert read_password(None) == "from the environment"


@pytest.mark.parametrize(
    ("content", "why"), [(None, "No such file"), (b"\n", "first line is empty"), (b"\xff", "text")]
)
def test_a_password_file_that_is_none(tmp_path: Path, content: bytes | None, why: str) -> None:
    """A file that is missing, empty or no text is named with what is wrong."""
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError, match=f"^--password-file .*{why}"):
        read_password(file)


@pytest.mark.parametrize("option", ["ca", "cert"])
@pytest.mark.parametrize(("content", "why"), [(None, "No such file"), (b"", "PEM"), (b"\xff\0", "PEM")])
def test_files_of_tls_that_are_none(tmp_path: Path, option: str, content: bytes | None, why: str) -> None:
    """A file for TLS that is missing or no PEM is named by its option."""
    file = tmp_path / "file.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError, match=f"^--{option} .*file.pem.*{why}"):
        (Access(ca=file) if option == "ca" else Access(cert=file)).context(SECURE)


def test_certificates_are_always_checked() -> None:
    """There is a context for TLS only, it wants a certificate, for the name typed; no option changes that."""
    context = Access().context(SECURE)
    assert context is not None
    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)
    assert Access().context(HERE) is None
