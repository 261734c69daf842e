#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_certificate_rotation_info
short_description: Where the rotation of a provider's certificate stands
version_added: 0.1.0
description:
  - What the store holds for one provider, when the next certificate is due, and who is waited for. Changes nothing.
options:
  provider:
    description: Label of the provider whose certificate is rotated. Up to 64 letters without accents, digits, C(.), C(_) and C(-).
    type: str
    required: true
  name:
    description: Official name of the collectivité, for the subject (O) of the next certificate.
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
  fingerprint:
    description:
      - SHA-256 of the certificate, where the provider holds its key. Nothing can be rotated here then; who holds the key is waited for, in time.
    type: str
  keys:
    description:
      - Who makes and holds its keys. With V(elsewhere) nothing is rotated here; who holds them is waited for, in time. Without O(fingerprint) what the
        space lists under the provider's label is meant.
    type: str
    choices: [store, elsewhere]
    default: store
  certificate:
    description:
      - Certificate file, where the certificate is declared by its files instead of the O(store). Who made the files makes the next ones, and is
        waited for, in time.
    type: path
  certificate_content:
    description: The same from a variable. PEM as text; PKCS#12, PKCS#7 or DER in base64.
    type: str
  passphrase:
    description: Opens a PKCS#12, declared or delivered by the PSCE.
    type: str
extends_documentation_fragment:
  - collectivites.antai.collectivite
  - collectivites.antai.certificate.ordering
  - collectivites.antai.collectivite.contact
  - collectivites.antai.certificate.rotation
  - collectivites.antai.judging
  - collectivites.antai.judging.trust
  - collectivites.antai.judging.renewal
  - collectivites.antai.connection
  - collectivites.antai.attributes.info
  - collectivites.antai.attributes.in_process
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_certificate_rotation
"""

EXAMPLES = r"""
- name: Where does the rotation of Albi's provider stand?
  collectivites.antai.antai_certificate_rotation_info:
    profile: sandbox
    portal_url: https://127.0.0.1:8443
    sifps_url: https://127.0.0.1:8444
    username: "{{ antai_username }}"
    password: "{{ antai_password }}"
    store: /var/lib/antai
    siret: "21810004800014"
    name: Albi
    provider: parkexemple
"""

RETURN = r"""
rotation:
  description:
    - What the store holds for this provider and what goes by which name, as it is.
    - C(state) is V(none) (there is no certificate), V(elsewhere) (its key or files are not the store's), V(settled), V(requested), V(issued) (the next
      one is there and not in use), V(grace) (the old one lives on beside the new one) or V(set_aside) (the new one was, by a refusal or a rollback).
    - C(current) is in use, C(next) is not yet, C(previous) was, C(rejected) was set aside. The C(state) of each is V(active), V(inactive),
      V(not_installed), V(refused) or V(unknown), and null where ANTAI did not have to be asked.
  returned: success
  type: dict
  sample: {"state": "grace", "siret": "21810004800014", "provider": "parkexemple", "requested": false, "requested_at": null, "handed_out": false,
    "current": {"version": "2", "fingerprint": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
      "state": "active", "not_after": "2028-11-22T08:00:00Z"},
    "next": null,
    "previous": {"version": "1", "fingerprint": "a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90",
      "state": "active", "not_after": "2027-01-14T08:00:00Z"},
    "rejected": null, "reload_due": false, "grace_until": "2026-11-30T08:00:00Z"}
verdicts:
  description:
    - The next certificate, or the one to go back to, where it may be installed, activated or taken into use now.
    - Null where no O(trust_store) is declared, and nothing was judged.
    - C(outcome) is as RV(collectivites.antai.rgs_certificate_info#module:outcome).
    - C(verdicts) are those that are no plain V(pass), and those that are overridden.
  returned: success
  type: list
  elements: dict
  sample: [{"provider": "parkexemple", "fingerprint": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0", "outcome": "warn",
    "verdicts": [{"rule": "ca_lifetime", "outcome": "warn",
      "reason": "the issuing CA lives from 2015-11-25 to 2033-06-03, more than 10 years", "source": "RGS annex A4 v3.0 (restatement); real CAs break it"}]}]
renewal:
  description:
    - When the next one is due. C(stage) is the number of days before the end that has begun, 0 while nothing is to be done, -1 after the end; null
      where no certificate is in use.
  returned: success
  type: dict
  sample: {"due": false, "stage": 0, "reason": "the certificate ends on 2028-11-22", "end": "2028-11-22T08:00:00Z", "days_left": 730}
steps_to_come:
  description: What antai_certificate_rotation would do now.
  returned: success
  type: list
  elements: dict
  sample: []
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
  description: How many requests were made, by class of operation. C(write) is always 0.
  returned: success
  type: dict
  sample: {"read": 2, "write": 0, "session": 2}
error:
  description: What went wrong, for programs. C(code) is stable.
  returned: failure
  type: dict
  sample: {"code": "invalid_input", "message": "siret: '213105554' is not a SIRET: this is a SIREN (9 digits)",
    "hint": "give the SIRET of the establishment: SIREN, then 5 more digits", "details": {"field": "siret", "value": "213105554"}}
"""

from ..module_utils._reconcile.module_adapter import run_as_module
from ..module_utils._reconcile.tasks import informing
from ..module_utils._resources.rotation.info import CERTIFICATE_ROTATION_INFO

TASK = informing(CERTIFICATE_ROTATION_INFO)


def main() -> None:
    run_as_module(TASK)


if __name__ == "__main__":
    main()
