"""The AGI protocol as text: the environment at the start, commands out, replies in."""

import asyncio
import re
from dataclasses import dataclass
from urllib.parse import parse_qs

from callcenter.telephony.agi.errors import BadRequest, UnsafeArgument

LONGEST_COMMAND = 2047
"""Bytes: Asterisk's AGI_BUF_LEN, less its terminator."""

LONGEST_ENVIRONMENT = 64 * 1024

_FORBIDDEN = frozenset("\r\n\0")
_REPLY = re.compile(r"(\d{3}) result=(\S*)(?: \((.*)\))?(?: endpos=(\d+))?\s*\Z")
_CODE = re.compile(r"(\d{3})([ -]|\Z)")


@dataclass(frozen=True, slots=True)
class Reply:
    """`200 result=1 (value) endpos=8000`: code, result, data, and samples played or recorded."""

    code: int
    result: str = ""
    data: str = ""
    endpos: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    script: str
    token: str
    variables: dict[str, str]


async def read_request(reader: asyncio.StreamReader) -> Request:
    """The environment block. Raises BadRequest."""
    variables: dict[str, str] = {}
    room = LONGEST_ENVIRONMENT
    while line := await _line(reader):
        room -= len(line)
        name, colon, value = line.partition(": ")
        if room < 0 or not (colon or line.endswith(":")) or not name.startswith("agi_"):
            raise BadRequest("no AGI environment")
        variables[name.removesuffix(":")] = value
    script, _, query = variables.get("agi_network_script", "").partition("?")
    token = parse_qs(query).get("token", [""])[0]
    return Request(script, token, variables)


async def _line(reader: asyncio.StreamReader) -> str:
    try:
        return (await reader.readuntil(b"\n")).decode("utf-8", "replace").rstrip("\r\n")
    except asyncio.IncompleteReadError as error:
        raise BadRequest("closed before the end of its environment") from error
    except asyncio.LimitOverrunError as error:
        raise BadRequest("endless line") from error


def command_line(verb: str, *arguments: str) -> bytes:
    """`verb` as it is, the arguments quoted. Raises UnsafeArgument."""
    text = " ".join((verb, *map(quote, arguments)))
    if not _FORBIDDEN.isdisjoint(text):
        raise UnsafeArgument("CR, LF or NUL in a command")
    try:
        line = text.encode()
    except UnicodeEncodeError:
        raise UnsafeArgument("not UTF-8 in a command") from None
    if len(line) > LONGEST_COMMAND:
        raise UnsafeArgument(f"command of {len(line)} bytes")
    return line + b"\n"


def quote(argument: str) -> str:
    return '"' + argument.replace("\\", "\\\\").replace('"', '\\"') + '"'


def parse_reply(line: str) -> Reply | None:
    """A reply; None for a line inside a longer one (`520-Invalid command syntax…`)."""
    if match := _REPLY.match(line):
        return Reply(int(match[1]), match[2], match[3] or "", int(match[4] or 0))
    head = _CODE.match(line)
    if head is None or head[2] == "-":
        return None
    return Reply(int(head[1]), data=line[4:])
