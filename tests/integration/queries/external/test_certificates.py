"""TLS to real servers: known by an authority of one's own, and by the name that they are called by."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from callcenter.core.audit import AuditEntry
from callcenter.queries.external.authorities import fingerprints
from tests.integration.queries.external.shop import SOURCES, Shop
from tests.support.certificates import Authority, an_authority
from tests.support.foreign import Foreign
from tests.support.office import Caller

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return an_authority(tmp_path_factory.mktemp("certificates") / "own")


def test_a_server_is_known_by_the_enterprises_own_authority_and_by_its_name(
    shop: Shop, there: Any, authority: Authority, tmp_path: Path
) -> None:
    stranger = an_authority(tmp_path / "stranger")
    with there.with_tls(authority.issues("IP:127.0.0.1")):
        shop.lists(there.port)
        assert tried(shop, there, ca=authority.certificate)["works"]
        # Of several it is enough that one has signed.
        several = stranger.certificate + authority.certificate
        assert tried(shop, there, ca=several)["works"]
        for ca in ("", stranger.certificate):
            untrusted = tried(shop, there, ca=ca)
            assert (untrusted["works"], "证书不受信任" in untrusted["said"]) == (False, True)
        shop.lists(there.port, host="localhost")
        wrong = tried(shop, there, host="localhost", ca=authority.certificate)
        assert (wrong["works"], "不是颁发给主机 localhost" in wrong["said"]) == (False, True)
        # Whoever only wants it secret takes whoever answers.
        assert tried(shop, there, host="localhost", tls="required")["works"]

        shop.keeps(there, tls="verified", ca=authority.certificate)
        assert len(shop.rows()) == 3


def tried(shop: Shop, there: Foreign, **settings: Any) -> dict[str, Any]:
    body = {**there.settings, "name": "商城", "tls": "verified", **settings}
    answer = shop.conf.post(f"{SOURCES}/test", body)
    assert answer.status_code == 200, answer.json
    said: dict[str, Any] = answer.json
    return said


def test_another_authority_needs_the_password_again_and_is_told_by_its_fingerprint(
    shop: Shop, postgresql: Foreign, conf: Caller, authority: Authority
) -> None:
    made = shop.keeps(postgresql, looked=False)
    assert made["ca"] == ""
    place, ca = f"{SOURCES}/{made['id']}", {"ca": f"subject=\n{authority.certificate}\n"}
    refused = conf.send("PATCH", place, ca, version=made["version"])
    assert (refused.status_code, [*refused.json["error"]["fields"]]) == (422, ["password"])
    password = {"password": postgresql.settings["password"]}
    changed = conf.send("PATCH", place, ca | password, version=made["version"])
    assert (changed.status_code, changed.json["ca"]) == (200, authority.certificate)
    with shop.database.begin(shop.office.scope()) as session:
        wanted = select(AuditEntry).where(AuditEntry.action == "data_source.change")
        entry = session.scalars(wanted).one()
    assert entry.after["ca"] == fingerprints(authority.certificate)


def test_what_is_no_certificate_is_not_kept(
    shop: Shop, postgresql: Foreign, conf: Caller, authority: Authority
) -> None:
    key = (authority.folder / "ca.key").read_text()
    for wrong, said in (("nonsense", "PEM"), (authority.certificate + key, "私钥")):
        answer = conf.post(SOURCES, shop.body(postgresql, ca=wrong))
        assert answer.status_code == 422
        assert said in answer.json["error"]["fields"]["ca"][0]
