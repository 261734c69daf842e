# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox as tests use it: a process of its own, over real TLS, on free ports.

with SandboxProcess(tmp_path / "state", {"countersign": "never"}) as sandbox:
    sandbox.endpoints["portal"]["url"]
    sandbox.cli("tick", "--days", "30")
    sandbox.requests(operation_class="write")
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
READY_SECONDS = 60.0
STOP_SECONDS = 15.0


class SandboxProcess:
    """One sandbox on one state directory.

    `policy` is the content of a policy file (None: the sandbox's built-in demo). `template` is a state directory that was
    served once: its CAs are copied instead of being made again. `program`: what is started, `tests.stand_in` for the second interface.
    """

    def __init__(
        self, state_dir: Path, policy: dict[str, Any] | None = None, template: Path | None = None, program: str = "sandbox"
    ) -> None:
        self.program = program
        self.state_dir = state_dir
        self.policy_file: Path | None = None
        self.errors = state_dir.with_name(f"{state_dir.name}.stderr")
        self._process: subprocess.Popen[bytes] | None = None
        state_dir.parent.mkdir(parents=True, exist_ok=True)
        if policy is not None:
            self.set_policy(policy)
        if template is not None:
            for folder in ("tls", "psce/ca"):
                shutil.copytree(template / folder, state_dir / folder)

    def set_policy(self, policy: dict[str, Any]) -> None:
        """For the next start."""
        self.policy_file = self.state_dir.with_name(f"{self.state_dir.name}.policy.yaml")
        self.policy_file.write_text(yaml.safe_dump(policy, allow_unicode=True), encoding="utf-8")

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None, "the sandbox is not started"
        return self._process.pid

    @property
    def endpoints(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.state_dir / "endpoints.json").read_text(encoding="utf-8"))
        return content

    def start(self, *arguments: str) -> SandboxProcess:
        words = [sys.executable, "-m", self.program, "serve", "--state", str(self.state_dir), "--until-stdin-closes", *arguments]
        if self.policy_file:
            words += ["--policy", str(self.policy_file)]
        with self.errors.open("ab") as errors:
            # Its stdin ends when the test process does, and then it stops by itself.
            self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stderr=errors, cwd=REPOSITORY, env=self._environment())
        self._await_ready()
        return self

    def stop(self) -> int:
        """A clean stop (SIGTERM); its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL: what a power cut would do to the process."""
        self._end(signal.SIGKILL)

    def restart(self) -> SandboxProcess:
        """On the same state; the ports are new, but for those of the PSCE."""
        if self._process is not None:
            self.stop()
        return self.start()

    def cli(self, *arguments: str, check: bool = True, seconds: float = 120.0) -> subprocess.CompletedProcess[str]:
        """`python -m sandbox <arguments>` on this state; with `check`, a failure fails the test and shows its message."""
        environment = {**self._environment(), "SANDBOX_STATE": str(self.state_dir)}
        done = subprocess.run(
            [sys.executable, "-m", "sandbox", *arguments],
            cwd=REPOSITORY,
            env=environment,
            text=True,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
        assert not check or done.returncode == 0, f"sandbox {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def requests(self, operation_class: str | None = None, **filters: Any) -> list[dict[str, Any]]:
        """The lines of the request log whose fields equal the filters (operation=, who=, siret=, status=, rule=, face=...)."""
        if operation_class is not None:
            filters["class"] = operation_class
        log = self.state_dir / "requests.jsonl"
        written = log.read_text(encoding="utf-8").splitlines(keepends=True) if log.exists() else []
        lines = [json.loads(line) for line in written if line.endswith("\n")]  # the last one may be being written
        return [line for line in lines if all(line.get(key) == value for key, value in filters.items())]

    def __enter__(self) -> SandboxProcess:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._process is not None:
            self.stop()

    @staticmethod
    def _environment() -> dict[str, str]:
        path = os.pathsep.join(filter(None, (str(REPOSITORY), os.environ.get("PYTHONPATH"))))
        return {**os.environ, "PYTHONPATH": path}

    def _await_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            assert self._process is not None
            code = self._process.poll()
            if code is not None:
                self._process = None
                raise RuntimeError(f"the sandbox ended with {code}: {self.errors.read_text(encoding='utf-8', errors='replace')}")
            try:
                if self.endpoints["pid"] == self._process.pid:
                    return
            except (OSError, ValueError):
                select.select([], [], [], 0.01)
        self.kill()
        raise RuntimeError(f"the sandbox was not ready within {READY_SECONDS:.0f} s")

    def _end(self, number: signal.Signals) -> int:
        assert self._process is not None, "the sandbox is not started"
        process, self._process = self._process, None
        process.send_signal(number)
        try:
            code = process.wait(STOP_SECONDS)
        finally:
            process.kill()
            process.wait()
            if process.stdin:
                process.stdin.close()
        return code
