"""The music that callers of a service wait with: a ready one, or prompts of the enterprise."""

from callcenter.routing.service import ServicePlan


def music_class(service: ServicePlan, language: str) -> str:
    """The class of Asterisk's; where it has no such one, callers hear the default."""
    return f"own-{service.id.hex}-{language}" if service.waiting.music else service.music
