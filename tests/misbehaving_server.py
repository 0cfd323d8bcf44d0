"""A local web server that misbehaves on purpose: each path is one way to go wrong."""

from __future__ import annotations

import ssl
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

GOOD = b"area_code,year,value\n" + b"E07000039,2022,43.2\n" * 2000
CHANGED = GOOD.replace(b"43.2", b"43.3")
PAGE = b"<!DOCTYPE html><html><body>Sign in to continue</body></html>"


class Misbehaving(BaseHTTPRequestHandler):
    asked: Counter[str]  # requests per path
    release: threading.Event  # ends the stalls when the test is over

    def do_GET(self) -> None:
        self.asked[self.path] += 1
        first, second = self.asked[self.path] == 1, self.asked[self.path] == 2
        match self.path.rpartition("/")[2]:
            case "good":
                self.send(GOOD)
            case "missing":
                self.send(b"no such file", 404)
            case "forbidden":
                self.send(PAGE, 403)
            case "teapot":
                self.send(b"", 418)
            case "page":
                self.send(PAGE)
            case "long-page":
                self.send(PAGE + b" " * 2 * len(GOOD))
            case "changed":
                self.send(CHANGED)
            case "longer":
                self.send(GOOD + b"x")
            case "short":  # complete in itself, but less than the file
                self.send(GOOD[:1000])
            case "truncated":  # announces all, sends some, hangs up
                self.send(GOOD[:1000], length=len(GOOD))
            case "truncated-once":
                self.send(GOOD[:1000] if first else GOOD, length=len(GOOD))
            case "no-length":  # ends by hanging up early, without an announced length
                self.send(GOOD[:1000], length=None)
            case "bad-length":
                self.send(GOOD, length="many")
            case "stall":
                self.send(GOOD[:1000], length=len(GOOD))
                self.release.wait(10)
            case "drip":
                self.send(b"", length=len(GOOD))
                self.drip(GOOD[:200])
            case "drip-headers":
                self.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 200)
            case "drip-moved":  # a redirect whose body does not end
                self.send(b"", 302, {"Location": "/good"}, length=10**9)
                self.drip(b"x" * 200)
            case "drip-error":
                self.send(b"", 503, length=10**9)
                self.drip(b"x" * 200)
            case "drip-empty-blocks":  # of a compressed body, none of which unpacks to anything
                self.send(
                    bytes.fromhex("1f8b0800000000000003"), headers={"Content-Encoding": "gzip"}, length=10**9
                )
                self.drip(bytes.fromhex("000000ffff") * 40)
            case "silent":
                self.release.wait(10)
            case "hang-up":
                self.close_connection = True
            case "moved":
                self.send(b"", 302, {"Location": "/good"})
            case "moved-to-a-file":
                self.send(b"", 302, {"Location": "file:///etc/hostname"})
            case "moved-to-ftp":
                self.send(b"", 302, {"Location": "ftp://127.0.0.1/good"})
            case "garbled":
                self.send(GOOD, headers={"Content-Encoding": "gzip"})
            case "moved-in-circles":
                self.send(b"", 302, {"Location": self.path})
            case "busy-twice":
                self.send(b"busy", 503) if first or second else self.send(GOOD)
            case "busy":
                self.send(b"busy", 503)
            case "too-often-once":
                self.send(b"", 429, {"Retry-After": "1"}) if first else self.send(GOOD)
            case "too-often-until-a-date":
                soon = format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)
                self.send(b"", 429, {"Retry-After": soon}) if first else self.send(GOOD)
            case "too-often-for-an-hour":
                self.send(b"", 429, {"Retry-After": "3600"})

    def drip(self, text: bytes) -> None:
        """Send a byte now and then, always before anybody's patience with silence ends."""
        for i in range(len(text)):
            self.wfile.write(text[i : i + 1])
            self.wfile.flush()
            if self.release.wait(0.05):
                break

    def send(
        self,
        body: bytes,
        status: int = 200,
        headers: dict[str, str] | None = None,
        length: int | str | None = -1,
    ) -> None:
        """Answer; `length` is what is announced (-1 for the truth, None for nothing)."""
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(len(body) if length == -1 else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def misbehaving_server(
    certificate: Path | None = None, key: Path | None = None
) -> Iterator[tuple[str, Counter[str]]]:
    """Address of a running server, with a certificate over HTTPS, and its count of requests per path."""
    asked: Counter[str] = Counter()
    release = threading.Event()
    handler = type("Handler", (Misbehaving,), {"asked": asked, "release": release})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.handle_error = lambda *_: None  # clients that hang up are part of the game
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}", asked
    finally:
        release.set()
        server.shutdown()
        server.server_close()
        thread.join()
