#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_doctor_report
short_description: Print what the doctor found for every collectivité of the play, each thing once
version_added: 0.1.0
description:
  - Gathers the results that M(collectivites.antai.antai_doctor) has left in C(antai_doctor_result) of each host of the play, and prints one table. What
    several hosts say in the same words is one line, with the hosts that say it, where not all do.
  - Speaks with nobody, and never counts as a change. Use it with C(run_once).
options:
  language:
    description: Language of the texts for people.
    type: str
    choices: [fr, en]
    default: fr
  json:
    description: File to write, on the controller, with the outcome and the checks of every host. An absolute path; its folder is made where there is none.
    type: path
attributes:
  check_mode:
    description: Prints the same in C(check_mode), and writes no file.
    support: full
  diff_mode:
    description: Changes nothing.
    support: N/A
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_doctor
"""

EXAMPLES = r"""
- name: What the doctor found
  collectivites.antai.antai_doctor_report:
    json: "{{ playbook_dir }}/doctor.json"
  run_once: true
"""

RETURN = r"""
hosts:
  description: By host, C(outcome), C(counts) and C(checks) as M(collectivites.antai.antai_doctor) returns them; C(failure) where it could not look at all.
  returned: success
  type: dict
  sample: {"albi": {"outcome": "ok", "counts": {"ok": 25}, "checks": []}}
text:
  description: The table that was printed.
  returned: success
  type: str
  sample: "Portal\n  ok  tls  TLSv1.3"
files:
  description: The files that were written.
  returned: success
  type: list
  elements: str
  sample: ["/srv/antai/doctor.json"]
"""
