"""Rich text: what is kept of HTML, and what nobody's browser ever sees."""

import pytest

from callcenter.objects.errors import BadValue
from callcenter.objects.rules import ANYWHERE
from callcenter.objects.types import TYPES
from callcenter.objects.types.base import Field
from callcenter.objects.types.rich_text import from_text, plain_text

RICH = TYPES["rich_text"]
FIELD = Field(key="note", type="rich_text", label={}, group="main", settings={"max_length": 50})

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<p onclick=alert(1)>x</p>",
    '<p style="background:url(javascript:alert(1))">x</p>',
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" java\nscript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<object data="javascript:alert(1)"></object>',
    '<embed src="javascript:alert(1)">',
    '<form action="javascript:alert(1)"><button>x</button></form>',
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<style>@import 'https://evil.example/x.css'</style>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    '<meta http-equiv=refresh content="0;url=https://evil.example">',
    "<base href=https://evil.example/>",
    "<template><script>alert(1)</script></template>",
    "<p><!--><img src=x onerror=alert(1)>--></p>",
    "<p id=app class=el-overlay>x</p>",
]  # fmt: skip


def read(given: str) -> str | None:
    value: str | None = RICH.read(FIELD, given, ANYWHERE)
    return value


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_runs_loads_or_dresses_up_is_kept(attack: str) -> None:
    kept = read(f"<p>见下</p>{attack}") or ""
    for sign in ("<script", "<img", "<svg", "<iframe", "<style", "<link", "<form", "<meta", "<base",
                 "<object", "<embed", "<!--", " on", "javascript:", "data:", "vbscript:", "style=",
                 "id=", "class=", "srcdoc"):  # fmt: skip
        assert sign not in kept.lower(), kept
    assert read(kept) == kept


def test_what_people_write_is_kept() -> None:
    given = "<h2>说明</h2><p>请<strong>先</strong><em>断电</em></p><ul><li><p>一</p></li></ul>"
    assert read(given) == given


def test_a_link_tells_the_other_side_nothing() -> None:
    kept = read('<a href="https://example.cn">x</a>') or ""
    assert 'rel="noopener noreferrer nofollow"' in kept
    assert 'href="https://example.cn"' in kept


def test_plain_text_becomes_paragraphs_whatever_signs_are_in_it() -> None:
    assert read("1 < 2\n\n王 & 李") == "<p>1 &lt; 2</p><p>王 &amp; 李</p>"
    assert from_text("<b>") == "<p>&lt;b&gt;</p>"


def test_it_reads_as_lines() -> None:
    html = "<h2>甲</h2><ul><li><p>乙</p></li><li><p>丙 &lt;丁&gt;</p></li></ul>戊<br>己"
    assert plain_text(html) == "甲\n乙\n丙 <丁>\n戊\n己"


def test_the_limit_counts_what_is_read() -> None:
    assert read("<p><strong><em>" + "字" * 50 + "</em></strong></p>")
    with pytest.raises(BadValue):
        read("字" * 51)


@pytest.mark.parametrize("empty", ["", "<p></p>", "<p> <br></p>", "<script>alert(1)</script>"])
def test_markup_without_words_is_nothing(empty: str) -> None:
    assert read(empty) is None
