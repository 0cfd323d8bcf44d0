"""Raw files come in right or not at all, and what went wrong is named with its remedy."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from misbehaving_server import CHANGED, GOOD, misbehaving_server

from helpers import cli, download, transfer
from helpers.catalogue import Card
from helpers.download import decide, fetch, locate
from helpers.errors import DownloadError
from helpers.transfer import Patience

QUICK = Patience(connect_timeout=1, read_timeout=0.3, time_limit=5, attempts=3, backoff=0.01, longest_wait=5)
CARD = Card(
    id="gva-per-hour",
    path="productivity/gva.csv",
    producer="Office for National Statistics",
    title="GVA per hour worked",
    release=2025,
    published=None,
    official_page="Subregional productivity",
    url=None,
    licence="OGL-UK-3.0",
    attribution="Source: Office for National Statistics",
    geography="local authority districts",
    geography_vintage="LAD24",
    years="2004-2023",
    unit="GBP per hour worked",
    price_basis="current prices, smoothed",
    bytes=len(GOOD),
    sha256=hashlib.sha256(GOOD).hexdigest(),
    derived=False,
    caveats=(),
)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, Counter[str]]]:
    with misbehaving_server() as running:
        yield running


def served(server: tuple[str, Counter[str]], path: str, card: Card = CARD) -> Card:
    """Card of a file that the server has at a path, with a fresh count of requests."""
    server[1].pop(f"/{path}", None)
    return replace(card, url=f"{server[0]}/{path}")


def files_below(folder: Path) -> list[str]:
    """Everything in a folder, hidden files included."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def failure(cards: list[Card], folder: Path, patience: Patience = QUICK, **how: object) -> str:
    """Message of a fetch that must fail."""
    with pytest.raises(DownloadError) as caught:
        fetch(cards, folder, patience=patience, **how)
    return str(caught.value)


# What to do is decided without touching anything.


@pytest.mark.parametrize(
    ("right", "mirror", "url", "action"),
    [
        (True, False, "https://a", "up to date"),
        (True, True, None, "up to date"),
        (False, True, "https://a", "copy"),
        (False, True, None, "copy"),
        (False, False, "https://a", "download"),
        (False, False, None, "save by hand"),
    ],
)
def test_decision(right: bool, mirror: bool, url: str | None, action: str) -> None:
    assert decide(right, mirror, url) == action


# Downloads that end well.


@pytest.mark.parametrize(
    ("path", "requests_made"),
    [
        ("good", 1),
        ("moved", 1),
        ("drip-moved", 1),
        ("busy-twice", 3),
        ("truncated-once", 2),
        ("too-often-once", 2),
        ("too-often-until-a-date", 2),
    ],
)
def test_arrives(server: tuple[str, Counter[str]], tmp_path: Path, path: str, requests_made: int) -> None:
    card = served(server, path)
    assert fetch([card], tmp_path, patience=QUICK) == [tmp_path / card.path]
    assert (tmp_path / card.path).read_bytes() == GOOD
    assert files_below(tmp_path) == [card.path]
    assert server[1][f"/{path}"] == requests_made


def test_waits_as_long_as_the_server_asks(server: tuple[str, Counter[str]], tmp_path: Path) -> None:
    begun = time.monotonic()
    fetch([served(server, "too-often-once")], tmp_path, patience=QUICK)
    assert time.monotonic() - begun >= 1


def test_file_has_the_usual_permissions(server: tuple[str, Counter[str]], tmp_path: Path) -> None:
    (tmp_path / "ordinary").write_text("x")
    [path] = fetch([served(server, "good")], tmp_path, patience=QUICK)
    assert path.stat().st_mode == (tmp_path / "ordinary").stat().st_mode


def test_right_file_is_not_fetched_again(server: tuple[str, Counter[str]], tmp_path: Path) -> None:
    card = served(server, "good")
    for _ in range(2):
        fetch([card], tmp_path, patience=QUICK)
    assert server[1]["/good"] == 1


def test_wrong_file_is_replaced(server: tuple[str, Counter[str]], tmp_path: Path) -> None:
    target = tmp_path / CARD.path
    target.parent.mkdir()
    target.write_bytes(CHANGED)
    fetch([served(server, "good")], tmp_path, patience=QUICK)
    assert target.read_bytes() == GOOD


def test_nothing_to_fetch(tmp_path: Path) -> None:
    assert fetch([], tmp_path) == []


# Downloads that fail: the sentence says how, and no file is left that was not there before.


@pytest.mark.parametrize(
    ("path", "says", "requests_made"),
    [
        ("missing", "no file at the address that the card gives (HTTP 404", 1),
        ("forbidden", "access is forbidden (HTTP 403", 1),
        ("teapot", "HTTP 418", 1),
        ("page", "HTML page instead of the file", 1),
        ("long-page", "HTML page instead of the file", 1),
        (
            "changed",
            f"expected SHA-256 {CARD.sha256}, found {hashlib.sha256(CHANGED).hexdigest()}",
            1,
        ),
        ("longer", f"expected {len(GOOD):,} bytes, received at least {len(GOOD) + 1:,}", 1),
        (
            "short",
            f"expected {len(GOOD):,} bytes, received 1,000. Tried 3 times; try again later",
            3,
        ),
        ("no-length", f"expected {len(GOOD):,} bytes, received 1,000", 3),
        ("truncated", "truncated", 3),
        ("bad-length", "could not be understood", 1),
        ("stall", "stalled: nothing more came for 0.3 s", 3),
        ("silent", "sent nothing for 0.3 s (timeout)", 3),
        ("hang-up", "dropped the connection", 3),
        ("moved-to-a-file", "no address of the web", 1),
        ("moved-to-ftp", "no address of the web", 1),
        ("garbled", "truncated", 3),
        ("moved-in-circles", "Exceeded 30 redirects", 31),
        ("busy", "HTTP 503", 3),
        ("too-often-for-an-hour", "asks to wait 3600 s", 1),
    ],
)
def test_fails_by_name(
    server: tuple[str, Counter[str]], tmp_path: Path, path: str, says: str, requests_made: int
) -> None:
    card = served(server, path)
    message = failure([card], tmp_path)
    assert says in message
    assert f"compendium data fetch {card.id}" in message
    assert card.official_page in message and str(tmp_path / card.path) in message
    assert files_below(tmp_path) == []
    assert server[1][f"/{path}"] == requests_made


def test_wrong_file_stays_when_no_better_one_comes(server: tuple[str, Counter[str]], tmp_path: Path) -> None:
    target = tmp_path / CARD.path
    target.parent.mkdir()
    target.write_bytes(CHANGED)
    failure([served(server, "truncated")], tmp_path)
    assert target.read_bytes() == CHANGED
    assert files_below(tmp_path) == [CARD.path]
    with pytest.raises(DownloadError, match="is not the raw file"):
        locate(CARD, folder=tmp_path)


@pytest.mark.parametrize("path", ["drip", "drip-headers", "drip-empty-blocks"])
def test_slow_drip_ends_at_the_time_limit(
    server: tuple[str, Counter[str]], tmp_path: Path, path: str
) -> None:
    begun = time.monotonic()
    message = failure([served(server, path)], tmp_path, patience=replace(QUICK, time_limit=0.4, attempts=1))
    assert "too slow" in message and "in 0.4 s" in message
    assert time.monotonic() - begun < 3, "each drips for ten seconds"
    assert files_below(tmp_path) == []


def test_a_body_that_drips_behind_an_error_is_not_waited_for(
    server: tuple[str, Counter[str]], tmp_path: Path
) -> None:
    begun = time.monotonic()
    assert "HTTP 503" in failure([served(server, "drip-error")], tmp_path)
    assert time.monotonic() - begun < 3


def test_a_handshake_that_drips_ends_at_the_time_limit(tmp_path: Path) -> None:
    """A header of TLS that announces 16,000 bytes, and then one of them now and then."""
    over = threading.Event()

    def talk() -> None:
        connection, _ = listening.accept()
        with connection, contextlib.suppress(OSError):
            connection.sendall(b"\x16\x03\x03\x3e\x80\x02")
            while not over.wait(0.05):
                connection.sendall(b"\0")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        talker = threading.Thread(target=talk, daemon=True)
        talker.start()
        url = f"https://127.0.0.1:{listening.getsockname()[1]}/good"
        begun = time.monotonic()
        message = failure(
            [replace(CARD, url=url)], tmp_path, patience=replace(QUICK, time_limit=0.4, attempts=1)
        )
        assert time.monotonic() - begun < 3
        over.set()
        talker.join()
    assert "too slow: 0 of" in message and "--time-limit" in message


def test_the_time_limit_is_an_option(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    limits = []
    monkeypatch.setattr(
        download, "fetch", lambda *_, patience, **__: limits.append(patience.time_limit) or []
    )
    assert cli.main(["data", "fetch", "--time-limit", "7200"]) == 0
    assert cli.main(["data", "fetch"]) == 0
    assert limits == [7200, 600]
    for wrong in ("0", "-1", "nan", "inf"):
        assert cli.main(["data", "fetch", f"--time-limit={wrong}"]) == 2
    assert "seconds above 0" in capsys.readouterr().err


def test_refused_connection_is_tried_once_per_server(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    cards = [
        replace(CARD, id=name, path=f"{name}.csv", url=f"http://127.0.0.1:{port}/{name}")
        for name in ("one", "two")
    ]
    message = failure(cards, tmp_path)
    assert "2 of 2 raw files" in message
    assert re.search(r"one: 127.0.0.1:\d+ could not be reached.*refused.*Tried 3 times", message)
    assert re.search(r"two: not tried, as 127.0.0.1:\d+ could not be reached", message)


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=127.0.0.1",
    ]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    if shutil.which("openssl") is None:
        pytest.skip("no openssl, which makes the certificate")
    subprocess.run(command, check=True, capture_output=True)
    with misbehaving_server(certificate, key) as (address, asked):
        message = failure([replace(CARD, url=f"{address}/good")], tmp_path / "raw")
    assert "no trusted connection to 127.0.0.1" in message and "self-signed certificate" in message
    assert "check this machine's clock" in message
    assert files_below(tmp_path / "raw") == [] and not asked


def test_no_network_is_said_to_be_one(tmp_path: Path) -> None:
    """A name that no machine has, as the standards promise."""
    message = failure([replace(CARD, url="http://ons.invalid/gva.csv")], tmp_path)
    assert "ons.invalid could not be reached, perhaps for lack of a network" in message
    assert files_below(tmp_path) == []


@pytest.mark.parametrize(
    ("raised", "says", "times"),
    [
        (
            requests.exceptions.SSLError("self-signed certificate"),
            "no trusted connection to 127.0.0.1",
            1,
        ),
        (requests.exceptions.ConnectTimeout("slow"), "did not answer within 1 s (timeout)", 3),
        (requests.exceptions.ProxyError("no proxy"), "the proxy in front of 127.0.0.1", 3),
    ],
)
def test_errors_that_need_a_network(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    raised: requests.RequestException,
    says: str,
    times: int,
) -> None:
    calls = Counter[str]()

    def get(_: requests.Session, url: str, **__: object) -> None:
        calls[url] += 1
        raise raised

    monkeypatch.setattr(requests.Session, "get", get)
    message = failure([replace(CARD, url="https://127.0.0.1/x")], tmp_path)
    assert (says in message and str(raised) in message) or "timeout" in says
    assert calls["https://127.0.0.1/x"] == times


def test_no_address_says_what_to_save_where(tmp_path: Path) -> None:
    message = failure([CARD], tmp_path)
    assert "no address of this file is known" in message
    assert CARD.official_page in message and str(tmp_path / CARD.path) in message
    assert f"{len(GOOD):,} bytes and SHA-256 are checked" in message


def test_goes_on_after_a_failure_and_loses_none(server: tuple[str, Counter[str]], tmp_path: Path) -> None:
    paths = ["missing", "good", "changed"]
    cards = [served(server, p, replace(CARD, id=p, path=f"{p}.csv")) for p in paths]
    message = failure(cards, tmp_path)
    assert message.startswith("2 of 3 raw files could not be fetched.")
    assert "\n- missing: " in message and "\n- changed: " in message
    assert files_below(tmp_path) == ["good.csv"]


# The disk misbehaves.


@pytest.mark.parametrize(
    ("number", "says"),
    [(errno.ENOSPC, "is full"), (errno.EACCES, "writable"), (errno.EIO, "could not be written")],
)
@pytest.mark.parametrize("way", ["download", "mirror"])
def test_disk_fails_while_writing(
    server: tuple[str, Counter[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    says: str,
    way: str,
) -> None:
    raw, mirror = tmp_path / "raw", tmp_path / "mirror"
    fetch([served(server, "good")], mirror, patience=QUICK)

    def no_sync(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", no_sync)
    card = served(server, "good")
    message = failure([card], raw, mirror=mirror if way == "mirror" else None)
    assert says in message and card.id in message
    assert files_below(raw) == []


def test_disk_full_in_the_middle_of_the_body(
    server: tuple[str, Counter[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(receiver: transfer._Receiver, chunk: bytes) -> int:
        receiver.file.write(chunk[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(transfer._Receiver, "write", write)
    message = failure([served(server, "good")], tmp_path)
    assert f"full (No space left on device). Free at least {len(GOOD):,} bytes" in message
    assert files_below(tmp_path) == []


def test_file_in_the_place_of_a_folder(server: tuple[str, Counter[str]], tmp_path: Path) -> None:
    (tmp_path / "raw").write_text("not a folder")
    message = failure([served(server, "good")], tmp_path / "raw")
    assert f"{tmp_path / 'raw'} is a file where a folder is needed" in message


def test_folder_in_the_place_of_the_file(server: tuple[str, Counter[str]], tmp_path: Path) -> None:
    (tmp_path / CARD.path).mkdir(parents=True)
    message = failure([served(server, "good")], tmp_path)
    assert f"{tmp_path / CARD.path} is a folder where the file should go" in message
    assert files_below(tmp_path) == []


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not bind this user"
)
def test_read_only_folder(server: tuple[str, Counter[str]], tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        assert "writable" in failure([served(server, "good")], tmp_path)
    finally:
        tmp_path.chmod(0o700)


def test_leftovers_of_a_killed_fetch_go_once_they_are_old(
    server: tuple[str, Counter[str]], tmp_path: Path
) -> None:
    folder = tmp_path / "productivity"
    folder.mkdir()
    old, living = folder / ".gva.csv.0a1b.part", folder / ".gva.csv.2c3d.part"
    for leftover in (old, living):
        leftover.write_bytes(GOOD[:10])
    os.utime(old, (time.time() - 60, time.time() - 60))
    fetch([served(server, "good")], tmp_path, patience=QUICK)
    assert files_below(tmp_path) == ["productivity/.gva.csv.2c3d.part", "productivity/gva.csv"]


def test_interrupt_leaves_nothing(
    server: tuple[str, Counter[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(receiver: transfer._Receiver, chunk: bytes) -> int:
        receiver.file.write(chunk[:10])
        raise KeyboardInterrupt

    monkeypatch.setattr(transfer._Receiver, "write", write)
    with pytest.raises(KeyboardInterrupt):
        fetch([served(server, "good")], tmp_path, patience=QUICK)
    assert files_below(tmp_path) == []


# A mirror folder in the place of the network.


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    file = tmp_path / "mirror" / CARD.path
    file.parent.mkdir(parents=True)
    file.write_bytes(GOOD)
    return tmp_path / "mirror"


def test_mirror_is_used_instead_of_the_network(
    server: tuple[str, Counter[str]], tmp_path: Path, mirror: Path
) -> None:
    fetch([served(server, "missing")], tmp_path / "raw", mirror=mirror)
    assert (tmp_path / "raw" / CARD.path).read_bytes() == GOOD
    assert server[1]["/missing"] == 0


def test_mirror_missing(tmp_path: Path) -> None:
    message = failure([CARD], tmp_path / "raw", mirror=tmp_path / "nowhere")
    assert f"mirror folder {tmp_path / 'nowhere'} does not exist" in message


def test_mirror_without_the_file(tmp_path: Path, mirror: Path) -> None:
    (mirror / CARD.path).unlink()
    message = failure([CARD], tmp_path / "raw", mirror=mirror)
    assert f"the mirror has no file {mirror / CARD.path}" in message


def test_mirror_with_another_file(tmp_path: Path, mirror: Path) -> None:
    (mirror / CARD.path).write_bytes(CHANGED)
    message = failure([CARD], tmp_path / "raw", mirror=mirror)
    assert f"{mirror / CARD.path} is not the file of the card: expected SHA-256" in message
    assert files_below(tmp_path / "raw") == []


# Looking for a file that should be here.


def test_locate_prefers_the_mirror_then_the_raw_folder(tmp_path: Path, mirror: Path) -> None:
    raw = tmp_path / "raw"
    assert locate(CARD, mirror, raw) == mirror / CARD.path
    fetch([CARD], raw, mirror=mirror)
    (mirror / CARD.path).unlink()
    assert locate(CARD, mirror, raw) == raw / CARD.path
    assert locate(CARD, folder=raw) == raw / CARD.path


def test_locate_says_how_to_get_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DownloadError) as caught:
        locate(replace(CARD, url="https://127.0.0.1/x"), folder=tmp_path)
    for part in (CARD.id, CARD.official_page, str(tmp_path / CARD.path), "compendium data fetch"):
        assert part in str(caught.value)


def test_locate_refuses_another_file(tmp_path: Path, mirror: Path) -> None:
    (mirror / CARD.path).write_bytes(GOOD[:-1])
    with pytest.raises(DownloadError, match=f"expected {len(GOOD):,} bytes, found {len(GOOD) - 1:,}"):
        locate(CARD, mirror, tmp_path / "raw")


# What is said meanwhile.


def test_progress_goes_to_standard_error_in_plain_lines(
    server: tuple[str, Counter[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        fetch([served(server, "busy-twice")], tmp_path, progress=True, patience=QUICK)
    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.splitlines()
    assert [("trying again" in line) for line in lines[:2]] == [True, True]
    assert lines[2:] == [
        f"{CARD.id}: {len(GOOD):,} bytes, verified",
        f"{CARD.id}: up to date",
    ]


def test_silent_without_progress(
    server: tuple[str, Counter[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch([served(server, "good")], tmp_path, patience=QUICK)
    assert capsys.readouterr() == ("", "")
