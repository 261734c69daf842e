#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_convention
short_description: The convention between a collectivité and ANTAI
version_added: 0.1.0
description:
  - Operation 3 of the letter. Fetches the blank convention into the store to be signed, uploads the signed one, follows ANTAI's countersignature,
    and fetches the countersigned copy.
  - Nothing is uploaded before the account is active. A convention that is in force or to come is left alone, whatever O(document) says.
  - Conventions end in waves, and with them the exchange. Once the end of the one in force is near, who must act is said in advance
    (RV(ahead)), and the convention that is to follow it (O(next_document)) is uploaded beside it.
  - The same document, by its content, is never sent twice. ANTAI's copies are kept in the store, each with its SHA-256 beside that of the
    document sent (C(record.jsonl)); those of conventions that are over stay in C(earlier/).
  - A refusal is a state, not a failure. A refused document is never sent again; another one is.
  - A document is judged before it is uploaded, by the rules that M(collectivites.antai.convention_document_info) shows. Where one fails,
    nothing is uploaded and the collectivité is waited for, with the reasons. What cannot be verified, as on a scan, is said and holds
    nothing back.
options:
  name:
    description: Name of the collectivité, which the signed convention must show where its text can be read.
    type: str
requirements:
  - pypdf >= 6.0.0, to judge a document
  - pyHanko >= 0.36.0, where it carries an electronic signature
extends_documentation_fragment:
  - collectivites.antai.collectivite
  - collectivites.antai.collectivite.agent_email
  - collectivites.antai.convention
  - collectivites.antai.collectivite.address
  - collectivites.antai.convention.signatory
  - collectivites.antai.convention.checks
  - collectivites.antai.connection
  - collectivites.antai.behaviour
  - collectivites.antai.attributes
  - collectivites.antai.attributes.in_process
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_convention_info
  - module: collectivites.antai.antai_convention_prefill
  - module: collectivites.antai.convention_document_info
  - module: collectivites.antai.antai_certificate
"""

EXAMPLES = r"""
- name: Upload the convention that the mayor of Albi has signed
  collectivites.antai.antai_convention:
    profile: sandbox
    portal_url: https://127.0.0.1:8443
    username: "{{ antai_username }}"
    password: "{{ antai_password }}"
    siret: "21810004800014"
    cycle: complet
    document: conventions/albi-signed.pdf
    store: /var/lib/antai

- name: Upload it although its name differs
  collectivites.antai.antai_convention:
    profile: sandbox
    portal_url: https://127.0.0.1:8443
    username: "{{ antai_username }}"
    password: "{{ antai_password }}"
    siret: "21810004800014"
    name: Albi
    document: conventions/albi-signed.pdf
    document_overrides:
      - rule: name
        reason: the document says Albi-Ville, which is the same commune
"""

RETURN = r"""
convention:
  description:
    - The convention of the declared cycle that counts (in force, else to come, else the latest), or in check mode as it would be.
    - C(state) is V(none), V(submitted), V(refused), V(upcoming), V(in_force), V(ended) or V(unknown) (these credentials may not see it).
    - C(start) and C(end) are dates, the end included. C(sha256) is of the document as uploaded.
    - C(blank), C(countersigned_copy) and C(next_countersigned_copy) are paths in the store, or null.
    - C(lapsed) is the last day of the latest convention of either cycle where it is over and none is in force, else null.
    - C(next) is the convention that is to follow the one in force, where ANTAI has one, else null.
    - C(checks) is what the rules say of the document that is to be sent (C(outcome) and C(verdicts)), or null where none is.
    - In check mode C(id) and C(since) are null where the server would set them.
  returned: success
  type: dict
  sample: {"siret": "21810004800014", "id": 1, "cycle": "complet", "state": "submitted", "since": "2026-11-23T08:00:00Z", "reason": null,
    "start": null, "end": null, "lapsed": null, "next": null,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "countersigned_sha256": null,
    "next_countersigned_copy": null,
    "blank": "/var/lib/antai/21810004800014/conventions/complet/blank.pdf", "countersigned_copy": null,
    "checks": {"outcome": "not_verifiable", "verdicts": [{"rule": "siret", "outcome": "not_verifiable",
    "reason": "a scan: no text shows a SIRET", "source": "R7"}]}}
renewal:
  description:
    - Where the renewal of the convention in force stands, or null where none is in force.
    - C(state) is V(not_due), V(to_sign), V(refused), V(submitted) or V(secured) (the next one is signed by both). C(stage) is the number of
      days before the end at which the present stage began, 0 while nothing is due.
    - C(end) is the last day of the one in force; from C(lapses_on) on no FPS passes, unless the next one is signed by both.
  returned: success
  type: dict
  sample: {"state": "to_sign", "due": true, "stage": 60, "reason": "the convention ends on 2026-12-31, within 60 days", "end": "2026-12-31",
    "lapses_on": "2027-01-01", "days_left": 38}
ahead:
  description: Who must act before the end of the convention in force, as RV(waiting); empty while nothing is due, and once the next one is secured.
  returned: success
  type: list
  elements: dict
  sample: [{"on": "collectivite", "for": "convention", "since": null, "since_at_least": null, "next_action": {"code": "convention_renewal",
    "text": "The convention ends on 2026-12-31: from 2027-01-01 no FPS passes any more, unless the next one is countersigned by then.",
    "support": null}}]
steps:
  description:
    - What was done, in order; in check mode, what would be.
    - C(outcome) is V(done), V(settled) (the answer was lost, and observing again shows that it was done), V(waiting) (it could not be done yet),
      V(withheld) (it had to wait for a step before it) or, in check mode, V(planned).
  returned: success, and failure after a first step
  type: list
  elements: dict
  sample: [{"code": "upload_convention", "target": "complet", "reason": "the space holds no convention cycle complet", "outcome": "done"}]
waiting:
  description:
    - Who is being waited for, for what, since when (as the server says, or null), and what to do next.
    - Where C(since) is null, C(since_at_least) is when this collection last asked for it, by the journal of the store, or null.
    - C(on) is one of V(collectivite), V(prestataire), V(editeur), V(psce), V(antai), V(exploitant), V(date).
    - C(next_action.support) is ANTAI's telephone line where ANTAI is late, else null.
  returned: success
  type: list
  elements: dict
  sample: [{"on": "antai", "for": "convention", "since": "2026-11-23T08:00:00Z", "since_at_least": null, "next_action": {"code": "convention_countersignature",
    "text": "The signed convention is uploaded; ANTAI has to countersign it.", "support": null}}]
operations:
  description: How many requests were made, by class of operation. C(write) is 0 in check mode.
  returned: success
  type: dict
  sample: {"read": 2, "write": 1, "session": 2}
error:
  description: What went wrong, for programs. C(code) is stable.
  returned: failure
  type: dict
  sample: {"code": "invalid_input", "message": "siret: '213105554' is not a SIRET: this is a SIREN (9 digits)",
    "hint": "give the SIRET of the establishment: SIREN, then 5 more digits", "details": {"field": "siret", "value": "213105554"}}
"""

from ..module_utils._reconcile.module_adapter import run_as_module
from ..module_utils._reconcile.tasks import declaring
from ..module_utils._resources.convention.options import CONVENTION

TASK = declaring(CONVENTION)


def main() -> None:
    run_as_module(TASK)


if __name__ == "__main__":
    main()
