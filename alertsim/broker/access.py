"""How we get in at a broker: whom we trust, who we are, and a password that is never shown."""

import os
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alertsim.broker.target import Target
from alertsim.errors import InputError


@dataclass(frozen=True)
class Access:
    """Files for TLS and a password. The user belongs to the target (`mqtts://USER@HOST`).

    `ca`: the only authority to trust; None is those this system trusts. There is no way to trust everybody.
    `cert`, `key`: our certificate and its key (None: in the same file). A repr shows everything but the password.
    """

    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    password: str | None = field(default=None, repr=False)

    def check(self, target: Target) -> None:
        """InputError where this and an external target do not go together."""
        if target.kind != "external":
            return
        if not target.encrypted and (self.ca or self.cert or self.key):
            secure = {"mqtt": "mqtts", "ws": "wss"}[target.scheme]
            raise InputError(
                f"{target.url} is not encrypted, and --ca, --cert and --key are for TLS: write {secure}://"
            )
        if self.key and not self.cert:
            raise InputError(f"--key {self.key} without --cert: give the certificate that belongs to the key")
        if self.password is not None and not target.user:
            raise InputError(f"a password without a user: write {target.scheme}://USER@{target.host}:{target.port}")

    def context(self, target: Target) -> ssl.SSLContext | None:
        """TLS towards the host as it was typed, whatever address it has; None where the target is not encrypted.

        Reads files, so call it in a thread.

        Raises:
            InputError: a file is missing, unreadable, or not what its option says.
        """
        if not target.encrypted:
            return None
        context = _Towards(ssl.PROTOCOL_TLS_CLIENT)  # checks certificate and host name
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.host = target.host
        self._trust(context)
        self._introduce(context)
        return context

    def _trust(self, context: ssl.SSLContext) -> None:
        if self.ca is None:
            context.load_default_certs()
            return
        _readable("--ca", self.ca)
        try:
            context.load_verify_locations(self.ca)
        except ssl.SSLError:
            raise InputError(f"--ca {self.ca}: no certificate in it; expected a PEM file of the broker's CA") from None

    def _introduce(self, context: ssl.SSLContext) -> None:
        if self.cert is None:
            return
        _readable("--cert", self.cert)
        if self.key:
            _readable("--key", self.key)
        try:
            context.load_cert_chain(self.cert, self.key, password=self._refuse_to_ask)
        except ssl.SSLError as error:
            if error.reason == "KEY_VALUES_MISMATCH":
                raise InputError(f"--key {self.key or self.cert} is not the key of --cert {self.cert}") from None
            where = f"--cert {self.cert}" + (f" and --key {self.key}" if self.key else " (no --key was given)")
            raise InputError(f"{where}: expected a certificate and its key, both in PEM") from None

    def _refuse_to_ask(self) -> str:
        """Instead of a question on a terminal that may be nobody's."""
        file = self.key or self.cert
        raise InputError(f"--key {file} has a passphrase; give a key without (openssl pkey -in {file} -out KEY)")


ANONYMOUS = Access()


class _Towards(ssl.SSLContext):
    """Expects the certificate of `host`, though the connection goes to one of its addresses."""

    host: str

    def wrap_socket(self, *arguments: Any, **options: Any) -> ssl.SSLSocket:
        """As ever, for `host`."""
        return super().wrap_socket(*arguments, **options | {"server_hostname": self.host})


def _readable(option: str, file: Path) -> None:
    try:
        with file.open("rb") as opened:
            opened.read(1)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise InputError(f"{option} {file}: {why}") from None
