"""How does a request end in time, however slowly its server talks? Its connections are ended from outside.

Time-outs of sockets count from the last byte: a server that sends one now and then, of its headers or of the
handshake before them, could keep a request for ever.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import requests


class Deadline:
    """Ends the connections that it holds once its time is over.

    Parameters
    ----------
    seconds : float
        From now.

    Attributes
    ----------
    passed : bool
        Whether it came to that.
    """

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._held: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._timer.start()

    def hold(self, connection: socket.socket) -> None:
        """Take one more connection, by a handle of our own: what TLS makes of the other does not matter."""
        with self._lock:
            self._held.append(connection.dup())
        if self.passed:
            self._end()

    def cancel(self) -> None:
        """Let every connection go."""
        self._timer.cancel()
        with self._lock:
            while self._held:
                self._held.pop().close()

    def _end(self) -> None:
        self.passed = True
        with self._lock:
            for handle in self._held:
                with contextlib.suppress(OSError):  # the other side was quicker
                    handle.shutdown(socket.SHUT_RDWR)


@contextmanager
def session(seconds: float) -> Iterator[tuple[requests.Session, Deadline]]:
    """A session of requests that all end within some seconds, redirects and proxies included.

    Parameters
    ----------
    seconds : float
        For the whole block.

    Yields
    ------
    requests.Session
        A request that is ended fails as one whose server hung up.
    Deadline
        Says whether it was us.
    """
    import requests
    from requests.adapters import HTTPAdapter

    end = Deadline(seconds)

    class Adapter(HTTPAdapter):
        def get_connection_with_tls_context(self, *given: Any, **named: Any) -> Any:
            pool: Any = super().get_connection_with_tls_context(*given, **named)
            pool.ConnectionCls = _held_by(end, type(pool).ConnectionCls)
            return pool

    try:
        with requests.Session() as made:
            made.mount("http://", Adapter())
            made.mount("https://", Adapter())
            made.hooks["response"].append(_leave_unread)
            yield made, end
    finally:
        end.cancel()


def _held_by(end: Deadline, kind: Any) -> type:
    """A kind of connection of urllib3 that `end` holds from before its handshake."""

    class Held(kind):
        def _new_conn(self) -> socket.socket:
            made: socket.socket = super()._new_conn()
            end.hold(made)
            return made

    return Held


def _leave_unread(answer: requests.Response, **_: object) -> None:
    """Nothing is wanted of the body of a redirect, which requests would take whole into memory."""
    if answer.is_redirect:
        answer.close()
