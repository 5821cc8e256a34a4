"""Certificates of an authority as they are pasted."""

import pytest

from callcenter.queries.external.authorities import (
    MOST,
    BadAuthority,
    authority,
    fingerprints,
    trusting,
)
from tests.support.certificates import an_authority


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> str:
    return an_authority(tmp_path_factory.mktemp("certificates") / "own").certificate


def test_what_stands_around_them_is_dropped_and_nothing_is_none(pem: str) -> None:
    around = f"subject=CN = x\r\n{pem}\n issuer=y\n{pem}"
    assert authority(around) == pem * 2
    assert authority(authority(around)) == pem * 2
    assert authority(" \n") == ""
    assert fingerprints("") == []
    first, second = fingerprints(pem * 2)
    assert first == second
    assert len(first) == 64


def test_only_these_are_believed_where_they_are_given(pem: str) -> None:
    (believed,) = trusting(pem).get_ca_certs()
    assert dict(believed["subject"][0])["commonName"] == "An authority of a test"
    assert trusting("").check_hostname


@pytest.mark.parametrize(
    ("write", "key"),
    [
        (lambda _: "nonsense", "no_certificates"),
        (lambda pem: pem[:-40], "no_certificates"),
        (lambda pem: pem.replace("CERTIFICATE", "TRUSTED CERTIFICATE"), "no_certificates"),
        (lambda pem: pem.replace("M", "A"), "no_certificates"),
        (lambda pem: pem + "-----BEGIN CERTIFICATE-----\nAAAA\n", "no_certificates"),
        (lambda pem: pem * (MOST + 1), "no_certificates"),
        (lambda pem: pem + "-----BEGIN EC PRIVATE KEY-----\nAAAA\n", "has_key"),
    ],
)
def test_what_is_none_is_refused(pem: str, write: object, key: str) -> None:
    assert callable(write)
    with pytest.raises(BadAuthority) as refused:
        authority(write(pem))
    assert refused.value.key == f"data_source.ca_{key}"
