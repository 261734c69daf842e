# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The independent client (client.py) as a process, and what it reports."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

CLIENT = Path(__file__).with_name("client.py")


class Sender:
    """with Sender(endpoints, link, siret, report) as sender: ...; it sends from its start to its end."""

    def __init__(self, endpoints: dict[str, Any], link: Path, siret: str, report: Path) -> None:
        self.words = [endpoints["sifps"]["url"], endpoints["sifps"]["ca_file"], str(link), siret, str(report)]
        self.report = report
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Sender:
        # -I: nothing of this clone is on its path.
        self._process = subprocess.Popen([sys.executable, "-I", str(CLIENT), *self.words], stdin=subprocess.PIPE)
        self.await_sent(1)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._process and self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(30)
        finally:
            self._process.kill()
            self._process.wait()

    @property
    def told(self) -> dict[str, Any]:
        """{sent, refused, first_refusals, certificates}."""
        content: dict[str, Any] = json.loads(self.report.read_text(encoding="utf-8")) if self.report.exists() else {"sent": 0, "refused": 0}
        return content

    @property
    def uses(self) -> str:
        """The folder whose certificate it presents, as <provider>/<version>."""
        return "/".join(Path(self.told["certificates"][-1]).parts[-3::2])

    def await_sent(self, more: int, seconds: float = 120.0) -> None:
        """Until so many more are sent than now."""
        wanted, deadline = self.told["sent"] + more, time.monotonic() + seconds
        while self.told["sent"] < wanted:
            assert self._process and self._process.poll() is None, "the client has ended"
            assert time.monotonic() < deadline, f"the client has not sent {more} more within {seconds} s"
            time.sleep(0.02)
