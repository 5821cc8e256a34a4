"""Recorded prompts: one WAV a clip, named by its content, made before a call needs it.

$CALLCENTER_HOME/prompts/<enterprise id or `shared`>/<language>/<hash>.wav, and of a prompt that flows
name by its id <enterprise id>/uploaded/<id>/<language>.wav. A file is complete once
it has its name, so several processes may make the same one; equal text is never made twice.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path

import structlog

from callcenter.core.speech import Speech, SpeechFailed
from ivr.model import LANGUAGES, SHARED, Clip
from ivr.phrases import phrase_clips
from ivr.speaking import spoken_words

log = structlog.get_logger()

_UPLOADED = "uploaded"
_SIDE_BY_SIDE = max(1, (os.cpu_count() or 1) - 1)
"""The engine is a program of its own, one a processor; one processor is left to the calls."""


class PromptLibrary:
    def __init__(self, folder: Path, speech: Speech) -> None:
        self._folder = folder
        self._speech = speech

    def ensure(self, clips: Iterable[Clip], owner: str = SHARED) -> int:
        """Make the files that are missing; how many. Blocks: for workers, publishing and start.

        Raises SpeechFailed; what was made until then stays.
        """
        missing = [
            clip for clip in sorted(clips, key=_order) if not self.file(clip, owner).exists()
        ]
        with ThreadPoolExecutor(_SIDE_BY_SIDE) as speaking:
            making = [speaking.submit(self._make, clip, self.file(clip, owner)) for clip in missing]
            wait(making, return_when=FIRST_EXCEPTION)
            # An engine that fails once may take its whole time to fail at each of the others.
            speaking.shutdown(cancel_futures=True)
        for made in making:
            made.result()
        return len(missing)

    def ensure_shared(self) -> int:
        """Make what every enterprise uses: the words of numbers, and the phrases around them."""
        return self.ensure(spoken_words(LANGUAGES) | phrase_clips())

    def paths(self, clips: Sequence[Clip], owner: str = SHARED) -> list[str]:
        """The files as Asterisk takes them, without ending. Never makes one: a call is waiting.

        A file that is missing is left out and logged; the caller hears the rest.
        """
        found = []
        for clip in clips:
            file = self.uploaded(owner, clip) if clip.upload else self.file(clip, owner)
            if file.exists():
                found.append(str(file.with_suffix("")))
            else:
                log.error("prompt.missing", owner=owner, language=clip.language, file=file.name)
        return found

    def file(self, clip: Clip, owner: str = SHARED) -> Path:
        content = f"{self._speech.name}\0{clip.language}\0{clip.text}"
        name = hashlib.sha256(content.encode()).hexdigest()[:32]
        folder = SHARED if clip.shared else owner
        return self._folder / folder / clip.language / f"{name}.wav"

    def upload(self, owner: str, prompt: str, language: str) -> Path:
        """The file of a prompt that flows name by its id, whether it is there or not."""
        return self._folder / owner / _UPLOADED / prompt / f"{language}.wav"

    def uploaded(self, owner: str, clip: Clip) -> Path:
        """In the clip's language where it has that, else in the one that it has."""
        file = self.upload(owner, clip.upload, clip.language)
        others = () if file.exists() else sorted(file.parent.glob("*.wav"))
        return next(iter(others), file)

    def speak(self, text: str, language: str, target: Path) -> None:
        """Raises SpeechFailed; the target is there whole or not at all. Blocks."""
        self._make(Clip(language, text), target)

    def place(self, file: Path) -> Path:
        """Beneath the folder of all prompts."""
        return file.relative_to(self._folder)

    @staticmethod
    def keep(made: Path, file: Path) -> None:
        """Put a finished file in its place, also over another one that is being played."""
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".part")
        shutil.copyfile(made, draft)
        # Asterisk may run as another user.
        draft.chmod(0o644)
        draft.replace(file)

    def _make(self, clip: Clip, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".making-", suffix=".wav", dir=file.parent)
        os.close(handle)
        making = Path(name)
        try:
            self._speech.synthesise(clip.text, clip.language, making)
            # mkstemp's files are their maker's alone; Asterisk may run as another user.
            making.chmod(0o644)
            making.replace(file)
        except SpeechFailed:
            log.exception("prompt.failed", language=clip.language)
            raise
        finally:
            making.unlink(missing_ok=True)


def _order(clip: Clip) -> tuple[str, str, bool]:
    return clip.language, clip.text, clip.shared
