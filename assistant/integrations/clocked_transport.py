"""A transport for ``requests`` in which nothing outlasts one deadline: not connecting, TLS, headers or body.

The timeouts of ``requests`` bound each single wait for bytes, so a server that sends one byte a second is never
late (https://requests.readthedocs.io/en/latest/user/advanced/#timeouts). Here every wait is cut to what is left
until the deadline of the running exchange, by the sockets themselves: no watchdog thread, nothing to clean up.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.ssl_ import create_urllib3_context

_DEADLINE: ContextVar[float] = ContextVar("deadline")
_SENT: ContextVar[threading.Event] = ContextVar("sent")

Address = tuple[int, int, int, str, Any]


@contextmanager
def until(deadline: float, sent: threading.Event) -> Iterator[None]:
    """Bound everything that the calling thread does on our sockets by ``deadline`` (:func:`time.monotonic`).

    ``sent`` is set as soon as any byte of a request may have left this machine.
    """
    tokens = _DEADLINE.set(deadline), _SENT.set(sent)
    try:
        yield
    finally:
        _DEADLINE.reset(tokens[0])
        _SENT.reset(tokens[1])


def _left() -> float:
    """Seconds left of the running exchange; raises TimeoutError when there are none."""
    left = _DEADLINE.get() - time.monotonic()
    if left <= 0:
        raise TimeoutError("the deadline has passed")
    return left


class _ClockedSocket(socket.socket):
    """Cuts every wait for bytes to the time that is left."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(_left())
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self.settimeout(_left())
        _SENT.get().set()
        super().sendall(*args, **kwargs)


class _ClockedTls(ssl.SSLSocket):
    """The same under TLS; its handshake is bounded by the timeout that the plain socket had."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(_left())
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self.settimeout(_left())
        _SENT.get().set()
        super().sendall(*args, **kwargs)


def _resolve(host: str, port: int) -> list[Address]:
    """Addresses of ``host``. The C library's resolver knows no timeout, so a thread waits for it.

    A resolver that hangs keeps that thread until its own limits end it (``resolv.conf``); the caller is free in time.
    """
    found: list[Address] = []
    problem: list[OSError] = []

    def ask() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            problem.append(error)

    thread = threading.Thread(target=ask, name=f"resolve {host}", daemon=True)
    thread.start()
    thread.join(_left())
    if thread.is_alive():
        raise TimeoutError("the name was not resolved in time")
    if problem:
        raise problem[0]
    return found


def _open(host: str, port: int) -> socket.socket:
    """A connected socket to the first address that answers, sharing what is left among those not tried yet."""
    addresses = _resolve(host, port)
    problem: OSError = OSError("the name has no address")
    for number, (family, kind, protocol, _, address) in enumerate(addresses):
        sock = _ClockedSocket(family, kind, protocol)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(_left() / (len(addresses) - number))
            sock.connect(address)
            sock.settimeout(_left())
            return sock
        except OSError as error:
            sock.close()
            problem = error
    raise problem


class _Clocked(HTTPConnection):
    """Opens clocked sockets. ``_new_conn`` is the one seam of urllib3 for this (held by the lock file and a test)."""

    def _new_conn(self) -> socket.socket:
        try:
            return _open(self._dns_host, self.port)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, f"{self.host} did not accept the connection in time") from error
        except OSError as error:
            raise NewConnectionError(self, f"{self.host} did not accept the connection: {error}") from error


class _ClockedHttps(_Clocked, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Clocked


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _ClockedHttps


class ClockedAdapter(HTTPAdapter):
    """``requests``' own adapter on clocked sockets; use it inside :func:`until` only."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, ssl_context=_tls_context(), **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, ssl_context=_tls_context(), **options)
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
        return manager


def _tls_context() -> ssl.SSLContext:
    context = create_urllib3_context()
    context.sslsocket_class = _ClockedTls
    return context
