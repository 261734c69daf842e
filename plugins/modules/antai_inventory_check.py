#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_inventory_check
short_description: Refuse an inventory that was not read whole, that holds nobody, or where two hosts are the same collectivité
version_added: 0.1.0
description:
  - Ansible only warns of an inventory source that it cannot read, and goes on with the others, or with nobody, and ends with 0. This fails, and says which
    source and why.
  - Fails where O(pattern) matches no host within C(--limit).
  - Fails where C(antai_profile), C(antai_portal_url) or C(antai_sifps_url) can be read for no host at all, because a template in it fails. Where one host
    has them, the others fail alone.
  - Compares the C(antai_siret) of the hosts of the play with each other, and with those of every other host of the inventory, whatever source they come from.
    Fails where two hosts have the same one, and names them, because each would overwrite the other's account.
  - Hosts outside C(--limit) count too, since another run would manage them. Duplicates that concern no host of the play are left alone.
  - The playbooks of the collection, and the roles C(onboarding) and C(reconciliation), begin with it. Use it with C(run_once).
  - Reads variables on the controller only.
  - It sees one inventory. Runs from different inventories, and the slices of a job, do not see each other's hosts.
options:
  pattern:
    description: A pattern of hosts, at least one of which has to be there. Without it the hosts of the play are compared.
    type: str
  fail:
    description: Whether to fail where the inventory is refused. With V(false) only C(refusal) says so, for a report that is to come first.
    type: bool
    default: true
  language:
    description: Language of what it says where it fails.
    type: str
    choices: [fr, en]
    default: fr
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

# In a play on localhost: one on "antai" that matches nobody would be skipped, and the run would end with 0.
- name: Refuse an inventory without collectivités
  collectivites.antai.antai_inventory_check:
    pattern: antai
"""

RETURN = r"""
refusal:
  description: Why the inventory is refused, or null where it is not.
  returned: always
  type: str
  sample: null
unread_sources:
  description: Sources of the inventory, or files in them, that Ansible could not read.
  returned: always
  type: list
  elements: str
  sample: []
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
