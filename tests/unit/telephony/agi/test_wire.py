import asyncio

import pytest

from callcenter.telephony.agi.errors import BadRequest, UnsafeArgument
from callcenter.telephony.agi.wire import Reply, command_line, parse_reply, read_request


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("200 result=0", Reply(200, "0")),
        ("200 result=35 (dtmf) endpos=24160", Reply(200, "35", "dtmf", 24160)),
        ("200 result=1 (张三 (home))", Reply(200, "1", "张三 (home)")),
        ("200 result=0 endpos=8000", Reply(200, "0", endpos=8000)),
        ("200 result=1 (speech) endpos=0 results=0 ", Reply(200, data="result=1 (speech) endpos=0 results=0 ")),
        ("511 Command Not Permitted on a dead channel or intercept routine", Reply(511, data="Command Not Permitted on a dead channel or intercept routine")),
        ("510 Invalid or unknown command", Reply(510, data="Invalid or unknown command")),
        ("520-Invalid command syntax.  Proper usage follows:", None),
        ("Usage: ANSWER", None),
        ("520 End of proper usage.", Reply(520, data="End of proper usage.")),
    ],
)  # fmt: skip
def test_reads_replies(line: str, reply: Reply | None) -> None:
    assert parse_reply(line) == reply


def test_quotes_arguments() -> None:
    assert command_line("SET VARIABLE", "A", 'say "hi" \\ 张三') == (
        'SET VARIABLE "A" "say \\"hi\\" \\\\ 张三"\n'.encode()
    )


@pytest.mark.parametrize("bad", ["a\nHANGUP", "a\rb", "a\0b", "\ud800", "x" * 2100])
def test_refuses_what_would_not_stay_one_command(bad: str) -> None:
    with pytest.raises(UnsafeArgument):
        command_line("SET VARIABLE", "A", bad)


async def test_reads_the_environment() -> None:
    request = await read_request(
        _stream("agi_network_script: inbound?token=a%2Bb\nagi_enhanced: 0.0\nagi_dnid:\n\n")
    )
    assert (request.script, request.token) == ("inbound", "a+b")
    assert request.variables["agi_dnid"] == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "agi_network: yes\n",
        "x" * 100_000,
        "".join(f"agi_arg_{n}: {'y' * 100}\n" for n in range(1000)),
    ],
    ids=["nothing", "http", "cut short", "endless line", "endless block"],
)
async def test_refuses_what_is_no_environment(text: str) -> None:
    with pytest.raises(BadRequest):
        await read_request(_stream(text))


def _stream(text: str) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    reader.feed_data(text.encode())
    reader.feed_eof()
    return reader
