#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_inventory_from_space
short_description: Write the inventory of collectivités that were onboarded by hand, from the lists of their spaces
version_added: 0.1.0
description:
  - Each host of the play is one agent, with its connection variables (C(antai_profile), C(antai_portal_url), C(antai_username)...). All that these
    agents may see is read from the lists of the portal, and written as a CSV file with the source of the inventory plugin
    P(collectivites.antai.collectivites#inventory). M(collectivites.antai.antai_fleet) then plans nothing for it.
  - What the space does not show stays empty, and is told (the mandated agent of a collectivité is shown nowhere). A value that the inventory plugin
    would refuse or change, and a text that a spreadsheet takes for a formula, stays empty, too. Closed spaces are left out.
  - Each provider that has an active certificate is declared with C(keys=elsewhere), and without a fingerprint. It then stands for whatever is active
    under its label, and the provider may renew it. The report has the fingerprints.
  - Pairs of key and certificate that exist (O(keys_folder)) are brought into the store (C(antai_store)) of the agent, under its lock and with a line in
    its journal, where their certificate is the active one that the space lists. A pair that the store holds is never replaced. These are declared
    without C(keys=elsewhere).
  - With a store, the countersigned conventions are laid there, too, as a run would do.
  - It tells for each collectivité, and in total, what is missing to rotate its certificates from here.
  - It runs on the controller, once for all hosts, and sends nothing to ANTAI but what reads. A list that is not whole is an error, and nothing is written then.
notes:
  - It sees the inventory's variables of the hosts (host_vars, group_vars), not a play's C(vars) nor a role's defaults.
  - Who is not mandated for a space does not see it. A host of the play that declares C(antai_siret), and whose space no agent sees, is told.
requirements:
  - on the controller, the packages of the collection's C(requirements.txt)
options:
  path:
    description:
      - Folder on the controller that gets C(collectivites.yml) and C(collectivites.csv), readable by their owner alone. An absolute path.
        It is made where there is none.
    type: path
    required: true
  force:
    description: Replace these two files whole where they exist. Without it, that is an error before any request.
    type: bool
    default: false
  keys_folder:
    description:
      - Folder on the controller in which keys and certificates lie, in PEM, DER or PKCS#12, together or in files of their own, in sub-folders, too.
      - A key belongs to a certificate where their public keys are the same, and to a space where it lists this certificate as active.
    type: path
  passphrase:
    description: Opens the PKCS#12 and the encrypted keys of O(keys_folder).
    type: str
  pin:
    description:
      - Declare the fingerprint of each active certificate whose keys are elsewhere. Another one of the same provider is then an undeclared one.
      - After a renewal by the provider its fingerprint has to be declared anew, or the next run activates the old one again.
    type: bool
    default: false
  folder:
    description:
      - Folder on the controller that gets what is missing to rotate as C(adoption.csv) and C(adoption.json) (C(docs/adoption.schema.json)).
      - Nothing is written in check mode.
    type: path
  workers:
    description: How many requests and connections at once.
    type: int
    default: 8
  language:
    description: Language of its words, and of the titles of the CSV.
    type: str
    choices: [fr, en]
    default: fr
  most_rows:
    description: Largest number of rows on the terminal; O(folder) has all of them.
    type: int
    default: 50
attributes:
  check_mode:
    description: Can run in C(check_mode) and predict the files and the imports without writing them.
    support: full
  diff_mode:
    description: Returns what changes, or in check mode would change, in the files.
    support: full
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_fleet
  - plugin: collectivites.antai.collectivites
    plugin_type: inventory
"""

EXAMPLES = r"""
- name: What these agents may see becomes an inventory
  collectivites.antai.antai_inventory_from_space:
    path: /srv/antai/inventory

- name: The same, with the keys that we have
  collectivites.antai.antai_inventory_from_space:
    path: /srv/antai/inventory
    keys_folder: /srv/antai/keys
    passphrase: "{{ vault_keys_passphrase }}"
    folder: /srv/antai/reports
"""

RETURN = r"""
adoption:
  description: What it comes to. C(steps) is what the next run would do, V(null) in check mode, where it is not counted.
  returned: success
  type: dict
  sample:
    schema: 1
    language: fr
    totals: {"adopted": 1, "left_out": 0, "certificates": 1, "here": 0, "elsewhere": 1, "ready": 0, "missing": {"key": 1}, "steps": 0}
    collectivites: [{"host": "albi-21810004800014", "name": "Albi", "siret": "21810004800014", "agent": "parkexemple", "account": "active",
      "cycle": "complet", "certificates": [{"provider": "parkexemple", "keys": "elsewhere", "declared_fingerprint": null, "active":
      [{"fingerprint": "0f1e", "not_after": "2027-05-01T00:00:00Z"}]}], "missing": [{"code": "key", "detail": "parkexemple",
      "text": "la clé n'est pas ici"}], "remarks": []}]
    left_out: []
    not_shown: []
    keys: {"lonely": [], "unmatched": [], "unreadable": []}
    steps: []
store_steps:
  description: What was done in the store, or in check mode would be.
  returned: success
  type: list
  elements: dict
  sample: [{"code": "import_key", "reason": "declared with its key, and is not the one in use", "target": "parkexemple", "outcome": "done"}]
text:
  description: What was printed.
  returned: success
  type: str
  sample: "Collectivités reprises : 1."
files:
  description: The files that are there now; none in check mode.
  returned: success
  type: list
  elements: str
  sample: [/srv/antai/inventory/collectivites.yml, /srv/antai/inventory/collectivites.csv]
"""
