"""Tells on the terminal when the product is ready, where it is, and who may sign in."""

import json
import threading
import time
import urllib.error
import urllib.request
from typing import Any

from callcenter.core.settings import Settings
from callcenter.core.tls import towards_ourselves

PATIENCE = 60.0
"""Seconds after which it says what is still missing."""
ASK_AGAIN = 0.2
"""Seconds. Who uses the product comes in through nginx and the web: it is ready when that way answers so,
and that is known by going it."""


def announce_when_ready(settings: Settings) -> None:
    threading.Thread(target=_announce, args=[settings], daemon=True, name="announce").start()


def _announce(settings: Settings) -> None:
    complain_at = time.monotonic() + PATIENCE
    while missing := missing_components(settings):
        if time.monotonic() > complain_at:
            print(f"\n  Not ready yet: {'; '.join(missing)}\n", flush=True)
            complain_at += PATIENCE
        time.sleep(ASK_AGAIN)
    print(f"\n  The call centre is ready: {settings.web.url}\n{_logins(settings)}", flush=True)


def missing_components(settings: Settings) -> list[str]:
    """What /readyz complains of; empty means ready."""
    if not (settings.paths.sockets / "web.sock").exists():
        return ["web: still starting"]  # asked already, nginx would complain in its log
    try:
        page, context = f"{settings.web.url}/readyz", towards_ourselves()
        with urllib.request.urlopen(page, timeout=5, context=context) as answer:  # noqa: S310 - ours
            told: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as error:
        try:
            told = json.load(error)
        except ValueError:
            return [f"web (answers {error.code})"]
    except (OSError, ValueError) as error:
        return [f"nginx ({error})"]
    return [
        f"{name}: {finding['error']}"
        for name, finding in told["components"].items()
        if not finding["ok"]
    ]


def _logins(settings: Settings) -> str:
    """First passwords, once: the file that carried them is gone afterwards."""
    file = settings.paths.run / "first-logins.json"
    if not file.exists():
        return ""
    logins: list[dict[str, str]] = json.loads(file.read_text())
    file.unlink()
    rows = [(login["enterprise"], login["code"], login["password"]) for login in logins]
    header = ("enterprise", "code", "first password (shown this once)")
    lines = (f"    {a:<12} {b:<10} {c}" for a, b, c in [header, *rows])
    return "\n".join(["", *lines, ""])
