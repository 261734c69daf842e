# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The third-party libraries of the plugins, imported in one place.

Ansible must be able to load a module where they are missing, so that the user reads which package to
install and not a traceback: every other file takes them from here, and the adapters call `require()` first.
"""

from __future__ import annotations

from .errors import MissingLibrary

MISSING: list[str] = []

try:
    import requests
    from requests.certs import where as ca_bundle  # type: ignore[attr-defined]
    from requests.compat import getproxies
    from urllib3.util.ssltransport import SSLTransport
except ImportError:
    requests = ca_bundle = getproxies = SSLTransport = None  # type: ignore[assignment,misc]
    MISSING.append("requests")

try:
    import jmespath
except ImportError:
    jmespath = None  # type: ignore[assignment]
    MISSING.append("jmespath")

try:
    from stdnum.fr import siret as stdnum_siret
except ImportError:
    stdnum_siret = None  # type: ignore[assignment]
    MISSING.append("python-stdnum")

try:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12
    from cryptography.x509 import ocsp, verification
except ImportError:
    x509 = hashes = serialization = ec = padding = rsa = pkcs7 = pkcs12 = ocsp = verification = None  # type: ignore[assignment]
    InvalidSignature = UnsupportedAlgorithm = None  # type: ignore[assignment,misc]
    MISSING.append("cryptography")

__all__ = [
    "InvalidSignature",
    "SSLTransport",
    "UnsupportedAlgorithm",
    "ca_bundle",
    "ec",
    "getproxies",
    "hashes",
    "jmespath",
    "ocsp",
    "padding",
    "pkcs7",
    "pkcs12",
    "requests",
    "require",
    "rsa",
    "serialization",
    "stdnum_siret",
    "verification",
    "x509",
]


def require() -> None:
    """Raise MissingLibrary, naming the packages, where one of the libraries cannot be imported."""
    if MISSING:
        raise MissingLibrary(list(MISSING))
