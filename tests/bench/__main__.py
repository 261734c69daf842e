# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make bench`: runs the cases, prints the table and the targets, writes build/bench.json.

make bench                                            the whole bench (about an hour)
make bench ARGS="--quick"                             a short one, at 50 and 100
make bench ARGS="--only noop --size 622 --way ours --way bare"
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.bench.cases import FULL, NATIONAL, QUICK, SCENARIOS, Case
from tests.bench.running import Bench, Results
from tests.bench.table import table
from tests.bench.targets import Target, judge
from tests.bench.ways import WORKERS
from tests.support.sandbox_process import REPOSITORY

BUILD = REPOSITORY / "build"
NOTICE = (
    "Same sandbox (ours, not an interface of ANTAI), same keys and certificates, made before and charged to nobody. "
    f"{WORKERS} connections for ours, bare and engine; Ansible's default forks. Latency is added to each answer, not to TCP or TLS. "
    "uri: one login for all, measured on 50 hosts; beyond what Ansible costs by itself, that is scaled to N. "
    "bare: the fewest calls, taking for granted that people act at once. RSS: the largest process. "
    "loop: without starting Python or Ansible and reading the declarations. sandbox CPU: in percent of one core, over the wall clock."
)


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    cases = chosen(QUICK if options.quick else FULL, options)
    if not cases:
        sys.stderr.write("no case is left: see --quick, --only, --size, --way\n")
        return 2
    bench = Bench(BUILD / "bench", _say, repeats=options.repeat, profiles=BUILD / "profiles" if options.profile else None)
    size = max(case.size for case in cases if case.size <= NATIONAL) if options.quick else NATIONAL
    options.to.parent.mkdir(parents=True, exist_ok=True)

    def keep(results: Results) -> None:
        report = json.dumps(written(results, judge(results, size)), indent=1, ensure_ascii=False)
        options.to.write_text(f"{report}\n", encoding="utf-8")

    results = bench.run(cases, keep)
    sys.stdout.write("\n".join(["", NOTICE, "", table(results), *(target.line for target in judge(results, size)), ""]))
    return 0


def chosen(cases: Sequence[Case], options: argparse.Namespace) -> list[Case]:
    """Those that are asked for, with the ways that are asked for."""
    selected = []
    for case in cases:
        ways = tuple(way for way in case.ways if not options.way or way in options.way or (way == "nothing" and "uri" in options.way))
        if (
            ways
            and (not options.only or case.name in options.only or case.scenario in options.only)
            and (not options.size or case.size in options.size)
        ):
            selected.append(replace(case, ways=ways))
    return selected


def written(results: Results, targets: Sequence[Target]) -> dict[str, Any]:
    """{about, targets, <case>: {<n>: {<way>: figures}}}"""
    machine = {
        "notice": NOTICE,
        "cores": os.cpu_count(),
        "load_1m": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "ansible_core": version("ansible-core"),
    }
    return {"about": machine, "targets": [asdict(target) for target in targets], **results}


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description="What a fleet costs, several ways, against the same sandbox.")
    parser.add_argument("--quick", action="store_true", help="a short run, at 50 and 100")
    parser.add_argument(
        "--only", action="append", metavar="CASE", help=f"of {', '.join(SCENARIOS)}, or a whole name such as noop_own_agents"
    )
    parser.add_argument("--size", action="append", type=int, metavar="N", help="only cases of this size")
    parser.add_argument(
        "--way", action="append", default=[], metavar="WAY", help="only this way: ours, roles, uri, bare, engine, nothing, task"
    )
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="run each so often, and take the best (default: 1)")
    parser.add_argument("--profile", action="store_true", help="leave a cProfile of the engine for each case in build/profiles")
    parser.add_argument("--to", type=Path, default=BUILD / "bench.json", metavar="FILE", help="(default: build/bench.json)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
