# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What antai_certificate_info and antai_certificate_request_info answer."""

from __future__ import annotations

from typing import Any

from ..._options.spec import options
from ..._pki.renewal import Lifetime, RenewalPolicy, renewal
from ..._pki.trust import TrustStore, read_store
from ..._plan.results import Answer
from ..._plan.settings import Settings
from ..._store.layout import check_label
from ...dates import instant
from ...errors import InvalidInput
from ...siret import check_siret
from ..base import Context
from ..kinds import InfoKind
from ..listing import ONE_OR_ALL, read_spaces, visible
from ..space import Space
from .evaluation_options import VALIDATION
from .lifetimes import of_listed, stored_lifetimes
from .request import view as request_view
from .stored_certificates import read_stored


def certificate_info(parameters: dict[str, Any], context: Context, settings: Settings) -> Answer:
    """{certificates, held, access} of antai_certificate_info: what the space lists and what the store holds, each with its renewal."""
    policy = RenewalPolicy(tuple(parameters["renewal_days"]))
    trusted = TrustStore(()) if parameters.get("trust_store") is None else read_store(parameters["trust_store"])
    lifetimes = stored_lifetimes(parameters["siret"], context, trusted, settings.now())
    lifetime_by_fingerprint = {item.fingerprint: lifetime for item, lifetime in lifetimes}

    def due(lifetime: Lifetime | None) -> Answer:
        return {"renewal": renewal(lifetime, settings.now(), policy).as_dict() if lifetime else None}

    def records_of(siret: str, space: Space) -> list[Answer]:
        return [
            {"siret": siret}
            | certificate
            | due(lifetime_by_fingerprint.get(certificate["fingerprint"]) or of_listed(certificate, trusted, settings.now()))
            for certificate in space.certificates
        ]

    shown = [
        {"provider": item.declared.provider, "fingerprint": item.fingerprint, "not_after": instant(lifetime.not_after)} | due(lifetime)
        for item, lifetime in lifetimes
    ]
    return visible("certificates", read_spaces(parameters, context), records_of) | {"held": shown}


def certificate_request_info(parameters: dict[str, Any], context: Context, settings: Settings) -> Answer:
    """{requests} of antai_certificate_request_info: one for each provider of the store, or for the named one. Raises InvalidInput."""
    siret, store = check_siret(parameters["siret"]), context.store
    if store is None:
        raise InvalidInput("store", "is not set", "declare antai_store: requests are kept there and nowhere else")
    providers = [check_label(parameters["provider"])] if parameters["provider"] else store.providers()
    return {"requests": [request_view(store, siret, provider, read_stored(store, provider)) for provider in providers]}


CERTIFICATE_INFO = InfoKind(ONE_OR_ALL | options("trust_store", "renewal_days"), certificate_info, VALIDATION)


CERTIFICATE_REQUEST_INFO = InfoKind(options("siret", required=("siret",)) | {"provider": {"type": "str"}}, certificate_request_info)
