# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of antai_fleet. What is to be done for whom stands in the variables of the hosts."""

from __future__ import annotations

from ..arguments import Spec

SPEC: Spec = {
    "workers": {"type": "int", "default": 16},
    "requests_per_second": {"type": "float"},
    "brake": {"type": "int"},
    "prove": {"type": "bool", "default": False},
    "held": {"type": "str", "choices": ["fail", "skip"], "default": "fail"},
    "progress": {"type": "str", "choices": ["auto", "live", "plain", "none"], "default": "auto"},
    "language": {"type": "str", "choices": ["fr", "en"], "default": "fr"},
}
