# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules on the names of a TLS server (RFC 6125): the subject alternative name, and the host that was called."""

from __future__ import annotations

import ipaddress
from typing import Any

from ..libraries import x509
from .validation_inputs import ValidationInputs
from .verdict import Finding, failed, passed


def alternative_name(inputs: ValidationInputs) -> Finding:
    alternative = inputs.extension(x509.SubjectAlternativeName)
    names = _dns(alternative) + [str(address) for address in _addresses(alternative)]
    return passed(", ".join(names[:5])) if names else failed("a TLS server must have a DNS name or an address in the SAN")


def host_name(inputs: ValidationInputs) -> Finding | None:
    if not inputs.host:
        return None
    alternative = inputs.extension(x509.SubjectAlternativeName)
    try:
        matches = ipaddress.ip_address(inputs.host.strip("[]")) in _addresses(alternative)
    except ValueError:
        matches = any(host_matches(inputs.host, name) for name in _dns(alternative))
    return (
        passed(inputs.host)
        if matches
        else failed(f"{inputs.host} is not among {', '.join(_dns(alternative)[:5]) or 'the names in the SAN'}")
    )


def host_matches(host: str, pattern: str) -> bool:
    """RFC 6125: a wildcard stands for one whole first label, and never for a name of one label below it."""
    host, pattern = host.rstrip(".").lower(), pattern.rstrip(".").lower()
    if not pattern.startswith("*."):
        return bool(pattern) and host == pattern
    first, dot, rest = host.partition(".")
    return bool(first and dot) and rest == pattern[2:] and "." in rest


def _dns(alternative: Any) -> list[str]:
    return alternative.value.get_values_for_type(x509.DNSName) if alternative else []


def _addresses(alternative: Any) -> list[Any]:
    return alternative.value.get_values_for_type(x509.IPAddress) if alternative else []
