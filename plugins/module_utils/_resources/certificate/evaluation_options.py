# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options by which certificates are evaluated before they are installed."""

from __future__ import annotations

from typing import Any

from ..._http.revocation_fetcher import RevocationFetcher
from ..._options.spec import declared_options
from ..._pki.blocking_rules import FINAL
from ..._pki.evaluation import ALL_RULES, ValidationPolicy
from ..._pki.trust import TrustStore, read_store
from ..._pki.verdict import Override, check_overrides
from ..kinds import Needs

JUDGING_SPEC = declared_options("trust_store", "unreachable_revocation", "rule_overrides")


def trust_store_warnings(parameters: dict[str, Any]) -> list[str]:
    """An entry of the trust store that cannot be read is left out aloud."""
    trust_store = parameters.get("trust_store")
    return list(read_store(trust_store).warnings()) if isinstance(trust_store, dict) else []


# What a module needs that validates certificates.
VALIDATION = Needs(lambda timeout, proxies: RevocationFetcher(timeout, proxy_settings=proxies), trust_store_warnings)


def judging_if_declared(parameters: dict[str, Any]) -> ValidationPolicy | None:
    """None where no trust store is declared: nothing is judged."""
    return None if parameters.get("trust_store") is None else judging(parameters)


def judging(parameters: dict[str, Any]) -> ValidationPolicy:
    """Raises InvalidInput for a store or an override that cannot be used."""
    overrides = [Override(override["rule"], override["outcome"], override["reason"]) for override in parameters["overrides"]]
    check_overrides(overrides, ALL_RULES, final=FINAL)
    trust_store = parameters["trust_store"]
    store = trust_store if isinstance(trust_store, TrustStore) else read_store(trust_store)  # a fleet reads it once for all
    return ValidationPolicy(store, parameters["unreachable"], tuple(overrides))
