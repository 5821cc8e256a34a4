"""The generated files in a real Asterisk: read without a complaint, reloaded while it runs."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from callcenter.telephony.provisioning.apply import write
from callcenter.telephony.provisioning.model import Extension, ProvisioningModel, Service
from callcenter.telephony.provisioning.reload import NotTaken, reload
from callcenter.telephony.provisioning.render import render
from tests.integration.telephony.conftest import ENTERPRISE, SECRET, Product
from tests.unit.telephony.provisioning.models import WICKED

pytestmark = pytest.mark.integration

COMPLAINT = re.compile(r"^\[[^]]*\] (?:WARNING|ERROR).*", re.MULTILINE)


def complaints(product: Product) -> list[str]:
    # Which port the system gave these tests is nobody's fault.
    return [line for line in COMPLAINT.findall(product.log()) if "Odd start value" not in line]


def open_files_of(pid: str) -> int:
    found = re.search(r"Max open files\s+(\d+)", Path("/proc", pid, "limits").read_text())
    assert found is not None
    return int(found[1])


def with_wicked_names(model: ProvisioningModel) -> ProvisioningModel:
    wicked = Extension("e100001-8003", SECRET, "8003", WICKED, "100001", ENTERPRISE)
    return replace(
        model,
        extensions=(*model.extensions, wicked),
        services=(*model.services, Service("s-9", WICKED)),
    )


async def test_asterisk_reads_every_file_without_a_complaint(product: Product) -> None:
    assert complaints(product) == []


async def test_wicked_names_stay_names(product: Product) -> None:
    model = with_wicked_names(product.model)
    changed = write(model.folders.etc, render(model))
    assert changed == ["pjsip.conf", "queues.conf"]
    assert await reload(product.ami, model, changed) == ["res_pjsip.so", "app_queue.so"]
    assert complaints(product) == []
    shown = await product.ami.list({"Action": "PJSIPShowEndpoint", "Endpoint": "e100001-8003"})
    details = next(event for event in shown if event.name == "EndpointDetail")
    assert details.get("Callerid") == '"张三 Zoë SHELL(x) x #include y 😀 evil" <8003>'


async def test_nothing_changed_means_nothing_reloaded(product: Product) -> None:
    assert write(product.model.folders.etc, render(product.model)) == []
    assert await reload(product.ami, product.model, []) == []


async def test_a_removed_endpoint_is_gone(product: Product) -> None:
    model = replace(product.model, extensions=product.model.extensions[:1])
    changed = write(model.folders.etc, render(model))
    await reload(product.ami, model, changed)
    listed = await product.ami.list({"Action": "PJSIPShowEndpoints"})
    assert {event.get("ObjectName") for event in listed} == {"demo", "e100001-8001"}


async def test_a_reload_that_did_not_take_is_told(product: Product) -> None:
    model = with_wicked_names(product.model)
    with pytest.raises(NotTaken, match="e100001-8003"):
        await reload(product.ami, model, ["pjsip.conf"])  # never written


async def test_more_files_may_be_open_than_a_shell_allows(product: Product) -> None:
    pid = (product.model.folders.home / "run" / "asterisk.pid").read_text().strip()
    assert open_files_of(pid) == product.model.max_files
