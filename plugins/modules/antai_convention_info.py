#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_convention_info
short_description: Read conventions between collectivités and ANTAI
version_added: 0.1.0
description:
  - Reads the conventions of one collectivité, or of all that the agent may see.
extends_documentation_fragment:
  - collectivites.antai.collectivite.one_or_all
  - collectivites.antai.connection
  - collectivites.antai.attributes.info
  - collectivites.antai.attributes.in_process
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_convention
"""

EXAMPLES = r"""
- name: Read the conventions of Albi
  collectivites.antai.antai_convention_info:
    profile: sandbox
    portal_url: https://127.0.0.1:8443
    username: "{{ antai_username }}"
    password: "{{ antai_password }}"
    siret: "21810004800014"
  register: seen
"""

RETURN = r"""
conventions:
  description: The conventions, oldest first for each collectivité; the fields are those of
    RV(collectivites.antai.antai_convention#module:convention), without the paths.
  returned: success
  type: list
  elements: dict
  sample: [{"siret": "21810004800014", "id": 1, "cycle": "complet", "state": "submitted", "since": "2026-11-23T08:00:00Z", "reason": null,
    "start": null, "end": null,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "countersigned_sha256": null}]

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
from ..module_utils._resources.convention.info import CONVENTION_INFO

TASK = informing(CONVENTION_INFO)


def main() -> None:
    run_as_module(TASK)


if __name__ == "__main__":
    main()
