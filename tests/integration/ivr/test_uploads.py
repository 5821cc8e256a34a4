"""Prompts are uploaded, spoken, heard, named by flows and deleted: through the API, by real programs."""

import subprocess
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from callcenter.calls.sound import read_samples
from callcenter.core.ids import new_id
from callcenter.core.loudness import LOUDNESS, loudness_of
from callcenter.core.settings import load_settings
from tests.support.databases import FreshDatabase
from tests.support.firms import *  # noqa: F403
from tests.support.firms import Firm, Page
from tests.unit.ivr.test_webm import block, packets, recorded, track

pytestmark = pytest.mark.integration

KINDS = ("wav", "mp3", "ogg", "opus", "webm")


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A quiet tone of two seconds, in stereo at 44.1 kHz, in every coding."""
    folder: Path = tmp_path_factory.mktemp("sounds")
    wav = folder / "tone.wav"
    tone = ["synth", "2", "sine", "500", "gain", "-30"]
    subprocess.run(["sox", "-n", "-r", "44100", "-c", "2", "-b", "16", wav, *tone], check=True)
    for kind in ("mp3", "ogg"):
        subprocess.run(["sox", wav, folder / f"tone.{kind}"], check=True)
    subprocess.run(["opusenc", "--quiet", wav, folder / "tone.opus"], check=True)
    head, _, *sound = packets((folder / "tone.opus").read_bytes())
    webm = recorded(*(block(packet) for packet in sound), tracks=track(head=head))
    (folder / "tone.webm").write_bytes(webm)
    return {kind: (folder / f"tone.{kind}").read_bytes() for kind in KINDS}


@pytest.fixture
def prompt(firm: Firm) -> dict[str, Any]:
    return firm.admin.made("/ivr-prompts", {"name": f"欢迎 {new_id()}"})


def send(page: Page, prompt: dict[str, Any], content: bytes, language: str = "zh-CN") -> Any:
    return page.client.put(
        f"/api/v1/ivr-prompts/{prompt['id']}/sounds/{language}",
        query_string={"name": "welcome.bin"}, data=content,
        headers={"If-Match": f'"{prompt["version"]}"', "X-CSRF-Token": page.csrf},
        content_type="application/octet-stream",
    )  # fmt: skip


@pytest.fixture
def home(platform_database: FreshDatabase) -> Path:
    return load_settings(platform_database.environment).paths.home


def file_of(home: Path, page: Page, prompt: dict[str, Any], language: str = "zh-CN") -> Path:
    """Where nginx finds what it sends."""
    answer = page.get(f"/ivr-prompts/{prompt['id']}/sounds/{language}")
    assert (answer.status_code, answer.content_type) == (200, "audio/wav")
    place = answer.headers["X-Accel-Redirect"].removeprefix("/prompts/")
    return home / "prompts" / place


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_any_coding_becomes_what_asterisk_plays(
    home: Path, firm: Firm, prompt: dict[str, Any], sounds: dict[str, bytes], kind: str
) -> None:
    taken = send(firm.admin, prompt, sounds[kind])
    assert taken.status_code == 200, taken.json
    (sound,) = taken.json["sounds"]
    assert (sound["language"], sound["file"], sound["text"]) == ("zh-CN", "welcome.bin", "")
    assert sound["seconds"] == pytest.approx(2, abs=0.1)
    file = file_of(home, firm.admin, prompt)
    with wave.open(str(file)) as made:
        assert (made.getframerate(), made.getsampwidth(), made.getnchannels()) == (8000, 2, 1)
    samples = read_samples(file).astype(float) / 32768
    assert loudness_of(samples) == pytest.approx(LOUDNESS, abs=1)
    strongest = np.argmax(np.abs(np.fft.rfft(samples))) * 8000 / len(samples)
    assert strongest == pytest.approx(500, abs=5)


@pytest.mark.parametrize(
    ("content", "status", "code", "why"),
    [
        (b"", 422, "sound-refused", "unknown"),
        (b"<script>alert(1)</script>", 422, "sound-refused", "unknown"),
        (b"RIFF\x00\x00\x00\x00WAVEnothing", 422, "sound-refused", "unreadable"),
        (b"ID3" + b"\0" * 5000, 422, "sound-refused", "unreadable"),
        (b"OggS" + b"\0" * 24 + b"OpusHead", 422, "sound-refused", "unreadable"),
        (b"RIFF" + b"x" * (20 * 1024 * 1024), 413, "prompt-too-large", None),
    ],
)
def test_what_is_no_prompt_is_refused_and_changes_nothing(
    firm: Firm, prompt: dict[str, Any], content: bytes, status: int, code: str, why: str | None
) -> None:
    answer = send(firm.admin, prompt, content)
    assert (answer.status_code, answer.json["error"]["code"]) == (status, code)
    assert (answer.json["error"].get("details") or {}).get("why") == why
    assert firm.admin.get(f"/ivr-prompts/{prompt['id']}").json["sounds"] == []


def test_a_recording_longer_than_ten_minutes_is_refused(
    firm: Firm, prompt: dict[str, Any], tmp_path: Path
) -> None:
    """It is small: what it would unfold to counts."""
    long = tmp_path / "long.mp3"
    made = ["sox", "-n", "-r", "8000", "-C", "8", long, "synth", "605", "sine", "500"]
    subprocess.run(made, check=True)
    answer = send(firm.admin, prompt, long.read_bytes())
    assert (answer.status_code, answer.json["error"]["details"]["why"]) == (422, "too_long")


def test_a_text_is_spoken_and_replaced_by_a_file(
    home: Path, firm: Firm, prompt: dict[str, Any], sounds: dict[str, bytes]
) -> None:
    page, path = firm.admin, f"/ivr-prompts/{prompt['id']}"
    spoken = page.put(f"{path}/texts/en", {"text": "Good morning."}, prompt["version"])
    assert spoken.status_code == 200, spoken.json
    (sound,) = spoken.json["sounds"]
    assert (sound["text"], sound["file"]) == ("Good morning.", "")
    assert sound["seconds"] > 0.4
    before = file_of(home, page, prompt, "en").read_bytes()
    replaced = send(page, spoken.json, sounds["wav"], "en")
    assert [each["file"] for each in replaced.json["sounds"]] == ["welcome.bin"]
    assert file_of(home, page, prompt, "en").read_bytes() != before
    assert send(page, spoken.json, sounds["wav"], "en").status_code == 412


def test_a_prompt_that_a_flow_says_stays(
    firm: Firm, prompt: dict[str, Any], sounds: dict[str, bytes]
) -> None:
    page, path = firm.admin, f"/ivr-prompts/{prompt['id']}"
    service = page.made("/ivr-services", {"name": f"公告 {new_id()}"})
    say = {"id": "say", "kind": "play", "settings": {"prompts": [{"file": prompt["id"]}]},
           "exits": {"next": "end"}}  # fmt: skip
    end = {"id": "end", "kind": "hang_up", "settings": {}, "exits": {}}
    flow = {"start": "say", "languages": ["zh-CN"], "nodes": [say, end]}
    drafted = f"/ivr-services/{service['id']}"
    saved = page.put(f"{drafted}/draft", {"definition": flow}, service["version"])

    def publish() -> Any:
        return page.send("POST", f"{drafted}/publish", version=saved.json["version"])

    silent = publish().json["error"]["details"]["problems"]
    assert [(each["code"], each["detail"]) for each in silent] == [("missing-prompt", prompt["id"])]
    taken = send(page, prompt, sounds["opus"]).json
    assert publish().status_code == 200
    user = {"kind": "ivr_service", "id": service["id"], "name": service["name"]}
    assert page.get(path).json["used_by"] == [user]
    for refused in (page.delete(path, taken["version"]), page.delete(f"{path}/sounds/zh-CN")):
        assert (refused.status_code, refused.json["error"]["code"]) == (409, "in-use")


def test_a_prompt_is_renamed_listed_and_deleted_with_its_sounds(
    home: Path, firm: Firm, prompt: dict[str, Any], sounds: dict[str, bytes]
) -> None:
    page, path = firm.admin, f"/ivr-prompts/{prompt['id']}"
    taken = send(page, prompt, sounds["wav"]).json
    file = file_of(home, page, prompt)
    name = f"晚上好 {new_id()}"
    renamed = page.patch(path, {"name": name}, taken["version"]).json
    listed = page.get("/ivr-prompts", q=name).json
    assert [each["id"] for each in listed["items"]] == [prompt["id"]]
    other = page.made("/ivr-prompts", {"name": f"{name} 2"})
    taken_name = page.patch(f"/ivr-prompts/{other['id']}", {"name": name}, other["version"])
    assert list(taken_name.json["error"]["fields"]) == ["name"]
    assert page.delete(path, renamed["version"]).status_code == 204
    assert page.get(path).status_code == 404
    assert not file.exists()


def test_a_deletion_that_comes_to_nothing_leaves_the_sounds(
    home: Path, firm: Firm, prompt: dict[str, Any], sounds: dict[str, bytes]
) -> None:
    prompt = send(firm.admin, prompt, sounds["wav"]).json
    file = file_of(home, firm.admin, prompt)

    def lost(_session: Session) -> None:
        raise OperationalError("commit", {}, Exception("the server is gone"))

    event.listen(Session, "before_commit", lost)
    try:
        answer = firm.admin.send("delete", f"/ivr-prompts/{prompt['id']}")
    finally:
        event.remove(Session, "before_commit", lost)
    assert answer.status_code >= 500
    assert file.exists()


def test_nobody_else_may(firm: Firm, rival: Firm, agent: Page, prompt: dict[str, Any]) -> None:
    path = f"/ivr-prompts/{prompt['id']}"
    for page, status in ((rival.admin, 404), (agent, 403)):
        answers = [
            page.get(path),
            page.patch(path, {"name": "x"}, 1),
            page.put(f"{path}/texts/en", {"text": "x"}, 1),
            send(page, prompt, b"RIFF"),
            page.delete(path, 1),
            page.get(f"{path}/sounds/en"),
        ]
        assert [answer.status_code for answer in answers] == [status] * len(answers)
