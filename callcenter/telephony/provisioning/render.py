"""Model to texts: pure."""

from collections.abc import Callable, Iterable
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from callcenter.core.places import PROJECT
from callcenter.telephony.provisioning.filters import FILTERS, UnsafeSetting
from callcenter.telephony.provisioning.model import ProvisioningModel

TEMPLATES = PROJECT / "config" / "asterisk"


def render(model: ProvisioningModel) -> dict[str, str]:
    """File name → text. Raises UnsafeSetting for a value that cannot stand in a file."""
    endpoints = [e.endpoint for e in model.extensions] + [p.endpoint for p in model.page_phones]
    _check_unique("endpoint", endpoints)
    _check_unique("section", (t.name for t in model.trunks))
    _check_unique("queue", (s.queue for s in model.services))
    _check_unique("number", (n for a in model.access_numbers for n in (a.number, *a.spellings)))
    environment = _environment()
    return {
        template.removesuffix(".j2"): environment.get_template(template).render(model=model)
        for template in sorted(environment.list_templates(extensions=["j2"]))
    }


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 (no HTML: every value passes a filter of ours)
        finalize=_only_filtered,
    )
    environment.filters.clear()
    environment.filters.update({label: _marking(f) for label, f in FILTERS.items()})
    return environment


class _Safe(str):
    """Text that passed a filter."""

    __slots__ = ()


def _marking(check: Callable[[Any], str]) -> Callable[[Any], _Safe]:
    return lambda value: _Safe(check(value))


def _only_filtered(value: object) -> object:
    """A template that prints a value without a filter is a bug that must not reach a file."""
    if not isinstance(value, _Safe):
        raise UnsafeSetting("filtered value", value)
    return value


def _check_unique(kind: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise UnsafeSetting(f"unique {kind}", value)
        seen.add(value)
