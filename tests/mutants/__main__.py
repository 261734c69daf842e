# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""make mutants: `N mutants, K killed (P%), S survived; floor 90%`, and an exit code that is not 0 below the floor."""

from __future__ import annotations

import argparse
import sys

from tests.mutants.report import read_explanations, report
from tests.mutants.results import MUTATED, read_results
from tests.mutants.work import prepare, run
from tests.support.collection import ROOT

EVERYTHING = ["_pki/*.py", "_resources/*.py", "_resources/*/*.py"]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument(
        "files", nargs="*", help="patterns below plugins/module_utils: _pki/chain.py, '_resources/*.py'; default: all of both"
    )
    parser.add_argument(
        "--keep", action="store_true", help="go on from the last run: what was killed stays killed, survivors are tried again"
    )
    parser.add_argument("--report", action="store_true", help="only report on the last run")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args(arguments)
    selected = options.files or EVERYTHING
    for pattern in selected:
        if not list((ROOT / MUTATED).glob(pattern)):
            parser.error(f"{pattern}: no such file below {MUTATED}")
    if not options.report:
        prepare(selected, options.keep)
        code = run(options.workers)
        if code:
            print(f"mutmut ended with {code}: see build/mutants/run.log", file=sys.stderr)
            return code
    lines, good = report(read_results(selected), read_explanations())
    print("\n".join(lines))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
