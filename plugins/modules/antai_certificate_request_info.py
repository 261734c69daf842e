#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_certificate_request_info
short_description: Read the certificate requests in the store
version_added: 0.1.0
description:
  - Reads what the store keeps of one collectivité's certificate requests. Makes no request to ANTAI.
options:
  provider:
    description: Label of one provider. Without it, all of the collectivité's.
    type: str
extends_documentation_fragment:
  - collectivites.antai.collectivite
  - collectivites.antai.connection
  - collectivites.antai.attributes.info
  - collectivites.antai.attributes.in_process
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_certificate_request
"""

EXAMPLES = r"""
- name: Read what was ordered for Albi
  collectivites.antai.antai_certificate_request_info:
    profile: sandbox
    store: /var/lib/antai
    siret: "21810004800014"
  register: ordered
"""

RETURN = r"""
requests:
  description: The requests; the fields are those of RV(collectivites.antai.antai_certificate_request#module:certificate_request).
  returned: success
  type: list
  elements: dict
  sample: [{"siret": "21810004800014", "provider": "parkexemple", "state": "pending", "organization": "Albi", "common_name": "FPS parkexemple",
    "key_type": "rsa-3072", "requested_at": "2026-11-23T08:00:00Z", "retry_at": null, "handed_out": true,
    "request": "/var/lib/antai/21810004800014/certificates/parkexemple/pending/request.csr",
    "order_sheet": "/var/lib/antai/21810004800014/certificates/parkexemple/pending/order.md",
    "dropped": "/var/lib/antai/21810004800014/certificates/parkexemple/dropped", "fingerprint": null, "not_after": null}]

operations:
  description: How many requests were made, by class of operation. C(write) is always 0.
  returned: success
  type: dict
  sample: {"read": 0, "write": 0, "session": 0}
error:
  description: What went wrong, for programs. C(code) is stable.
  returned: failure
  type: dict
  sample: {"code": "invalid_input", "message": "siret: '213105554' is not a SIRET: this is a SIREN (9 digits)",
    "hint": "give the SIRET of the establishment: SIREN, then 5 more digits", "details": {"field": "siret", "value": "213105554"}}
"""

from ..module_utils._reconcile.module_adapter import run_as_module
from ..module_utils._reconcile.tasks import informing
from ..module_utils._resources.certificate.info import CERTIFICATE_REQUEST_INFO

TASK = informing(CERTIFICATE_REQUEST_INFO)


def main() -> None:
    run_as_module(TASK)


if __name__ == "__main__":
    main()
