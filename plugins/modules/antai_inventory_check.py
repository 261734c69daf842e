#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_inventory_check
short_description: Refuse an inventory where two hosts are the same collectivité
version_added: 0.1.0
description:
  - Compares the C(antai_siret) of the hosts of the play with each other, and with those of every other host of the inventory, whatever source they come from.
    Fails where two hosts have the same one, and names them, because each would overwrite the other's account.
  - Hosts outside C(--limit) count too, since another run would manage them. Duplicates that concern no host of the play are left alone.
  - The role C(collectivites.antai.onboarding) begins with it. Reads variables on the controller only. Use it with C(run_once).
  - It sees one inventory. Runs from different inventories, and the slices of a job, do not see each other's hosts.
attributes:
  check_mode:
    description: Reads only; the same in C(check_mode).
    support: full
  diff_mode:
    description: Changes nothing.
    support: N/A
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - plugin: collectivites.antai.collectivites
    plugin_type: inventory
"""

EXAMPLES = r"""
- name: Refuse an inventory where two hosts are the same collectivité
  collectivites.antai.antai_inventory_check:
  run_once: true
"""

RETURN = r"""
compared:
  description: How many hosts of the inventory declare a SIRET.
  returned: always
  type: int
  sample: 622
duplicates:
  description: The hosts that declare the same SIRET, by SIRET.
  returned: always
  type: dict
  sample: {"21810004800014": ["albi", "albi_bis"]}
"""
