"""A real SSH server (paramiko) whose SFTP serves a folder."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paramiko

USER, PASSWORD = "orders", "s3cret pass"


@dataclass(frozen=True)
class Served:
    """host_key: as `known_hosts` has it."""

    folder: Path
    port: int
    host_key: str


class _Door(paramiko.ServerInterface):
    def __init__(self, trusted: str) -> None:
        self._trusted = trusted

    def check_auth_password(self, username: str, password: str) -> int:
        right = (username, password) == (USER, PASSWORD)
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        right = username == USER and key.get_base64() == self._trusted
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED

    def get_allowed_auths(self, username: str) -> str:
        return "password,publickey"


class _FullDisk(paramiko.SFTPHandle):
    def write(self, offset: int, data: bytes) -> int:
        return paramiko.SFTP_FAILURE


class _Folder(paramiko.SFTPServerInterface):
    def __init__(self, server: Any, folder: Path) -> None:
        super().__init__(server)
        self._folder = folder

    def _real(self, path: str) -> Path:
        return self._folder / self.canonicalize(path).lstrip("/")

    def list_folder(self, path: str) -> Any:
        try:
            files = [*self._real(path).iterdir()]
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)
        return [paramiko.SFTPAttributes.from_stat(file.lstat(), file.name) for file in files]

    def stat(self, path: str) -> Any:
        try:
            return paramiko.SFTPAttributes.from_stat(self._real(path).stat())
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    lstat = stat

    def open(self, path: str, flags: int, attr: Any) -> Any:
        """Where the folder has a file `full`, nothing more goes into any other."""
        writes = flags & (os.O_WRONLY | os.O_RDWR)
        try:
            file = self._real(path).open("wb" if writes else "rb")
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)
        full = self._real("full").exists()
        handle = _FullDisk(flags) if full else paramiko.SFTPHandle(flags)
        handle.readfile = handle.writefile = file
        return handle

    def remove(self, path: str) -> int:
        try:
            self._real(path).unlink()
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)
        return paramiko.SFTP_OK

    def rename(self, oldpath: str, newpath: str) -> int:
        self._real(oldpath).rename(self._real(newpath))
        return paramiko.SFTP_OK


@contextmanager
def an_sftp_server(folder: Path, trusted: paramiko.PKey | None = None) -> Iterator[Served]:
    """trusted: a key that its user may come with, besides the password."""
    own = paramiko.ECDSAKey.generate()
    held: list[paramiko.Transport] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            transport = paramiko.Transport(connection)
            held.append(transport)
            transport.add_server_key(own)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Folder, folder)
            with suppress(paramiko.SSHException, EOFError, OSError):
                transport.start_server(server=_Door(trusted.get_base64() if trusted else ""))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        key = f"{own.get_name()} {own.get_base64()}"
        yield Served(folder, listening.getsockname()[1], key)
        listening.shutdown(socket.SHUT_RDWR)
        serving.join()
        for each in held:
            each.close()
