#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_provider_switch
short_description: Switch from one provider to another, with a proof and a way back
version_added: 0.1.0
description:
  - Installs and activates the certificate of the provider that comes, beside the one of the provider that leaves; proves that it may exchange; and
    forbids the one that leaves, not before the date decided, and never without that proof.
  - The proof is the SI FPS's own answer where the store holds the key. Else it is an exchange since the activation, as the space shows it, and the
    provider is waited for until then.
  - With C(rollback), the same with the sides changed and at once. The provider that leaves is activated again where it was forbidden, must be
    proved, and then the other one is forbidden.
  - Declare the same C(switch) to M(collectivites.antai.antai_certificate), so that it leaves both providers alone.
  - With a O(trust_store), the certificate of the provider that is to stay is judged by the rules of RGS* (see
    M(collectivites.antai.rgs_certificate_info)). Where a rule fails, it is neither installed nor activated, and the other provider is not forbidden.
options:
  switch:
    required: true
extends_documentation_fragment:
  - collectivites.antai.collectivite
  - collectivites.antai.collectivite.agent_email
  - collectivites.antai.certificate
  - collectivites.antai.certificate.switch
  - collectivites.antai.judging
  - collectivites.antai.judging.trust
  - collectivites.antai.connection
  - collectivites.antai.behaviour
  - collectivites.antai.attributes
  - collectivites.antai.attributes.in_process
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_provider_switch_info
  - module: collectivites.antai.antai_certificate
"""

EXAMPLES = r"""
- name: Albi goes from one provider to another at the end of January
  collectivites.antai.antai_provider_switch:
    profile: sandbox
    portal_url: https://127.0.0.1:8443
    sifps_url: https://127.0.0.1:8444
    username: "{{ antai_username }}"
    password: "{{ antai_password }}"
    store: /var/lib/antai
    siret: "21810004800014"
    certificates:
      - provider: parkexemple
      - provider: horodat
        fingerprint: 0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0
    switch:
      from: parkexemple
      to: horodat
      date: "2027-01-31"
"""

RETURN = r"""
switch:
  description:
    - The certificates of both providers, as they are, or in check mode as they would be.
    - C(state) is V(preparing) (the provider that is to stay is not active yet), V(beside) (both are active, and nothing proves that it exchanges),
      V(proved) (both are active, and it is proved) or V(done) (the other one is forbidden).
    - C(proved) is the SI FPS's own answer where the store holds the key, else whether there was an exchange since the activation.
  returned: success
  type: dict
  sample: {"state": "proved", "from": "parkexemple", "to": "horodat", "date": "2027-01-31T00:00:00Z", "rollback": false, "proved": true,
    "certificates": [{"provider": "horodat", "fingerprint": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0", "state": "active",
      "listed": true, "since": "2026-11-23T08:00:00Z", "not_after": "2028-11-22T08:00:00Z", "last_exchange_at": null}]}
verdicts:
  description:
    - One entry for each certificate of the provider that is to stay; null where no O(trust_store) is declared, and nothing was judged.
    - C(outcome) is as RV(collectivites.antai.rgs_certificate_info#module:outcome), or null where the certificate does not lie here.
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
from ..module_utils._resources.provider_switch import PROVIDER_SWITCH

TASK = declaring(PROVIDER_SWITCH)


def main() -> None:
    run_as_module(TASK)


if __name__ == "__main__":
    main()
