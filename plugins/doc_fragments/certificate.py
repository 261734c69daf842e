# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that describe the certificates of a collectivité, their orders and the switch of provider, shared by the modules that take them."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
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
        description:
          - What this certificate is to be; where it is not said, what is said for all of them (C(state) of the task, V(active) by default).
          - V(present) is installed in the SI FPS, active or not. V(active) is installed and may exchange, which takes a convention in force.
          - V(inactive) is not to exchange; what is not installed stays so. V(absent) is removed from the space, or deactivated where the interface
            has no removal.
        type: str
        choices: [present, active, inactive, absent]
      fingerprint:
        description: SHA-256 of a certificate whose key is elsewhere (with the provider), 64 hexadecimal digits, with or without colons.
        type: str
      keys:
        description:
          - Who makes and holds its keys. With V(elsewhere) the provider installs its own certificate - nothing is ordered for it, and O(store) is not
            expected to hold anything of it.
          - Without O(certificates[].fingerprint) such an entry stands for the certificates that the space lists under its provider's label - to be
            there, those that are active, else the newest; to be off, all of them.
        type: str
        choices: [store, elsewhere]
        default: store
      certificate:
        description: Certificate file (PEM, DER, PKCS#7 or PKCS#12; a chain may follow) on the machine where the task runs.
        type: path
      private_key:
        description:
          - File of its private key (PEM or DER), on the same machine; not needed with a PKCS#12.
          - An encrypted key, or one in a PKCS#12, is opened in memory and never written; that takes Linux.
        type: path
      certificate_content:
        description: The certificate itself instead of its file. PEM as text; PKCS#12, PKCS#7 or DER in base64, as M(ansible.builtin.slurp) gives it.
        type: str
      private_key_content:
        description:
          - The private key itself (PEM), from a variable or a lookup (a vault, HashiCorp Vault). It never touches a disk, on the controller or on the
            target, and that takes Linux where the task runs.
          - Not to be used with C(async), which keeps what a task was given in a file.
        type: str
      passphrase:
        description: Opens an encrypted private key or a PKCS#12; one that the PSCE delivers, too.
        type: str
      keep:
        description:
          - Whether the declared certificate and its key are to be kept in O(store), as if they had been ordered; the store's copy is used from then on.
          - Another certificate declared later takes its place there.
        type: bool
        default: false
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
  certificate_organisation:
    description:
      - Organisation (O) in the subject of certificates, where it is not the official name. A certificate holds at most 64 characters there, which
        29 of 1,255 EPCI exceed; the account and the convention keep the whole name.
      - Agree it with the PSCE, which compares it with its papers.
    type: str
  drop_folder:
    description:
      - Folder where a copy of each request is laid for the PSCE, as C(<siret>-<provider>.csr), with an order sheet for people, C(<siret>-<provider>.md).
      - Without it, people take both from O(store). Not used where O(est_url) is set.
    type: path
  pickup_folder:
    description:
      - Folder where the PSCE lays certificates, as C(<siret>-<provider>) and one of C(.pem), C(.crt), C(.cer), C(.der), C(.p7b), C(.p7c), C(.p12), C(.pfx),
        besides the one in O(store).
      - An answer to an earlier request is passed over with a warning.
    type: path
  psce_ca_file:
    description:
      - File with the CA certificates of the PSCE, on the machine where the task runs. They complete the chain where the PSCE sends the certificate alone.
      - With O(est_url), the PSCE is asked for nothing unless the CA certificates that it shows come from these.
    type: path
  est_url:
    description:
      - EST service of the PSCE (RFC 7030), up to C(/.well-known/est) or a label after it. The request is sent there instead of being handed out.
      - A PSCE that has to check identities first says when to ask again; until then it is waited for, and not asked.
    type: str
  est_ca_file:
    description: PEM file of the CA that signs the server certificate of the EST service; without it, as for O(portal_ca_file).
    type: path
  est_username:
    description: Login at the EST service.
    type: str
  est_password:
    description: Password of that login.
    type: str
  est_certificate:
    description: Client certificate (PEM) to authenticate with at the EST service, instead of a login or with one.
    type: path
  est_private_key:
    description: Its unencrypted private key (PEM).
    type: path
  order_limit:
    description:
      - How many certificates may be ordered from O(store) in 24 hours, for all collectivités together; each order is paid. A run that would go beyond
        stops before it orders. A first run over more collectivités declares it, best in the inventory.
    type: int
    default: 50
  store_adopt:
    description:
      - SIRETs of the spaces whose certificates were ordered before, and whose keys are lost, so that O(store) is taken over without them and others
        are ordered. Each lost key is written to the journal of the collectivité.
      - Without it nothing is ordered for a provider of whom a certificate is active in the space, or was installed before, and whose key is not here.
    type: list
    elements: str
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

    ROTATION = r"""
options:
  grace:
    description:
      - How long the old certificate stays active once the new one is in use, as a whole number of V(d), V(h), V(m) or V(s). So long there is a way
        back.
    type: str
    default: 7d
"""
