"""Why a connection failed or ended, in a few words to be counted by."""

import errno

from alertsim.mqtt.codes import Reason, ReturnCode

GARBAGE = "garbage instead of MQTT"
CLOSED_EARLY = "closed by the broker before CONNACK"
CLOSED = "closed by the broker"
NO_ANSWER = "no CONNACK in time"
SILENT = "no PINGRESP in time"
STUCK = "takes no bytes any more"
TOO_LARGE = "a packet larger than we allow"
NO_COVERAGE = "no coverage"
ASLEEP = "asleep"
CHURN = "churn"


class TlsError(OSError):
    """TLS did not come about, or broke; its text is the cause."""


def connack(reason: int, version: int) -> str:
    """A CONNACK that says no."""
    return f"CONNACK {_code(reason, version)}"


def suback(reason: int, version: int) -> str:
    """A SUBACK that says no."""
    return f"SUBACK {_code(reason, version if version == 5 or reason != 0x80 else 5)}"


def disconnect(reason: int) -> str:
    """A DISCONNECT of the broker."""
    return f"DISCONNECT {_code(reason, 5)}"


def failed(error: OSError) -> str:
    """An error of the socket, or of TLS on it."""
    if isinstance(error, TlsError):
        return str(error)
    known = {errno.ECONNREFUSED: "refused", errno.ECONNRESET: "reset", errno.EPIPE: "reset", errno.EMFILE: "no socket"}
    return known.get(error.errno or 0) or (error.strerror or "no answer").lower()


def _code(reason: int, version: int) -> str:
    names = Reason if version == 5 else ReturnCode
    try:
        name = names(reason).name.lower().replace("_", " ")
    except ValueError:
        name = "unknown"
    return f"{reason:#04x} ({name})"
