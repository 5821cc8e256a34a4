"""Finding the programs of others, and starting them as the right user."""

import os
import pwd
import shutil
from pathlib import Path

from callcenter.core.settings import SettingsError

SBIN = ":/usr/local/sbin:/usr/sbin:/sbin"


def find_program(name: str) -> str:
    """Path of a program; raises SettingsError saying how to get it."""
    if Path(name).is_absolute():
        found = name if os.access(name, os.X_OK) else None
    else:
        found = shutil.which(name, path=os.environ.get("PATH", "") + SBIN)
    if found is None:
        raise SettingsError(f"The program {name} is missing; run: make setup")
    return found


def require(*names: str) -> None:
    """Raises SettingsError naming every program that is missing, not only the first."""
    missing = []
    for name in names:
        try:
            find_program(name)
        except SettingsError:
            missing.append(name)
    if missing:
        raise SettingsError(f"These programs are missing: {', '.join(missing)}; run: make setup")


def unprivileged(user: str, near: Path) -> list[str]:
    """Command prefix that runs a program as `user` when we are root; empty otherwise.

    `near` is the folder that the program works in. Where a folder above it is closed to that user
    (/root), the program may pass it, but gains no right to write.
    """
    if os.geteuid() != 0:
        return []
    try:
        account = pwd.getpwnam(user)
    except KeyError:
        raise SettingsError(f"The user {user} is missing; run: make setup") from None
    prefix = [find_program("setpriv"), f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}"]
    prefix += ["--init-groups", "--pdeathsig=INT"]
    if not _open_to_all(near):
        prefix += ["--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"]
    return [*prefix, "--"]


def _open_to_all(folder: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in folder.resolve().parents)


def hand_over(folder: Path, user: str) -> None:
    """Make a folder and give it to `user` (to nobody else when we are not root)."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(folder, user, pwd.getpwnam(user).pw_gid)
