"""Files that are sent: what nginx is told, and what a browser is."""

import pytest

from callcenter.core.sending import sent_by_nginx, to_be_saved


def test_nginx_is_told_the_place_and_nobody_between_keeps_a_copy() -> None:
    response = sent_by_nginx("/recordings/1/2.wav", "audio/wav")
    assert response.headers["X-Accel-Redirect"] == "/recordings/1/2.wav"
    assert response.headers["Content-Type"] == "audio/wav"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "Content-Disposition" not in response.headers
    assert response.get_data() == b""


@pytest.mark.parametrize(("inline", "shown"), [(False, "attachment"), (True, "inline")])
def test_a_name_in_any_script_is_kept_beside_one_that_everybody_reads(
    inline: bool, shown: str
) -> None:
    response = sent_by_nginx("/transfers/1", "text/csv", "客户 2026.csv", inline=inline)
    assert response.headers["Content-Disposition"] == (
        f"{shown}; filename=\"file.csv\"; filename*=UTF-8''%E5%AE%A2%E6%88%B7%202026.csv"
    )


@pytest.mark.parametrize("name", ['a.b"; filename="evil.exe', "a.c\r\nSet-Cookie: b=c", 'no"end'])
def test_no_name_adds_a_parameter_or_a_header(name: str) -> None:
    said = sent_by_nginx("/transfers/1", "text/csv", name).headers["Content-Disposition"]
    assert said.count('"') == 2
    assert "\r" not in said
    assert said.count(";") == 2


def test_what_is_small_is_sent_whole_to_be_saved_and_never_shown() -> None:
    response = to_be_saved(b"<vxml/>", "application/voicexml+xml", "菜单.vxml")
    assert response.get_data() == b"<vxml/>"
    assert response.headers["Content-Type"] == "application/voicexml+xml"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Content-Disposition"] == (
        "attachment; filename=\"file.vxml\"; filename*=UTF-8''%E8%8F%9C%E5%8D%95.vxml"
    )
