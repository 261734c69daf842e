#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_certificate_rotation
short_description: Replace the certificate of a provider without a gap
version_added: 0.1.0
description:
  - Orders the next certificate in time, beside the one in use; when the PSCE has delivered it, installs it in the SI FPS, whose answer must be
    C(known_inactive); activates it in the space, and the answer must be C(authorised); takes it into use by the swap of one symbolic link (C(current));
    and after a grace period deactivates the old one and deletes its key.
  - Run it again and again; every run goes on where the one before has come to, or was killed.
  - Where the SI FPS does not authorise the new certificate once it is active, the new one is deactivated and set aside, and the old one stays in
    use. It is not tried again by itself; name it in O(replace) to order another one.
  - With a O(trust_store), the new certificate is judged by the rules of RGS* (see M(collectivites.antai.rgs_certificate_info)) before it is installed,
    activated or taken into use, and so is an old one before it is activated again. Where a rule fails, nothing is done with it, and the old one stays.
  - What is due stands in the certificate itself and in the O(trust_store); while nothing is under way, ANTAI is not asked.
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
  replace:
    description:
      - SHA-256 of a certificate to replace now, whether it is due or not; of the one in use, of the next one, or of one that was set aside.
        Once it is replaced, nothing more is forced.
    type: str
  compromised:
    description:
      - Whether the key of the certificate named by O(replace) is compromised. It is deactivated at once, before anything else, and is never activated
        again. B(The dialogue is down) until the next certificate is active. Ask the PSCE to revoke it.
    type: bool
    default: false
  acknowledge:
    description:
      - SHA-256 of a certificate that was set aside (refused by the SI FPS, or rolled back) and is to be waited for no more. It is deactivated where it is
        active, and its key is deleted. From then on the rotation goes its ordinary way, and orders the next one when the one in use is due.
      - One that was not set aside (the one in use, the next one, the one before) is refused; O(rollback) sets the next one aside.
    type: str
  rollback:
    description:
      - Whether to go back to the old certificate, as long as it lives. It is activated where it is not active any more, must be authorised, is used
        again, and only then is the new one deactivated and set aside. A next certificate that is not in use yet is set aside likewise.
    type: bool
    default: false
  until:
    description:
      - How far to go. V(proved) up to the activation of the next certificate. V(swapped) also takes it into use (C(current) on disk changes).
        V(retired) goes to the end, and takes it that what reads the certificate has been reloaded, or reloads by itself.
      - To reload in between, call the module with V(swapped), reload where that has changed something, then call it with V(retired), as the role
        C(rotation) does. A run with V(swapped) reports a change again as long as no run with V(retired) has followed.
    type: str
    choices: [proved, swapped, retired]
    default: retired
  reloaded:
    description:
      - With O(until=retired), whether what reads the certificate has been reloaded since it changed. Where V(false), nobody has ordered a reload, and
        the step is called C(leave_reload) instead of C(confirm_reload); what is done is the same.
    type: bool
    default: true
extends_documentation_fragment:
  - collectivites.antai.collectivite
  - collectivites.antai.certificate.ordering
  - collectivites.antai.collectivite.contact
  - collectivites.antai.certificate.rotation
  - collectivites.antai.judging
  - collectivites.antai.judging.trust
  - collectivites.antai.judging.renewal
  - collectivites.antai.connection
  - collectivites.antai.behaviour
  - collectivites.antai.attributes
  - collectivites.antai.attributes.in_process
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_certificate_rotation_info
  - module: collectivites.antai.antai_certificate
  - module: collectivites.antai.antai_certificate_request
"""

EXAMPLES = r"""
- name: Rotate the certificate of Albi's provider when it is due
  collectivites.antai.antai_certificate_rotation:
    profile: sandbox
    portal_url: https://127.0.0.1:8443
    sifps_url: https://127.0.0.1:8444
    username: "{{ antai_username }}"
    password: "{{ antai_password }}"
    store: /var/lib/antai
    siret: "21810004800014"
    name: Albi
    provider: parkexemple
    grace: 14d

- name: The key was stolen
  collectivites.antai.antai_certificate_rotation:
    profile: sandbox
    portal_url: https://127.0.0.1:8443
    sifps_url: https://127.0.0.1:8444
    username: "{{ antai_username }}"
    password: "{{ antai_password }}"
    store: /var/lib/antai
    siret: "21810004800014"
    name: Albi
    provider: parkexemple
    replace: 0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0
    compromised: true
"""

RETURN = r"""
rotation:
  description:
    - What the store holds for this provider and what goes by which name, as it is, or in check mode as it would be.
    - C(state) is V(none) (there is no certificate), V(elsewhere) (its key or files are not the store's), V(settled), V(requested), V(issued) (the next
      one is there and not in use), V(grace) (the old one lives on beside the new one) or V(set_aside) (the new one was, by a refusal or a rollback).
    - C(current) is in use, C(next) is not yet, C(previous) was, C(rejected) was set aside. The C(state) of each is V(active), V(inactive),
      V(not_installed), V(refused) or V(unknown), and null where ANTAI did not have to be asked.
    - In check mode C(requested_at) and C(grace_until) are null where they would be set.
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
steps:
  description:
    - What was done, in order; in check mode, what would be.
    - C(outcome) is V(done), V(settled) (the answer was lost, and observing again shows that it was done), V(waiting) (it could not be done yet),
      V(withheld) (it had to wait for a step before it) or, in check mode, V(planned).
  returned: success, and failure after a first step
  type: list
  elements: dict
  sample: [{"code": "install_certificate", "target": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "reason": "the SI FPS does not know it", "outcome": "done"}]
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
from ..module_utils._resources.rotation.options import CERTIFICATE_ROTATION

TASK = declaring(CERTIFICATE_ROTATION)


def main() -> None:
    run_as_module(TASK)


if __name__ == "__main__":
    main()
