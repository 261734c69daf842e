# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module is about: its options, and what it makes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .._options.spec import Spec
from .._plan.results import Answer
from .._plan.settings import Settings
from .base import Context, Resource


@dataclass(frozen=True)
class DeclaringKind:
    """One declaring module: its options, and the resource that its parameters make."""

    spec: Spec
    build: Callable[[dict[str, Any]], Resource]


@dataclass(frozen=True)
class InfoKind:
    """One read-only module: its options, and what it answers."""

    spec: Spec
    answer: Callable[[dict[str, Any], Context, Settings], Answer]
