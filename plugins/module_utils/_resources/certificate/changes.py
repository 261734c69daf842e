# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of one certificate at ANTAI, and who is waited for where it refuses them."""

from __future__ import annotations

from typing import Any

from ..._http.client_certificate import ClientCertificate
from ..._plan.plan import WaitRequired
from ..._plan.waiting import Waiting
from ...errors import RefusedByServer
from ..base import Context


def change(context: Context, siret: str, operation: str, fingerprint: str, provider: str = "") -> None:
    """operation: as steps.STEPS names it. Raises WaitRequired where the space refuses it, or does not list the certificate yet."""
    try:
        is_listed = context.operations.certificate_change(operation, siret, fingerprint)
    except RefusedByServer as error:
        if not error.conflict:
            raise
        refusal = {"fingerprint": fingerprint, "provider": provider, "reason": error.message, "rule": error.rule}
        raise WaitRequired(Waiting("certificate_refused", None, refusal)) from error
    if not is_listed:
        raise WaitRequired(Waiting("certificate_listing", None, {"fingerprint": fingerprint}))


def install(context: Context, siret: str, client: ClientCertificate, details: dict[str, Any], *, by_editor: bool) -> None:
    """details: provider and fingerprint. Raises WaitRequired where the SI FPS refuses it: by whom it is installed, or the certificate itself."""
    context.picked_up.discard(details["fingerprint"])  # from now on the SI FPS may know it
    context.opened.discard(siret)
    try:
        context.operations.certificate_install(siret, details["provider"], client)
    except RefusedByServer as error:
        code = "certificate_rights" if by_editor else "certificate_refused"
        raise WaitRequired(Waiting(code, None, details | {"reason": error.message, "rule": error.rule})) from error
