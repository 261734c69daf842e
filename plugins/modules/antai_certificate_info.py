#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_certificate_info
short_description: Read the certificates of collectivités at ANTAI
version_added: 0.1.0
description:
  - Reads the certificates that the space of one collectivité lists, or of all that the agent may see.
extends_documentation_fragment:
  - collectivites.antai.collectivite.one_or_all
  - collectivites.antai.judging.trust
  - collectivites.antai.judging.renewal
  - collectivites.antai.connection
  - collectivites.antai.attributes.info
  - collectivites.antai.attributes.in_process
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_certificate
"""

EXAMPLES = r"""
- name: Read the certificates of Albi
  collectivites.antai.antai_certificate_info:
    profile: sandbox
    portal_url: https://127.0.0.1:8443
    username: "{{ antai_username }}"
    password: "{{ antai_password }}"
    siret: "21810004800014"
  register: seen
"""

RETURN = r"""
certificates:
  description:
    - The certificates, oldest first for each collectivité. C(state) is V(active) or V(inactive).
    - C(last_exchange_at) is the last exchange that the SI FPS accepted with it, or null.
    - C(renewal) says whether the next one should be ordered, from the dates alone. C(stage) is one of O(renewal_days), the days before the end,
      0 before that, -1 once it is over. Null where no end is known.
    - With a O(trust_store), the end is the earliest of the certificate's, its CAs', and that of its CA's entries. Of a certificate that is not held
      here, the CA is known by the name of its issuer only; of several CAs of that name, the last to end counts.
  returned: success
  type: list
  elements: dict
  sample: [{"siret": "21810004800014", "fingerprint": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0", "provider": "parkexemple",
    "subject": "CN=FPS parkexemple,OU=0002 21810004800014,O=Albi,C=FR", "issuer": "CN=Example CA,O=Example,C=FR", "state": "active",
    "since": "2026-11-23T08:00:00Z", "not_before": "2026-11-23T08:00:00Z", "not_after": "2028-11-22T08:00:00Z", "last_exchange_at": null,
    "renewal": {"due": false, "stage": 0, "reason": "the certificate ends on 2028-11-22", "end": "2028-11-22T08:00:00Z", "days_left": 730}}]
held:
  description: The certificates that the O(store) holds for O(siret), with their C(renewal), whatever the space shows of them. Empty without both.
  returned: success
  type: list
  elements: dict
  sample: [{"provider": "parkexemple", "fingerprint": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "not_after": "2028-11-22T08:00:00Z", "renewal": {"due": false, "stage": 0, "reason": "the certificate ends on 2028-11-22",
      "end": "2028-11-22T08:00:00Z", "days_left": 730}}]
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
from ..module_utils._resources.certificate.info import CERTIFICATE_INFO

TASK = informing(CERTIFICATE_INFO)


def main() -> None:
    run_as_module(TASK)


if __name__ == "__main__":
    main()
