#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_report
short_description: Print who is waited for, for every collectivité of the play
version_added: 0.1.0
description:
  - Gathers what the role C(collectivites.antai.onboarding) has registered for each host of the play, or what M(collectivites.antai.antai_fleet) has told
    of all of them (registered as C(antai_fleet_result)), and prints it as a table, failures first.
  - Reads variables on the controller only. Use it with C(run_once).
options:
  language:
    description: Language of the table.
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
  - module: collectivites.antai.antai_onboarding_info
"""

EXAMPLES = r"""
- name: Who is waited for
  collectivites.antai.antai_report:
  run_once: true
"""

RETURN = r"""
rows:
  description: One entry for each host, in the order of the play.
  returned: success
  type: list
  elements: dict
  sample: [{"collectivite": "Bourges", "siret": "21180033900015", "stage": "espace numérique", "waiting_for": ["ANTAI (espace numérique)"],
    "since": ["2026-11-23"],
    "certificate_until": "2028-11-22", "dialogue": "refusé (R1)", "waiting": [], "failure": null}]
text:
  description: The table as printed.
  returned: success
  type: str
  sample: "Collectivité  SIRET  Étape ..."
"""
