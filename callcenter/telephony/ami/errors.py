"""Why an action came to nothing."""

from callcenter.telephony.ami.messages import AmiResponse


class AmiError(Exception):
    """Any failure of an action."""


class AmiDown(AmiError):
    """There is no connection, or it was lost before the answer. It is unknown whether it was done."""


class AmiTimeout(AmiError):
    """Asterisk did not answer within the deadline. It is unknown whether it was done."""


class AmiRefused(AmiError):
    """Asterisk answered and said no; nothing was done."""

    def __init__(self, response: AmiResponse) -> None:
        super().__init__(response.message)
        self.response = response


class UnsafeValue(ValueError):
    """A name or value that would not stay one header: it has a CR, LF or NUL, or is not UTF-8."""
