"""Files go to and come from real FTP, FTPS and SFTP servers, and to nobody else."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import paramiko
import pytest
from paramiko.sftp import SFTPError

from callcenter.core.clock import SystemClock
from callcenter.core.outbound import Outbound, OutboundFailed, hosts_of
from callcenter.instruments import ftp
from callcenter.instruments.lines import Line, Server, line_to
from callcenter.instruments.models import ServerKind
from callcenter.instruments.sftp import fingerprint, key_of
from tests.support import ftp_server, sftp_server
from tests.support.certificates import a_certificate
from tests.support.raw_server import a_raw_server, breaks_off, drips, floods, hangs

pytestmark = pytest.mark.integration
Opening = Callable[..., AbstractContextManager[Line]]


def server(kind: ServerKind, port: int, **more: Any) -> Server:
    given: dict[str, Any] = {
        "name": "bank", "kind": kind, "host": "127.0.0.1", "port": port, "user": ftp_server.USER,
        "secret": ftp_server.PASSWORD, "folder": "", "host_key": "",
    }  # fmt: skip
    return Server(**{**given, **more})


def opened(to: Server, hosts: str = "", seconds: float = 10.0) -> AbstractContextManager[Line]:
    place = frozenset(hosts_of(hosts or to.place))
    return line_to(Outbound(SystemClock(), lambda *_: ["127.0.0.1"]), to, place, seconds)


def refusal(of: AbstractContextManager[Line], do: Callable[[Line], Any] = lambda _: None) -> Any:
    with pytest.raises(OutboundFailed) as failure, of as line:
        do(line)
    return failure.value


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "served"
    made.mkdir()
    return made


@pytest.fixture(params=["ftp", "ftps", "sftp"])
def serving(
    request: pytest.FixtureRequest, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Server]:
    """A server of each kind, good in every way."""
    if request.param == "sftp":
        with sftp_server.an_sftp_server(folder) as made:
            yield server(ServerKind.SFTP, made.port, host_key=made.host_key)
    elif request.param == "ftp":
        with ftp_server.an_ftp_server(folder) as plain:
            yield server(ServerKind.FTP, plain.port)
    else:
        certificate = a_certificate(tmp_path).certificate
        both = tmp_path / "both.pem"
        both.write_bytes(certificate.read_bytes() + (tmp_path / "key.pem").read_bytes())
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        with ftp_server.an_ftp_server(folder, both) as safe:
            yield server(ServerKind.FTPS, safe.port, host="localhost")


def test_a_file_goes_up_is_listed_renamed_comes_down_and_is_deleted(
    serving: Server, folder: Path
) -> None:
    content = os.urandom(300_000)
    (folder / "old").mkdir()
    with opened(serving) as line:
        line.write("订单.csv", content)
        assert (folder / "订单.csv").read_bytes() == content
        found = {entry.name: entry for entry in line.list(".")}
        assert (found["订单.csv"].size, found["订单.csv"].is_folder) == (300_000, False)
        assert found["old"].is_folder
        line.rename("订单.csv", "old/done.csv")
        assert line.read("old/done.csv") == content
        line.delete("old/done.csv")
        assert [entry.name for entry in line.list("old")] == []


def test_each_refusal_has_its_reason(serving: Server) -> None:
    def key(to: Server, do: Callable[[Line], Any] = lambda _: None, hosts: str = "") -> str:
        return str(refusal(opened(to, hosts), do).key)

    assert key(replace(serving, secret="wrong")) == "server.not_signed_in"
    assert key(serving, lambda line: line.read("nothing.csv")) == "server.refused"
    assert key(serving, lambda line: line.delete("nothing.csv")) == "server.refused"
    # Neither the host alone, for it is private, nor another.
    assert key(serving, hosts=serving.host) == "outbound.not_listed"
    assert key(serving, hosts="bank.example:22") == "outbound.not_listed"


def test_what_is_too_large_is_not_taken(
    serving: Server, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("ftp", "sftp"):
        monkeypatch.setattr(f"callcenter.instruments.{module}.LARGEST", 1000)
        monkeypatch.setattr(f"callcenter.instruments.{module}.MOST_ENTRIES", 3)
    (folder / "large").write_bytes(b"x" * 200_000)
    assert refusal(opened(serving), lambda line: line.read("large")).key == "server.too_large"
    for number in range(4):
        (folder / f"{number}").touch()
    assert refusal(opened(serving), lambda line: line.list(".")).key == "server.too_large"


def test_a_file_that_does_not_arrive_whole_is_no_file_that_went(folder: Path) -> None:
    (folder / "full").touch()
    with sftp_server.an_sftp_server(folder) as made:
        to = server(ServerKind.SFTP, made.port, host_key=made.host_key)
        for size in (3, 300_000):
            failure = refusal(opened(to), lambda line, size=size: line.write("a", b"x" * size))
            assert failure.key == "server.refused"


def test_names_in_another_script_are_told_as_such(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a server says them whose system writes GBK."""
    add = paramiko.Message.add_string

    def in_gbk(self: paramiko.Message, text: str | bytes) -> Any:
        return add(self, text.encode("gbk") if text == "订单.csv" else text)

    (folder / "订单.csv").touch()
    with sftp_server.an_sftp_server(folder) as made:
        to = server(ServerKind.SFTP, made.port, host_key=made.host_key)
        with monkeypatch.context() as patch:
            patch.setattr(paramiko.Message, "add_string", in_gbk)
            assert refusal(opened(to), lambda line: line.list(".")).key == "server.not_utf8"


@pytest.mark.parametrize(
    ("fault", "key"),
    [(SFTPError("Expected handle"), "server.cut_off"), (ValueError("odd"), "server.refused")],
)
def test_what_a_server_says_out_of_turn_is_told_as_its_fault(
    folder: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception, key: str
) -> None:
    def odd(*_: Any) -> None:
        raise fault

    monkeypatch.setattr(paramiko.SFTPClient, "remove", odd)
    with sftp_server.an_sftp_server(folder) as made:
        to = server(ServerKind.SFTP, made.port, host_key=made.host_key)
        assert refusal(opened(to), lambda line: line.delete("a")).key == key


def test_a_key_opens_instead_of_a_password(folder: Path) -> None:
    own = paramiko.RSAKey.generate(2048)
    text = StringIO()
    own.write_private_key(text)
    with sftp_server.an_sftp_server(folder, own) as made:
        to = server(ServerKind.SFTP, made.port, host_key=made.host_key)
        with opened(replace(to, secret=text.getvalue())) as line:
            assert line.list(".") == []
        other = "-----BEGIN RSA PRIVATE KEY-----\nnone\n-----END RSA PRIVATE KEY-----"
        assert refusal(opened(replace(to, secret=other))).key == "server.bad_key"


def test_a_server_that_shows_another_key_is_told_nothing(folder: Path) -> None:
    with sftp_server.an_sftp_server(folder) as made, sftp_server.an_sftp_server(folder) as other:
        to = server(ServerKind.SFTP, made.port, host_key=other.host_key)
        assert refusal(opened(to)).key == "server.other_host_key"
        rsa = f"ssh-rsa {paramiko.RSAKey.generate(2048).get_base64()}"
        assert refusal(opened(replace(to, host_key=rsa))).key == "server.other_host_key"
        assert refusal(opened(replace(to, host_key=""))).key == "server.no_host_key"
        shown = key_of(Outbound(SystemClock()), to, hosts_of(to.place))
    assert shown == made.host_key
    assert fingerprint(shown) == f"SHA256:{fingerprint(shown)[7:]}"


def test_a_certificate_that_nobody_knows_ends_it(folder: Path, tmp_path: Path) -> None:
    certificate = a_certificate(tmp_path).certificate
    both = tmp_path / "both.pem"
    both.write_bytes(certificate.read_bytes() + (tmp_path / "key.pem").read_bytes())
    with ftp_server.an_ftp_server(folder, both) as made:
        to = server(ServerKind.FTPS, made.port, host="localhost")
        assert refusal(opened(to)).key == "server.bad_certificate"


def an_ftp_that(answers: dict[str, Callable[[], str] | str]) -> Callable[..., None]:
    """Good but for what it answers to these."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        lines_of = connection.makefile("r", encoding="utf-8", newline="\r\n")
        connection.sendall(b"220 ftp.test\r\n")
        good = {"USER": "331 go on", "PASS": "230 welcome", "TYPE": "200 ok", "QUIT": "221 bye"}
        for line in lines_of:
            word = line.split()[0].upper()
            answer = {**good, **answers}.get(word, "500 what?")
            connection.sendall(f"{answer() if callable(answer) else answer}\r\n".encode())

    return talk


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"PASV": "227 Entering Passive Mode (127,0,0,2,200,10)"},
        {"PASV": "227 Entering Passive Mode (169,254,169,254,0,80)"},
        {"PASV": "227 Entering Passive Mode (10,0,0,1,200,10)"},
        {"PASV": "227 Entering Passive Mode (127,0,0,1,0,22)"},
        {"EPSV": "229 Extended Passive Mode OK (|||25|)"},
    ],
    ids=str,
)
def test_data_goes_nowhere_else_and_to_no_port_of_another_service(
    elsewhere: dict[str, Any],
) -> None:
    with a_raw_server(an_ftp_that(elsewhere)) as made:
        to = server(ServerKind.FTP, made.port)
        for do in (lambda line: line.list("."), lambda line: line.write("a", b"secret")):
            failure = refusal(opened(to), do)
            assert failure.key == "server.data_elsewhere"
        assert made.came == 2


def test_an_address_in_epsv_is_no_address() -> None:
    """It has a place for one; whatever stands there, data goes to the server itself."""
    with (
        a_raw_server(lambda connection, _: connection.sendall(b"")) as data,
        a_raw_server(
            an_ftp_that({
                "EPSV": f"229 ok (|1|127.0.0.2|{data.port}|)", "MLSD": "150 here\r\n226 done",
            })
        ) as made,
        opened(server(ServerKind.FTP, made.port)) as line,
    ):  # fmt: skip
        assert line.list(".") == []
        assert data.came == 1


def test_a_name_is_no_second_command(folder: Path) -> None:
    with ftp_server.an_ftp_server(folder) as made:
        to = server(ServerKind.FTP, made.port)
        (folder / "kept").touch()
        failure = refusal(opened(to), lambda line: line.read("a\r\nDELE kept"))
        assert failure.key == "server.refused"
        assert (folder / "kept").exists()


BANNER = b"220 ftp.test\r\n"
SSH = b"SSH-2.0-x\r\n"


@pytest.mark.parametrize(
    ("kind", "talk", "keys"),
    [
        (ServerKind.FTP, hangs, {"server.too_slow"}),
        (ServerKind.FTP, drips(b"220-"), {"server.too_slow"}),
        (ServerKind.FTP, drips(b"220-a\r\n", b"220-b\r\n"), {"server.too_slow"}),
        (ServerKind.FTP, floods(b"220-a\r\n", b"220-b\r\n" * 5000), {"server.too_large"}),
        (ServerKind.FTP, floods(b"220 "), {"server.refused"}),
        (ServerKind.FTP, breaks_off(BANNER), {"server.cut_off"}),
        (ServerKind.FTPS, drips(BANNER + b"234 go on\r\n"), {"server.too_slow", "server.cut_off"}),
        (ServerKind.SFTP, hangs, {"server.too_slow"}),
        (ServerKind.SFTP, drips(b"SSH-"), {"server.too_slow"}),
        (ServerKind.SFTP, drips(SSH), {"server.too_slow", "server.cut_off"}),
        (ServerKind.SFTP, drips(b"hello\r\n", b"hello\r\n"), {"server.too_slow", "server.cut_off"}),
        (ServerKind.SFTP, floods(b""), {"server.too_slow", "server.cut_off"}),
        (ServerKind.SFTP, breaks_off(SSH), {"server.cut_off"}),
    ],
)
def test_a_server_that_fails_costs_its_time_and_no_more(
    kind: ServerKind, talk: Callable[..., None], keys: set[str]
) -> None:
    key = f"ssh-ed25519 {'A' * 68}" if kind is ServerKind.SFTP else ""
    with a_raw_server(talk) as made:
        began = time.monotonic()
        failure = refusal(opened(server(kind, made.port, host_key=key), seconds=0.5))
        assert time.monotonic() - began < 4
    assert failure.key in keys
    assert failure.parameters["server"] == "bank"


def test_data_that_never_ends_or_never_comes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ftp, "LARGEST", 1_000_000)
    for talk, key in (
        (hangs, "server.too_slow"), (drips(b"x"), "server.too_slow"), (floods(b"x"), "server.too_large"),
    ):  # fmt: skip
        with a_raw_server(talk) as data:
            ready = {"EPSV": f"229 ok (|||{data.port}|)", "RETR": "150 here"}
            with a_raw_server(an_ftp_that(ready)) as made:
                to = server(ServerKind.FTP, made.port)
                failure = refusal(opened(to, seconds=0.5), lambda line: line.read("a"))
                assert failure.key == key
                assert data.came == 1


def test_who_hangs_holds_up_nobody_else(folder: Path) -> None:
    with a_raw_server(hangs) as bad, ftp_server.an_ftp_server(folder) as good:
        waiting = threading.Thread(
            target=partial(refusal, opened(server(ServerKind.FTP, bad.port), seconds=2.0))
        )
        waiting.start()
        began = time.monotonic()
        with opened(server(ServerKind.FTP, good.port)) as line:
            assert line.list(".") == []
        assert time.monotonic() - began < 1.5
        assert waiting.is_alive()
        waiting.join()


def test_a_name_is_looked_up_once_for_control_and_data(folder: Path) -> None:
    """A second answer of the name's server counts for nothing (DNS rebinding)."""
    answers = ["127.0.0.1", "127.0.0.2"]
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return [answers[len(asked) - 1]]

    with ftp_server.an_ftp_server(folder) as made:
        to = server(ServerKind.FTP, made.port, host="bank.example")
        out = Outbound(SystemClock(), resolve)
        with line_to(out, to, hosts_of(f"bank.example:{made.port}")) as line:
            line.write("a", b"1")
    assert asked == ["bank.example"]
