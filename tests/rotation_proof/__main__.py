# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints `0 refused of M`, M at least 5,000: the FPS of a client that sent through a rotation, a switch of provider, and back. Then the kills."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.rotation_proof.kills import STORIES, tries
from tests.rotation_proof.road import PARTS, Scene
from tests.rotation_proof.sender import Sender
from tests.support.bench import Bench
from tests.support.sandbox_process import SandboxProcess
from tests.support.values import SIRET, existing

AT_LEAST = 5000


def main() -> int:
    started, wrong = time.monotonic(), 0

    def say(line: str) -> None:
        print(f"{time.monotonic() - started:5.0f} s  {line}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        told = through_the_road(Path(folder) / "road", say)
        with SandboxProcess(Path(folder) / "kills" / "sandbox", existing()) as running:
            here = Bench(running, Path(folder) / "kills")
            for story in STORIES:
                for tried, differs in tries(here, story):
                    wrong += bool(differs)
                    say(f"{'WRONG' if differs else 'same end'}  {tried}{''.join(f'; {differ}' for differ in differs)}")
    print(f"{wrong} of the runs that were killed ended otherwise than those that were not")
    print(f"{told['refused']} refused of {told['sent']}")
    return int(bool(wrong or told["refused"] or told["sent"] < AT_LEAST))


def through_the_road(folder: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """What the client reports at its end."""
    with SandboxProcess(folder / "sandbox", existing()) as running:
        scene = Scene(Bench(running, folder))
        with Sender(running.endpoints, scene.link, SIRET, folder / "report.json") as sender:
            for part in PARTS:
                for line in part(scene, sender):
                    say(f"{sender.told['refused']} refused of {sender.told['sent']}  {line}")
            sender.await_sent(max(0, AT_LEAST - sender.told["sent"]))
        for refusal in sender.told["first_refusals"]:
            say(f"REFUSED  {refusal}")
        return sender.told


if __name__ == "__main__":
    sys.exit(main())
