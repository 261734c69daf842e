#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_convention_renewals
short_description: Print the renewal of a wave of conventions, and write it as CSV
version_added: 0.1.0
description:
  - Gathers what the hosts of the play have registered as C(antai_convention_result) and C(antai_convention_prefill_result), and prints who is
    due, what is missing, what came back signed, what ANTAI countersigned and who is late, the latest first.
  - Reads variables on the controller only. Use it with C(run_once).
options:
  csv:
    description: A CSV file on the controller, which opens right in a French Excel. An absolute path. Nothing is written in check mode.
    type: path
  folder:
    description:
      - Folder on the controller that gets both forms, C(renewals.csv) and C(renewals.json) (C(docs/renewals.schema.json)).
      - Nothing is written in check mode.
    type: path
  language:
    description: Language of its words.
    type: str
    choices: [fr, en]
    default: fr
  late_days:
    description: A collectivité whose next convention is not countersigned is late when so many days or fewer are left.
    type: int
    default: 30
  most_rows:
    description: Largest number of rows on the terminal; the file has all of them.
    type: int
    default: 1000
attributes:
  check_mode:
    description: Prints in C(check_mode), and writes no file.
    support: full
  diff_mode:
    description: Changes nothing.
    support: N/A
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_convention
  - module: collectivites.antai.antai_convention_prefill
"""

EXAMPLES = r"""
- name: Where does the wave of 31 December stand?
  collectivites.antai.antai_convention_renewals:
    csv: /var/lib/antai/renewal.csv
  run_once: true
"""

RETURN = r"""
renewals:
  description:
    - One entry for each host, who is late first.
    - C(state) is V(failed), V(lapsed) (ended, nothing passes), V(refused), V(to_sign), V(submitted), V(secured), V(not_due), V(first) (no convention
      in force yet) or V(unknown).
    - C(steps), in check mode, are what a run would do; whom that would wait for is not yet in C(waiting).
    - C(missing) are the fields of the prefilled document that are still to be completed.
  returned: success
  type: list
  elements: dict
  sample: [{"host": "albi", "name": "Albi", "siret": "21810004800014", "cycle": "complet", "end": "2026-12-31", "days_left": 38,
    "state": "to_sign", "late": false, "steps": [], "waiting": [], "missing": [], "failure": null,
    "document": "/var/lib/antai/21810004800014/conventions/complet/next/to_sign.pdf"}]
totals:
  description: How many there are, how many are late, and how many in each state that occurs.
  returned: success
  type: dict
  sample: {"collectivites": 622, "late": 2, "to_sign": 8, "submitted": 12, "secured": 602}
text:
  description: The table as printed.
  returned: success
  type: str
  sample: "Collectivité  SIRET           Cycle    Fin de la convention  Jours restants  Renouvellement"
files:
  description: The files written.
  returned: success
  type: list
  elements: str
  sample: [/var/lib/antai/renewal.csv]
"""
