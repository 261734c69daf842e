#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_journal
short_description: Verify the journal of a store, and show what was done
version_added: 0.1.0
description:
  - Reads the journal of the store (C(antai_store)), in which every change stands before it is made, with who made it, and what became of it.
  - Verifies its chain. A line that was edited, removed, added or moved is found, and the task fails. A tail that was cut off, or a chain that was written
    anew by somebody who knows how, is found against O(anchors) alone, the heads that reports (M(collectivites.antai.antai_report), C(journals)) have
    kept elsewhere. Without one, C(proved_to) of RV(journal) is null.
  - Shows, or writes to a file, the entries of some collectivités or of a period.
  - Speaks with nobody.
options:
  store:
    description: The store (C(antai_store)), an absolute path on the machine where the task runs.
    type: path
    required: true
  anchors:
    description: Heads of this journal, as reports have them. One of another store is a problem.
    type: list
    elements: dict
    default: []
    suboptions:
      store:
        description: Identifier of the store.
        type: str
        required: true
      number:
        description: Number of the last line at that time.
        type: int
        required: true
      hash:
        description: Its hash.
        type: str
        required: true
  sirets:
    description: SIRETs of the collectivités whose entries are shown or written; without it, those of all.
    type: list
    elements: str
  since:
    description: Day or moment (ISO 8601; UTC where it names no zone) of the first entries.
    type: str
  until:
    description: Day or moment after the last entries, not included.
    type: str
  export:
    description: File to write, with the entries as JSON Lines, readable by its owner alone.
    type: path
  forget:
    description:
      - SIRETs of the collectivités whose salt is destroyed. Nobody can tell afterwards of which text a hash in their entries was made; states, dates,
        certificates, and who acted, stay. Said in the journal.
      - A backup that holds the salt undoes it, until it is gone, too.
    type: list
    elements: str
    default: []
attributes:
  check_mode:
    description: Verifies and shows the same in C(check_mode), writes no file and destroys no salt.
    support: full
  diff_mode:
    description: Shows no difference.
    support: none
extends_documentation_fragment:
  - collectivites.antai.attributes.in_process
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_report
"""

EXAMPLES = r"""
- name: Is the journal what it was when the last report was made?
  collectivites.antai.antai_journal:
    store: /srv/antai/store
    anchors: "{{ (lookup('ansible.builtin.file', '/srv/antai/reports/report.json') | from_json).journals }}"

- name: What was done for Albi in November
  collectivites.antai.antai_journal:
    store: /srv/antai/store
    sirets: ["21810004800014"]
    since: "2026-11-01"
    until: "2026-12-01"
    export: /srv/antai/albi-2026-11.jsonl
"""

RETURN = r"""
journal:
  description:
    - C(whole) is whether nothing speaks against it; C(problems) what does, with C(code), C(line) of the file and C(text).
    - C(head) is its last line, an anchor for later; C(lines) how many it has.
    - C(proved_to) is the number of the last line that an anchor vouches for; null without one.
    - C(cut_lines) counts lines that a killed run has begun to write, C(last_line_unfinished) is whether the last line is one.
    - C(unchained_entries) counts entries of earlier releases, that no chain protects; the chain begins with its line number 1.
  returned: where the store could be read
  type: dict
  sample: {"path": "/srv/antai/store/journal.jsonl", "head": {"store": "5d0c3f1e-8f6b-4f0e-9d4b-0b7f6f1e2a3c", "number": 2, "hash": "9f..."}, "lines": 2,
    "cut_lines": 0, "last_line_unfinished": false, "proved_to": 2, "unchained_entries": 0, "whole": true, "problems": []}
unfinished:
  description: Steps of which the journal has no outcome. Their run was killed, or works at this moment; whether they were done is not known.
  returned: where the store could be read
  type: list
  elements: dict
  sample: [{"siret": "21810004800014", "at": "2026-11-23T08:00:00Z", "step": "install_certificate", "target": "0f1e2d", "user": "antai", "host": "bastion",
    "run": "0123456789abcdef"}]
entries:
  description:
    - The entries that were asked for by O(sirets), O(since) or O(until), as they stand in the journal, the first first; empty where O(export) takes them.
    - C(event) is V(intent) or V(outcome); both have the same C(id). C(chained) is V(false) in what an earlier release wrote.
  returned: where the store could be read
  type: list
  elements: dict
  sample: [{"number": 2, "siret": "21810004800014", "at": "2026-11-23T08:00:01Z", "event": "outcome", "id": "7d0e", "step": "install_certificate",
    "target": "0f1e2d", "outcome": "done", "previous": "1c...", "hash": "9f...", "chained": true}]
error:
  description: What went wrong, for programs. C(code) is stable; V(journal) where the journal is not as it was written.
  returned: failure
  type: dict
  sample: {"code": "journal", "message": "line 7 is not as it was written", "hint": "the journal is not as it was written", "details": {}}
"""

from ..module_utils._reconcile.module_adapter import run_as_module
from ..module_utils._reconcile.tasks import keeping
from ..module_utils._store.journal_audit import SPEC, audit_journal

TASK = keeping(SPEC, audit_journal)


def main() -> None:
    run_as_module(TASK)


if __name__ == "__main__":
    main()
