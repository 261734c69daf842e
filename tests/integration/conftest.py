# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the integration tests: an environment without surprises, and a workbench."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import StartSandbox
from tests.support.bench import Bench
from tests.support.interfaces import INTERFACES, Interface
from tests.support.responder import Responder, responding

OpenBench = Callable[..., Bench]
MISLEADING = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "NETRC", "SANDBOX_STATE", "SANDBOX_ENDPOINTS")


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("ANTAI_") or name.lower().endswith("_proxy") or name in MISLEADING:
            monkeypatch.delenv(name)


@pytest.fixture
def interface(request: pytest.FixtureRequest) -> Interface:
    """The sandbox's own, or the one that EITHER_INTERFACE asks for."""
    return INTERFACES[getattr(request, "param", "sandbox")]


@pytest.fixture
def bench(sandbox: StartSandbox, interface: Interface, tmp_path: Path) -> OpenBench:
    """`bench(policy)`: a sandbox of its own and a store that does not exist yet; the modules speak `interface` with it."""

    def start(policy: dict[str, Any] | None = None) -> Bench:
        return Bench(sandbox(policy, program=interface.program), tmp_path, interface)

    return start


@pytest.fixture
def responder() -> Iterator[Responder]:
    with responding() as told:
        yield told
