# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""10,000 random edits, removals, swaps and cut tails in a journal of 1,000 lines; ends in "0 missed of 10000", and with 1 where that is not so."""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

from tests.journal_proof.tampering import journal_of, missed

TRIES, LINES = 10_000, 1_000


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        content, head = journal_of(Path(folder) / "store", LINES)
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    misses = missed(content, head, TRIES, random.Random(seed))
    for kind, count in misses.items():
        print(f"{kind:14} {count} missed")
    print(
        f"{sum(misses.values())} missed of {TRIES} (journal of {LINES} lines, seed {seed}; cut tails against the anchor, all else against the chain)"
    )
    return 1 if sum(misses.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
