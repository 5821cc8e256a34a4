"""What the examples of instructions are rendered on; the reference page shows it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

DATA: Mapping[str, Any] = {
    "record": {
        "name": "王秀兰",
        "number": "T000042",
        "total": Decimal("12345.50"),
        "day": date(2026, 11, 27),
        "due": datetime(2026, 11, 27, 18, 5, tzinfo=UTC),
        "nothing": None,
    }
}
