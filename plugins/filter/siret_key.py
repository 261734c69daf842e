# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: siret_key
short_description: The key that makes a SIRET of its first 13 digits
version_added: 0.1.0
description:
  - The fourteenth digit, by Luhn's rule, for a SIREN and the first four digits of its NIC. For making test data, or for comparing with a notice of INSEE.
  - A key proves that 14 digits agree with each other. It does not prove that the establishment exists, so that nobody should complete a SIRET with it.
  - The post offices of La Poste (356000000) follow a rule of their own that leaves the choice between two keys. They are refused.
positional: _input
options:
  _input:
    description: The first 13 digits of a SIRET, as text.
    type: str
    required: true
seealso:
  - plugin: collectivites.antai.siren_of
    plugin_type: filter
requirements:
  - python-stdnum >= 1.19
author: collectivites.antai contributors (@collectivites-antai)
"""

EXAMPLES = r"""
- name: The last digit of Lyon's SIRET
  ansible.builtin.debug:
    msg: "{{ '2169012310001' | collectivites.antai.siret_key }}"  # 1
"""

RETURN = r"""
_value:
  description: The key, one digit.
  type: str
"""

from collections.abc import Callable

from ..module_utils.siret import siret_key as key_of
from ..plugin_utils.siret_filter import from_text


def siret_key(digits: object) -> str:
    """The fourteenth digit. Raises AnsibleFilterError."""
    return from_text(key_of, digits, "siret_key")


class FilterModule:
    def filters(self) -> dict[str, Callable[[object], str]]:
        return {"siret_key": siret_key}
