"""The model of Asterisk's files, from settings, secrets and the directory."""

import resource
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from uuid import UUID

from callcenter.core.i18n import LOCALES
from callcenter.core.numbers import BadNumber, NumberKind, parse_number
from callcenter.core.places import PROJECT
from callcenter.core.secrets import Secrets
from callcenter.core.settings import Settings
from callcenter.routing.rules import TargetKind
from callcenter.routing.service import RouteKind, RoutingPlan
from callcenter.telephony.directory import Directory
from callcenter.telephony.fallback import queue_name
from callcenter.telephony.lent import LentPhone
from callcenter.telephony.music import music_class
from callcenter.telephony.provisioning.model import (
    AccessNumber,
    Extension,
    Folders,
    Keys,
    MusicClass,
    PagePhone,
    Ports,
    ProvisioningModel,
    Service,
    Trunk,
)
from callcenter.tenancy.service import NumberPlan

MOST_FILES = 65_536

Files = Callable[[UUID, Mapping[str, str]], Sequence[str]]
"""An enterprise's texts by language → the files that say them, without ending; none: not yet made."""


Sounds = Callable[[UUID, Sequence[UUID], str], Sequence[str]]
"""An enterprise's prompts in a language → the files of those that have any, without ending."""


def _no_sounds(_enterprise_id: UUID, _prompts: Sequence[UUID], _language: str) -> Sequence[str]:
    return ()


def _no_files(_enterprise_id: UUID, _texts: Mapping[str, str]) -> Sequence[str]:
    return ()


def load_model(
    settings: Settings,
    secrets: Secrets,
    directory: Directory,
    lent: Iterable[LentPhone] = (),
    files: Files = _no_files,
    sounds: Sounds = _no_sounds,
) -> ProvisioningModel:
    """An empty directory gives a base configuration that Asterisk starts with."""
    asterisk, places = settings.asterisk, settings.paths
    plan = directory.plan
    return ProvisioningModel(
        folders=Folders(
            etc=places.asterisk / "etc",
            modules=asterisk.modules,
            data=asterisk.data,
            agi_bin=PROJECT / "deploy" / "agi-bin",
            home=places.asterisk,
            recordings=places.recordings,
        ),
        ports=Ports(
            asterisk.host,
            asterisk.sip_port,
            asterisk.ami_port,
            asterisk.agi_port,
            asterisk.http_port,
            asterisk.rtp_start,
            asterisk.rtp_end,
        ),
        keys=Keys(secrets.ami_secret, secrets.agi_token),
        max_files=min(MOST_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),
        trunks=_trunks(plan) if plan else (),
        access_numbers=_numbers(plan, files) if plan else (),
        extensions=_extensions(directory),
        page_phones=tuple(PagePhone(phone.endpoint, phone.secret) for phone in lent),
        services=_services(plan) if plan else (),
        music=tuple(_music(plan, sounds)) if plan else (),
    )


def _trunks(plan: RoutingPlan) -> tuple[Trunk, ...]:
    return tuple(
        Trunk(trunk.endpoint, trunk.host, trunk.port, (trunk.host,))
        for trunk in plan.trunks.values()
        if trunk.enabled
    )


def _numbers(plan: RoutingPlan, files: Files) -> tuple[AccessNumber, ...]:
    return tuple(
        AccessNumber(
            number.number,
            plan.enterprises[number.enterprise_id].code,
            str(number.enterprise_id),
            enabled=number.enabled and plan.enterprises[number.enterprise_id].active,
            spellings=spellings(number.number),
            queue=_fallback(number, plan),
            paused=_paused(number, plan, files),
        )
        for number in plan.numbers.values()
        if number.enterprise_id is not None
    )


def _paused(number: NumberPlan, plan: RoutingPlan, files: Files) -> tuple[Path, ...]:
    """Its own words where it is paused itself; a suspended enterprise says nothing of its own."""
    owner = number.enterprise_id
    if owner is None or number.enabled or not plan.enterprises[owner].active:
        return ()
    return tuple(map(Path, files(owner, number.pause_message or {})))


def _fallback(number: NumberPlan, plan: RoutingPlan) -> str:
    """Who answers while no control plane does. Better an agent than a message.

    The number's own service; of a routing service the one that it leads to when no rule holds, else
    the first that it names; for a flow, which cannot be run without us, the most urgent one.
    """
    if number.strategy_id is None:
        return ""
    if number.strategy_kind == RouteKind.AGENT_SERVICE:
        return queue_name(number.strategy_id)
    if route := plan.routes.get(number.strategy_id):
        targets = (route.rules.otherwise, *route.rules.targets())
        for service_id in (t.id for t in targets if t.kind is TargetKind.AGENT_SERVICE):
            if service_id is not None and service_id in plan.services:
                return queue_name(service_id)
    own = [one for one in plan.services.values() if one.enterprise_id == number.enterprise_id]
    urgent = min(own, key=lambda service: (-service.priority, service.id), default=None)
    return queue_name(urgent.id) if urgent else ""


def spellings(number: str) -> tuple[str, ...]:
    """How trunks write the same number: with the country, with and without its plus."""
    try:
        parsed = parse_number(number)
    except BadNumber:
        return ()
    if parsed.kind is not NumberKind.E164:
        return ()
    written = {parsed.value, parsed.value[1:], f"00{parsed.value[1:]}"}
    return tuple(sorted(written - {number}))


def _extensions(directory: Directory) -> tuple[Extension, ...]:
    """Also those at nobody's seat: a door phone is rung by its number."""
    seats = directory.seats
    return tuple(
        Extension(
            phone.endpoint,
            phone.secret,
            phone.number,
            seats[phone.user_id].name if phone.user_id else phone.number,
            phone.enterprise_code,
            str(phone.enterprise_id),
            webrtc=phone.kind == "browser",
        )
        for phone in sorted(directory.extensions.values(), key=lambda phone: phone.endpoint)
    )


def _music(plan: RoutingPlan, sounds: Sounds) -> Iterator[MusicClass]:
    """One that nothing is heard of is left out: its callers hear the default."""
    for service in sorted(plan.services.values(), key=lambda service: service.id):
        for language in LOCALES if service.waiting.music else ():
            found = sounds(service.enterprise_id, service.waiting.music, language)
            if found:
                yield MusicClass(music_class(service, language), tuple(map(Path, found)))


def _services(plan: RoutingPlan) -> tuple[Service, ...]:
    services = sorted(plan.services.values(), key=lambda service: service.id)
    return tuple(Service(queue_name(service.id), service.name) for service in services)
