# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: siren
short_description: Whether a text is a SIREN
version_added: 0.1.0
description:
  - True for text of 9 digits whose key is right, and that is no placeholder of zeros.
  - It says that the digits agree with each other, not that the establishment exists or is the right one.
  - A number is never a SIREN, for a leading zero may be lost. Spaces are not removed.
positional: _input
options:
  _input:
    description: The value to look at.
    type: raw
    required: true
requirements:
  - python-stdnum >= 1.19
author: collectivites.antai contributors (@collectivites-antai)
"""

EXAMPLES = r"""
- name: Refuse the inventory early
  ansible.builtin.assert:
    that: antai_siret[:9] is collectivites.antai.siren
"""

RETURN = r"""
_value:
  description: Whether the text is a SIREN.
  type: bool
"""

from collections.abc import Callable

from ..module_utils.libraries import CORE, require
from ..module_utils.siret import is_siren


def siren(value: object) -> bool:
    """Whether value is text of 9 digits with a right key."""
    require(CORE)
    return isinstance(value, str) and is_siren(value)


class TestModule:
    def tests(self) -> dict[str, Callable[[object], bool]]:
        return {"siren": siren}
