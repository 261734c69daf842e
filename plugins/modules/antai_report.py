#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_report
short_description: Tell who is waited for, for what and since when, for every collectivité of the play
version_added: 0.1.0
description:
  - Gathers what the role C(collectivites.antai.onboarding) has registered for each host of the play, or what M(collectivites.antai.antai_fleet) has
    told of all of them (registered as C(antai_fleet_result)), and prints it, the worst first. Failed; nothing passes any more (V(stopped)); not proved;
    silent (R11); waiting, who waits longest first; in service.
  - The dialogue is the SI FPS's own last word about the certificates (V(inconnu du SI FPS), unknown to the SI FPS, means that it knows no such certificate),
    with the day of the last proof; or V(non demandé), not asked, where it never was, because the key lies elsewhere, or with C(antai_prove=never).
  - Below the table it says what there is to do, which certificates and conventions end soon, who is silent, what this run did and what it left
    to a further one (in C(check_mode), all that drifted), what the safety brake held, and which spaces nobody declares.
  - Writes the same for a spreadsheet (O(csv)) and for programs (O(json), its format is C(docs/report.schema.json)).
  - Of a run over all of them at once it says how it ended (C(totals.outcome), C(totals.exit_code)), and hands both on as custom statistics of the run.
  - Speaks with nobody, and never counts as a change. Use it with C(run_once).
options:
  language:
    description: Language of the texts for people.
    type: str
    choices: [fr, en]
    default: fr
  refusal:
    description:
      - Why the inventory is refused as a whole, before anything is asked, as M(collectivites.antai.antai_inventory_check) says it. Then the report holds
        this as its problem, and no collectivité, and its C(totals.outcome) is V(failed).
    type: str
  csv:
    description:
      - File to write, on the controller, that opens right in a French Excel (semicolons, UTF-8 with a byte order mark, a SIRET as text).
      - An absolute path, here and in the other options. The folder is made where there is none.
    type: path
  json:
    description: File to write, on the controller, as C(docs/report.schema.json) describes it.
    type: path
  folder:
    description: Folder on the controller that gets both forms, C(report.csv) and C(report.json). Nothing is written in check mode.
    type: path
  history:
    description:
      - Folder, on the controller, that gets what O(json) would, under the moment of the report (C(2026-11-23T080000Z.json)). Nothing is ever removed there.
    type: path
  silence_days:
    description: A collectivité that may exchange and has not for more than so many days is told as silent.
    type: int
    default: 30
  ending_days:
    description: Certificates and conventions that end within so many days are told.
    type: int
    default: 90
  proof_max_age:
    description:
      - A dialogue that may exchange, whose key is here, and that the SI FPS has not authorised for so many hours is told as not proved (V(unproved)), and is
        the outcome of the run where nothing is worse. It is V(unverifiable) where nobody can ask (the key is elsewhere, or the interface has no such
        query), judged by silence alone, and counted apart.
    type: int
    default: 48
  most_rows:
    description:
      - With more collectivités than this the terminal gets a summary instead of the table; the files hold them all.
      - The table is no wider than the terminal (E(COLUMNS) says otherwise); where it would be, columns go that the files have.
    type: int
    default: 100
attributes:
  check_mode:
    description: Prints the same in C(check_mode), and writes no file.
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

- name: The same, for the meeting on Monday
  collectivites.antai.antai_report:
    csv: "{{ playbook_dir }}/report.csv"
    json: "{{ playbook_dir }}/report.json"
    silence_days: 14
  run_once: true
"""

RETURN = r"""
report:
  description: The report as data; the file that O(json) names holds the same. Its format is C(docs/report.schema.json).
  returned: success
  type: dict
  sample: {"schema": 1, "generated_at": "2026-11-23T08:00:00Z", "language": "fr", "silence_days": 30, "ending_days": 90, "proof_max_age": 48,
    "totals": {"collectivites": 1, "outcome": "waiting", "exit_code": 0, "changed": 1, "pending": 0, "held": 0,
      "by_alert": {"waiting": 1}, "by_stage": {"account": 1}, "dialogues": {"proved": 0, "unverifiable": 0, "unproved": 0}},
    "brake": null, "undeclared": [], "problems": [], "journals": [],
    "awaited": [{"on": "antai", "for": "account", "text": "ANTAI (espace numérique)", "count": 1, "oldest": "2026-11-23T08:00:00Z", "oldest_at_least": null}],
    "ending": [],
    "collectivites": [{"host": "bourges", "name": "Bourges", "siret": "21180033900015", "stage": "account", "stage_text": "espace numérique",
      "failure": null, "held": false, "waiting": [{"on": "antai", "for": "account", "since": "2026-11-23T08:00:00Z", "since_at_least": null,
      "next_action": {"code": "account_control", "text": "L'ANTAI contrôle la demande d'espace numérique ; rien à faire.", "support": null}}], "steps": [],
      "changed": [{"code": "request_account", "target": ""}], "certificate_until": null, "convention_until": null, "last_exchange_at": null,
      "active_since": null, "dialogues": [], "proof": null, "alert": "waiting", "causes": ["waiting"], "outcome": "waiting"}]}
failing:
  description:
    - The hosts that have to fail so that a playbook over all of them ends as C(totals.exit_code) says, each with the reason; C(antai-run) stands for
      the run itself. The playbooks C(reconcile) and C(onboard_fleet) make them fail in a second play.
  returned: success
  type: list
  elements: dict
  sample: [{"host": "lyon", "msg": "The convention ended on 2026-12-31: no FPS passes any more. Have a new one signed: /srv/antai/..."}]
text:
  description: What was printed.
  returned: success
  type: str
  sample: "Collectivité  SIRET  Étape ..."
files:
  description: The files that were written.
  returned: success
  type: list
  elements: str
  sample: ["/srv/antai/report.csv"]
"""
