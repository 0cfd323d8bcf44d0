"""How does a file come over the web, and what exactly went wrong when it does not? HTTP only."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from helpers import deadline
from helpers.errors import DownloadError

if TYPE_CHECKING:
    import requests
    from urllib3.exceptions import HTTPError

TRANSIENT_STATUSES = {408, 425, 429, 500, 502, 503, 504}
CHUNK = 64 * 1024  # bytes
LOOKS_LIKE_A_PAGE = (b"<!doctype html", b"<html", b"<head")


@dataclass(frozen=True)
class Patience:
    """How long to wait and how often to try; times in seconds."""

    connect_timeout: float = 10
    read_timeout: float = 30  # longest silence of a server
    time_limit: float = 600  # of one attempt, from its first word to its last byte
    attempts: int = 4
    backoff: float = 1  # before the second attempt; doubles before each further one
    longest_wait: float = 60  # a server that asks for more is not waited for


DEFAULT_PATIENCE = Patience()


class Unreachable(DownloadError):
    """The server cannot be reached at all, so that asking it for another file is no use."""


@dataclass(frozen=True)
class Failure:
    """Why one attempt failed."""

    sentence: str
    transient: bool = False
    wait: float | None = None  # seconds that the server asked for
    unreachable: bool = False


class _Refused(Exception):
    """What arrives is not what was asked for; carries the failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.sentence)
        self.failure = failure


class _Receiver:
    """Takes what arrives: counts, and stops what grows too long."""

    def __init__(self, file: BinaryIO, size: int, report: Callable[[int], None]):
        self.file, self.size, self.report = file, size, report
        self.received = 0
        self.head = b""

    def write(self, chunk: bytes) -> int:
        self.received += len(chunk)
        self.head = (self.head + chunk)[:512] if len(self.head) < 512 else self.head
        if self.received > self.size:
            raise _Refused(self.wrong_length("at least "))
        written = self.file.write(chunk)
        self.report(self.received)
        return written

    def too_slow(self, patience: Patience) -> Failure:
        """Failure of an attempt that was ended at its time limit."""
        return Failure(
            f"the server was too slow: {self.received:,} of {self.size:,} bytes in {patience.time_limit:g} s "
            "(`compendium data fetch --time-limit SECONDS` waits longer)",
            transient=True,
        )

    def wrong_length(self, how: str = "") -> Failure:
        """Failure of a body that is not as long as it should be."""
        if self.head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(LOOKS_LIKE_A_PAGE):
            return Failure(
                "the server sent an HTML page instead of the file: perhaps a network that wants "
                "a sign-in first, which a browser would show"
            )
        return Failure(
            f"the body has the wrong length: expected {self.size:,} bytes, received {how}{self.received:,}",
            transient=self.received < self.size,
        )


def receive(
    url: str,
    path: Path,
    size: int,
    patience: Patience = DEFAULT_PATIENCE,
    report: Callable[[int], None] = lambda received: None,
    note: Callable[[str], None] = lambda text: None,
) -> None:
    """Bring a file of known size over HTTP, trying again after transient failures.

    Parameters
    ----------
    url : str
        Address of the file.
    path : Path
        Where to write; overwritten by each attempt. The caller removes it after a failure.
    size : int
        Bytes that the file must have.
    patience : Patience
        Timeouts, number of attempts, pauses.
    report : callable
        Is told the bytes received so far.
    note : callable
        Is told in words of each failure that is followed by another attempt.

    Raises
    ------
    DownloadError
        Naming the cause of the last attempt; `Unreachable` if the server could not be reached.
    OSError
        If the file cannot be written.
    """
    attempt = 1
    while failure := _attempt(url, path, size, patience, report):
        if not failure.transient or attempt >= patience.attempts:
            later = f". Tried {attempt} times; try again later" if failure.transient else ""
            raise (Unreachable if failure.unreachable else DownloadError)(failure.sentence + later)
        pause = patience.backoff * 2 ** (attempt - 1) if failure.wait is None else failure.wait
        if pause > patience.longest_wait:
            raise DownloadError(
                f"{failure.sentence}; it asks to wait {pause:.0f} s, longer than the "
                f"{patience.longest_wait:g} s that are waited for. Try again after that"
            )
        note(f"{failure.sentence}; trying again in {pause:g} s")
        time.sleep(pause)
        attempt += 1


def _attempt(
    url: str, path: Path, size: int, patience: Patience, report: Callable[[int], None]
) -> Failure | None:
    """Try once; say what went wrong, if anything did."""
    # Imported here: with these, `compendium --help` would take a second longer.
    import requests
    from urllib3.exceptions import HTTPError

    timeout = (patience.connect_timeout, patience.read_timeout)
    with path.open("wb") as file, deadline.session(patience.time_limit) as (session, end):
        receiver = _Receiver(file, size, report)
        try:
            with session.get(url, timeout=timeout, stream=True) as response:
                response.raise_for_status()
                announced = response.headers.get("Content-Length", "0")
                if not announced.isdecimal():
                    return Failure(f"the server's answer could not be understood (length {announced!r:.60})")
                # What has come, however little: a slow server could take for ever to fill a chunk
                while chunk := response.raw.read1(CHUNK, decode_content=True):
                    receiver.write(chunk)
        except _Refused as refused:
            return refused.failure
        except (requests.RequestException, HTTPError) as error:
            return receiver.too_slow(patience) if end.passed else explain(error, url, patience)
    if receiver.received == size:
        return None
    return receiver.too_slow(patience) if end.passed else receiver.wrong_length()


def explain(error: requests.RequestException | HTTPError, url: str, patience: Patience) -> Failure:
    """Name what went wrong with a request, and whether trying again may help.

    Parameters
    ----------
    error : requests.RequestException or urllib3.exceptions.HTTPError
        What `requests` raised, or `urllib3` under it while the body came.
    url : str
        Address that was asked for.
    patience : Patience
        Limits that were in force, for the sentence.
    """
    from requests import exceptions
    from urllib3.exceptions import DecodeError, ProtocolError, ReadTimeoutError

    host = urlsplit(url).netloc
    causes = _causes(error)
    cause = causes[-1]
    if isinstance(error, exceptions.HTTPError) and error.response is not None:
        return _status(error.response, url)
    # Order matters: some of these are special cases of a later one.
    if isinstance(error, exceptions.SSLError):
        return Failure(
            f"there is no trusted connection to {host} ({cause}): check this machine's clock and "
            "certificates, and whether a proxy stands in between"
        )
    if isinstance(error, exceptions.ProxyError):
        return Failure(f"the proxy in front of {host} failed ({cause})", transient=True, unreachable=True)
    if isinstance(error, exceptions.ConnectTimeout):
        return Failure(
            f"{host} did not answer within {patience.connect_timeout:g} s (timeout)",
            transient=True,
            unreachable=True,
        )
    if isinstance(error, exceptions.ReadTimeout):
        return Failure(
            f"{host} took the request but sent nothing for {patience.read_timeout:g} s (timeout)",
            transient=True,
        )
    if any(isinstance(inside, ReadTimeoutError) for inside in causes):
        return Failure(f"{host} stalled: nothing more came for {patience.read_timeout:g} s", transient=True)
    if isinstance(error, exceptions.ChunkedEncodingError | ProtocolError | DecodeError):
        return Failure(
            f"the connection broke off before the end, the body is truncated ({cause})",
            transient=True,
        )
    if isinstance(error, exceptions.InvalidSchema | exceptions.InvalidURL | exceptions.MissingSchema):
        return Failure(f"{host} sends us on to what is no address of the web ({cause})")
    if isinstance(error, exceptions.ConnectionError):
        dropped = isinstance(cause, ConnectionResetError | ConnectionAbortedError)
        return Failure(
            f"{host} dropped the connection ({cause})"
            if dropped
            else f"{host} could not be reached, perhaps for lack of a network ({cause})",
            transient=True,
            unreachable=not dropped,
        )
    return Failure(f"the request to {host} failed ({cause})")


def _status(response: requests.Response, url: str) -> Failure:
    """Name an HTTP status that is an error."""
    code = response.status_code
    meaning = {
        403: "access is forbidden",
        404: "there is no file at the address that the card gives",
        410: "the file has been withdrawn",
        429: "the server is asked too often",
    }.get(code, response.reason or "an error")
    return Failure(
        f"{meaning} (HTTP {code} from {url})",
        transient=code in TRANSIENT_STATUSES,
        wait=_retry_after(response.headers.get("Retry-After")),
    )


def _retry_after(header: str | None) -> float | None:
    """Seconds that a Retry-After header asks for: it gives a number of seconds or a date."""
    if header is None:
        return None
    if header.strip().isdigit():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None  # unreadable: our own pause is used instead
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _causes(error: BaseException) -> list[BaseException]:
    """List an exception and those that urllib3 and requests wrapped in it, the innermost last."""
    chain = [error]
    while True:
        inside = [getattr(error, "reason", None), *error.args, error.__cause__, error.__context__]
        deeper = next((e for e in inside if isinstance(e, BaseException) and e not in chain), None)
        if deeper is None:
            return chain
        chain.append(deeper)
        error = deeper
