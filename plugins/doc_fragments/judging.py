# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the modules that judge certificates by the rules of RGS*, or ask when they end."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  unreachable:
    description:
      - What it is worth that no source of revocation answers, neither CRL nor OCSP.
      - With V(fail) a rule is broken. With V(warn) it is told and holds nothing up.
    type: str
    choices: [warn, fail]
    default: fail
  overrides:
    description: Rules whose verdict is softened, each by its name. The result shows the override and what the rule had said.
    type: list
    elements: dict
    default: []
    suboptions:
      rule:
        description: Name of the rule. A revocation that is proved (C(revoked)) cannot be overridden.
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
"""

    TRUST = r"""
options:
  trust_store:
    description:
      - The trusted CAs, as data. The name of a shipped store (V(france), whose doubts stand in each of its entries), the path of your own
        YAML file on the controller, or the content of one with its certificates in PEM.
      - Without it, no certificate is judged; the result says so.
    type: raw
"""

    RENEWAL = r"""
options:
  renewal_days:
    description:
      - How many days before the end each stage of the renewal begins, the longest first. A rotation orders the next certificate when the first one
        begins; of short-lived certificates, in the last third of their life.
      - With a O(trust_store), the end of the CA or of its entry there counts where it comes earlier. Of the entries those of the certificate's own policy
        count, and a gap between two is an end. A rotation orders at once where the certificate in use, or its CA, is revoked.
    type: list
    elements: int
    default: [90, 60, 30, 14, 7]
"""
