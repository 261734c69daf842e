#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_convention_prefill
short_description: The convention to be signed, filled from the declaration
version_added: 0.1.0
description:
  - Fetches the blank convention of the declared cycle, fills its form fields from the declaration, and lays the document in the store as
    C(<siret>/conventions/<cycle>/to_sign.pdf), to be signed. Nothing is written at ANTAI's.
  - Which field of the form holds what is data (O(form)). A field that the mapping does not name, that the declaration does not fill, whose
    value is too long or cannot be shown by its font is left as the blank has it and told in C(gaps), never cut or dropped in silence.
  - What people write in the fields that are left to them stays when the document is made again. One that carries an electronic signature
    is left alone.
  - A blank that its publisher has sealed with a certification signature is filled by an incremental update, so that the seal stays whole.
    Where the seal forbids to fill in a field that the mapping fills, the task fails and names it. The seal is no signature of the
    collectivité.
  - On turned pages and in turned fields values stand upright, or as the form says.
  - A blank that has changed since it was fetched is told in a warning, and the document made again.
extends_documentation_fragment:
  - collectivites.antai.collectivite
  - collectivites.antai.collectivite.identity
  - collectivites.antai.collectivite.address
  - collectivites.antai.convention.signatory
  - collectivites.antai.connection
  - collectivites.antai.behaviour
  - collectivites.antai.attributes
  - collectivites.antai.attributes.in_process
options:
  cycle:
    description: Cycle of the convention.
    type: str
    choices: [complet, partiel]
    default: complet
  next_period:
    description:
      - Whether the document is for the convention that is to follow the one in force. It is then laid in C(next/), beside the one in force.
    type: bool
    default: false
  name:
    description: Name of the collectivité, as it is to stand on the convention.
    type: str
  form:
    description:
      - Which field of the convention's form holds what, as data. The name of a shipped mapping (V(sandbox), of the sandbox's own form,
        which is not ANTAI's), the path of your own YAML file on the controller, or the content of one.
    type: raw
    required: true
requirements:
  - pypdf >= 6.0.0
  - pyHanko >= 0.36.0, where the blank is sealed by its publisher
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_convention
  - module: collectivites.antai.antai_convention_index
  - module: collectivites.antai.convention_document_info
"""

EXAMPLES = r"""
- name: Lay the convention that the mayor of Albi has to sign
  collectivites.antai.antai_convention_prefill:
    profile: sandbox
    portal_url: https://127.0.0.1:8443
    siret: "21810004800014"
    cycle: complet
    name: Albi
    address:
      street: 16 rue de l'Hôtel de Ville
      postal_code: "81000"
      city: Albi
    contact_email: stationnement@albi.example
    signatory_name: Camille Exemple
    signatory_function: Maire
    deliberation_number: 2026-042
    deliberation_date: "2026-09-21"
    form: sandbox
    store: /var/lib/antai
"""

RETURN = r"""
prefill:
  description:
    - The document in the store, or in check mode as it would be.
    - C(state) is V(none), V(incomplete) or V(ready).
    - C(values) are the fields of the form that are filled; C(blank_sha256) is the edition of the blank that they were written on.
    - C(gaps) are the fields that we do not fill, each with C(what) is the matter, V(missing), V(unmapped), V(too_long), V(unprintable),
      V(no_choice) or V(not_in_form), or V(by_hand) where the mapping leaves it to a person.
  returned: success
  type: dict
  sample: {"siret": "21810004800014", "cycle": "complet", "state": "incomplete",
    "document": "/var/lib/antai/21810004800014/conventions/complet/to_sign.pdf",
    "blank_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "values": {"nom": "Albi", "siret": "218 100 048 00014"},
    "gaps": [{"field": "signataire", "label": "Nom et prénom du signataire", "what": "missing", "source": "signatory_name",
    "about": "signatory_name is not declared"}]}
steps:
  description:
    - What was done, in order; in check mode, what would be.
    - C(outcome) is V(done), V(settled) (the answer was lost, and observing again shows that it was done), V(waiting) (it could not be done yet),
      V(withheld) (it had to wait for a step before it) or, in check mode, V(planned).
  returned: success, and failure after a first step
  type: list
  elements: dict
  sample: [{"code": "prefill_convention", "target": "complet", "reason": "there is none yet", "outcome": "done"}]
waiting:
  description:
    - Who is being waited for, for what, since when (as the server says, or null), and what to do next.
    - Where C(since) is null, C(since_at_least) is when this collection last asked for it, by the journal of the store, or null.
    - C(on) is one of V(collectivite), V(prestataire), V(editeur), V(psce), V(antai), V(exploitant), V(date).
    - C(next_action.support) is ANTAI's telephone line where ANTAI is late, else null.
  returned: success
  type: list
  elements: dict
  sample: [{"on": "collectivite", "for": "convention", "since": null, "since_at_least": null, "next_action": {"code": "convention_data",
    "text": "The prefilled convention is incomplete: Nom et prénom du signataire (signatory_name). Complete the declaration.", "support": null}}]
operations:
  description: How many requests were made, by class of operation. C(write) is always 0.
  returned: success
  type: dict
  sample: {"read": 1, "write": 0, "session": 0}
error:
  description: What went wrong, for programs. C(code) is stable.
  returned: failure
  type: dict
  sample: {"code": "invalid_input", "message": "siret: '213105554' is not a SIRET: this is a SIREN (9 digits)",
    "hint": "give the SIRET of the establishment: SIREN, then 5 more digits", "details": {"field": "siret", "value": "213105554"}}
"""

from ..module_utils._reconcile.module_adapter import run_as_module
from ..module_utils._reconcile.tasks import declaring
from ..module_utils._resources.convention.options import CONVENTION_PREFILL

TASK = declaring(CONVENTION_PREFILL)


def main() -> None:
    run_as_module(TASK)


if __name__ == "__main__":
    main()
