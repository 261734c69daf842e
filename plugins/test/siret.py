# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable

from ..module_utils.libraries import CORE, require
from ..module_utils.siret import is_siret


def siret(value: object) -> bool:
    """Whether value is text of 14 digits with a right key."""
    require(CORE)
    return isinstance(value, str) and is_siret(value)


class TestModule:
    def tests(self) -> dict[str, Callable[[object], bool]]:
        return {"siret": siret}
