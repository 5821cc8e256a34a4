"""Who may do what. Everything is denied that is not named here."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    OPERATOR = "operator"
    CONF = "conf"
    ADMIN = "admin"
    AGENT = "agent"
    LEADER = "leader"
    INSPECTOR = "inspector"


class Permission(StrEnum):
    PLATFORM_MANAGE = "platform.manage"
    PLATFORM_AUDIT = "platform.audit"
    ENTERPRISE_MANAGE = "enterprise.manage"
    ENTERPRISE_AUDIT = "enterprise.audit"
    OBJECTS_DEFINE = "objects.define"
    RECORDS_READ = "records.read"
    RECORDS_WRITE = "records.write"
    RECORDS_DELETE = "records.delete"
    RECORDS_EXPORT = "records.export"
    RECORDS_IMPORT = "records.import"
    NUMBERS_UNMASKED = "numbers.unmasked"
    CALLS_HANDLE = "calls.handle"
    CALLS_DIAL = "calls.dial"
    CALLS_READ_OWN = "calls.read_own"
    CALLS_READ_TEAM = "calls.read_team"
    CALLS_READ_ALL = "calls.read_all"
    RECORDINGS_PLAY = "recordings.play"
    VOICEMAIL_DELETE = "voicemail.delete"
    CALLBACKS_ASK = "callbacks.ask"
    WALL_VIEW = "wall.view"
    SUPERVISE_LISTEN = "supervise.listen"
    SUPERVISE_FORCE = "supervise.force"
    REPORTS_VIEW = "reports.view"
    MESSAGES_READ = "messages.read"
    MESSAGES_SEND = "messages.send"
    AUTOMATION_MANAGE = "automation.manage"
    APPOINTMENTS_KEEP = "appointments.keep"
    CALLING_TASKS_MANAGE = "calling_tasks.manage"
    CALLING_TASKS_WORK = "calling_tasks.work"
    QUALITY_SCORE = "quality.score"
    QUALITY_READ_OWN = "quality.read_own"


_DESK = {
    Permission.CALLS_HANDLE,
    Permission.CALLS_DIAL,
    Permission.CALLING_TASKS_WORK,
    Permission.APPOINTMENTS_KEEP,
    Permission.CALLS_READ_OWN,
    Permission.RECORDS_READ,
    Permission.RECORDS_WRITE,
    Permission.QUALITY_READ_OWN,
}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.OPERATOR: frozenset({Permission.PLATFORM_MANAGE, Permission.PLATFORM_AUDIT}),
    Role.CONF: frozenset(
        {
            Permission.OBJECTS_DEFINE,
            Permission.AUTOMATION_MANAGE,
            Permission.MESSAGES_READ,
            Permission.MESSAGES_SEND,
            Permission.ENTERPRISE_AUDIT,
            Permission.RECORDS_READ,
            Permission.RECORDS_WRITE,
            Permission.RECORDS_DELETE,
            Permission.RECORDS_EXPORT,
            Permission.RECORDS_IMPORT,
        }
    ),
    Role.ADMIN: frozenset(
        {
            Permission.ENTERPRISE_MANAGE,
            Permission.ENTERPRISE_AUDIT,
            Permission.NUMBERS_UNMASKED,
            Permission.RECORDS_READ,
            Permission.RECORDS_WRITE,
            Permission.RECORDS_DELETE,
            Permission.RECORDS_EXPORT,
            Permission.RECORDS_IMPORT,
            Permission.CALLS_READ_ALL,
            Permission.RECORDINGS_PLAY,
            Permission.VOICEMAIL_DELETE,
            Permission.WALL_VIEW,
            Permission.REPORTS_VIEW,
            Permission.CALLING_TASKS_MANAGE,
            Permission.MESSAGES_READ,
            Permission.MESSAGES_SEND,
        }
    ),
    Role.AGENT: frozenset(_DESK),
    Role.LEADER: frozenset(
        _DESK
        | {
            Permission.NUMBERS_UNMASKED,
            Permission.RECORDS_EXPORT,
            Permission.CALLS_READ_TEAM,
            Permission.MESSAGES_SEND,
            Permission.RECORDINGS_PLAY,
            Permission.VOICEMAIL_DELETE,
            Permission.WALL_VIEW,
            Permission.SUPERVISE_LISTEN,
            Permission.SUPERVISE_FORCE,
            Permission.REPORTS_VIEW,
        }
    ),
    Role.INSPECTOR: frozenset(
        {
            Permission.RECORDS_READ,
            Permission.CALLS_READ_ALL,
            Permission.RECORDINGS_PLAY,
            Permission.WALL_VIEW,
            Permission.SUPERVISE_LISTEN,
            Permission.REPORTS_VIEW,
            Permission.QUALITY_SCORE,
        }
    ),
}

FOR_KEYS = (
    Permission.CALLBACKS_ASK,
    Permission.RECORDS_READ,
    Permission.RECORDS_WRITE,
    Permission.CALLS_READ_ALL,
    Permission.NUMBERS_UNMASKED,
)
"""What another program's key may be given. A view must besides be marked `for_keys`."""

_CALLING_TASKS = {Permission.CALLING_TASKS_MANAGE, Permission.CALLING_TASKS_WORK}
_TAKEN_BY: Mapping[str, set[Permission]] = {
    "outbound": {Permission.CALLS_DIAL, *_CALLING_TASKS},
    "calling_tasks": _CALLING_TASKS,
    "appointments_menu": {Permission.APPOINTMENTS_KEEP},
}
"""An enterprise's option (`corpConf`) that is off → what nobody there may do."""


def granted(role: Role, options: Mapping[str, object]) -> frozenset[Permission]:
    """What a role may do in an enterprise with these options."""
    return with_options(GRANTS.get(role, frozenset()), options)


def with_options(
    grants: frozenset[Permission], options: Mapping[str, object]
) -> frozenset[Permission]:
    """What is left of it, and what comes to it, in an enterprise with these options."""
    for option, taken in _TAKEN_BY.items():
        if options.get(option) is False:
            grants -= taken
    if options.get("masked_numbers") is False and Permission.RECORDS_READ in grants:
        grants |= {Permission.NUMBERS_UNMASKED}
    return grants
