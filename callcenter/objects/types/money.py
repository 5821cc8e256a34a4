"""An amount of money, exact, in the one currency of its field."""

from decimal import Decimal as Exact
from typing import Any, ClassVar

from callcenter.objects.types.base import Field, Showing
from callcenter.objects.types.decimal import Decimal

SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "TWD": "NT$", "JPY": "JP¥"}
"""Currencies (ISO 4217) and how an amount in them begins; the first is the default."""


def currency_of(definition: Field) -> str:
    return str(definition.setting("currency", next(iter(SIGNS))))


def amount(sign: str, number: Exact, places: int) -> str:
    """With its currency before it: `-¥1,234.50`."""
    return f"{'-' if number < 0 else ''}{sign}{abs(number):,.{places}f}"


class Money(Decimal):
    key = "money"
    settings: ClassVar = Decimal.settings | {"currency"}

    def check(self, definition: Field) -> str | None:
        known = currency_of(definition) in SIGNS
        return super().check(definition) if known else "validation.bad_currency"

    def sign(self, definition: Field) -> str | None:
        return SIGNS[currency_of(definition)]

    def display(self, definition: Field, held: Any, showing: Showing) -> str | None:
        return amount(SIGNS[currency_of(definition)], held, definition.setting("places", 2))


TYPE = Money()
