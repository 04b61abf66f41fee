"""TLS without a socket: bytes of the broker go in, bytes for it come out; the same for subscribers and publishers."""

import ssl
from collections.abc import Callable

from alertsim.swarm.causes import TlsError
from alertsim.swarm.plan import Tls

_RECORD = 16_384
"""As much as one record can hold, so that nothing of one stays behind unread."""


class Channel:
    """Our side of one connection. `closed`: no more will come; what `hear` gives next is the end, or why it broke.

    What `say` is given before the handshake is over is kept until then. `owed` has what is to be written: ask for it
    after each `say` and `hear`, also one that has raised, because then it is the alert that tells the broker why.
    """

    __slots__ = ("_early", "_fault", "_incoming", "_outgoing", "_shaken", "_tls", "closed")

    def __init__(self, context: ssl.SSLContext, server_name: str) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)
        self._shaken, self._early, self._fault, self.closed = False, b"", "", False

    def say(self, plain: bytes) -> None:
        """The broker is to read this. TlsError: the connection is lost."""
        try:
            if self._shaken:
                self._write(plain)
            else:
                self._early += plain
                self._shake()
        except ssl.SSLError as error:
            raise TlsError(cause(error)) from None

    def hear(self, sealed: bytes) -> bytes:
        """The plain text of what came, perhaps nothing yet. TlsError: the connection is lost."""
        if self._fault:
            raise TlsError(self._fault)
        self._incoming.write(sealed)
        parts: list[bytes] = []
        try:
            if self._shaken or self._shake():
                self._read(parts)
        except ssl.SSLError as error:
            self._fault, self.closed = cause(error), True
            if not parts:
                raise TlsError(self._fault) from None
        return b"".join(parts)

    def owed(self) -> bytes:
        """What is to be written, once."""
        return self._outgoing.read()

    def _shake(self) -> bool:
        """Go on with the handshake; whether it is over."""
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        self._shaken = True
        self._write(self._early)
        self._early = b""
        return True

    def _write(self, plain: bytes) -> None:
        """Record by record, as OpenSSL takes it."""
        rest = memoryview(plain)
        while rest:
            rest = rest[self._tls.write(rest) :]

    def _read(self, parts: list[bytes]) -> None:
        """Every whole record: nothing would ever tell us of one that was left."""
        while self._incoming.pending:
            try:
                part = self._tls.read(_RECORD)
            except ssl.SSLWantReadError:
                return
            if not part:
                self.closed = True
                return
            parts.append(part)


class Bare:
    """A connection without TLS, for whoever would not tell the two apart."""

    __slots__ = ("_owed",)
    closed = False

    def __init__(self) -> None:
        self._owed = b""

    def say(self, plain: bytes) -> None:
        """The broker is to read this."""
        self._owed += plain

    def hear(self, plain: bytes) -> bytes:
        """What came."""
        return plain

    def owed(self) -> bytes:
        """What is to be written, once."""
        owed, self._owed = self._owed, b""
        return owed


def channels(tls: Tls | None) -> Callable[[], Channel | None]:
    """Makes the channel of each new connection, all with one context; None where none is wanted. Errors: `context_of`.

    An OpenSSL connection takes about 30 KB. An SSLSocket would take 4 KB less and as much time, and would bring its
    own kind of waiting for sockets along.
    """
    if tls is None:
        return lambda: None
    context = context_of(tls)
    return lambda: Channel(context, tls.server_name)


def context_of(tls: Tls) -> ssl.SSLContext:
    """Checks the broker's certificate and its name; whoever wants less has no way to say so.

    Raises:
        OSError: a file cannot be read, or is not what it should be (ssl.SSLError).
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    if tls.ca_file is None:
        context.load_default_certs()
    else:
        context.load_verify_locations(tls.ca_file)
    if tls.cert_file is not None:
        context.load_cert_chain(tls.cert_file, tls.key_file, password=_no_passphrase)
    return context


def cause(error: ssl.SSLError) -> str:
    """Why TLS broke, to be counted by: what we found, or after `alert` what the broker did."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS: certificate verify failed: {error.verify_message.rstrip('.')}"
    reason = (error.reason or "protocol error").lower().replace("_", " ")
    _, alert, said = reason.partition(" alert ")
    return f"TLS alert: {said}" if alert else f"TLS: {reason}"


def _no_passphrase() -> str:
    """Instead of a question on a terminal: here nobody answers."""
    raise ssl.SSLError("a key with a passphrase")
