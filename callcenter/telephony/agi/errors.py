"""What goes wrong in a session. Its end is `SessionGone`, and no error."""


class AgiError(Exception):
    """A command came to nothing while the session lives on."""


class AgiTimeout(AgiError):
    """No reply within the deadline; the reply, should it still come, is taken for no other's."""


class AgiRefused(AgiError):
    """Asterisk does not know the command or its syntax (codes 510 and 520)."""


class UnsafeArgument(ValueError):
    """An argument with CR, LF or NUL, or a line longer than Asterisk reads."""


class BadRequest(Exception):
    """The peer is no Asterisk of ours: garbage, too long, too slow, or without the token."""
