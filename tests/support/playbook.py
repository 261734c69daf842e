# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real `ansible-playbook` against a sandbox, with all that it told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.sandbox_process import REPOSITORY

SECONDS = 300.0
KEPT = ("PATH", "LANG", "TMPDIR", "COVERAGE_PROCESS_START")


@dataclass(frozen=True)
class Played:
    """stats: by host, as the recap. results: one entry for each task and host."""

    code: int
    stdout: str
    stderr: str
    stats: dict[str, dict[str, int]]
    results: list[dict[str, Any]]

    def statuses(self) -> dict[str, dict[str, Any]]:
        """By host, what antai_onboarding_info told."""
        return {result["host"]: result["result"]["status"] for result in self.results if "status" in result["result"]}

    def changed(self) -> set[str]:
        return {host for host, counts in self.stats.items() if counts["changed"]}

    def failed(self) -> set[str]:
        return {host for host, counts in self.stats.items() if counts["failures"] or counts["unreachable"]}


def play(
    playbook: Path | str,
    inventory: Path | str,
    home: Path,
    *arguments: str,
    kill_when: Callable[[], bool] | None = None,
    **variables: str,
) -> Played:
    """Run it to its end; ansible's own files go to `home`. It is killed (SIGKILL) as soon as kill_when says so, when it takes too long, or when
    the test ends.
    """
    home.mkdir(parents=True, exist_ok=True)
    record = home / "record.jsonl"
    record.unlink(missing_ok=True)
    words = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", str(inventory), str(playbook), *arguments]
    with subprocess.Popen(
        words,
        cwd=REPOSITORY,
        env=_recorded(home, record) | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            while kill_when and process.poll() is None:
                if kill_when():
                    os.killpg(process.pid, 9)
                    break
                time.sleep(0.005)
            stdout, stderr = process.communicate(timeout=SECONDS)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, 9)  # its own group: the workers too, nobody else's
    lines = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()] if record.exists() else []
    stats: dict[str, dict[str, int]] = next((line["stats"] for line in lines if "stats" in line), {})
    return Played(process.returncode, stdout, stderr, stats, [line for line in lines if "task" in line])


def environment(home: Path) -> dict[str, str]:
    """Nothing of the user's but what names programs: ansible's own files go to `home`."""
    return {name: os.environ[name] for name in KEPT if name in os.environ} | {
        "HOME": str(home),
        "ANSIBLE_HOME": str(home / "ansible"),
        "ANSIBLE_LOCAL_TEMP": str(home / "local"),
        "ANSIBLE_REMOTE_TEMP": str(home / "remote"),
        "ANSIBLE_COLLECTIONS_PATH": str(REPOSITORY / "build" / "collections"),
        "ANSIBLE_NOCOLOR": "1",
        "LC_ALL": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _recorded(home: Path, record: Path) -> dict[str, str]:
    return environment(home) | {
        "ANSIBLE_LOG_PATH": str(home / "ansible.log"),
        "ANSIBLE_CALLBACK_PLUGINS": str(REPOSITORY / "tests" / "support" / "callback"),
        "ANSIBLE_CALLBACKS_ENABLED": "record",
        "ANSIBLE_DEPRECATION_WARNINGS": "1",
        "RECORD_FILE": str(record),
    }
