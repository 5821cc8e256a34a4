"""What every installation begins with: the platform's enterprise, the options, an operator.

`python -m callcenter.processes.first` may run again at any time. An operator made here must change
the password at the first sign-in.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

import callcenter.migrations.schema  # noqa: F401 - every table: foreign keys go by name
from callcenter.core.addresses import app_url
from callcenter.core.clock import Clock, SystemClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.permissions import Role
from callcenter.core.places import PROJECT, Places
from callcenter.core.secrets import load_secrets
from callcenter.core.settings import load_settings
from callcenter.core.tenant import Scope
from callcenter.people.models import User
from callcenter.people.service.passwords import hash_password, one_time_password
from callcenter.tenancy.models import PLATFORM_CODE, Enterprise, Option

OPTIONS = PROJECT / "config" / "options.json"
OPERATOR = "admin"


@dataclass(frozen=True, slots=True)
class Login:
    """What `announce` tells once, when the product is ready."""

    console: str
    enterprise: str
    code: str
    password: str
    role: str


def ensure_platform(session: Session, clock: Clock) -> Enterprise:
    """The enterprise 000000 with its options; what operators changed in them stays."""
    platform = session.scalar(select(Enterprise).where(Enterprise.code == PLATFORM_CODE))
    if platform is None:
        platform = Enterprise(
            id=new_id(), code=PLATFORM_CODE, name="平台运营", created_at=clock.now()
        )
        session.add(platform)
        session.flush()
    if session.scalars(select(Option.key)).first() is None:
        for place, option in enumerate(json.loads(OPTIONS.read_text("utf-8"))):
            default = {"value": option.pop("default")}
            session.add(Option(**option, default=default, sort=place * 10))
    return platform


def ensure_operator(session: Session, clock: Clock, password: str, *, first: bool) -> Login | None:
    """An operator when there is none; first: whether the password is a first one, to be changed."""
    platform = ensure_platform(session, clock)
    query = select(User.id).where(User.enterprise_id == platform.id, User.role == Role.OPERATOR)
    if session.scalars(query).first() is not None:
        return None
    chosen = password or one_time_password()
    session.add(
        User(
            id=new_id(),
            enterprise_id=platform.id,
            employee_code=OPERATOR,
            name="运营管理员",
            role=Role.OPERATOR,
            password_hash=hash_password(chosen),
            must_change_password=first,
            password_issued_at=clock.now(),
            created_at=clock.now(),
        )
    )
    return Login("/operator", PLATFORM_CODE, OPERATOR, chosen, Role.OPERATOR)


def write_logins(places: Places, logins: list[Login]) -> None:
    """For the terminal of whoever started the product, and readable by that user only."""
    if not logins:
        return
    places.run.mkdir(parents=True, exist_ok=True)
    file = places.run / "first-logins.json"
    waiting = json.loads(file.read_text()) if file.exists() else []
    draft = Path(f"{file}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        json.dump([*waiting, *map(asdict, logins)], stream, ensure_ascii=False, indent=2)
    draft.replace(file)


def main() -> None:
    settings = load_settings(os.environ)
    database = Database(app_url(settings, load_secrets(settings.paths.home)), pool_size=1)
    with database.begin(Scope.platform()) as session:
        login = ensure_operator(session, SystemClock(), "", first=True)
    write_logins(settings.paths, [login] if login else [])
    database.dispose()


if __name__ == "__main__":
    main()
