"""Only what a flow's author wrote is replaced by a secret, and only on the way out."""

from hypothesis import given
from hypothesis import strategies as some

from ivr.effects import Request
from ivr.references import goes_to, is_covered, named, put_in, wanted
from tests.unit.ivr.test_nodes import at

WRITTEN = {"Authorization": "Bearer {credential:erp}", "X-Caller": "{caller}"}


def asked(caller: str = "138") -> Request:
    settings = {"method": "GET", "url": "https://erp.example.com/", "headers": WRITTEN}
    effect = at("http", settings, "ok", "failed", "timeout", caller=caller).effect
    assert isinstance(effect, Request)
    return effect


def test_what_is_wanted_names_it_and_holds_no_secret() -> None:
    headers = asked().headers
    assert headers == {"Authorization": "Bearer ⟦erp⟧", "X-Caller": "138"}
    assert (named(WRITTEN.values()), wanted(headers.values())) == ({"erp"}, {"erp"})
    assert put_in(headers["Authorization"], {"erp": "s3cret"}) == "Bearer s3cret"


@given(some.text() | some.sampled_from(["{credential:erp}", "⟦erp⟧", "{credential:erp}⟦crm⟧"]))
def test_no_value_of_a_call_is_taken_for_a_name(value: str) -> None:
    assert wanted([asked(value).headers["X-Caller"]]) == frozenset()


def test_a_host_is_told_whole() -> None:
    assert goes_to("erp.example.com", "https://ERP.example.com:8443/x")
    assert goes_to("erp.example.com:8443", "https://erp.example.com:8443/x")
    assert not goes_to("erp.example.com:8443", "https://erp.example.com/x")
    assert not goes_to("example.com", "https://erp.example.com/")


def test_no_secret_goes_in_clear_but_to_a_private_address() -> None:
    assert is_covered("https://erp.example.com/x")
    assert is_covered("http://10.0.0.5:8080/x")
    assert is_covered("http://[fd00::5]/x")
    for url in ("http://erp.example.com/x", "http://8.8.8.8/x", "http://localhost/x", "http:///x"):
        assert not is_covered(url), url
