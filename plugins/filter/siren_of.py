# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: siren_of
short_description: The SIREN of a SIRET
version_added: 0.1.0
description:
  - The nine digits that identify the legal unit of an establishment, whose SIRET is checked first (digits and key).
  - A SIRET that is not right is an error that says what it looks like instead. Nothing is completed or corrected.
positional: _input
options:
  _input:
    description: A SIRET, 14 digits without spaces, as text. A number is refused, for a leading zero may be lost.
    type: str
    required: true
seealso:
  - plugin: collectivites.antai.siret
    plugin_type: test
requirements:
  - python-stdnum >= 1.19
author: collectivites.antai contributors (@collectivites-antai)
"""

EXAMPLES = r"""
- name: The commune behind an annex budget
  ansible.builtin.debug:
    msg: "{{ '21690123100029' | collectivites.antai.siren_of }}"  # 216901231
"""

RETURN = r"""
_value:
  description: The SIREN, 9 digits.
  type: str
"""

from collections.abc import Callable

from ..module_utils.siret import check_siret
from ..plugin_utils.siret_filter import from_text


def siren_of(siret: object) -> str:
    """The first 9 digits of a right SIRET. Raises AnsibleFilterError."""
    return from_text(check_siret, siret, "siren_of")[:9]


class FilterModule:
    def filters(self) -> dict[str, Callable[[object], str]]:
        return {"siren_of": siren_of}
