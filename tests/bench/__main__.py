"""`python -m tests.bench [NAME…] [--runs N]`: measure and report; `report` alone computes anew."""

import argparse
import importlib
import sys

from tests.bench import report

ALL = (
    *(
        "matcher",
        "simulation",
        "routes",
        "events",
        "fanout",
        "pop",
        "calls",
        "queues",
        "fairness",
        "keys",
    ),
    *("memory", "objects", "queries", "tasks", "messages", "templates"),
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"report, {', '.join(ALL)}")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    unknown = set(options.names) - {*ALL, "report"}
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    wanted = [name for name in options.names or ALL if name != "report"]
    for number in range(1, options.runs + 1):
        for name in wanted:
            sys.stderr.write(f"{name}, run {number} of {options.runs}\n")
            importlib.import_module(f"tests.bench.{name}").run(number).write()
    report.write()


if __name__ == "__main__":
    main()
