# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that describe the convention of a collectivité, shared by the modules that take them."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  cycle:
    description: Cycle of the convention. The two are exclusive, and V(complet) replaces V(partiel).
    type: str
    choices: [complet, partiel]
    default: complet
  document:
    description:
      - The signed convention, a PDF on the controller, looked for as the other files of a playbook are. While it is not there, the
        signature is waited for.
      - Without it, the file C(<siret>/conventions/<cycle>/signed.pdf) of O(store) is used, once somebody has laid it there.
    type: path
  document_content:
    description: The signed convention itself, in base64, instead of reading O(document).
    type: str
  next_document:
    description:
      - The signed convention that is to follow the one in force, a PDF on the controller. It is uploaded beside that one once its end is near
        (O(convention_renewal_days)); after an end it is what takes its place.
      - Without it, the file C(<siret>/conventions/<cycle>/next/signed.pdf) of O(store) is used, once somebody has laid it there.
    type: path
  next_document_content:
    description: That document itself, in base64, instead of reading O(next_document).
    type: str
  convention_renewal_days:
    description:
      - Days before the end of the convention in force at which each stage of its renewal begins, the longest first. From the first on, the
        next convention is due.
    type: list
    elements: int
    default: [120, 90, 60, 30, 14, 7]
"""

    SIGNATORY = r"""
options:
  signatory_name:
    description: First name and name of who signs the convention for the collectivité.
    type: str
  signatory_function:
    description: Their function, as it is to stand on the convention (C(Maire), C(Président)).
    type: str
  deliberation_number:
    description: Number of the deliberation that authorises the signature.
    type: str
  deliberation_date:
    description: Its day, as C(YYYY-MM-DD). The mapping of the form says how it is written there.
    type: str
"""

    CHECKS = r"""
options:
  form:
    description:
      - Which field of the convention's form holds what, as data. The name of a shipped mapping (V(sandbox), of the sandbox's own form,
        which is not ANTAI's), the path of your own YAML file on the controller, or the content of one.
      - Without it, the fields of a document are not compared with the declaration.
    type: raw
  document_overrides:
    description:
      - Rules on documents whose verdict is softened, each by its name. The result shows the override and what the rule had said.
    type: list
    elements: dict
    suboptions:
      rule:
        description: Name of the rule, as M(collectivites.antai.convention_document_info) shows it.
        type: str
        required: true
      outcome:
        description:
          - What the verdict becomes where it is worse.
          - With V(warn) the broken rule is told and holds nothing up. With V(pass) it counts as kept.
        type: str
        choices: [warn, pass]
        default: warn
      reason:
        description: Why.
        type: str
        required: true
  document_max_mib:
    description: Largest size of a document, in MiB, at most 64. No limit of ANTAI's is published.
    type: float
    default: 5.0
  signature_anchors:
    description:
      - The CAs that are trusted for electronic signatures, as PEM files on the controller or their content. Never those of the system.
      - Without any, who has signed is told but not verified.
    type: list
    elements: str
"""
