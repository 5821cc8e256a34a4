"""Shapes of file servers, whose secrets go in and never come out, and of the enterprise's files."""

import re
from typing import Any

from marshmallow import ValidationError, fields, validate, validates, validates_schema

from callcenter.core.fields import Line, OneOf
from callcenter.core.http import Query, Shape, page_of
from callcenter.instruments.models import ServerKind
from callcenter.instruments.names import LONGEST
from callcenter.objects.schemas.records import PersonShape

_HOST = validate.Regexp(r"\A[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?\Z")
_NAME = validate.Regexp(r"\A[A-Za-z0-9_-]{1,40}\Z")
_KEY = validate.Regexp(
    r"\A((ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]{40,1200}={0,2})?\Z"
)
_LONGEST_SECRET = 16_000


class FileServerBody(Shape):
    """host: one that the enterprise may reach. secret: a password, or a private key of SFTP; left out
    or empty it stays. folder: beneath which everything lies. host_key: of SFTP, as `known_hosts` has it.
    """

    kind = OneOf(ServerKind, required=True)
    host = fields.Str(required=True, validate=_HOST)
    port = fields.Int(required=True, validate=validate.Range(1, 65535))
    user = Line(120, required=True)
    secret = fields.Str(
        load_default="", load_only=True, validate=validate.Length(max=_LONGEST_SECRET)
    )
    folder = Line(200, shortest=0, load_default="")
    host_key = fields.Str(load_default="", validate=_KEY)

    @validates("secret")
    def check_secret(self, value: str, **_: Any) -> None:
        from callcenter.instruments.sftp import BadKey, is_key, private_key

        if is_key(value):
            try:
                private_key(value)
            except BadKey:
                raise ValidationError("server.unreadable_key") from None
        elif re.search(r"[\x00-\x1f\x7f]", value):
            # A line of its own would be a command to the server.
            raise ValidationError("validation.one_line")

    @validates("folder")
    def check_folder(self, value: str, **_: Any) -> None:
        if any(part in {".", ".."} for part in value.split("/")) or "\\" in value:
            raise ValidationError("server.bad_folder")

    @validates("host")
    def check_host(self, value: str, **_: Any) -> None:
        if ".." in value:
            raise ValidationError("validation.pattern")


class NewFileServer(FileServerBody):
    """name: by which templates know it, for good."""

    name = fields.Str(required=True, validate=_NAME)

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        if not data["secret"]:
            raise ValidationError("validation.required", "secret")


class FileServerShape(Shape):
    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    kind = OneOf(ServerKind, required=True)
    host = fields.Str(required=True)
    port = fields.Int(required=True)
    user = fields.Str(required=True)
    folder = fields.Str(required=True)
    host_key = fields.Str(required=True)
    version = fields.Int(required=True)
    changed_at = fields.AwareDateTime(required=True)
    changed_by = fields.Nested(PersonShape, required=True, allow_none=True)


FileServerPage = page_of(FileServerShape)


class FileServerChoice(Shape):
    name = fields.Str(required=True)
    kind = OneOf(ServerKind, required=True)


class ServerTried(Shape):
    """host_key: what a server shows that is not the one it is known by, for a person to accept."""

    ok = fields.Bool(required=True)
    message = fields.Str(required=True)
    host_key = fields.Str(required=True, allow_none=True)


class OwnFileShape(Shape):
    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    size = fields.Int(required=True)
    version = fields.Int(required=True)
    changed_at = fields.AwareDateTime(required=True)
    changed_by = fields.Str(required=True, attribute="changed_name")


OwnFilePage = page_of(OwnFileShape)


class OwnFileQuery(Query):
    """name: as it is kept. replace: what has the name already gives way; else it stays, and `file-there`."""

    name = fields.Str(required=True, validate=validate.Length(1, LONGEST))
    replace = fields.Bool(load_default=False)


class FolderRoom(Shape):
    """In bytes. largest: of one file."""

    files = fields.Int(required=True)
    used = fields.Int(required=True)
    most = fields.Int(required=True)
    largest = fields.Int(required=True)
