"""Why a broker did not take us, in one sentence that says what to do about it."""

import ssl
from asyncio import IncompleteReadError

import aiomqtt
from paho.mqtt.client import WebsocketConnectionError
from paho.mqtt.reasoncodes import ReasonCode

from alertsim.broker.access import Access
from alertsim.broker.target import Target
from alertsim.errors import BrokerError


class RefusalError(BrokerError, aiomqtt.MqttError):
    """No connection came about. An MqttError too, for whoever would simply try again."""


def refusal(cause: BaseException, target: Target, access: Access) -> RefusalError:
    """The sentence for what a connection attempt ended with."""
    match cause:
        case RefusalError():
            return cause
        case ssl.SSLCertVerificationError():
            return RefusalError(f"the broker at {target.url} is not trusted: {_distrust(cause, target, access)}")
        case ssl.SSLError():
            reason = _no_tls(cause, access)
        case WebsocketConnectionError():
            reason = f"no MQTT over WebSocket at {target.path or '/'}; is it another port or path?"
        case aiomqtt.MqttCodeError(rc=ReasonCode() as code):
            reason = _said_no(code, target, access)
        case ConnectionResetError() | BrokenPipeError() | IncompleteReadError():
            reason = _hung_up(target)
        case TimeoutError():
            reason = "no answer; is the address right, and is it an MQTT 5 broker?"
        case OSError() if cause.strerror or not str(cause):
            return RefusalError(f"nothing answers at {target.url}: {cause.strerror or 'no answer'}; is the broker on?")
        case _:
            reason = _without_code(str(cause)) or "no answer"
    return RefusalError(f"the broker at {target.url} does not accept us: {reason}")


def hung_up(target: Target) -> RefusalError:
    """The sentence for a connection that was closed before a word was said."""
    return RefusalError(f"the broker at {target.url} does not accept us: {_hung_up(target)}")


_EXPIRED, _NOT_YET, _NAME, _ADDRESS = 10, 9, 62, 64
_UNKNOWN_AUTHORITY = {2, 7, 18, 19, 20, 21}
"""X509_V_ERR_… of OpenSSL's x509_vfy.h."""


def _distrust(error: ssl.SSLCertVerificationError, target: Target, access: Access) -> str:
    """What is wrong with its certificate."""
    match error.verify_code:
        case code if code in _UNKNOWN_AUTHORITY and access.ca:
            return f"its certificate is not signed by the CA in {access.ca}; give the broker's own CA with --ca"
        case code if code in _UNKNOWN_AUTHORITY:
            return "no authority this system trusts has signed its certificate; give the broker's CA with --ca FILE"
        case code if code == _EXPIRED:
            return "its certificate has expired; who runs it must renew it"
        case code if code == _NOT_YET:
            return "its certificate is not valid yet; check the clocks of both machines"
        case code if code in {_NAME, _ADDRESS}:
            return f"its certificate is not for {target.host}; connect by the name it was made for"
        case _:
            return f"{error.verify_message}; who runs it must mend its certificate"


def _no_tls(error: ssl.SSLError, access: Access) -> str:
    """What went wrong before, or right after, both sides had agreed on TLS."""
    reason = error.reason or ""
    mine = access.cert
    if mine is None and ("CERTIFICATE" in reason or "HANDSHAKE_FAILURE" in reason):
        return "it wants a client certificate; give one with --cert FILE --key FILE"
    if "CERTIFICATE_EXPIRED" in reason:
        return f"our certificate {mine} has expired; ask who runs the broker for a new one"
    if "ALERT" in reason and ("CERTIFICATE" in reason or "UNKNOWN_CA" in reason or "HANDSHAKE" in reason):
        return f"it does not take our certificate {mine}; give one that the broker's own CA has signed"
    if "PROTOCOL_VERSION" in reason:
        return "it speaks no TLS 1.2 or newer"
    return "no TLS on this port; is it another port (usually 8883), or mqtt:// without TLS?"


def _said_no(code: ReasonCode, target: Target, access: Access) -> str:
    """What a CONNACK refused."""
    if code.getName() not in {"Bad user name or password", "Not authorized"}:
        return f"it says {str(code).lower()}"
    if not target.user:
        return "it wants a login; write USER@ before the host, and the password into $ALERTSIM_PASSWORD"
    if access.password is None:
        return f"no password for {target.user}; put it in $ALERTSIM_PASSWORD or a file for --password-file"
    return f"wrong user or password for {target.user}, or no right to connect"


def _hung_up(target: Target) -> str:
    if target.encrypted:
        return "it closed the connection; does this port speak TLS, and does it take our certificate and login?"
    secure = {"mqtt": "mqtts", "ws": "wss"}[target.scheme]
    return f"it closed the connection; is it an MQTT 5 broker, does this port want TLS ({secure}://), or a login?"


def _without_code(text: str) -> str:
    return text.rpartition("] ")[2]
