#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: convention_document_info
short_description: Judge a signed convention before it is uploaded, rule by rule
version_added: 0.1.0
description:
  - Judges a document that is to be uploaded as a collectivité's signed convention. M(collectivites.antai.antai_convention) does the same
    before it uploads one.
  - Each rule gives its own verdict, V(pass), V(warn), V(fail) or V(not_verifiable), with its reason and its source. The task succeeds
    whatever they are; use RV(outcome) to decide. Only V(fail) holds an upload back.
  - A scan, the common case, shows a program little; most rules are then V(not_verifiable).
  - The document is read in a process of its own, with bounded memory and time. Electronic signatures are verified without any network;
    nobody is asked whether a certificate is revoked, but a revocation that the document carries counts.
  - A signer is judged at the time that a trusted timestamp of the signature or of the document proves; where none does, now, which the
    reason says. A publisher's seal of the blank form (a certification signature) is no signature; what it allows to fill in is no change.
  - The rules are C(pdf), C(size), C(whole), C(readable), C(active_content), C(cycle), C(siret), C(name), C(fields), C(signature),
    C(signature_integrity), C(signature_unaltered), C(signature_signer) and C(signature_time).
extends_documentation_fragment:
  - collectivites.antai.attributes.in_process
  - collectivites.antai.collectivite.address
  - collectivites.antai.convention.signatory
  - collectivites.antai.convention.checks
options:
  document:
    description: The document, on the machine where the task runs.
    type: path
    required: true
  siret:
    description: SIRET of the collectivité whose convention it is to be.
    type: str
  cycle:
    description: Cycle of the convention that it is to be.
    type: str
    choices: [complet, partiel]
  name:
    description: Name of the collectivité, which the document must show where its text can be read.
    type: str
requirements:
  - requests
  - cryptography >= 45.0.1
  - jmespath
  - python-stdnum
  - pypdf >= 6.0.0
  - pyHanko >= 0.36.0, where the document carries an electronic signature
attributes:
  check_mode:
    description: Reads only; the same in C(check_mode).
    support: full
  diff_mode:
    description: Changes nothing.
    support: N/A
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_convention
"""

EXAMPLES = r"""
- name: Judge what came back from the mayor of Albi
  collectivites.antai.convention_document_info:
    document: /var/lib/antai/21810004800014/conventions/complet/signed.pdf
    siret: "21810004800014"
    cycle: complet
    name: Albi
    form: sandbox
    signature_anchors:
      - trust/signing-ca.pem
  register: judged

- name: Stop where a rule is broken
  ansible.builtin.assert:
    that: judged.outcome != "fail"
"""

RETURN = r"""
outcome:
  description: The worst of the verdicts, after overrides. V(not_verifiable) is worse than V(warn), V(fail) is the worst.
  returned: success
  type: str
  sample: not_verifiable
verdicts:
  description: One entry for each rule. C(override) is there where it was softened.
  returned: success
  type: list
  elements: dict
  sample: [{"rule": "siret", "outcome": "fail", "reason": "it names 21180033300017 and not 21810004800014", "source": "R7"}]
sha256:
  description: SHA-256 of the document, as ANTAI's space shows it once it is uploaded.
  returned: success
  type: str
  sample: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
error:
  description: What went wrong, for programs. C(code) is stable.
  returned: failure
  type: dict
  sample: {"code": "invalid_input", "message": "document: /tmp/none.pdf: No such file or directory",
    "hint": "check the path and its mode on the machine where the task runs", "details": {"field": "document", "path": "/tmp/none.pdf"}}
"""

from ..module_utils._reconcile.module_adapter import run_as_module
from ..module_utils._reconcile.tasks import validating
from ..module_utils._resources.convention.validation import SPEC, validate

TASK = validating(SPEC, validate)


def main() -> None:
    run_as_module(TASK)


if __name__ == "__main__":
    main()
