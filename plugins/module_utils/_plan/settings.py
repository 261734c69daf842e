# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How one run behaves: check mode, waiting, language, and its clocks."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ..dates import utc_now


@dataclass(frozen=True)
class Settings:
    """check_mode and diff as Ansible has them. wait: poll until nothing is waited for, at most wait_timeout seconds. language: fr or en."""

    check_mode: bool = False
    wait: bool = False
    wait_timeout: float = 0.0
    language: str = "fr"
    now: Callable[[], datetime] = utc_now
    pause: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic

    @property
    def acts(self) -> bool:
        """Whether anything may be written."""
        return not self.check_mode
