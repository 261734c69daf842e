# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One module run as a process of its own, which kills itself (SIGKILL) right after its Nth step: for tests only.

python -m tests.rotation_proof.killed_module MODULE N < arguments.json      (N = 0: it is not killed)
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from tests.support.run_module import run_module


def main() -> None:
    module, count = sys.argv[1], int(sys.argv[2])
    done = 0
    conclude = Store.conclude

    def conclude_and_count(self: Store, *arguments: Any) -> None:
        """What became of a step is written after each step, and after nothing else."""
        nonlocal done
        conclude(self, *arguments)
        done += 1
        if done == count:
            os.kill(os.getpid(), signal.SIGKILL)

    Store.conclude = conclude_and_count  # type: ignore[method-assign]
    print(json.dumps(run_module(module, json.load(sys.stdin))))


if __name__ == "__main__":
    main()
