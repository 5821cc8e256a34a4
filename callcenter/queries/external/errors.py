"""Why a data source gave no answer, in words for whoever asked it."""

from typing import Any, ClassVar

from callcenter.core.errors import AppError


class SourceFailed(AppError):
    """details: {"source": its name} and what the caption says besides.

    tiring: whether it is left in peace for some seconds after this.
    """

    code: ClassVar[str] = "data-source-failed"
    status: ClassVar[int] = 503
    tiring: ClassVar[bool] = False

    def __init__(self, source: str, **details: Any) -> None:
        super().__init__({"source": source, **details})


class SourceOff(SourceFailed):
    """It is not there, or switched off."""

    code = "data-source-off"
    status = 422


class SourceNotListed(SourceFailed):
    """Its host is not among those that the enterprise may reach; details: {"host"}."""

    code = "data-source-not-listed"
    status = 422


class SourcePrivate(SourceFailed):
    """Its host has an address that is not public, and is not listed with its port; details: {"host"}."""

    code = "data-source-private"
    status = 422


class SourceUnknownHost(SourceFailed):
    code = "data-source-unknown-host"
    tiring = True


class SourceUnreachable(SourceFailed):
    """Nobody listens there; details: {"host"}."""

    code = "data-source-unreachable"
    tiring = True


class SourceRefused(SourceFailed):
    """It lets us not in; details: {"said"}: its words."""

    code = "data-source-refused"
    status = 422


class SourceInsecure(SourceFailed):
    """TLS does not come about as it is asked for."""

    code = "data-source-insecure"
    status = 422


class SourceUntrusted(SourceInsecure):
    """Nobody that counts has signed its certificate, or it is out of date."""

    code = "data-source-untrusted"


class SourceOtherName(SourceInsecure):
    """Its certificate is another host's; details: {"host"}."""

    code = "data-source-other-name"


class SourceSilent(SourceFailed):
    """It took longer than it may, without a word; details: {"seconds"}."""

    code = "data-source-silent"
    tiring = True


class SourceLost(SourceFailed):
    """The connection ended in the middle."""

    code = "data-source-lost"
    tiring = True


class SourceBusy(SourceFailed):
    """As many ask as may at once."""

    code = "data-source-busy"


class SourceResting(SourceFailed):
    """It failed a moment ago; details: {"retry_after": seconds}."""

    code = "data-source-resting"


class SourceTooLarge(SourceFailed):
    """What it sends is more than may come; details: {"megabytes"}."""

    code = "data-source-too-large"
    status = 422


class StatementRefused(Exception):
    """The database does not carry the statement out; said: its words.

    of_values: whether they may quote what is in a row.
    """

    def __init__(self, said: str, *, of_values: bool = False) -> None:
        super().__init__(said)
        self.said = said
        self.of_values = of_values


class StatementTooSlow(Exception):
    """The database itself ended it in time."""
