"""Puts together what administration is made of: sessions, the platform, an enterprise's own."""

from dataclasses import dataclass
from pathlib import Path

from redis import Redis

from callcenter.api_keys import http as api_keys_http
from callcenter.api_keys.service import ApiKeys
from callcenter.configuration import http as configuration_http
from callcenter.core.audit import Audit
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.gateway import Rooms
from callcenter.core.http import Blueprint
from callcenter.objects.service import Callers, Definitions
from callcenter.objects.tasks import Publisher
from callcenter.people.http import acts as acts_http
from callcenter.people.http import directory as directory_http
from callcenter.people.http import extensions as extensions_http
from callcenter.people.http import seats as seats_http
from callcenter.people.http import session as session_http
from callcenter.people.http import teams as teams_http
from callcenter.people.http import words as words_http
from callcenter.people.service import (
    Accounts,
    Acts,
    Extensions,
    Profiles,
    Seats,
    SignInService,
    Skills,
    Teams,
    dispositions,
    reasons,
)
from callcenter.processes.aside import JournalAside
from callcenter.processes.configuring import set_installer
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.seams import Surroundings, Targets, Traffic
from callcenter.routing.http import conferences as conferences_http
from callcenter.routing.http import lists as lists_http
from callcenter.routing.http import routes as routes_http
from callcenter.routing.http import services as services_http
from callcenter.routing.service import AgentServices, CallerLists, Conferences, RoutingServices
from callcenter.schedules import http as schedules_http
from callcenter.schedules.service import Holidays, Schedules
from callcenter.tenancy.http import enterprises as enterprises_http
from callcenter.tenancy.http import facts as facts_http
from callcenter.tenancy.http import numbers as numbers_http
from callcenter.tenancy.http import options as options_http
from callcenter.tenancy.http import trunks as trunks_http
from callcenter.tenancy.service import (
    AccessNumbers,
    Enterprises,
    FactsAside,
    OptionDefinitions,
    Options,
    Overview,
    Trunks,
)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the process has made already. redis decodes answers to text; secure: cookies by TLS;

    journal: telephony's folder, beside which lies what was set aside.
    """

    database: Database
    redis: Redis
    clock: Clock
    publisher: Publisher
    secure: bool
    journal: Path


def blueprints(parts: Parts) -> list[Blueprint]:
    """Blueprints of sessions and administration."""
    database, clock = parts.database, parts.clock
    audit, outbox, directory = Audit(clock), Outbox(clock), SqlDirectory()
    options, live, traffic = Options(), Rooms(parts.redis), Traffic(clock)
    numbers = AccessNumbers(Targets(), traffic, audit, outbox, clock)
    enterprises = Enterprises(
        Accounts(audit, clock),
        set_installer(parts.publisher, clock),
        numbers,
        options,
        audit,
        outbox,
        clock,
    )
    seams, aside = Surroundings(), JournalAside(parts.journal, parts.redis)
    callers = Callers(directory, Definitions())
    services = AgentServices(directory, seams, callers, audit, outbox, clock)
    routes = RoutingServices(directory, seams, callers, audit, outbox, clock)
    return [
        session_http.blueprint(
            SignInService(database, clock, audit),
            Profiles(database, directory, options),
            secure=parts.secure,
        ),
        trunks_http.blueprint(
            database, Trunks(live, audit, outbox, clock), Overview(live, traffic, aside)
        ),
        facts_http.blueprint(database, FactsAside(aside, audit)),
        numbers_http.blueprint(database, numbers),
        numbers_http.own_blueprint(database, numbers),
        enterprises_http.blueprint(database, enterprises),
        enterprises_http.own_blueprint(database, enterprises),
        configuration_http.operator_blueprint(),
        options_http.blueprint(database, OptionDefinitions(audit, outbox)),
        seats_http.blueprint(database, Seats(audit, outbox, clock)),
        teams_http.blueprint(database, Teams(audit, outbox), Skills(seams, audit)),
        directory_http.blueprint(database, directory),
        extensions_http.blueprint(database, Extensions(directory, seams, audit, outbox)),
        words_http.reasons_blueprint(database, reasons(seams, audit)),
        words_http.dispositions_blueprint(database, dispositions(seams, audit)),
        acts_http.blueprint(database, Acts()),
        api_keys_http.blueprint(database, ApiKeys(directory, audit, clock)),
        services_http.blueprint(database, services),
        routes_http.blueprint(database, routes),
        lists_http.blueprint(database, CallerLists(directory, seams, audit, clock)),
        conferences_http.blueprint(database, Conferences(seams, audit, outbox, clock)),
        schedules_http.blueprint(database, Schedules(directory, seams, audit, outbox, clock)),
        schedules_http.holidays_blueprint(database, Holidays(audit, outbox)),
    ]
