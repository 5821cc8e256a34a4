"""A VoiceXML document is told about; what would harm, or is none, is refused with the reason."""

import time
from contextlib import suppress

import pytest

from ivr.voicexml import LARGEST, MOST_NAMED, BadDocument, Fault, file_key, read

NS = 'xmlns="http://www.w3.org/2001/vxml"'
DECLARED = '<?xml version="1.0" encoding="UTF-8"?>\n'
BOMB = (
    '<!DOCTYPE vxml [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)

HOTLINE = f"""{DECLARED}<!-- from another platform -->
<vxml version="2.1" {NS} xml:lang="zh-CN" application="app-root.vxml">
  <meta name="Title" content="  Order   hotline "/>
  <form id="start">
    <block><audio src="http://ivr.example.com/sounds/welcome.wav">您好</audio>
      <audio expr="'digits/' + n + '.wav'"/><audio src="sounds/welcome.wav?v=2"/>
      <audio src="data:audio/wav;base64,UklGRg=="/></block>
    <block><goto next="#main"/></block>
  </form>
  <menu id="main"><prompt xml:lang="en-US"><audio src="menu.mp3"/></prompt>
    <choice dtmf="1" next="#orders">orders</choice>
    <choice dtmf="2" next="#nowhere">agents</choice></menu>
  <form id="orders" xml:lang="ZH-cn"><field name="no"><grammar src="digits.grxml"/></field>
    <block><submit next="https://erp.example.com/order" namelist="no"/></block></form>
</vxml>
"""


def document(body: str = '<form id="a"/>', *, head: str = DECLARED, attributes: str = NS) -> bytes:
    return f'{head}<vxml version="2.0" {attributes}>{body}</vxml>'.encode()


def refused(content: bytes) -> BadDocument:
    with pytest.raises(BadDocument) as bad:
        read(content)
    return bad.value


def test_a_document_is_told_about():
    said = read(HOTLINE.encode())
    assert (said.vxml, said.title) == ("2.1", "Order hotline")
    assert said.languages == ("zh-CN", "en-US")
    assert (said.forms, said.menus) == (2, 1)
    assert said.sounds == (
        "http://ivr.example.com/sounds/welcome.wav", "sounds/welcome.wav?v=2", "menu.mp3",
    )  # fmt: skip
    assert said.computed == 1
    assert said.addresses == ("app-root.vxml", "digits.grxml", "https://erp.example.com/order")
    assert said.loose == ("#nowhere",)


def test_a_document_without_anything_is_one():
    said = read(document(""))
    assert (said.title, said.languages, said.forms, said.sounds) == ("", (), 0, ())


def test_only_what_is_of_voicexml_counts():
    foreign = (
        f'<form xmlns=""/><x:form xmlns:x="urn:x"><x:audio src="a.wav"/></x:form><block {NS}/>'
    )
    said = read(document(foreign))
    assert (said.forms, said.sounds) == (0, ())


@pytest.mark.parametrize(
    "metadata",
    [
        '<meta name="dc.title" content="Hours"/>',
        '<metadata><r xmlns:d="http://purl.org/dc/elements/1.1/" d:Title="Hours"/></metadata>',
        '<metadata><t:title xmlns:t="http://purl.org/dc/terms/">Hours</t:title></metadata>',
        '<meta name="title" content=" "/><metadata><t:title xmlns:t="http://purl.org/dc/terms/">Hours</t:title></metadata>',
    ],
)
def test_its_title_stands_in_its_metadata(metadata: str):
    assert read(document(metadata)).title == "Hours"


@pytest.mark.parametrize(
    ("coding", "declared"),
    [
        ("utf-8", "UTF-8"), ("utf-8-sig", "utf-8"), ("gb18030", "GB18030"), ("gbk", "GBK"), ("gb2312", "gb2312"),
        ("big5", "Big5"), ("utf-16", "UTF-16"),
    ],
)  # fmt: skip
def test_it_is_read_in_the_encoding_that_it_declares(coding: str, declared: str):
    text = f'<?xml version="1.0" encoding="{declared}"?>\n<vxml version="2.0" {NS}><meta name="title" content="中文"/></vxml>'
    assert read(text.encode(coding)).title == "中文"


def test_without_a_declaration_it_is_utf_8():
    assert read(document('<meta name="title" content="中文"/>', head="")).title == "中文"


@pytest.mark.parametrize(
    ("content", "fault", "line"),
    [
        (b"", Fault.EMPTY, 0),
        (b" \r\n\t", Fault.EMPTY, 0),
        (b"RIFF\x24\x08\x00\x00WAVE", Fault.ENCODING, 1),
        (b"%PDF-1.7", Fault.MALFORMED, 1),
        (b"\x89PNG\r\n\x1a\n", Fault.ENCODING, 1),
        (document("\n\n?").replace(b"?<", b"\xff<"), Fault.ENCODING, 4),
        (document(head='<?xml version="1.0" encoding="UTF-7"?>'), Fault.ENCODING, 1),
        (document(head='<?xml version="1.0" encoding="cp037"?>'), Fault.ENCODING, 1),
        (document(head='<?xml version="1.0" encoding="UTF-16"?>'), Fault.ENCODING, 1),
        (document().decode().encode("utf-16-le"), Fault.ENCODING, 1),
        (b"\xef\xbb\xbf" + document(head='<?xml version="1.0" encoding="GBK"?>'), Fault.ENCODING, 1),
        (document("\0"), Fault.ENCODING, 1),
        (document("<form>"), Fault.MALFORMED, 2),
        (document("</vxml><vxml>"), Fault.MALFORMED, 2),
        (document("&unknown;"), Fault.MALFORMED, 2),
        (document('<form id="&unknown;"/>'), Fault.MALFORMED, 2),
        (document("&#0;"), Fault.MALFORMED, 2),
        (document("<x:form/>"), Fault.MALFORMED, 2),
        (document(head=" " + DECLARED), Fault.MALFORMED, 1),
        (document("<a>" * 5000 + "</a>" * 5000), Fault.MALFORMED, 2),
        (b"<html><body/></html>", Fault.NOT_VOICEXML, 1),
        (b'<VXML version="2.0"/>', Fault.NOT_VOICEXML, 1),
        (document(attributes=""), Fault.NAMESPACE, 2),
        (document(attributes='xmlns="http://www.w3.org/2001/vxml/"'), Fault.NAMESPACE, 2),
        (document().replace(b'version="2.0" ', b""), Fault.VERSION, 2),
        (document().replace(b'"2.0"', b'"3.0"'), Fault.VERSION, 2),
        (document().replace(b'"2.0"', b'"1.0"'), Fault.VERSION, 2),
    ],
)  # fmt: skip
def test_what_is_none_is_refused_at_its_line(content: bytes, fault: Fault, line: int):
    bad = refused(content)
    assert (bad.fault, bad.line) == (fault, line)


@pytest.mark.parametrize(
    "prologue",
    [
        BOMB,
        '<!DOCTYPE vxml SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE vxml [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE vxml [<!ENTITY % p SYSTEM "http://192.0.2.1/x.dtd"> %p;]>',
        '<!DOCTYPE vxml PUBLIC "-//W3C//DTD VOICEXML 2.0//EN" "http://www.w3.org/TR/voicexml20/vxml.dtd">',
        "<!-- <!-- --><?a ?>\n<!DOCTYPE vxml>",
        '<?x-->?><!-- ?> --><!DOCTYPE vxml [<!ATTLIST form id CDATA "x">]>',
    ],
)
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_document_type_is_refused_wherever_it_hides(prologue: str, coding: str):
    text = f'{prologue}<vxml version="2.0" {NS}><form id="a">&f;&i;</form></vxml>'
    began = time.perf_counter()
    assert refused(text.encode(coding)).fault in {Fault.DOCUMENT_TYPE, Fault.MALFORMED}
    assert time.perf_counter() - began < 0.5


def test_a_document_type_is_told_with_its_line():
    bad = refused(document(head=f"{DECLARED}<!-- one\ntwo -->\n<!DOCTYPE vxml>\n"))
    assert (bad.fault, bad.line) == (Fault.DOCUMENT_TYPE, 4)


def test_the_words_of_a_document_type_are_no_document_type():
    said = read(document("<!-- <!DOCTYPE --><block><![CDATA[<!DOCTYPE vxml><!ENTITY]]></block>"))
    assert said.vxml == "2.0"


def test_nothing_that_it_names_is_fetched(monkeypatch: pytest.MonkeyPatch):
    """Includes, schemas and style sheets are words; the tests' own sockets are closed as well."""
    opened: list[str] = []
    monkeypatch.setattr("builtins.open", lambda name, *_rest, **_more: opened.append(str(name)))
    said = read(document(
        '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
        '<script src="file:///etc/shadow"/>',
        head='<?xml-stylesheet href="http://192.0.2.1/a.xsl"?>',
        attributes=f'{NS} xmlns:s="http://www.w3.org/2001/XMLSchema-instance" s:schemaLocation="u http://192.0.2.1/x.xsd"',
    ))  # fmt: skip
    assert (said.addresses, opened) == (("file:///etc/shadow",), [])


WIDE = LARGEST - 300


@pytest.mark.parametrize(
    "body",
    [
        "<a/>" * (WIDE // 4),
        "<a " + " ".join(f'a{n}="{n}"' for n in range(60_000)) + "/>",
        "<a " + " ".join(f'xmlns:a{n}="u{n}"' for n in range(40_000)) + "/>",
        "<a>" + "<b>" * 200 + "</b>" * 200 + "</a>",
        "x" * WIDE,
        "<!--" + "-" * 1 + " " * (WIDE - 10) + "-->",
        "<?a " + "?" * (WIDE - 10) + "?>",
        "&#65;" * (WIDE // 5),
    ],
)
def test_the_largest_is_read_or_refused_in_a_moment(body: str):
    content = document(body)
    assert len(content) <= LARGEST
    began = time.perf_counter()
    with suppress(BadDocument):
        read(content)
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize("prologue", ["<!-- -->" * 100_000, "<!--" * 200_000, "<?a?>" * 100_000])
def test_a_long_prologue_is_passed_in_a_moment(prologue: str):
    began = time.perf_counter()
    assert refused(f"{prologue}<!DOCTYPE vxml><vxml/>".encode()).fault
    assert time.perf_counter() - began < 1


def test_it_names_as_many_things_as_can_be_told():
    most = "".join(f'<audio src="{n}.wav"/>' for n in range(MOST_NAMED))
    assert len(read(document(f"{most}{most}")).sounds) == MOST_NAMED
    assert refused(document(f'{most}<audio src="one-more.wav"/>')).fault is Fault.TOO_MANY_NAMES


def test_what_is_told_of_it_is_cut_where_it_is_endless():
    said = read(document(f'<meta name="title" content="{"t" * 5000}"/><audio src="{"s" * 5000}"/>'))
    assert (len(said.title), len(said.sounds[0])) == (200, 500)
    assert len(refused(f"<{'n' * 5000}/>".encode()).detail) == 200


@pytest.mark.parametrize(
    ("address", "prompt"),
    [
        ("welcome.wav", "welcome"),
        ("http://host/a/Welcome.WAV?x=/y.wav#z", "welcome.mp3"),
        ("..\\sounds\\welcome.vox", "Welcome"),
        ("%E6%AC%A2%E8%BF%8E.wav", "欢迎"),
        ("cafe%CC%81.wav", "caf\u00e9"),
        ("v1.2", "v1.2"),
    ],
)
def test_a_sound_is_a_prompt_by_its_name_without_the_ending(address: str, prompt: str):
    assert file_key(address) == file_key(prompt)


def test_names_that_only_begin_alike_are_two():
    assert file_key("v1.2") != file_key("v1.3")
    assert file_key("welcome-2.wav") != file_key("welcome.wav")
