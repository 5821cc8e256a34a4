"""`python -m tests.bench.soak`: minutes of calls, then everything must be as at the beginning.

Nobody stuck; rooms, ledger, CEL and Asterisk tell the same; a look at Asterisk finds nothing to
mend; after the first calls memory and file descriptors do not grow. Part of `make verify`.
"""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.floor import Floor, running_floor
from tests.bench.sustain import OURS, RTP, SEATS, Sustained, sustain
from tests.faults.harm import cut_ami
from tests.faults.truth import Truth
from tests.support.stack import Stack

RATE, PORTIONS = 10.0, [1_600, 1_000]
"""About five minutes with the start. The first portion fills caches and widens tables, one of them

by 7.5 MB at a stroke; of what is held then, little more may come.
"""

MEMORY_PERCENT, FILES_PERCENT = 3.0, 5.0


def main() -> None:
    faults = asyncio.run(_run())
    for fault in faults:
        sys.stdout.write(f"soak: {fault}\n")
    sys.stdout.write("soak: failed\n" if faults else "soak: passed\n")
    sys.exit(bool(faults))


async def _run() -> list[str]:
    with Stack(**RTP) as stack, tempfile.TemporaryDirectory(prefix="cc-") as folder:
        await asyncio.to_thread(stack.wait_ready, 300)
        async with running_floor(stack, Path(folder), SEATS) as (floor, site):
            done = await sustain(site, stack, RATE, PORTIONS)
            return [*_of_load(done), *await asyncio.to_thread(_of_product, stack, floor, done)]


def _of_load(done: Sustained) -> list[str]:
    sys.stdout.write(
        f"soak: {done.calls} calls, {done.failed} failed, {done.retransmissions} sent twice\n"
    )
    faults = [f"{done.failed} calls failed"] if done.failed else []
    memory, files = done.growth("memory_kb"), done.growth("open_files")
    for name in (*OURS, "asterisk"):
        sys.stdout.write(f"soak: {name} {memory[name]:+.1f} % memory, {files[name]:+.1f} % files\n")
        if memory[name] > MEMORY_PERCENT:
            faults.append(f"{name} holds {memory[name]:.1f} % more memory than before")
        if files[name] > FILES_PERCENT:
            faults.append(f"{name} holds {files[name]:.1f} % more files than before")
    return faults


def _of_product(stack: Stack, floor: Floor, done: Sustained) -> list[str]:
    truth = Truth(stack)
    known = len(truth.passes())
    cut_ami(stack)
    truth.recovered(known=known)
    faults: list[str] = []
    try:
        truth.agrees()
    except AssertionError as error:
        faults.append(str(error))
    first: dict[str, Any] = truth.passes()[known]
    if any(first["differed"].values()):
        faults.append(f"a look at Asterisk found {first['differed']}")
    ended = floor.calls_in("ended")
    if ended != done.calls:
        faults.append(f"{done.calls} calls were placed, {ended} ended in the ledger")
    return faults + [
        f"seat {code} is {state}" for code, state in floor.states() if state != "ready"
    ]


if __name__ == "__main__":
    main()
