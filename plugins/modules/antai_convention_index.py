#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_convention_index
short_description: Print the conventions to be signed and what is missing for each, and write it as CSV
version_added: 0.1.0
description:
  - Gathers what the hosts of the play have registered as C(antai_convention_prefill_result), prints it, and writes one CSV file on the
    controller, one line for each collectivité, those that are not ready first. It opens in a French Excel (semicolons, UTF-8 with a byte order mark).
  - Reads variables on the controller only. Use it with C(run_once). The file is readable by its owner alone.
options:
  path:
    description: The file, on the controller. An absolute path; its folder is made where there is none.
    type: path
    required: true
  folder:
    description:
      - Folder on the controller that gets both forms, named as the file of O(path), C(.csv) and C(.json) (C(docs/conventions.schema.json)).
      - Nothing is written in check mode.
    type: path
  language:
    description: Language of its words.
    type: str
    choices: [fr, en]
    default: fr
  most_rows:
    description: Largest number of rows on the terminal; the file has all of them.
    type: int
    default: 1000
attributes:
  check_mode:
    description: Can run in C(check_mode) and predict the file without writing it.
    support: full
  diff_mode:
    description: Returns what changes, or in check mode would change.
    support: full
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_convention_prefill
"""

EXAMPLES = r"""
- name: What is missing, and for whom
  collectivites.antai.antai_convention_index:
    path: /var/lib/antai/conventions.csv
  run_once: true
"""

RETURN = r"""
path:
  description: The file.
  returned: success
  type: str
  sample: /var/lib/antai/conventions.csv
text:
  description: What was printed.
  returned: success
  type: str
  sample: "Collectivité  SIRET           Cycle    État"
files:
  description: The files that are there now; none in check mode.
  returned: success
  type: list
  elements: str
  sample: [/var/lib/antai/conventions.csv]
lines:
  description: One entry for each host, in the order of the play. C(gaps) has one list for each kind of gap.
  returned: success
  type: list
  elements: dict
  sample: [{"name": "Albi", "siret": "21810004800014", "cycle": "complet", "state": "incomplete", "gaps": {"missing":
    ["Nom et prénom du signataire (signatory_name)"]}, "document": "/var/lib/antai/21810004800014/conventions/complet/to_sign.pdf",
    "failure": ""}]
"""
