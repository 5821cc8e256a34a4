"""Whom the next life of telephony takes over from sessions that died."""

from typing import Any, cast

import pytest

from callcenter.telephony.agents import Agents
from callcenter.telephony.ami import AmiClient, AmiEvent, AmiResponse
from callcenter.telephony.fallback import Fallback


class Asterisk:
    """Channels with what their dialplan knows; keeps whom it is asked to redirect."""

    def __init__(self, **channels: dict[str, str]) -> None:
        self.channels = channels
        self.redirected: list[str] = []

    async def list(self, _action: Any) -> list[AmiEvent]:
        return [
            AmiEvent({"channel": name, **{key.lower(): value for key, value in known.items()}})
            for name, known in self.channels.items()
        ]

    async def call(self, action: Any) -> AmiResponse:
        if action["Action"] == "Redirect":
            self.redirected.append(action["Channel"])
        known = self.channels[action["Channel"]]
        return AmiResponse({"value": known.get(action.get("Variable", ""), "")})


IN_FLOW = {"Context": "ask", "Application": "Read", "CC_SCRIPT": "inbound"}


@pytest.mark.parametrize(
    ("channel", "taken"),
    [
        (IN_FLOW, True),
        (IN_FLOW | {"Application": "AGI"}, True),
        (IN_FLOW | {"DIALSTATUS": "NOANSWER"}, True),
        (IN_FLOW | {"DIALSTATUS": "ANSWER"}, False),
        (IN_FLOW | {"Application": "Dial"}, False),
        (IN_FLOW | {"BridgeId": "b1"}, False),
        (IN_FLOW | {"CC_SCRIPT": "consult"}, False),
        (IN_FLOW | {"Context": "agent"}, False),
    ],
    ids=[
        "a flow",
        "a prompt",
        "rung in vain",
        "asked how it was",
        "rung",
        "talks",
        "consults",
        "phone",
    ],
)
async def test_who_was_told_something_is_served_again_and_nobody_else(
    channel: dict[str, str], taken: bool
) -> None:
    asterisk = Asterisk(**{"PJSIP/demo-1": channel})
    fallback = Fallback(cast("AmiClient", asterisk), cast("Agents", None))
    assert await fallback.wake() == taken
    assert asterisk.redirected == (["PJSIP/demo-1"] if taken else [])
