"""The registry of field types: every module of this package that has a `TYPE`.

A new type is one new file here and one folder in the browser's registry; nothing else changes.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from callcenter.objects.types.base import Field, FieldType
from callcenter.objects.types.masked import MaskedType


def _registered() -> Mapping[str, FieldType]:
    modules = [import_module(f"{__name__}.{entry.name}") for entry in iter_modules(__path__)]
    types: list[FieldType] = [module.TYPE for module in modules if hasattr(module, "TYPE")]
    return {each.key: each for each in types}


TYPES = _registered()


def type_of(field: Field) -> FieldType:
    return TYPES[field.type]


def masked_type(field: Field) -> MaskedType | None:
    """Its type if that is one whose values are masked."""
    kind = TYPES[field.type]
    return kind if isinstance(kind, MaskedType) else None
