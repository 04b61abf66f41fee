"""What a doctor decides from facts, how he words it, and that what he cannot read makes him silent, not fail."""

import json
import string
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.broker.about import About
from alertsim.broker.consent import Consent
from alertsim.broker.listener import Listener, listener_on
from alertsim.cli.probing import within
from alertsim.doctor import advice_english, advice_ukrainian
from alertsim.doctor.advice import Language, advice, figure_text
from alertsim.doctor.diagnosis import LEVELS, Diagnosis, Finding
from alertsim.doctor.examine import Patient, diagnose
from alertsim.doctor.facts import BrokerFacts, Machine, Probe, Wish
from alertsim.doctor.machine import fingerprint

LANGUAGES: tuple[Language, ...] = ("uk", "en")
FIT = Machine(
    architecture="x86_64",
    kernel="Linux 6",
    python="3.11.7",
    alertsim="1",
    cores=4,
    usable=4,
    memory=2**33,
    memory_free=2**33,
    files_soft=1024,
    files_hard=100_000,
    somaxconn=4096,
    syn_backlog=1024,
    ports=(32_768, 60_999),
    clocksource="tsc",
    governor="performance",
    load=0.1,
)
GOOD = BrokerFacts("mqtt://127.0.0.1:1883", program="nanomq", files=100_000, open_files=10)
QUICK = Probe(1000, 1000, 10_000.0, 9_000.0, 6.0, 2_000.0, 9_000.0, 16_000.0, nagle=False, valid=True)
WELL = Patient(Wish(10_000, 64, 10_000), FIT, GOOD, QUICK)


def of(wished: int = 10_000, *, machine: Any = (), broker: Any = (), probe: Any = (), **rest: Any) -> Patient:
    """The patient who is well, but for these."""
    return replace(
        WELL,
        wish=replace(WELL.wish, subscribers=wished),
        machine=replace(FIT, **dict(machine)),
        broker=replace(GOOD, **dict(broker)),
        probe=None if probe is None else replace(QUICK, **dict(probe)),
        **rest,
    )


def levels(patient: Patient) -> dict[str, str]:
    """The level of each finding by its name."""
    return {each.name: each.level for each in diagnose(patient).findings}


CASES = [
    (of(99_937), "files-here", "problem"),
    (of(99_936), "files-here", "ok"),
    (of(machine={"files_hard": None}), "files-here", None),
    (of(broker={"files": 1024}), "files-broker", "problem"),
    (of(broker={"files": 10_013}), "files-broker", "ok"),
    (of(broker={"files": 10_012}), "files-broker", "problem"),
    (of(broker={"files": 10_064, "open_files": None, "program": None}), "files-broker", "ok"),
    (of(broker={"files": 10_063, "open_files": None}), "files-broker", "problem"),
    (of(broker={"files": 1024, "own": True}), "files-child", "problem"),
    (of(broker={"own": True}), "files-child", "ok"),
    (of(broker={"files": None}), "files-unknown", "note"),
    (of(broker={"most_connections": 10_003}), "most-connections", "ok"),
    (of(broker={"most_connections": 10_002}), "most-connections", "problem"),
    (of(broker={"most_connections": 10_003, "connected": 4}), "most-connections", "problem"),
    (of(broker={"most_connections": 10_003, "own": True}), "most-connections-embedded", "ok"),
    (of(broker={"most_connections": 5, "own": True}), "most-connections-embedded", "problem"),
    (of(broker={"consented": 10_003}), "consent", "ok"),
    (of(broker={"consented": 10_002}), "consent", "problem"),
    (of(), "ports", "ok"),
    (of(machine={"ports": (40_000, 49_998)}), "ports", "problem"),
    (of(20_001), "ports-many", "ok"),
    (of(20_001, machine={"ports": (40_000, 49_998)}), "ports-many", "problem"),
    (of(broker={"many_sources": False}), "ports-one", "ok"),
    (of(28_233, broker={"many_sources": False}), "ports-one", "problem"),
    (of(13_001, broker={"many_sources": False}), "port-search", "limit"),
    (of(13_000, broker={"many_sources": False}), "port-search", None),
    (of(machine={"ports": None}), "ports", None),
    (of(), "memory", "ok"),
    (of(machine={"memory_free": 10_000 * 16_384 - 1}), "memory", "problem"),
    (of(machine={"memory_free": 10_000 * 16_384}, broker={"program": "rumqttd"}), "memory", "problem"),
    (of(machine={"memory_free": None}), "memory", None),
    (of(broker={"retain": False}), "retain", "problem"),
    (of(broker={"wildcard": False}), "wildcard", "problem"),
    (of(broker={"maximum_qos": 0}), "qos", "problem"),
    (of(broker={"maximum_qos": 1}), "qos-two", "note"),
    (of(broker={"receive_maximum": 19}), "receive-maximum", "limit"),
    (of(broker={"receive_maximum": 20}), "receive-maximum", None),
    (of(broker={"maximum_packet": 65_000}), "packet", "limit"),
    (of(broker={"maximum_packet": 66_000}), "packet", None),
    (of(broker={"delays": True}), "delays", "limit"),
    (of(machine={"somaxconn": 63}), "backlog", "limit"),
    (of(machine={"syn_backlog": 63}), "backlog", "limit"),
    (of(machine={"syn_backlog": 64, "somaxconn": 64}), "backlog", "ok"),
    (of(machine={"syn_backlog": None}), "backlog", None),
    (of(broker={"local": False}), "backlog", None),
    (of(broker={"version": "mosquitto version 2.0.11"}), "storm", "note"),
    (of(broker={"program": "mosquitto"}), "storm", "note"),
    (of(100, broker={"program": "mosquitto"}), "storm", None),
    (of(machine={"quota": 3.5}), "quota", "limit"),
    (of(machine={"quota": 4.0}), "quota", None),
    (of(machine={"quota": 1.5}), "one-core", "limit"),
    (of(machine={"usable": 1}), "one-core", "limit"),
    (of(machine={"usable": None, "cores": 1}, broker={"local": False}), "one-core-here", "limit"),
    (of(machine={"usable": None, "cores": None}), "one-core", None),
    (of(machine={"load": 4.1}), "busy", "limit"),
    (of(machine={"load": 4.0}), "busy", None),
    (of(machine={"governor": "powersave"}), "governor", "limit"),
    (of(machine={"clocksource": "hpet"}), "clocksource", "limit"),
    (of(machine={"clocksource": None}), "clocksource", None),
    (of(broker={"keep_alive_s": 30}), "keep-alive", "note"),
    (of(broker={"session_expiry_s": 299}), "session-expiry", "limit"),
    (of(broker={"session_expiry_s": 300}), "session-expiry", None),
    (of(broker={"connected": 4}), "company", "note"),
    (of(broker={"connected": 3}), "company", None),
    (of(probe=None), "no-probe", "note"),
    (of(probe=None, in_use=("the retained topic 'a'",)), "no-probe-in-use", "note"),
    (of(probe={"connected": 999, "cause": "reset"}), "turned-away", "problem"),
    (of(probe={"connected": 999}), "turned-away", None),
    (of(probe={"p50_us": None}), "silent", "problem"),
    (of(probe={"p50_us": None, "connected": 999}), "silent", None),
    (of(probe={"valid": False}), "not-kept-up", "limit"),
    (of(probe={"nagle": True}), "nagle", "limit"),
    (of(probe={"connects_per_s": None}), "ramp", None),
    (of(), "ramp", "note"),
    (of(), "ring", "note"),
    (of(probe={"spread_us": None}), "ring", None),
]


@pytest.mark.parametrize(("patient", "name", "level"), CASES, ids=[f"{name}-{level}" for _, name, level in CASES])
def test_each_finding(patient: Patient, name: str, level: str | None) -> None:
    """On either side of its limit, and where nobody could tell."""
    assert levels(patient).get(name) == level


def test_who_is_well_is_sound() -> None:
    """No problem and no limit, and so many fit as files and memory leave room for."""
    diagnosis = diagnose(WELL)
    assert diagnosis.sound
    assert {each.level for each in diagnosis.findings} == {"note", "ok"}
    assert diagnosis.fits == 10_000


def test_nobody_knows_anything() -> None:
    """A machine that tells nothing is not declared too small."""
    diagnosis = diagnose(Patient(WELL.wish, Machine("", "", "", ""), BrokerFacts("mqtt://x")))
    assert (diagnosis.sound, diagnosis.fits) == (True, None)


def test_the_estimates_are_proportional() -> None:
    """16 ms to the last of 1,000 are 160 ms for 10,000, who connect in a second at 10,000 a second; in two digits."""
    found = {each.name: each.figures for each in diagnose(WELL).findings}
    assert (found["ring"]["each_us"], found["ring"]["ms"]) == (16.0, 160.0)
    assert found["ramp"]["seconds"] == 1.0
    rough = {each.name: each.figures for each in diagnose(of(12_345)).findings}
    assert (rough["ring"]["ms"], rough["ramp"]["seconds"]) == (200.0, 1.2)


@pytest.mark.parametrize(
    ("ports", "fits"), [((32_768, 60_999), 30_000), ((50_001, 60_000), 30_000), ((50_002, 60_000), 9_999)]
)
def test_each_source_has_ports_of_its_own(ports: tuple[int, int], fits: int) -> None:
    """10,000 call from each address: with as many ports all fit, with one less not even those of one address."""
    found = {each.name: each for each in diagnose(of(30_000, machine={"ports": ports})).findings}
    assert (found["ports-many"].fits, found["ports-many"].figures["sources"]) == (fits, 3)


def anything(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Facts of a kind with whatever its types allow."""
    return st.builds(kind, **{field.name: ... for field in fields(kind)})


patients = st.builds(
    Patient,
    wish=st.builds(Wish, st.integers(1, 10**6), st.integers(0, 100), st.integers(1, 10**5)),
    machine=anything(Machine),
    broker=anything(BrokerFacts),
    probe=st.none() | anything(Probe),
    in_use=st.lists(st.text(), max_size=2).map(tuple),
)


@given(patients)
def test_whatever_the_facts(patient: Patient) -> None:
    """There is a diagnosis, the worst first; it is sound where no bound is below the wish; and there are words."""
    diagnosis = diagnose(patient)
    order = [LEVELS.index(each.level) for each in diagnosis.findings]
    assert order == sorted(order)
    assert not diagnosis.sound or diagnosis.fits is None or diagnosis.fits >= patient.wish.subscribers
    for finding in diagnosis.findings:
        for language in LANGUAGES:
            assert advice(finding, language).what


def test_every_word_is_said() -> None:
    """No words without a finding, and the same ones in both languages."""
    found = [each for patient, *_ in CASES for each in diagnose(patient).findings]
    said = {each.name for each in found} | {f"{each.name}:{each.level}" for each in found}
    assert advice_english.WORDS.keys() == advice_ukrainian.WORDS.keys() <= said


@pytest.mark.parametrize("key", advice_english.WORDS)
def test_both_languages_say_as_much(key: str) -> None:
    """The same number of sentences, the same figures; a problem and a limit have a reason and a remedy."""
    english, ukrainian = advice_english.WORDS[key], advice_ukrainian.WORDS[key]
    assert len(english) == len(ukrainian)
    assert figures_of(english) == figures_of(ukrainian)


def figures_of(sentences: tuple[str, ...]) -> set[str]:
    """The names of what is filled in."""
    parts = string.Formatter().parse(" ".join(sentences))
    return {name.removesuffix("_plain") for _, name, _, _ in parts if name}


@pytest.mark.parametrize("patient", [patient for patient, *_ in CASES])
def test_what_is_wrong_has_a_remedy(patient: Patient) -> None:
    """Whoever is told of a problem or a limit is told why it matters and what to do."""
    for finding in diagnose(patient).findings:
        if finding.level in {"problem", "limit"}:
            assert all(advice(finding, "en")), finding.name


def test_a_person_reads_figures_a_shell_reads_plain_ones() -> None:
    """Grouped as the language does it; without separators where it is typed."""
    finding = next(each for each in diagnose(of(200_000)).findings if each.name == "files-here")
    assert "100,000 files: 99,936 subscribers" in advice(finding, "en").what
    assert "100\N{NO-BREAK SPACE}000 файлів" in advice(finding, "uk").what
    assert all("ulimit -Hn 200064" in advice(finding, language).remedy for language in LANGUAGES)


@pytest.mark.parametrize(
    ("figure", "english", "ukrainian"),
    [
        (1, "1", "1"),
        (1234567, "1,234,567", "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567"),
        (0.25, "0.2", "0,2"),
        (1234.5, "1,234", "1\N{NO-BREAK SPACE}234"),
        ("a.b,c", "a.b,c", "a.b,c"),
    ],
)
def test_figures(figure: float | str, english: str, ukrainian: str) -> None:
    """As people of each language write them."""
    assert (figure_text(figure, "en"), figure_text(figure, "uk")) == (english, ukrainian)


def test_what_a_broker_says_are_facts() -> None:
    """Each field of what is asked is a field of the facts, by the same name."""
    known = {field.name for field in fields(BrokerFacts)}
    assert {field.name for kind in (About, Listener) for field in fields(kind)} <= known
    assert diagnose(of(broker=asdict(About()))).sound


def test_a_probe_keeps_to_the_consent() -> None:
    """A thousand, or what fits, or as many as may connect within two seconds."""
    slow = Consent(contact="x", until="2030-01-01T00:00:00+00:00", max_clients=50, max_connects_per_s=5.0)
    assert [within(most, None) for most in (5_000, 300, 0)] == [1_000, 300, 0]
    assert [within(most, slow) for most in (5_000, 7)] == [10, 7]


def test_a_diagnosis_of_nothing() -> None:
    """Without a finding everything fits."""
    assert (Diagnosis(5, ()).sound, Diagnosis(5, ()).fits) == (True, None)
    assert not Diagnosis(5, (Finding("problem", "x"),)).sound


Write = Callable[[str, str], None]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(path: str, text: str) -> None:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)

    return written


def test_this_machine_has_a_fingerprint() -> None:
    """It can be kept as JSON, and is the same when it comes back."""
    found = fingerprint()
    assert Machine(**json.loads(json.dumps(asdict(found))) | {"ports": found.ports}) == found
    assert found.alertsim and found.python.startswith("3.")


def test_a_machine_without_proc(tmp_path: Path) -> None:
    """What cannot be read is unknown."""
    found = fingerprint(tmp_path)
    unknown = (found.processor, found.memory, found.ports, found.somaxconn, found.clocksource, found.governor)
    assert (unknown, found.quota) == ((None,) * 6, None)


PLACES = (
    "proc/cpuinfo",
    "proc/meminfo",
    "proc/sys/net/core/somaxconn",
    "proc/sys/net/ipv4/tcp_max_syn_backlog",
    "proc/sys/net/ipv4/ip_local_port_range",
    "proc/self/cgroup",
    "sys/fs/cgroup/cpu.max",
    "sys/fs/cgroup/memory.max",
    "sys/fs/cgroup/memory.current",
    "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
    "sys/devices/system/clocksource/clocksource0/current_clocksource",
)


@given(said=st.lists(st.one_of(st.text(), st.sampled_from(["0::/", "max 5", "7 0", "-1", "9" * 30])), min_size=11))
def test_a_machine_that_talks_nonsense(tmp_path_factory: pytest.TempPathFactory, said: list[str]) -> None:
    """Whatever stands in those files, nothing fails."""
    root = tmp_path_factory.mktemp("machine")
    for place, text in zip(PLACES, said, strict=False):
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(text, encoding="utf-8")
    assert isinstance(fingerprint(root), Machine)


def test_reads_a_machine(tmp_path: Path, write: Write) -> None:
    """As Linux writes it."""
    write("proc/cpuinfo", "processor\t: 0\nmodel name\t: Fast CPU\n\nprocessor\t: 1\nmodel name\t: Other\n")
    write("proc/meminfo", "MemTotal:  2048 kB\nMemFree: 1 kB\nMemAvailable:  1024 kB\n")
    write("proc/sys/net/core/somaxconn", "4096\n")
    write("proc/sys/net/ipv4/tcp_max_syn_backlog", "512\n")
    write("proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n")
    write(PLACES[-1], "kvm-clock\n")
    write(PLACES[-2], "powersave\n")
    write("run/.containerenv", "")
    found = fingerprint(tmp_path)
    assert (found.processor, found.memory, found.memory_free) == ("Fast CPU", 2**21, 2**20)
    assert (found.somaxconn, found.syn_backlog, found.ports) == (4096, 512, (32_768, 60_999))
    assert (found.clocksource, found.governor, found.container) == ("kvm-clock", "powersave", "podman")


@pytest.mark.parametrize(
    ("files", "quota"),
    [
        ({"proc/self/cgroup": "0::/a/b", "sys/fs/cgroup/a/b/cpu.max": "150000 100000"}, 1.5),
        ({"proc/self/cgroup": "0::/a/b", "sys/fs/cgroup/a/cpu.max": "50000 100000"}, 0.5),
        (
            {
                "proc/self/cgroup": "0::/a",
                "sys/fs/cgroup/a/cpu.max": "300000 100000",
                "sys/fs/cgroup/cpu.max": "200000 100000",
            },
            2.0,
        ),
        ({"proc/self/cgroup": "0::/", "sys/fs/cgroup/cpu.max": "max 100000"}, None),
        ({"proc/self/cgroup": "0::/../../x", "sys/fs/cgroup/cpu.max": "100000 100000"}, 1.0),
        (
            {
                "proc/self/cgroup": "3:cpu:/c\n2:memory:/other",
                "sys/fs/cgroup/cpu/c/cpu.cfs_quota_us": "250000",
                "sys/fs/cgroup/cpu/c/cpu.cfs_period_us": "100000",
            },
            2.5,
        ),
        (
            {
                "proc/self/cgroup": "3:cpu:/",
                "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1",
                "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
            },
            None,
        ),
    ],
)
def test_reads_the_quota(files: dict[str, str], quota: float | None, tmp_path: Path, write: Write) -> None:
    """Of this control group and those around it the least, in both versions."""
    for path, text in files.items():
        write(path, text)
    assert fingerprint(tmp_path).quota == quota


def test_memory_of_a_control_group(tmp_path: Path, write: Write) -> None:
    """Its limit counts where it is less than the machine's, and what it has used is gone."""
    write("proc/meminfo", "MemTotal: 4096 kB\nMemAvailable: 4000 kB\n")
    write("proc/self/cgroup", "0::/a")
    write("sys/fs/cgroup/a/memory.max", f"{2**20}")
    write("sys/fs/cgroup/a/memory.current", f"{2**19}")
    write("sys/fs/cgroup/memory.max", "max")
    assert (fingerprint(tmp_path).memory, fingerprint(tmp_path).memory_free) == (2**20, 2**19)


class Proc:
    """A /proc with one process 7 that listens on port 1883, at inode 42."""

    def __init__(self, root: Path) -> None:
        self.root, self.process = root, root / "7"
        (self.process / "fd").mkdir(parents=True)
        (root / "net").mkdir()
        (root / "8").mkdir()
        line = "  0: 0100007F:075B 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 42 1 0"
        (root / "net/tcp").write_text(f"  sl  local_address rem_address st\n{line}\n")
        for fd, leads in enumerate(("/dev/null", "socket:[41]", "socket:[42]")):
            (self.process / "fd" / str(fd)).symlink_to(leads)
        (self.process / "comm").write_text("mosquitto\n")
        (self.process / "limits").write_text(
            "Limit                     Soft Limit           Hard Limit           Units\n"
            "Max open files            1024                 524288               files\n"
        )

    def started(self, *words: str) -> Listener:
        """With this command line."""
        (self.process / "cmdline").write_text("\0".join(words) + "\0")
        found = listener_on(1883, self.root)
        assert found
        return found


@pytest.fixture
def here(tmp_path: Path) -> Proc:
    return Proc(tmp_path / "proc")


def test_finds_who_listens(here: Proc) -> None:
    """His name, his soft limit, and what he has open; on another port there is nobody."""
    found = here.started("mosquitto")
    assert found == Listener("mosquitto", files=1024, open_files=3, most_connections=None, delays=None)
    assert listener_on(1884, here.root) is None


def test_who_may_not_be_looked_at_is_unknown(here: Proc, tmp_path: Path) -> None:
    """No descriptors to be seen, no process to be found; no limits, no limit; no /proc at all: nobody."""
    (here.process / "limits").write_text("")
    assert here.started("mosquitto").files is None
    for link in (here.process / "fd").iterdir():
        link.unlink()
    assert listener_on(1883, here.root) is None
    assert listener_on(1883, tmp_path / "none") is None


def test_the_embedded_broker_says_how_many(here: Proc) -> None:
    """Its configuration stands on its command line."""
    assert here.started("python", "tether.py", "1", "embedded", "[router]\nmax_connections = 20000\n") == Listener(
        "mosquitto", 1024, 3, 20_000, None
    )


@pytest.mark.parametrize(
    ("text", "most", "delays"),
    [
        ("max_connections 50\n", 50, True),
        ("# max_connections 50\nset_tcp_nodelay true\n", None, False),
        ("listener 1883 127.0.0.1\nmax_connections 60\nlistener 1884\nmax_connections 70\n", 60, True),
        ("listener 1884\nmax_connections 70\n", None, True),
        ("listener 1883\nmax_connections -1\n", None, True),
        ("max_connections 50\ninclude_dir more\n", 80, True),
        ("include_dir nowhere\nuser root\n", None, True),
        ("include_dir .\nuser root\n", None, True),
        ("", None, None),
    ],
)
def test_reads_the_configuration_of_mosquitto(text: str, most: int | None, delays: bool | None, here: Proc) -> None:
    """`max_connections` of our listener, of included files too, and whether TCP_NODELAY is set; in circles as well."""
    home = here.root / "home"
    (home / "more").mkdir(parents=True)
    (home / "more" / "a.conf").write_text("max_connections 80\n")
    (home / "mosquitto.conf").write_text(text)
    (here.process / "cwd").symlink_to(home)
    for words in (("-c", "mosquitto.conf"), ("-v", "-c", str(home / "mosquitto.conf"))):
        found = here.started("mosquitto", *words)
        assert (found.most_connections, found.delays) == (most, delays)


@pytest.mark.parametrize("file", ["/dev/fd/3", "/proc/self/fd/3", "", "missing.conf"])
def test_a_configuration_out_of_reach(file: str, here: Proc) -> None:
    """A pipe of another process is none of ours, and a file that is gone says nothing."""
    found = here.started("mosquitto", "-c", file)
    assert (found.most_connections, found.delays) == (None, None)
