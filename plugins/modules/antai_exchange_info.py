#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_exchange_info
short_description: Prove that certificates may exchange with the SI FPS
version_added: 0.1.0
description:
  - Asks the SI FPS, over mutual TLS with each certificate whose key is here, whether it may exchange. A read-only query; no FPS is ever sent, for
    that is a legal act.
  - Of a certificate whose key is elsewhere, only the last exchange that the space shows is told.
extends_documentation_fragment:
  - collectivites.antai.collectivite
  - collectivites.antai.collectivite.agent_email
  - collectivites.antai.certificate
  - collectivites.antai.judging
  - collectivites.antai.judging.trust
  - collectivites.antai.connection
  - collectivites.antai.attributes.info
  - collectivites.antai.attributes.in_process
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_certificate
"""

EXAMPLES = r"""
- name: Prove the dialogue of Albi
  collectivites.antai.antai_exchange_info:
    profile: sandbox
    portal_url: https://127.0.0.1:8443
    sifps_url: https://127.0.0.1:8444
    store: /var/lib/antai
    siret: "21810004800014"
    certificates:
      - provider: parkexemple
  register: proof
"""

RETURN = r"""
dialogues:
  description:
    - One entry for each declared certificate.
    - C(state) is V(authorised), V(known_inactive), V(refused) (C(rule) names the rule, as the server does) or V(unknown) (the SI FPS knows no such
      certificate), or V(not_asked), where it never was.
    - C(source) is V(query) (we hold the key and asked), V(store) (an earlier run asked, and the store remembers the answer), V(space) (we do not;
      C(last_exchange_at) is all there is) or V(none).
    - C(proved_at) is when the SI FPS last authorised it, by the clock of the machine that asked, or null. C(verifiable) is true where the certificate may
      exchange and the SI FPS can be asked, false where it may and nobody here can ask, null where it may not exchange yet.
  returned: success
  type: list
  elements: dict
  sample: [{"provider": "parkexemple", "fingerprint": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0", "state": "authorised", "rule": null,
    "message": "Le certificat peut échanger.", "last_exchange_at": null, "not_after": "2028-11-22T08:00:00Z", "source": "query",
    "proved_at": "2026-11-23T08:00:00Z", "verifiable": true}]
server:
  description:
    - The certificate of the SI FPS as it was shown on the connections of this task, judged by the rules for servers. Nothing is held up by it; where
      a rule fails, the task warns.
    - Null where the O(trust_store) has no entry with the usage C(server), or no connection to the SI FPS was made.
    - CAs between are taken from O(sifps_ca_file) and, from Python 3.13 on, from what the server sends; an entry for the issuing CA needs neither.
  returned: success
  type: dict
  sample: {"host": "sifps.example", "fingerprint": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0", "outcome": "fail",
    "verdicts": [{"rule": "extended_key_usage", "outcome": "fail", "reason": "serverAuth is not among clientAuth: this is no server certificate",
      "source": "RGS annex A4 v3.0 (restatement)"}]}
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
from ..module_utils._resources.exchange_info import EXCHANGE_INFO

TASK = informing(EXCHANGE_INFO)


def main() -> None:
    run_as_module(TASK)


if __name__ == "__main__":
    main()
