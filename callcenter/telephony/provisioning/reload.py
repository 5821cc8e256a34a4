"""Changed files to a running Asterisk: one reload a module, and a look whether it took."""

from collections.abc import Iterable

import structlog

from callcenter.telephony.ami import AmiClient, AmiRefused
from callcenter.telephony.provisioning.apply import modules_of
from callcenter.telephony.provisioning.model import ProvisioningModel

log = structlog.get_logger(__name__)

DEADLINE = 15.0


class NotTaken(Exception):
    """Asterisk was told to reload and does not know what the files say."""


async def reload(ami: AmiClient, model: ProvisioningModel, changed: Iterable[str]) -> list[str]:
    """Reload what belongs to the changed files, in turn; the modules. Raises NotTaken, AmiError."""
    modules = modules_of(changed)
    for module in modules:
        await ami.call({"Action": "Reload", "Module": module}, DEADLINE)
        log.info("asterisk.reloaded", module=module)
    if "res_pjsip.so" in modules:
        await _check_endpoints(ami, model)
    if "app_queue.so" in modules:
        await _check_queues(ami, model)
    return modules


async def _check_endpoints(ami: AmiClient, model: ProvisioningModel) -> None:
    listed = await ami.list({"Action": "PJSIPShowEndpoints"}, DEADLINE)
    there = {event.get("ObjectName") for event in listed}
    wanted = {e.endpoint for e in model.extensions} | {t.name for t in model.trunks}
    if there != wanted:
        raise NotTaken(f"endpoints: {sorted(there ^ wanted)}")


async def _check_queues(ami: AmiClient, model: ProvisioningModel) -> None:
    for service in model.services:
        try:
            listed = await ami.list({"Action": "QueueStatus", "Queue": service.queue}, DEADLINE)
        except AmiRefused as error:
            raise NotTaken(f"queue {service.queue}") from error
        if not any(event.get("Queue") == service.queue for event in listed):
            raise NotTaken(f"queue {service.queue}")
