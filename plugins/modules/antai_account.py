#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_account
short_description: The collectivité's account (espace numérique FPS) at ANTAI
version_added: 0.1.0
description:
  - Operation 1 of the letter "Trois opérations à réaliser dès à présent" (2017). Requests the space, follows ANTAI's control, keeps name, address
    and contact as
    declared, closes the account.
  - The request needs no access to the space. ANTAI checks it; then the credentials of the agent arrive, and the space is accessible.
  - A refusal is a state, not a failure. A refused request waits for the collectivité, and is sent again only when the declaration differs from what
    was refused.
  - A wrong SIRET is refused before any request, and never corrected.
options:
  name:
    description: Official name of the collectivité. Compared with the shipped table of communes and EPCI; a difference is a warning.
    type: str
  state:
    description:
      - V(present) requests the account where there is none and keeps it as declared. A closed one stays closed, but for O(reopen).
      - V(absent) closes it, once none of its certificates is active.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - collectivites.antai.collectivite
  - collectivites.antai.collectivite.identity
  - collectivites.antai.collectivite.address
  - collectivites.antai.collectivite.account
  - collectivites.antai.connection
  - collectivites.antai.behaviour
  - collectivites.antai.attributes
  - collectivites.antai.attributes.in_process
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_account_info
  - module: collectivites.antai.antai_convention
"""

EXAMPLES = r"""
- name: Have the space of Albi
  collectivites.antai.antai_account:
    profile: sandbox
    portal_url: https://127.0.0.1:8443
    siret: "21810004800014"
    name: Albi
    departement: "81"
    address:
      street: 16 rue de l'Hôtel de Ville
      postal_code: "81000"
      city: Albi
    contact_email: stationnement@albi.example
    agent_name: Camille Durand
    agent_email: camille.durand@albi.example
  register: albi

- name: Say who is waited for
  ansible.builtin.debug:
    var: albi.waiting
"""

RETURN = r"""
account:
  description:
    - The account as it is, or in check mode as it would be.
    - C(state) is V(absent), V(under_control), V(refused), V(accepted) (ANTAI has accepted, and these credentials do not open the space), V(active),
      V(closed) or
      V(unknown) (these credentials may not see it).
    - C(access) is V(open), V(no_credentials) or V(no_mandate).
    - In check mode C(since) is null where the server would set it.
  returned: success
  type: dict
  sample: {"siret": "21810004800014", "state": "under_control", "access": "no_credentials", "name": "Albi", "departement": "81",
    "street": "16 rue de l'Hôtel de Ville",
    "postal_code": "81000", "city": "Albi", "contact_email": "stationnement@albi.example", "since": "2026-11-23T08:00:00Z", "reason": null}

steps:
  description:
    - What was done, in order; in check mode, what would be.
    - C(outcome) is V(done), V(settled) (the answer was lost, and observing again shows that it was done), V(waiting) (it could not be done yet),
      V(withheld) (it had to wait for a step before it) or, in check mode, V(planned).
  returned: success, and failure after a first step
  type: list
  elements: dict
  sample: [{"code": "request_account", "target": "", "reason": "there is no account", "outcome": "done"}]
waiting:
  description:
    - Who is being waited for, for what, since when (as the server says, or null), and what to do next.
    - Where C(since) is null, C(since_at_least) is when this collection last asked for it, by the journal of the store, or null.
    - C(on) is one of V(collectivite), V(prestataire), V(editeur), V(psce), V(antai), V(exploitant), V(date).
    - C(next_action.support) is ANTAI's telephone line where ANTAI is late, else null.
  returned: success
  type: list
  elements: dict
  sample: [{"on": "antai", "for": "account", "since": "2026-11-23T08:00:00Z", "since_at_least": null, "next_action": {"code": "account_control",
    "text": "ANTAI is checking the request for the space; nothing to do.", "support": null}}]
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
from ..module_utils._resources.account import ACCOUNT

TASK = declaring(ACCOUNT)


def main() -> None:
    run_as_module(TASK)


if __name__ == "__main__":
    main()
