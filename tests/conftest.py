# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every test, and fixtures for those that need the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.support.sandbox_process import SandboxProcess

# How long an example takes says more of the machine, and of what else it does, than of the code.
settings.register_profile("collection", deadline=None)
settings.load_profile("collection")

StartSandbox = Callable[..., SandboxProcess]


@pytest.fixture(scope="session")
def sandbox_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state directory whose CAs are copied into each test's own."""
    process = SandboxProcess(tmp_path_factory.mktemp("template") / "state", {})
    process.start()
    process.stop()
    return process.state_dir


@pytest.fixture
def sandbox(tmp_path: Path, sandbox_template: Path) -> Iterator[StartSandbox]:
    """`sandbox(policy)` starts a sandbox of its own for this test; all are stopped after it."""
    started: list[SandboxProcess] = []

    def start(policy: dict[str, Any] | None = None, name: str | None = None, program: str = "sandbox") -> SandboxProcess:
        process = SandboxProcess(tmp_path / (name or f"sandbox-{len(started)}"), policy, sandbox_template, program)
        started.append(process)
        return process.start()

    yield start
    for process in started:
        if process.running:
            process.stop()
