"""nginx's configuration: one origin, strict headers, no value that breaks out of its place."""

import re
from pathlib import Path

import pytest

from callcenter.core.settings import load_settings
from callcenter.processes.services import nginx


@pytest.fixture
def text(tmp_path: Path) -> str:
    home = tmp_path / "a home"
    return nginx.render(
        load_settings({"CALLCENTER_HOME": str(home), "CALLCENTER_WEB_PORT": "8123"})
    )


def block(text: str, opening: str) -> str:
    found = re.search(re.escape(opening) + r" \{(.*?)\n    \}", text, re.DOTALL)
    assert found, opening
    return found[1]


def test_it_listens_on_the_one_origin(text: str) -> None:
    assert re.findall(r"listen (.*);", text) == ["127.0.0.1:8123"]


def test_pages_may_run_own_scripts_only(text: str) -> None:
    policy = re.search(r'Content-Security-Policy "(.*)"', text)
    assert policy
    rules = dict(rule.split(" ", 1) for rule in policy[1].split("; "))
    assert rules["script-src"] == "'self'"
    assert rules["style-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"


def test_files_of_records_are_reached_by_the_application_only(text: str) -> None:
    assert "internal;" in block(text, "location ^~ /transfers/")


def test_what_an_enterprise_keeps_is_reached_by_the_application_only_and_is_nobodys_page(
    text: str,
) -> None:
    found = block(text, "location ^~ /own-files/")
    assert "internal;" in found
    assert "sandbox" in found
    assert "nosniff" in found


def test_the_largest_file_that_may_come_in_passes(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[transfers]\nlargest_megabytes = 120\n")
    settings = load_settings({"CALLCENTER_HOME": str(tmp_path)})
    assert settings.transfers.largest == 120 * 1024 * 1024
    assert "client_max_body_size 121m;" in nginx.render(settings)


def test_a_file_at_a_record_is_nobodys_page(text: str) -> None:
    place = block(text, "location ^~ /attachments/")
    assert "internal;" in place
    assert "nosniff" in place
    policy = re.search(r'Content-Security-Policy "(.*)"', place)
    assert policy
    assert policy[1].startswith("sandbox; default-src 'none'")


def test_the_log_does_not_tell_an_address_that_is_a_key(text: str) -> None:
    told = re.search(r"map \$uri \$told \{\s+~(\S+) \$open;", text)
    assert told
    secret = re.match(told[1].replace("?<", "?P<"), "/api/v1/delivery-reports/4f1c/s3cret")
    assert secret
    assert secret["open"] == "/api/v1/delivery-reports/4f1c/"
    assert '"path":"$told"' in text
    assert "$uri" not in text.partition("log_format")[2].partition(";")[0]


def test_it_tells_no_version(text: str) -> None:
    assert "server_tokens off;" in text


def test_recordings_are_reached_by_the_application_only(text: str) -> None:
    assert "internal;" in block(text, "location ^~ /recordings/")


def test_metrics_are_for_this_machine_only(text: str) -> None:
    assert "deny all;" in block(text, "location = /metrics")


@pytest.mark.parametrize("place", ["location ^~ /socket.io/", "location = /ws"])
def test_sockets_are_upgraded(text: str, place: str) -> None:
    assert "Connection $connection_upgrade;" in block(text, place)


def test_what_a_client_claims_of_its_address_is_overwritten(text: str) -> None:
    for place in ("location ^~ /api/", "location ^~ /socket.io/"):
        assert "X-Forwarded-For $remote_addr;" in block(text, place)
        assert "X-Real-IP $remote_addr;" in block(text, place), "what the lock-out counts by"
    assert "proxy_add_x_forwarded_for" not in text


@pytest.mark.parametrize("path", ['a"b', "a$b", "a\\b", "a\nb"])
def test_a_path_that_nginx_would_read_otherwise_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="cannot be given the path"):
        nginx.quoted(path)


def test_with_tls_it_serves_nothing_in_the_clear(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[web]\ntls = true\n")
    text = nginx.render(load_settings({"CALLCENTER_HOME": str(tmp_path)}))
    assert re.findall(r"listen (.*);", text) == ["127.0.0.1:8000 ssl"]
    assert f'ssl_certificate "{tmp_path}/nginx/certificate.pem";' in text


def test_a_certificate_is_generated_once_and_its_key_is_secret(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[web]\ntls = true\n")
    settings = load_settings({"CALLCENTER_HOME": str(tmp_path)})
    nginx.configure(settings)
    key = tmp_path / "nginx" / "key.pem"
    first = key.read_text()
    nginx.configure(settings)
    assert key.read_text() == first
    assert key.stat().st_mode & 0o077 == 0
