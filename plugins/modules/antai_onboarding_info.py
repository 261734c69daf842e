#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_onboarding_info
short_description: Where one collectivité stands on the road to its dialogue with ANTAI
version_added: 0.1.0
description:
  - Observes account, certificate requests, convention and certificates of one collectivité, plans them all as the declaring modules would, does
    nothing, and tells the stage, the
    steps that a run would do, and who is waited for.
options:
  name:
    description: Official name of the collectivité.
    type: str
    required: true
  state:
    description: What every certificate of the list is to be that does not say so itself; as in M(collectivites.antai.antai_certificate).
    type: str
    choices: [present, active, inactive, absent]
    default: active
extends_documentation_fragment:
  - collectivites.antai.collectivite
  - collectivites.antai.collectivite.identity
  - collectivites.antai.collectivite.address
  - collectivites.antai.collectivite.account
  - collectivites.antai.convention.signatory
  - collectivites.antai.convention.checks
  - collectivites.antai.convention
  - collectivites.antai.certificate
  - collectivites.antai.certificate.exclusive
  - collectivites.antai.certificate.switch
  - collectivites.antai.certificate.rotation
  - collectivites.antai.certificate.ordering
  - collectivites.antai.judging
  - collectivites.antai.judging.trust
  - collectivites.antai.judging.renewal
  - collectivites.antai.connection
  - collectivites.antai.attributes.info
  - collectivites.antai.attributes.in_process
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_exchange_info
"""

EXAMPLES = r"""
- name: Where does Albi stand?
  collectivites.antai.antai_onboarding_info:
    profile: sandbox
    portal_url: https://127.0.0.1:8443
    sifps_url: https://127.0.0.1:8444
    username: "{{ antai_username }}"
    password: "{{ antai_password }}"
    store: /var/lib/antai
    siret: "21810004800014"
    name: Albi
    certificates:
      - provider: parkexemple
  register: albi
"""

RETURN = r"""
status:
  description:
    - C(stage) is the first resource of the road that is not as declared (V(account), V(certificate_request), V(convention), V(certificates)), or
      V(dialogue) (all is as declared, and the SI FPS refuses all the same) or V(onboarded).
    - C(steps) are what a run would do now; C(waiting) is as RV(collectivites.antai.antai_account#module:waiting).
    - C(certificate_until) is the earliest end of the declared certificates, C(convention_until) the last day of the convention that both have
      signed, C(convention_lapsed) that of the latest convention where it is over and none is in force.
    - C(last_exchange_at) is the latest exchange of any of the certificates, C(active_since) since when one of them may exchange.
    - C(dialogues) are as RV(collectivites.antai.antai_exchange_info#module:dialogues).
    - C(renewal) and C(ahead) are as RV(collectivites.antai.antai_convention#module:renewal) and RV(collectivites.antai.antai_convention#module:ahead).
    - C(undeclared_certificates) are as RV(collectivites.antai.antai_certificate#module:undeclared_certificates).
    - C(verdicts) are as RV(collectivites.antai.antai_certificate#module:verdicts), C(server) as RV(collectivites.antai.antai_exchange_info#module:server).
  returned: success
  type: dict
  sample: {"siret": "21810004800014", "name": "Albi", "stage": "onboarded", "stage_text": "in service", "steps": [], "waiting": [],
    "certificate_until": "2028-11-22T08:00:00Z", "convention_until": "2026-12-31", "convention_lapsed": null,
    "renewal": {"state": "secured", "due": true, "stage": 60, "reason": "the convention ends on 2026-12-31, within 60 days", "end": "2026-12-31",
    "lapses_on": "2027-01-01", "days_left": 38}, "ahead": [], "last_exchange_at": null, "active_since": "2026-11-22T08:00:00Z",
    "dialogues": [{"provider": "parkexemple",
      "fingerprint": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0", "state": "authorised", "rule": null,
    "message": "Le certificat peut échanger.", "last_exchange_at": null, "not_after": "2028-11-22T08:00:00Z", "source": "query",
    "proved_at": "2026-11-23T08:00:00Z", "verifiable": true}],
    "verdicts": [{"provider": "parkexemple", "fingerprint": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0", "outcome": "pass",
      "verdicts": []}], "undeclared_certificates": [], "server": null}

operations:
  description: How many requests were made, by class of operation. C(write) is always 0.
  returned: success
  type: dict
  sample: {"read": 1, "write": 0, "session": 2}
error:
  description: What went wrong, for programs. C(code) is stable.
  returned: failure
  type: dict
  sample: {"code": "invalid_input", "message": "siret: '213105554' is not a SIRET: this is a SIREN (9 digits)",
    "hint": "give the SIRET of the establishment: SIREN, then 5 more digits", "details": {"field": "siret", "value": "213105554"}}
"""

from ..module_utils._reconcile.module_adapter import run_as_module
from ..module_utils._reconcile.onboarding import ONBOARDING_INFO
from ..module_utils._reconcile.tasks import informing

TASK = informing(ONBOARDING_INFO)


def main() -> None:
    run_as_module(TASK)


if __name__ == "__main__":
    main()
