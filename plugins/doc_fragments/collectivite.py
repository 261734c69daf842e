# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that describe one collectivité, shared by the modules that take them."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  siret:
    description: SIRET of the collectivité, 14 digits with a valid key, quoted. Every FPS number begins with it.
    type: str
    required: true
"""

    ONE_OR_ALL = r"""
options:
  siret:
    description: SIRET of one collectivité. Without it, all that the agent may see, page by page.
    type: str
  agent_email:
    description: E-mail of the agent named in the account request; lets the request be followed without access to the space.
    type: str
"""

    AGENT_EMAIL = r"""
options:
  agent_email:
    description: E-mail of the agent named in the account request; lets the request be followed while there is no access to the space.
    type: str
"""

    IDENTITY = r"""
options:
  reopen:
    description:
      - Whether to ask for a new account where it was closed. Without it, a closed account stays closed, so that a run that comes again
        and again never undoes an offboarding.
    type: bool
    default: false
  departement:
    description: Département, V(01) to V(95), V(2A), V(2B), V(97x) or V(98x), quoted. Compared with the shipped table of communes; a difference is a warning.
    type: str
  address:
    description: Postal address of the collectivité.
    type: dict
    suboptions:
      street:
        description: Street and number.
        type: str
      postal_code:
        description: Postal code, five digits, quoted.
        type: str
      city:
        description: City.
        type: str
  contact_email:
    description: E-mail of the collectivité.
    type: str
  agent_name:
    description: Name of the agent whom the collectivité mandates.
    type: str
  agent_email:
    description: E-mail of that agent; ANTAI sends the credentials there. Also lets the request be followed while there is no access to the space.
    type: str
"""

    CONVENTION = r"""
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
"""

    CERTIFICATES = r"""
options:
  certificates:
    description:
      - All the certificates of the collectivité, one for each provider; several can be active at once.
      - A certificate is identified by the SHA-256 of its DER. It is found by O(certificates[].fingerprint), or in O(certificates[].certificate), or in the
        O(store) under its provider's label.
    type: list
    elements: dict
    required: true
    suboptions:
      provider:
        description: Label of the provider, under which the space shows the certificate. Up to 64 letters without accents, digits, C(.), C(_) and C(-).
        type: str
        required: true
      state:
        description: What this certificate is to be.
        type: str
        choices: [present, active, inactive, absent]
      fingerprint:
        description: SHA-256 of a certificate whose key is elsewhere (with the provider), 64 hexadecimal digits, with or without colons.
        type: str
      certificate:
        description: Certificate file (PEM or DER; a chain may follow) on the machine where the task runs.
        type: path
      private_key:
        description: File of its unencrypted private key (PEM), on the same machine.
        type: path
      key_type:
        description: Type of key to make, where the certificate is still to be requested.
        type: str
        choices: [rsa-2048, rsa-3072, rsa-4096, ec-p256, ec-p384, ec-p521]
        default: rsa-3072
      common_name:
        description: Name of the service (CN) in the certificate's subject, where it is still to be requested.
        type: str
"""

    EXCLUSIVE = r"""
options:
  exclusive:
    description:
      - Whether to deactivate the certificates that the space lists as active and O(certificates) does not name.
      - Nothing is deactivated before every declared certificate is as declared.
    type: bool
    default: false
"""

    ORDERING = r"""
options:
  drop_folder:
    description: Folder where a copy of each request is laid for the PSCE, as C(<siret>-<provider>.csr). Without it, people take the request from O(store).
    type: path
  pickup_folder:
    description: Folder where the PSCE lays certificates, as C(<siret>-<provider>.pem), C(.crt), C(.cer) or C(.der), besides the one in O(store).
    type: path
"""

    SWITCH = r"""
options:
  switch:
    description:
      - A switch from one provider to another, done by M(collectivites.antai.antai_provider_switch). Every other module leaves the certificates of
        both alone.
    type: dict
    suboptions:
      from:
        description: Label of the provider that leaves, under which the space shows its certificates.
        type: str
        required: true
      to:
        description: Label of the provider that comes.
        type: str
        required: true
      date:
        description:
          - Day (from its beginning on, UTC) or instant (with its offset) from which the provider that leaves is forbidden, where the other one has
            proved itself by then.
        type: str
        required: true
      rollback:
        description: Whether to go back to the provider that leaves.
        type: bool
        default: false
"""

    SWITCH_REQUIRED = r"""
options:
  switch:
    description:
      - A switch from one provider to another, done by M(collectivites.antai.antai_provider_switch). Every other module leaves the certificates of
        both alone.
    type: dict
    required: true
    suboptions:
      from:
        description: Label of the provider that leaves, under which the space shows its certificates.
        type: str
        required: true
      to:
        description: Label of the provider that comes.
        type: str
        required: true
      date:
        description:
          - Day (from its beginning on, UTC) or instant (with its offset) from which the provider that leaves is forbidden, where the other one has
            proved itself by then.
        type: str
        required: true
      rollback:
        description: Whether to go back to the provider that leaves.
        type: bool
        default: false
"""

    ROTATION = r"""
options:
  grace:
    description:
      - How long the old certificate stays active once the new one is in use, as a whole number of V(d), V(h), V(m) or V(s). So long there is a way
        back.
    type: str
    default: 7d
  due_days:
    description:
      - The next certificate is ordered when the one in use ends within so many days; of short-lived certificates, in the last third of their life.
    type: int
    default: 90
"""
