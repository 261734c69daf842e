# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a documented sample has the shape of what is really returned."""

from __future__ import annotations

from typing import Any


def same_shape(sample: Any, real: Any, where: str) -> None:
    """Same keys all the way down; of a list, its first entries are compared. None stands for anything."""
    if isinstance(sample, dict) and isinstance(real, dict):
        assert set(sample) == set(real), where
        for key, value in sample.items():
            same_shape(value, real[key], f"{where}.{key}")
    elif isinstance(sample, list) and isinstance(real, list):
        if sample and real:
            same_shape(sample[0], real[0], f"{where}[0]")
    elif sample is not None and real is not None:
        assert type(sample) is type(real) or {type(sample), type(real)} <= {int, float}, where
