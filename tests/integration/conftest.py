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
from tests.support.responder import Responder, responding

OpenBench = Callable[..., Bench]
MISLEADING = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "NETRC", "SANDBOX_STATE", "SANDBOX_ENDPOINTS")


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("ANTAI_") or name.lower().endswith("_proxy") or name in MISLEADING:
            monkeypatch.delenv(name)


@pytest.fixture
def bench(sandbox: StartSandbox, tmp_path: Path) -> OpenBench:
    """`bench(policy)`: a sandbox of its own and a store that does not exist yet."""

    def start(policy: dict[str, Any] | None = None) -> Bench:
        return Bench(sandbox(policy), tmp_path)

    return start


@pytest.fixture
def responder() -> Iterator[Responder]:
    with responding() as told:
        yield told
