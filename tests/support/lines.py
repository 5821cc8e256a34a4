"""Which tests one worker runs after another: those of a file, and those with telephones in two lines.

A test with an Asterisk of its own mostly waits: for a boot, a ring, a voice. Two workers are enough
for all of these, and the processor is for the others meanwhile.
"""

from pathlib import PurePosixPath

from xdist.scheduler import LoadFileScheduling

TELEPHONY = PurePosixPath("tests/integration/telephony")
NODE = TELEPHONY / "node"


class Lines(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        folders = PurePosixPath(file).parents
        return next((str(line) for line in (NODE, TELEPHONY) if line in folders), file)
