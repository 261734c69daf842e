#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_account_info
short_description: Read accounts (espaces numériques FPS) at ANTAI
version_added: 0.1.0
description:
  - Reads the account of one collectivité, or of all that the agent may see.
extends_documentation_fragment:
  - collectivites.antai.collectivite.one_or_all
  - collectivites.antai.connection
  - collectivites.antai.attributes.info
  - collectivites.antai.attributes.in_process
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_account
"""

EXAMPLES = r"""
- name: Read every account that this agent may see
  collectivites.antai.antai_account_info:
    profile: sandbox
    portal_url: https://127.0.0.1:8443
    username: "{{ antai_username }}"
    password: "{{ antai_password }}"
  register: seen
"""

RETURN = r"""
accounts:
  description: The accounts; the fields are those of RV(collectivites.antai.antai_account#module:account).
  returned: success
  type: list
  elements: dict
  sample: [{"siret": "21810004800014", "state": "active", "access": "open", "name": "Albi", "departement": "81", "street": "16 rue de l'Hôtel de Ville",
    "postal_code": "81000", "city": "Albi", "contact_email": "stationnement@albi.example", "since": "2026-11-23T08:00:00Z", "reason": null}]

access:
  description: V(open), V(no_credentials) or V(no_mandate). Where it is not V(open), an empty list does not mean that there is nothing.
  returned: success
  type: str
  sample: open
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
from ..module_utils._reconcile.tasks import informing
from ..module_utils._resources.account_info import ACCOUNT_INFO

TASK = informing(ACCOUNT_INFO)


def main() -> None:
    run_as_module(TASK)


if __name__ == "__main__":
    main()
