#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_certificate
short_description: The certificates of a collectivité at ANTAI, installed and active
version_added: 0.1.0
description:
  - Operations 1 and 3 of the letter. Installs certificates in the SI FPS, over mutual TLS with the certificate itself, and activates or deactivates
    them in the space; by that the
    collectivité authorises or forbids a provider to exchange.
  - Nothing is installed before the account is active (R1). Nothing is activated before the convention is signed by both (R2). Installing never
    activates (R3). Several
    certificates can be active at once (R4).
  - The next and the previous certificate of a rotation under way, and those of both providers of a declared O(switch), are left alone, by O(exclusive)
    too. A certificate whose key was declared compromised is never activated again (see M(collectivites.antai.antai_certificate_rotation)).
  - An installed certificate that the space does not list yet is waited for, never installed again.
  - A certificate whose files are here must match its key and name this collectivité; otherwise it is refused before any request.
  - With a O(trust_store), a certificate that lies here is judged by the rules of RGS* (see M(collectivites.antai.rgs_certificate_info)) before it is
    installed or activated. Where a rule fails, nothing is done with it, and it is waited for another one. One that is active already is left so,
    and said aloud; for it, revocation is looked up in the CRL, and what cannot be reached is not held against it.
options:
  state:
    description:
      - What every certificate of the list is to be that does not say so itself.
      - V(present) is installed, active or not. V(active) is installed and active. V(inactive) is not active.
      - V(absent) is removed; where the interface knows no removal, the same as V(inactive).
    type: str
    choices: [present, active, inactive, absent]
    default: active
extends_documentation_fragment:
  - collectivites.antai.collectivite
  - collectivites.antai.collectivite.agent_email
  - collectivites.antai.certificate
  - collectivites.antai.certificate.exclusive
  - collectivites.antai.certificate.switch
  - collectivites.antai.judging
  - collectivites.antai.judging.trust
  - collectivites.antai.connection
  - collectivites.antai.behaviour
  - collectivites.antai.attributes
  - collectivites.antai.attributes.in_process
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_certificate_info
  - module: collectivites.antai.antai_certificate_request
  - module: collectivites.antai.antai_exchange_info
"""

EXAMPLES = r"""
- name: Have the certificate of Albi's provider active, and no other
  collectivites.antai.antai_certificate:
    profile: sandbox
    portal_url: https://127.0.0.1:8443
    sifps_url: https://127.0.0.1:8444
    username: "{{ antai_username }}"
    password: "{{ antai_password }}"
    store: /var/lib/antai
    trust_store: trust/mine.yml
    siret: "21810004800014"
    certificates:
      - provider: parkexemple
    exclusive: true

- name: Install a certificate whose key comes from a vault and never touches a disk
  collectivites.antai.antai_certificate:
    profile: sandbox
    portal_url: https://127.0.0.1:8443
    sifps_url: https://127.0.0.1:8444
    username: "{{ antai_username }}"
    password: "{{ antai_password }}"
    siret: "21810004800014"
    certificates:
      - provider: horodat
        certificate_content: "{{ albi_certificate }}"
        private_key_content: "{{ lookup('community.hashi_vault.hashi_vault', 'secret/data/albi:key') }}"

- name: Forbid a provider, whose key is elsewhere, to exchange
  collectivites.antai.antai_certificate:
    profile: sandbox
    portal_url: https://127.0.0.1:8443
    username: "{{ antai_username }}"
    password: "{{ antai_password }}"
    siret: "21810004800014"
    state: inactive
    certificates:
      - provider: ancien
        fingerprint: 0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0
"""

RETURN = r"""
certificates:
  description:
    - The declared certificates, and in C(others) those that the space lists and nobody declared; in check mode as they would be.
    - C(state) is V(missing) (there is no certificate yet), V(not_installed), V(inactive), V(active), V(refused) (by the SI FPS) or V(unknown).
    - C(listed) tells whether the space shows it. In check mode C(since) is null where the server would set it.
  returned: success
  type: dict
  sample: {"declared": [{"provider": "parkexemple", "fingerprint": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0", "state": "active",
    "listed": true, "since": "2026-11-23T08:00:00Z", "not_after": "2028-11-22T08:00:00Z", "last_exchange_at": null}], "others": []}
verdicts:
  description:
    - One entry for each declared certificate; null where no O(trust_store) is declared, and nothing was judged.
    - C(outcome) is as RV(collectivites.antai.rgs_certificate_info#module:outcome), or null where the certificate does not lie here, or is not to be there.
    - C(verdicts) are those that are no plain V(pass), and those that are overridden.
  returned: success
  type: list
  elements: dict
  sample: [{"provider": "parkexemple", "fingerprint": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0", "outcome": "warn",
    "verdicts": [{"rule": "ca_lifetime", "outcome": "warn",
      "reason": "the issuing CA lives from 2015-11-25 to 2033-06-03, more than 10 years", "source": "RGS annex A4 v3.0 (restatement); real CAs break it"}]}]
steps:
  description:
    - What was done, in order; in check mode, what would be.
    - C(outcome) is V(done), V(settled) (the answer was lost, and observing again shows that it was done), V(waiting) (it could not be done yet),
      V(withheld) (it had to wait for a step before it) or, in check mode, V(planned).
  returned: success, and failure after a first step
  type: list
  elements: dict
  sample: [{"code": "install_certificate", "target": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "reason": "the SI FPS does not know it", "outcome": "done"}]
waiting:
  description:
    - Who is being waited for, for what, since when (as the server says, or null), and what to do next.
    - Where C(since) is null, C(since_at_least) is when this collection last asked for it, by the journal of the store, or null.
    - C(on) is one of V(collectivite), V(prestataire), V(editeur), V(psce), V(antai), V(exploitant), V(date).
    - C(next_action.support) is ANTAI's telephone line where ANTAI is late, else null.
  returned: success
  type: list
  elements: dict
  sample: [{"on": "antai", "for": "listing", "since": null, "since_at_least": null, "next_action": {"code": "certificate_listing",
    "text": "The certificate is installed; it has yet to show up in the space. Nothing to install again.", "support": null}}]
undeclared_certificates:
  description:
    - Active certificates of the space that no declaration names, so that their provider may exchange. They are drift, and are touched only with
      O(exclusive=true). Those of a rotation or of a declared switch of provider are none; nor is one that has expired, through which nothing passes.
    - It is null where that is not known, because the space cannot be seen, and where O(certificates) is empty and so declares nothing.
  returned: success
  type: list
  elements: dict
  sample: [{"provider": "parkautre", "fingerprint": "5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b",
    "since": "2026-03-02T08:00:00Z", "not_after": "2028-03-01T08:00:00Z"}]
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
from ..module_utils._resources.certificate.options import CERTIFICATES

TASK = declaring(CERTIFICATES)


def main() -> None:
    run_as_module(TASK)


if __name__ == "__main__":
    main()
