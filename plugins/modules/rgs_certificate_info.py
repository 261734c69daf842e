#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: rgs_certificate_info
short_description: Validate a certificate of the RGS* profile, rule by rule
version_added: 0.1.0
description:
  - Judges a client certificate of a collectivité, or the server certificate of the SI FPS, by the rules of the RGS* profile.
  - Each rule gives its own verdict, V(pass), V(warn), V(fail) or V(not_verifiable), with its reason and its source. The task succeeds
    whatever they are; use RV(outcome) to decide.
  - Trusts the CAs of O(trust_store) only, never those of the system.
  - Of a CA that was renewed or cross-signed, every path to a trusted CA is tried, and the one that is valid now counts. The number of signatures that one
    judgement verifies is bounded; where that ends the search before a path was found, the rule C(chain) is V(not_verifiable).
  - Looks for revocation in the files given, or at the addresses that the certificate names, once its path to a trusted CA is known; so it does for the CAs
    of the path, and for the trusted one where the certificate of its issuer is at hand.
  - A revocation that a CA has signed counts whatever is strange about the CRL or the response that tells it. The rule C(revoked) is there then, and no
    override softens it.
options:
  certificate:
    description:
      - File with the certificate on the machine where the task runs, with its chain and key or without, in any order.
      - What it is shows in its content, not in its name. PEM, DER, base64 without armour, PKCS#7 or PKCS#12; text files in UTF-8 or UTF-16.
      - The certificate is the one of the private key, where there is a key; else the one that issued none of the others. At most 20 are read.
    type: path
    required: true
  chain:
    description: File with the CAs between the certificate and the trusted one, in any of these forms.
    type: path
  private_key:
    description: File of the private key in PEM or DER, to check that it belongs to the certificate.
    type: path
  passphrase:
    description: Passphrase of the PKCS#12 (also in O(chain)) or of the private key. How accents are composed makes no difference.
    type: str
  trust_store:
    description:
      - The trusted CAs, as data. The name of a shipped store (V(france), whose doubts stand in each of its entries), the path of your own
        YAML file on the controller, or the content of one with its certificates in PEM.
    type: raw
    required: true
  usage:
    description: Whether the certificate is to be a V(client)'s or a V(server)'s.
    type: str
    choices: [client, server]
    default: client
  siret:
    description: SIRET of the collectivité that the certificate must name. Without it, nobody asks whose it is.
    type: str
  host:
    description: Name or address that a server's certificate must be for.
    type: str
  at:
    description:
      - A day or time (ISO 8601; UTC where it names no zone) at which the certificate must be valid and its CA trusted, besides now.
      - Revocation is always judged by all that is known now.
    type: str
  crl:
    description:
      - Files of CRLs, in PEM or DER (text may stand before it), of the issuing CA and of those above it.
      - Where there is one, or an O(ocsp) response, nothing is fetched. One of another CA is left aside with a warning.
    type: list
    elements: path
    default: []
  ocsp:
    description: Files of OCSP responses, in DER.
    type: list
    elements: path
    default: []
  fetch:
    description:
      - Whether to fetch CRL and OCSP from the addresses in the certificate. Where it is V(false) and no file is given, revocation is
        V(not_verifiable).
    type: bool
    default: true
  timeout:
    description: Seconds to wait for a connection, and for each part of an answer.
    type: float
    default: 10.0
requirements:
  - requests
  - cryptography >= 45.0.1
  - jmespath
  - python-stdnum
extends_documentation_fragment:
  - collectivites.antai.judging
  - collectivites.antai.attributes.in_process
attributes:
  check_mode:
    description: Reads only; the same in C(check_mode).
    support: full
  diff_mode:
    description: Changes nothing.
    support: N/A
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_certificate
"""

EXAMPLES = r"""
- name: Judge the certificate that the PSCE delivered to Albi
  collectivites.antai.rgs_certificate_info:
    certificate: /var/lib/antai/albi.pem
    private_key: /var/lib/antai/albi.key
    trust_store: trust/mine.yml
    siret: "21810004800014"
    overrides:
      - rule: ca_lifetime
        outcome: pass
        reason: the CA lives 17 years, which its PSCE's policy announces
  register: judged

- name: Stop where a rule is broken
  ansible.builtin.assert:
    that: judged.outcome in ["pass", "warn"]
"""

RETURN = r"""
outcome:
  description: The worst of the verdicts, after overrides. V(not_verifiable) is worse than V(warn), V(fail) is the worst.
  returned: success
  type: str
  sample: warn
verdicts:
  description: One entry for each rule whose question arises. C(override) is there where it was softened.
  returned: success
  type: list
  elements: dict
  sample: [{"rule": "extended_key_usage", "outcome": "fail", "reason": "clientAuth is not among serverAuth: this is no client certificate",
    "source": "RGS annex A4 v3.0 (restatement)"}]
blocking:
  description: The rules whose verdict would keep the certificate from being installed or activated. What is not verifiable blocks for C(chain) only.
  returned: success
  type: list
  elements: str
  sample: ["extended_key_usage"]
certificate:
  description: What the certificate says of itself.
  returned: success
  type: dict
  sample: {"fingerprint": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0", "subject": "CN=FPS,OU=0002 21810004800014,O=Albi,C=FR",
    "issuer": "CN=Example CA,O=Example,C=FR", "serial_number": "1a2b", "not_before": "2026-11-23T08:00:00Z",
    "not_after": "2028-11-22T08:00:00Z", "identifiers": ["21810004800014"]}
path:
  description: Subjects from the certificate to the trusted CA; empty where there is no path.
  returned: success
  type: list
  elements: str
  sample: ["CN=FPS,OU=0002 21810004800014,O=Albi,C=FR", "CN=Example CA,O=Example,C=FR"]
error:
  description: What went wrong, for programs. C(code) is stable.
  returned: failure
  type: dict
  sample: {"code": "invalid_input", "message": "certificate: this is no certificate that can be read", "hint": "give the file as it was delivered, whole",
    "details": {"field": "certificate"}}
"""

from ..module_utils._reconcile.module_adapter import run_as_module
from ..module_utils._reconcile.tasks import validating
from ..module_utils._resources.certificate.evaluation_options import VALIDATION
from ..module_utils._resources.certificate.validation import SPEC, validate

TASK = validating(SPEC, validate, VALIDATION)


def main() -> None:
    run_as_module(TASK)


if __name__ == "__main__":
    main()
