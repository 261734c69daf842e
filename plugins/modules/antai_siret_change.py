#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_siret_change
short_description: End the dialogue under the SIRET that a collectivité leaves
version_added: 0.1.0
description:
  - Communes that merge change their SIREN. Account, convention and certificate are taken up anew under the new SIRET, as for any collectivité;
    this module ends what is left, by deactivating its certificates and closing its account.
  - Nothing is ended before the day (O(change_siret_on), in UTC), and nothing before the dialogue under the new SIRET is proven for every
    certificate. Whatever is missing is waited for, and the old dialogue goes on.
  - A dialogue is proven by the SI FPS's own answer; where somebody else holds the key, by an exchange that the space shows.
  - Until the day there is a way back (O(rollback)).
options:
  siret:
    description: The new SIRET, 14 digits with a valid key, quoted.
    type: str
    required: true
  former_siret:
    description: The SIRET that the collectivité leaves, quoted.
    type: str
    required: true
  change_siret_on:
    description: The day from which the new SIRET alone is used, as C(YYYY-MM-DD). Until then both are in service.
    type: str
    required: true
  rollback:
    description:
      - Whether to go back, before the day. It is then the new SIRET that is left, once the dialogue under the former one is proven.
    type: bool
    default: false
extends_documentation_fragment:
  - collectivites.antai.collectivite.agent_email
  - collectivites.antai.certificate
  - collectivites.antai.connection
  - collectivites.antai.behaviour
  - collectivites.antai.attributes
  - collectivites.antai.attributes.in_process
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_account
  - module: collectivites.antai.antai_exchange_info
"""

EXAMPLES = r"""
- name: Saint-Denis (93) leaves the SIRET that it had before it merged with Pierrefitte
  collectivites.antai.antai_siret_change:
    profile: sandbox
    portal_url: https://127.0.0.1:8443
    sifps_url: https://127.0.0.1:8444
    username: "{{ antai_username }}"
    password: "{{ antai_password }}"
    store: /var/lib/antai
    siret: "92993941100013"
    former_siret: "21930066200018"
    change_siret_on: "2027-01-01"
    certificates:
      - provider: parkexemple
"""

RETURN = r"""
siret_change:
  description:
    - C(siret) is kept, C(leaving) is left; with O(rollback) they change places.
    - C(dialogues) are those under the SIRET that is kept. C(left_account) is the state of the account under the other, C(active_certificates) are
      the fingerprints of its active certificates.
  returned: success
  type: dict
  sample: {"siret": "92993941100013", "leaving": "21930066200018", "on": "2027-01-01", "left_account": "active",
    "active_certificates": ["0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"],
    "dialogues": [{"provider": "parkexemple", "fingerprint": "1f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
      "state": "authorised", "rule": null, "last_exchange_at": null}]}
steps:
  description:
    - What was done, in order; in check mode, what would be.
    - C(outcome) is V(done), V(settled) (the answer was lost, and observing again shows that it was done), V(waiting) (it could not be done yet),
      V(withheld) (it had to wait for a step before it) or, in check mode, V(planned).
  returned: success, and failure after a first step
  type: list
  elements: dict
  sample: [{"code": "close_account", "target": "21930066200018", "reason": "92993941100013 is in service, and 21930066200018 is left",
    "outcome": "done"}]
waiting:
  description:
    - Who is being waited for, for what, since when (as the server says, or null), and what to do next.
    - Where C(since) is null, C(since_at_least) is when this collection last asked for it, by the journal of the store, or null.
    - C(on) is one of V(collectivite), V(prestataire), V(editeur), V(psce), V(antai), V(exploitant), V(date).
    - C(next_action.support) is ANTAI's telephone line where ANTAI is late, else null.
  returned: success
  type: list
  elements: dict
  sample: [{"on": "date", "for": "siret", "since": null, "since_at_least": null, "next_action": {"code": "siret_change_date",
    "text": "The SIRET 21930066200018 stays in service until the change.", "support": null}}]
operations:
  description: How many requests were made, by class of operation. C(write) is 0 in check mode.
  returned: success
  type: dict
  sample: {"read": 7, "write": 2, "session": 2}
error:
  description: What went wrong, for programs. C(code) is stable.
  returned: failure
  type: dict
  sample: {"code": "invalid_input", "message": "former_siret: 92993941100013 is the SIRET itself",
    "hint": "declare the SIRET that the collectivité had before", "details": {"field": "former_siret"}}
"""

from ..module_utils._reconcile.module_adapter import run_as_module
from ..module_utils._reconcile.tasks import declaring
from ..module_utils._resources.siret_change import SIRET_CHANGE

TASK = declaring(SIRET_CHANGE)


def main() -> None:
    run_as_module(TASK)


if __name__ == "__main__":
    main()
