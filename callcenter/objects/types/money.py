"""An amount of money, exact, in the one currency of its field."""

from typing import Any, ClassVar

from callcenter.objects.types.base import Field, Showing
from callcenter.objects.types.decimal import Decimal

SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "TWD": "NT$", "JPY": "JP¥"}
"""Currencies (ISO 4217) and how an amount in them begins; the first is the default."""


def currency_of(definition: Field) -> str:
    return str(definition.setting("currency", next(iter(SIGNS))))


class Money(Decimal):
    key = "money"
    settings: ClassVar = Decimal.settings | {"currency"}

    def check(self, definition: Field) -> str | None:
        known = currency_of(definition) in SIGNS
        return super().check(definition) if known else "validation.bad_currency"

    def sign(self, definition: Field) -> str | None:
        return SIGNS[currency_of(definition)]

    def display(self, definition: Field, held: Any, showing: Showing) -> str | None:
        places = definition.setting("places", 2)
        return f"{'-' if held < 0 else ''}{self.sign(definition)}{abs(held):,.{places}f}"


TYPE = Money()
