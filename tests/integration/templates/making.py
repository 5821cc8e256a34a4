"""Templates that tests make."""

from typing import Any

from tests.integration.objects.shaping import label
from tests.support.office import Caller

TEMPLATES = "/templates"


def a_body(key: str = "letter", text: str = "您好", **more: Any) -> dict[str, Any]:
    return {"key": key, "name": label("受理回执", "Receipt"), "text": text, **more}


def a_template(
    conf: Caller, key: str = "letter", text: str = "您好", **more: Any
) -> dict[str, Any]:
    answer = conf.post(TEMPLATES, a_body(key, text, **more))
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    return made
