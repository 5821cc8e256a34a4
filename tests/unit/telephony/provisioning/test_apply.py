from pathlib import Path

from callcenter.telephony.provisioning.apply import differences, modules_of, write


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    assert write(tmp_path, {"a.conf": "1\n", "b.conf": "1\n"}) == ["a.conf", "b.conf"]
    before = (tmp_path / "a.conf").stat().st_ino
    assert write(tmp_path, {"a.conf": "1\n", "b.conf": "2\n"}) == ["b.conf"]
    assert (tmp_path / "a.conf").stat().st_ino == before
    assert (tmp_path / "b.conf").read_text() == "2\n"


def test_files_hold_secrets_and_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    write(tmp_path, {"a.conf": "1\n"})
    assert (tmp_path / "a.conf").stat().st_mode & 0o777 == 0o600


def test_a_reader_never_meets_half_a_file(tmp_path: Path) -> None:
    write(tmp_path, {"a.conf": "old\n"})
    with (tmp_path / "a.conf").open() as reader:
        write(tmp_path, {"a.conf": "new\n"})
        assert reader.read() == "old\n"
    assert [file.name for file in tmp_path.iterdir()] == ["a.conf"]


def test_a_dry_run_shows_the_difference_and_writes_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"a.conf": "old\n"})
    assert "-old\n+new\n" in differences(tmp_path, {"a.conf": "new\n"})
    assert (tmp_path / "a.conf").read_text() == "old\n"


def test_each_module_is_reloaded_once_and_endpoints_come_first() -> None:
    changed = ["extensions.conf", "queues.conf", "pjsip.conf", "rtp.conf"]
    assert modules_of(changed) == ["res_pjsip.so", "app_queue.so", "pbx_config.so"]
