"""Puts together what goes out of the house: pages of file servers and files, and what templates use."""

from sqlalchemy.orm import Session

from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.http import Blueprint
from callcenter.core.outbound import Outbound
from callcenter.core.sealed import Seal
from callcenter.core.settings import Settings
from callcenter.core.tenant import Scope
from callcenter.instruments import http
from callcenter.instruments.offered import Instruments
from callcenter.instruments.service import FileServers, OwnFiles, TryingServers
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.hosts import allowed_hosts
from callcenter.tenancy.service import Options
from ivr.credentials import OpenedCredentials

QUOTA = "files_megabytes"
"""The enterprise's option: what its files may take together."""

MEGABYTES = 500
"""Where the option is not offered."""


def quota(session: Session) -> int:
    scope: Scope = session.info["scope"]
    if scope.enterprise_id is None:
        return 0
    return int(Options().of(session, scope.enterprise_id).get(QUOTA, MEGABYTES))


def own_files(settings: Settings, clock: Clock) -> OwnFiles:
    return OwnFiles(settings.paths.files, quota, Audit(clock), clock)


def instruments(settings: Settings, seal: Seal, clock: Clock) -> Instruments:
    opened = OpenedCredentials(seal)
    return Instruments(
        Outbound(clock),
        FileServers(SqlDirectory(), seal, Audit(clock), clock),
        own_files(settings, clock),
        allowed_hosts,
        lambda session, name, url: opened.of(session, [name], url)[name],
    )


def blueprints(settings: Settings, database: Database, seal: Seal, clock: Clock) -> list[Blueprint]:
    servers = FileServers(SqlDirectory(), seal, Audit(clock), clock)
    trying = TryingServers(database, servers, Outbound(clock), allowed_hosts, clock)
    return [
        http.servers_blueprint(database, servers, trying),
        http.files_blueprint(database, own_files(settings, clock)),
    ]
