#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_certificate_request
short_description: Order an RGS* certificate from a PSCE, and pick it up
version_added: 0.1.0
description:
  - Operation 2 of the letter. Makes a private key and a certificate signing request (CSR) with the subject of the RGS profile, hands the request
    out, and picks up the certificate
    that the PSCE delivers. Nothing of it needs ANTAI, so it can go on while ANTAI checks the account.
  - The request is handed out to people, with an order sheet that tells the PSCE who asks for what and shows the fingerprints to compare by telephone
    (ours, and no form of a PSCE); or sent to the PSCE's EST service (O(est_url)).
  - The key is made in the store and never leaves it. A certificate of this key that names another collectivité is refused.
  - Or keeps in the store a certificate whose key was made elsewhere, by the provider or the PSCE (O(certificate) or O(certificate_content)).
  - Key and certificate change together, by the swap of one symbolic link (C(current)).
options:
  provider:
    description: Label of the provider that will use the certificate. Up to 64 letters without accents, digits, C(.), C(_) and C(-).
    type: str
    required: true
  name:
    description: Official name of the collectivité, for the subject (O) of the certificate.
    type: str
    required: true
  common_name:
    description: Name of the service, for the subject (CN). By default C(FPS) and the provider's label.
    type: str
  key_type:
    description: Type of key to make. RSA below 3072 bits is not allowed after 2030.
    type: str
    choices: [rsa-2048, rsa-3072, rsa-4096, ec-p256, ec-p384, ec-p521]
    default: rsa-3072
  certificate:
    description: File (on the machine where the task runs) of a certificate whose key was made elsewhere, to be kept in the store; nothing is ordered then.
    type: path
  private_key:
    description: File of its private key (PEM or DER), on the same machine; not needed with a PKCS#12.
    type: path
  certificate_content:
    description: The certificate itself instead of O(certificate). PEM as text; PKCS#12 or DER in base64, as M(ansible.builtin.slurp) gives it.
    type: str
  private_key_content:
    description: The private key itself (PEM), from a variable or a lookup, instead of O(private_key). It lies in the store afterwards, and nowhere else.
    type: str
  passphrase:
    description: Opens the PKCS#12 or the encrypted private key; also a PKCS#12 that the PSCE delivers.
    type: str
  state:
    description:
      - V(present) makes the request where there is neither a request nor a certificate, and picks the certificate up when it is there.
      - V(absent) discards a request that was not answered, with its key. An issued certificate is left alone.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - collectivites.antai.collectivite
  - collectivites.antai.collectivite.contact
  - collectivites.antai.certificate.ordering
  - collectivites.antai.connection
  - collectivites.antai.behaviour
  - collectivites.antai.attributes
  - collectivites.antai.attributes.in_process
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_certificate_request_info
  - module: collectivites.antai.antai_certificate
"""

EXAMPLES = r"""
- name: Order a certificate for the provider of Albi
  collectivites.antai.antai_certificate_request:
    profile: sandbox
    store: /var/lib/antai
    siret: "21810004800014"
    name: Albi
    provider: parkexemple

- name: Order it from a PSCE that speaks EST
  collectivites.antai.antai_certificate_request:
    profile: sandbox
    store: /var/lib/antai
    siret: "21810004800014"
    name: Albi
    provider: parkexemple
    est_url: https://psce.example/.well-known/est
    est_username: albi
    est_password: "{{ antai_est_password }}"
    psce_ca_file: /etc/antai/psce.pem

- name: Keep in the store a key that the provider has made
  collectivites.antai.antai_certificate_request:
    profile: sandbox
    store: /var/lib/antai
    siret: "21810004800014"
    name: Albi
    provider: horodat
    certificate: /root/albi.p12
    passphrase: "{{ albi_passphrase }}"
"""

RETURN = r"""
certificate_request:
  description:
    - The request as it is, or in check mode as it would be.
    - C(state) is V(none), V(pending) (the PSCE has not delivered) or V(issued).
    - C(request) is where the CSR lies, and C(order_sheet) what goes with it; C(dropped) is where people lay the certificate.
    - C(retry_at) is when the PSCE's EST service may be asked again.
    - In check mode C(requested_at) and C(retry_at) are null where they would be set. Whether an EST service delivers at once cannot be predicted;
      check mode shows it as pending.
  returned: success
  type: dict
  sample: {"siret": "21810004800014", "provider": "parkexemple", "state": "pending", "organization": "Albi", "common_name": "FPS parkexemple",
    "key_type": "rsa-3072", "requested_at": "2026-11-23T08:00:00Z", "retry_at": null, "handed_out": true,
    "request": "/var/lib/antai/21810004800014/certificates/parkexemple/pending/request.csr",
    "order_sheet": "/var/lib/antai/21810004800014/certificates/parkexemple/pending/order.md",
    "dropped": "/var/lib/antai/21810004800014/certificates/parkexemple/dropped", "fingerprint": null, "not_after": null}
delivered:
  description: In check mode, the certificate that would be picked up. C(path) is its file, C(fingerprint) the SHA-256 of its DER.
  returned: in check mode, where the PSCE has delivered
  type: dict
  sample: {"path": "/var/lib/antai/psce/21810004800014-parkexemple.pem", "fingerprint": "9f86d0..."}
steps:
  description:
    - What was done, in order; in check mode, what would be.
    - C(outcome) is V(done), V(settled) (the answer was lost, and observing again shows that it was done), V(waiting) (it could not be done yet),
      V(withheld) (it had to wait for a step before it) or, in check mode, V(planned).
  returned: success, and failure after a first step
  type: list
  elements: dict
  sample: [{"code": "make_request", "target": "parkexemple", "reason": "the store holds no certificate for parkexemple", "outcome": "done"}]
waiting:
  description:
    - Who is being waited for, for what, since when (as the server says, or null), and what to do next.
    - Where C(since) is null, C(since_at_least) is when this collection last asked for it, by the journal of the store, or null.
    - C(on) is one of V(collectivite), V(prestataire), V(editeur), V(psce), V(antai), V(exploitant), V(date).
    - C(next_action.support) is ANTAI's telephone line where ANTAI is late, else null.
  returned: success
  type: list
  elements: dict
  sample: [{"on": "psce", "for": "certificate", "since": "2026-11-23T08:00:00Z", "since_at_least": null, "next_action": {"code": "certificate_issue",
    "text": "The PSCE has to issue the certificate of parkexemple. Request: /var/lib/antai/.../request.csr; lay the certificate received here:
      /var/lib/antai/.../dropped",
    "support": null}}]
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
from ..module_utils._resources.certificate.options import CERTIFICATE_REQUEST

TASK = declaring(CERTIFICATE_REQUEST)


def main() -> None:
    run_as_module(TASK)


if __name__ == "__main__":
    main()
