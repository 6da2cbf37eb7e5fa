"""Where a web hook may go, and how what it carries is signed.

A web hook is called by the server, which may reach what nobody outside may: its own
database, the cloud's data service, the office. So the address that a name stands for is
looked up, checked and then used, without asking again (no rebinding between the two),
and no redirect is followed.
"""

import hashlib
import hmac
import ipaddress
import socket
from urllib.parse import urlsplit

import urllib3

TIMEOUT = urllib3.Timeout(connect=5, read=10)


class BadTarget(ValueError):
    """The address is none that a web hook may call; the text says why."""


def split_target(url: str) -> tuple[str, str, int, str]:
    """Split an address into scheme, host, port and path.

    >>> split_target("https://example.com/hook?a=1")
    ('https', 'example.com', 443, '/hook?a=1')
    >>> split_target("http://example.com:8080")
    ('http', 'example.com', 8080, '/')
    >>> split_target("ftp://example.com/")
    Traceback (most recent call last):
    odoo.addons.crm_css.tools.webhook.BadTarget: not an http or https address
    >>> split_target("https://user:secret@example.com/")
    Traceback (most recent call last):
    odoo.addons.crm_css.tools.webhook.BadTarget: a login in the address
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadTarget(str(error)) from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadTarget("not an http or https address")
    if parts.username or parts.password:
        raise BadTarget("a login in the address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    port = port or (443 if parts.scheme == "https" else 80)
    return parts.scheme, parts.hostname, port, path


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the open Internet.

    >>> is_public("93.184.216.34")
    True
    >>> any(map(is_public, ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1"]))
    False
    >>> any(map(is_public, ["::ffff:127.0.0.1", "0.0.0.0", "fd00::1", "224.0.0.1"]))
    False
    """
    ip = ipaddress.ip_address(address)
    mapped = getattr(ip, "ipv4_mapped", None)
    ip = mapped or ip
    return ip.is_global and not ip.is_multicast


def resolve(host: str, port: int, internal: frozenset[str] = frozenset()) -> str:
    """Give the IP address to call for `host`.

    :param internal: names of hosts that the administrator allows inside the network
    :raises BadTarget: the name is unknown, or any of its addresses lies inside
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise BadTarget(f"no such host: {host}") from error
    addresses = [entry[4][0] for entry in found]
    if host not in internal and not all(map(is_public, addresses)):
        raise BadTarget(f"{host} lies inside the network")
    return addresses[0]


def sign(secret: str, moment: str, body: bytes) -> str:
    """Sign the moment and the body, so that a receiver can tell forgery and replay.

    >>> sign("key", "1700000000", b"{}")[:23]
    'sha256=9d713ed406bb7076'
    """
    text = moment.encode() + b"." + body
    return "sha256=" + hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def post(url: str, body: bytes, headers: dict, internal: frozenset[str]) -> int:
    """Post `body` to `url`; give the status of the answer, which is not read.

    :raises BadTarget: see `resolve`
    :raises urllib3.exceptions.HTTPError: no connection, time-out, bad certificate
    """
    scheme, host, port, path = split_target(url)
    address = resolve(host, port, internal)
    headers = headers | {"Host": urlsplit(url).netloc}
    if scheme == "https":
        pool = urllib3.HTTPSConnectionPool(
            address, port, server_hostname=host, assert_hostname=host, timeout=TIMEOUT
        )
    else:
        pool = urllib3.HTTPConnectionPool(address, port, timeout=TIMEOUT)
    with pool:
        answer = pool.request(
            "POST",
            path,
            body=body,
            headers=headers,
            redirect=False,
            retries=False,
            preload_content=False,
        )
        answer.close()
    return answer.status
