"""What a doctor says in English: what was found, why it matters, what to do."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, ...]] = {
    "files-here:ok": ("open files here: room for {fits} subscribers",),
    "files-here:problem": (
        "this system lets a process open {files} files: {fits} subscribers",
        "Each subscriber is a connection, and each connection an open file.",
        (
            "As root, in the shell you start alertsim from: ulimit -Hn {needed_plain}; for good: "
            "`* hard nofile {needed_plain}` in /etc/security/limits.conf; under systemd LimitNOFILE={needed_plain}; in "
            "Docker --ulimit nofile={needed_plain}."
        ),
    ),
    "files-child:ok": ("open files of the broker ({program}): room for {fits} subscribers",),
    "files-child:problem": (
        "the broker we start ({program}) may open {files} files: {fits} subscribers",
        "It inherits the limit of this shell, and holds a file for each connection.",
        "As root, in the shell you start alertsim from: ulimit -Hn {needed_plain}.",
    ),
    "files-broker:ok": ("open files of the broker ({program}): room for {fits} subscribers",),
    "files-broker:problem": (
        "the broker ({program}) may open {files} files and has {used}: {fits} subscribers",
        "It holds a file for each connection and refuses those beyond.",
        (
            "Under systemd: systemctl edit {program}, write [Service] and LimitNOFILE={needed_plain}, then restart it; "
            "in Docker --ulimit nofile={needed_plain}; from a shell: ulimit -n {needed_plain} before it starts."
        ),
    ),
    "files-unknown": (
        "how many files the broker may open cannot be seen from here",
        "It holds one for each connection; 1,024 is a usual limit.",
        "Where it runs: grep 'open files' /proc/$(pidof mosquitto)/limits.",
    ),
    "most-connections:ok": ("the broker is configured for {most} connections: room for {fits} subscribers",),
    "most-connections:problem": (
        "the broker is configured for {most} connections: {fits} subscribers",
        "Its max_connections turns away whoever comes after them.",
        "In mosquitto.conf: max_connections {needed_plain} (or -1: no bound), then restart it.",
    ),
    "most-connections-embedded:ok": ("the broker takes {most} connections: room for {fits} subscribers",),
    "most-connections-embedded:problem": (
        "the embedded broker takes {most} connections: {fits} subscribers",
        "It is made for one machine's exercise.",
        "Use --broker mosquitto, or a broker of your own.",
    ),
    "consent:ok": ("the owner of the broker consents to {most} connections",),
    "consent:problem": (
        "the owner of the broker consents to {most} connections: {fits} subscribers",
        "More than that are not opened.",
        "Ask the owner for: alertsim consent give --max-clients {needed_plain}.",
    ),
    "ports:ok": ("ports {first} to {last}: enough for all from one address",),
    "ports:problem": (
        "ports {first} to {last}: only {width} connections from one address",
        "Each connection to the same broker takes a port of its own.",
        "As root: sysctl -w net.ipv4.ip_local_port_range='1024 65535'.",
    ),
    "ports-many:ok": (
        "ports {first} to {last}: enough, from {sources} addresses",
        "Beyond {each} subscribers, the next {each} call from another address: 127.0.1.1, 127.0.2.1 and on.",
    ),
    "ports-many:problem": (
        "ports {first} to {last}: only {width} connections from one address",
        "{each} subscribers call from each address (127.0.1.1, 127.0.2.1 and on), and each takes a port.",
        "As root: sysctl -w net.ipv4.ip_local_port_range='1024 65535'.",
    ),
    "ports-one:ok": ("ports {first} to {last}: room for {width} connections",),
    "ports-one:problem": (
        "ports {first} to {last}: {width} connections from this machine",
        "All call from one address there, and each connection takes a port.",
        "As root: sysctl -w net.ipv4.ip_local_port_range='1024 65535'; or call from several machines.",
    ),
    "port-search": (
        "connecting slows down beyond {search} connections",
        "From one address, the system then searches long for a free port each time.",
        "Call from several machines, or allow more ports: sysctl -w net.ipv4.ip_local_port_range='1024 65535'.",
    ),
    "memory:ok": ("memory: {free} MiB free, at most {needed} MiB needed",),
    "memory:problem": (
        "memory: {free} MiB free, {needed} MiB needed: {fits} subscribers",
        "{each} KiB a subscriber: ours, the broker's, and the system's for both ends.",
        "End what else runs here, or lift the container's limit.",
    ),
    "retain": (
        "the broker keeps no retained messages",
        "Whoever connects during an alert would not hear of it.",
        "In mosquitto.conf: retain_available true.",
    ),
    "wildcard": (
        "the broker does not allow wildcard subscriptions",
        "Subscribers listen to exercise/+/public/#.",
        "Use another broker, or allow them in its configuration.",
    ),
    "qos": (
        "the broker's maximum QoS is 0",
        "Alerts are published with QoS 1: a broker without it may lose them.",
        "In mosquitto.conf: max_qos 1 or 2.",
    ),
    "qos-two": ("the broker's maximum QoS is 1", "Enough for exercises; load -q 2 is refused."),
    "receive-maximum": (
        "the broker takes {window} unacknowledged messages at a time",
        "Over a network path of 100 ms that is at most {per_s} messages a second.",
        "In mosquitto.conf: max_inflight_messages 100.",
    ),
    "packet": (
        "the broker takes packets of up to {bytes} bytes",
        "A message of an exercise may have {largest}; it ends the connection of who sends a larger one.",
        "In mosquitto.conf: max_packet_size {largest_plain} or more.",
    ),
    "backlog:ok": ("waiting connections: {somaxconn} (somaxconn) and {syn} (SYN) for {handshakes} at a time",),
    "backlog:limit": (
        "at most {somaxconn} (somaxconn) or {syn} (SYN) connections may wait to be taken",
        "alertsim has {handshakes} handshakes under way; one that finds no place comes again after a second.",
        "As root: sysctl -w net.core.somaxconn=1024 net.ipv4.tcp_max_syn_backlog=1024.",
    ),
    "storm": (
        "mosquitto lets 100 connections wait to be taken, whatever somaxconn says",
        "alertsim keeps to {handshakes} at a time and sees no loss; real phones that all come back at once do not.",
        "Give the phones a back-off that is spread by chance.",
    ),
    "quota": (
        "the control group may use {quota} of {cores} cores",
        "When the share is used up everything stands still, up to 100 ms: that is no latency of the broker.",
        "In Docker: no --cpus; in Kubernetes: no CPU limit for this pod.",
    ),
    "one-core": (
        "one core for the broker, the subscribers and the publisher",
        "They take it from one another: latencies are those of all three.",
        "Use a machine with two cores or more, or a broker on another machine.",
    ),
    "one-core-here": (
        "one core for the subscribers and the publisher",
        "They take it from each other, and latencies grow.",
        "Use a machine with two cores or more.",
    ),
    "busy": (
        "the machine is busy: load {load} on {cores} cores",
        "Who has to wait for a core measures that wait as latency.",
        "End what else runs here, then ask again.",
    ),
    "governor": (
        "the processor's governor is {governor}",
        "It saves power between messages and wakes up slowly.",
        "As root: cpupower frequency-set -g performance.",
    ),
    "clocksource": (
        "the clock is {clocksource}",
        "Each look at it enters the kernel, and each delivery is two looks.",
        (
            "If tsc is in /sys/devices/system/clocksource/clocksource0/available_clocksource: write it into "
            "current_clocksource beside it, as root."
        ),
    ),
    "keep-alive": ("the broker sets the keep-alive to {seconds} s itself", "It overrides what --keep-alive asks for."),
    "session-expiry": (
        "the broker ends sessions {seconds} s after their connection",
        "Who is cut off longer loses what was said meanwhile: load --persistent counts it as missing.",
        "Ask its owner for a session expiry of 300 s or more.",
    ),
    "company": ("{clients} clients are connected to the broker", "Their messages share it with ours."),
    "no-probe": ("no load was tried", "Speed and latency are not known."),
    "no-probe-in-use": (
        "no load was tried: the broker is in use",
        "It has {found}.",
        "Start doctor on a terminal and confirm, or use --broker mosquitto.",
    ),
    "turned-away": (
        "the broker took {connected} of {asked} connections",
        "The rest failed with: {cause}.",
        "Look into its log; mosquitto: max_connections, and the limit of open files.",
    ),
    "silent": (
        "the broker let {connected} in, and no test message reached them",
        "First cause: {cause}. Perhaps our login may not publish on exercise/#, or not subscribe to it.",
        "Let its owner look into its log and its access list.",
    ),
    "not-kept-up": (
        "this machine did not keep up with a small load: do not trust its figures",
        "Subscribers or publisher waited for a core more than a tenth of the time, or came late to their messages.",
        "End what else runs here, or take a machine with more cores; then ask again.",
    ),
    "nagle": (
        "many messages take 40 ms (median {p50} ms)",
        "The broker waits to fill its packets (Nagle's algorithm) until the last one is acknowledged.",
        "In mosquitto.conf: set_tcp_nodelay true; elsewhere the option called TCP_NODELAY.",
    ),
    "delays": (
        "the broker has no TCP_NODELAY: some messages may come 40 ms late",
        "It waits to fill a packet (Nagle's algorithm) until the one before is acknowledged.",
        "In mosquitto.conf: set_tcp_nodelay true.",
    ),
    "ramp": ("connecting {wished} takes about {seconds} s", "Estimated from {per_s} connects/s."),
    "ring": (
        "reaching {wished} phones takes about {ms} ms",
        (
            "Estimated: {each_us} µs a delivery, measured with {measured}, times {wished}; a broker serves one after "
            "the other. It grows: mosquitto took {grown_us} µs with {many} on one topic."
        ),
    ),
}
