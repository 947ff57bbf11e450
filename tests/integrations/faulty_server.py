"""A server on a free port of this machine that answers exactly as badly as a test asks it to."""

from __future__ import annotations

import contextlib
import json
import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request as it arrived; header names are lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: str = ""


@dataclass
class Exchange:
    """One request with the socket to answer on; ``over`` is set when the server closes."""

    asked: Asked
    sock: socket.socket
    over: threading.Event

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)


Behaviour = Callable[[Exchange], bool]
"""Answers an exchange; True when the connection may be used again."""


def reply(content: object = None, status: int = 200, headers: Mapping[str, str] | None = None) -> Behaviour:
    """An ordinary answer; ``content`` is sent as JSON, bytes as they are."""
    body = content if isinstance(content, bytes) else b"" if content is None else json.dumps(content).encode()

    def behave(exchange: Exchange) -> bool:
        lines = [f"HTTP/1.1 {status} Status", "Content-Type: application/json", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        exchange.send("\r\n".join([*lines, "", ""]).encode() + body)
        return True

    return behave


def with_etag(content: object, etag: str = '"one"') -> Behaviour:
    """Answers 304 without a body to whoever has it already."""

    def behave(exchange: Exchange) -> bool:
        if exchange.asked.headers.get("if-none-match") == etag:
            exchange.send(f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n".encode())
            return True
        return reply(content, headers={"ETag": etag})(exchange)

    return behave


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """One after the other; the last one stays."""
    left = list(behaviours)

    def behave(exchange: Exchange) -> bool:
        return (left.pop(0) if len(left) > 1 else left[0])(exchange)

    return behave


def drip_headers(exchange: Exchange) -> bool:
    """A header that never ends, a byte at a time."""
    exchange.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    return _drip(exchange)


def drip_body(exchange: Exchange) -> bool:
    """A body that never ends, a byte at a time."""
    exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 600\r\n\r\n")
    return _drip(exchange)


def _drip(exchange: Exchange) -> bool:
    while not exchange.over.wait(0.02):
        exchange.send(b"x")
    return False


def never(exchange: Exchange) -> bool:
    """No answer at all."""
    exchange.over.wait()
    return False


def reset(exchange: Exchange) -> bool:
    """Cuts the connection with a TCP reset."""
    exchange.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    exchange.sock.close()
    return False


def half_json(exchange: Exchange) -> bool:
    """A body that stops in the middle, though the exchange itself is in order."""
    return reply(b'[{"id": 1, "ref": "v1.')(exchange)


def broken_off(exchange: Exchange) -> bool:
    """Promises more bytes than it sends."""
    exchange.send(b'HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\n{"id": ')
    return False


def html(exchange: Exchange) -> bool:
    """A proxy's error page with status 200."""
    return _typed(exchange, "text/html; charset=utf-8", b"<html><body>Bad gateway</body></html>")


def huge_body(exchange: Exchange) -> bool:
    """More than anybody should read."""
    exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
    while not exchange.over.is_set():
        exchange.send(b"1," * 50_000)
    return False


def not_gzip(exchange: Exchange) -> bool:
    """Says it is compressed, and is not."""
    return reply(b"plain", headers={"Content-Encoding": "gzip"})(exchange)


def deep_json(exchange: Exchange) -> bool:
    """Nested deeper than a parser can follow."""
    return reply(b"[" * 200_000)(exchange)


def not_http(exchange: Exchange) -> bool:
    """Speaks another protocol."""
    exchange.send(b"220 mail.example ESMTP ready\r\n")
    return False


def redirect(target: str, status: int = 301) -> Behaviour:
    """Sends the caller to ``target``."""
    return reply(None, status, {"Location": target})


def _typed(exchange: Exchange, kind: str, body: bytes) -> bool:
    exchange.send(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    return True


@dataclass
class FaultyServer:
    """Runs while it is entered. ``routes`` maps a path to its behaviour; any other path is a 404 in GitHub's form."""

    context: ssl.SSLContext | None = None
    routes: dict[str, Behaviour] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    _open: set[socket.socket] = field(default_factory=set)

    def __enter__(self) -> FaultyServer:
        self._over = threading.Event()
        self._server = _Server(("127.0.0.1", 0), self._serve)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._thread.join()
        for sock in list(self._open):
            _quietly(sock.shutdown, socket.SHUT_RDWR)
        self._server.server_close()

    @property
    def url(self) -> str:
        """Its address."""
        scheme = "https" if self.context else "http"
        return f"{scheme}://localhost:{self.port}" if self.context else f"{scheme}://127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def paths(self) -> list[str]:
        """What was asked for so far."""
        return [asked.path for asked in self.asked]

    def _serve(self, sock: socket.socket) -> None:
        self._open.add(sock)
        try:
            if self.context:
                sock = self.context.wrap_socket(sock, server_side=True)
                self._open.add(sock)
            while not self._over.is_set() and self._exchange(sock):
                pass
        except OSError:
            pass  # the other side left, or the server closes
        finally:
            _quietly(sock.close)

    def _exchange(self, sock: socket.socket) -> bool:
        head = b""
        while b"\r\n\r\n" not in head:
            received = sock.recv(65536)
            if not received:
                return False
            head += received
        start, _, body = head.partition(b"\r\n\r\n")
        lines = start.decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        while len(body) < int(headers.get("content-length", 0)):
            body += sock.recv(65536)
        url = urlsplit(target)
        asked = Asked(method, url.path, dict(parse_qsl(url.query)), headers, body.decode())
        self.asked.append(asked)
        behave = self.routes.get(url.path, reply({"message": "Not Found"}, 404))
        return behave(Exchange(asked, sock, self._over))


class _Server(socketserver.ThreadingTCPServer):
    request_queue_size = 50

    def __init__(self, address: tuple[str, int], serve: Callable[[socket.socket], None]) -> None:
        self._serve = serve
        super().__init__(address, socketserver.BaseRequestHandler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        self._serve(request)


def _quietly(action: Callable[..., object], *arguments: object) -> None:
    with contextlib.suppress(OSError):
        action(*arguments)
