#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_doctor
short_description: Look at everything between a declaration and an endpoint, without a write
version_added: 0.1.0
description:
  - Says whether the profile, the credentials and the certificates fit the endpoint, before the first write. Sessions and read operations only;
    C(operations.write) is always 0, and nothing is asked for twice.
  - Here, the versions, the store and the certificates. Then for each face whose URL is set, DNS, TCP, the proxy, TLS, the server's certificate (for
    the SI FPS the RGS* rules too, with O(trust_store)), whether the client certificate is accepted, the login, the mandates, what each read operation
    answers against the profile, the clock, the rate limit and how long answers take.
  - Of O(certificates), those whose key is here are shown to the SI FPS. An empty list is fine.
  - What rests on something that failed is skipped and says on what.
extends_documentation_fragment:
  - collectivites.antai.collectivite
  - collectivites.antai.collectivite.agent_email
  - collectivites.antai.certificate
  - collectivites.antai.judging
  - collectivites.antai.judging.trust
  - collectivites.antai.connection
  - collectivites.antai.attributes.info
  - collectivites.antai.attributes.in_process
options:
  sirets:
    description: More SIRETs, to see for which of them these credentials hold a mandate.
    type: list
    elements: str
    default: []
  cycle:
    description: Cycle of the blank convention that is asked for.
    type: str
    choices: [complet, partiel]
    default: complet
  record:
    description:
      - File, on the machine where the task runs, for a transcript of all requests and answers, to be sent to the support of who runs the server.
      - Its folder is made where there is none, for the owner only. Where it cannot be written, a warning says so, and what was found is told.
      - Secrets, e-mail addresses and names of agents are removed, long bodies cut. Read it all the same before you send it.
      - Not written in check mode.
    type: path
  fail_on:
    description:
      - From which outcome on the task fails. With V(fail), where a check has failed; with V(warn), where one warns, too. With V(never) it succeeds
        whatever was found, and RV(outcome) tells.
    type: str
    choices: [fail, warn, never]
    default: fail
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_doctor_report
  - module: collectivites.antai.antai_exchange_info
"""

EXAMPLES = r"""
- name: Does my profile fit the endpoint I was given?
  collectivites.antai.antai_doctor:
    profile: "{{ playbook_dir }}/profile.yml"
    portal_url: https://guichet.example
    sifps_url: https://echange.example
    username: agent
    password: "{{ vault_password }}"
    siret: "21810004800014"
    store: /var/lib/antai
    certificates:
      - provider: parkexemple
    record: /tmp/transcript.json
"""

RETURN = r"""
outcome:
  description: The worst of all checks, V(ok), V(warn) or V(fail).
  returned: success
  type: str
  sample: fail
counts:
  description: How many checks ended in which way.
  returned: success
  type: dict
  sample: {"ok": 25, "warn": 0, "fail": 1, "skipped": 3, "not_verifiable": 1}
checks:
  description:
    - What was looked at, in this order. C(check) is what, of an operation its name; C(face) is V(local), V(portal), V(sifps) or V(token).
    - C(outcome) is V(ok), V(warn), V(fail), V(skipped) (C(what) says why) or V(not_verifiable) (an empty list, for instance).
    - C(code) is stable, C(what) and C(what_to_do) are for people in O(language), C(details) holds the facts.
  returned: success
  type: list
  elements: dict
  sample: [{"check": "memfd", "face": "local", "outcome": "ok", "code": "memfd", "what": "a key can stay in memory (memfd)", "what_to_do": "",
    "details": null}]
text:
  description: The same as a table for people.
  returned: success
  type: str
  sample: "Portal\n  FAIL  tls  the server's certificate has expired"
operations:
  description: How many requests were made, by class of operation. C(write) is always 0.
  returned: success
  type: dict
  sample: {"read": 8, "write": 0, "session": 2}
error:
  description: What went wrong before anything could be looked at, for programs. C(code) is stable.
  returned: failure
  type: dict
  sample: {"code": "invalid_input", "message": "siret: '213105554' is not a SIRET: this is a SIREN (9 digits)",
    "hint": "give the SIRET of the establishment: SIREN, then 5 more digits", "details": {"field": "siret", "value": "213105554"}}
"""

from ..module_utils._doctor.answer import DOCTOR
from ..module_utils._reconcile.module_adapter import run_as_module
from ..module_utils._reconcile.tasks import informing

TASK = informing(DOCTOR)


def main() -> None:
    run_as_module(TASK)


if __name__ == "__main__":
    main()
