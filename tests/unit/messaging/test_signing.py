"""Signatures: whose they are, where they stand, and what they count."""

import pytest

from callcenter.messaging.parts import size_of
from callcenter.messaging.signing import Sender, has_unknown_place, signature_of
from callcenter.rendering.plain import SIGNATURE

LI = Sender("李明", "8001", "海蓝电器")
MAIL = {"signature": "{{name}}\n分机 {{ extension }}\n{{enterprise}}"}


def test_under_a_letter_stands_who_sends_it() -> None:
    signed = signature_of("email", MAIL, LI)
    assert signed.under("您好", html=False) == "您好\n\n-- \n李明\n分机 8001\n海蓝电器"
    assert signed.under("<p>您好</p>", html=True) == (
        "<p>您好</p><p>李明</p><p>分机 8001</p><p>海蓝电器</p>"
    )


def test_where_the_product_sends_lines_about_a_person_are_left_out() -> None:
    signed = signature_of("email", MAIL, Sender(enterprise="海蓝电器"))
    assert signed.text == "海蓝电器"


def test_a_template_says_where_it_stands_and_then_it_stands_there_alone() -> None:
    signed = signature_of("email", MAIL, Sender(enterprise="海蓝电器"))
    assert signed.under(f"您好，{SIGNATURE}！", html=False) == "您好，海蓝电器！"
    none = signature_of("email", {"signature": ""}, LI)
    assert none.under(f"您好{SIGNATURE}", html=False) == "您好"


def test_without_the_switch_it_stands_only_where_it_is_asked_for() -> None:
    signed = signature_of("sms", {"closing": "{{name}}", "signed": False}, LI)
    assert signed.under("您好", html=False) == "您好"
    assert signed.under(f"您好{SIGNATURE}", html=False) == "您好李明"


def test_markup_of_its_own_is_cleaned_and_names_are_escaped_in_it() -> None:
    settings = {"signature_html": "<p onclick='x()'><b>{{name}}</b></p><script>x()</script>"}
    signed = signature_of("email", settings, Sender("<i>Tom</i> & Co"))
    assert signed.html == "<p><b>&lt;i&gt;Tom&lt;/i&gt; &amp; Co</b></p>"


def test_under_an_sms_it_counts() -> None:
    signed = signature_of("sms", {"closing": "{{name}}"}, LI)
    text = signed.under("好" * 68, html=False)
    assert (size_of("好" * 68).parts, size_of(text).parts) == (1, 2)


@pytest.mark.parametrize(
    ("text", "unknown"), [("{{name}}", False), ("{{ name.x }}", True), ("{{}}", True)]
)
def test_places_that_are_none_are_told(text: str, unknown: bool) -> None:
    assert has_unknown_place(text) is unknown
