# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The third-party libraries of the plugins, imported in one place, and the oldest versions that they work with.

Ansible must be able to load a module where they are missing, so that the user reads which package to
install and not a traceback: every other file takes them from here, and the adapters call `require()` first.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import metadata

from .errors import MissingLibrary


@dataclass(frozen=True)
class Library:
    """package: as pip names it. floor: the oldest version that the collection works with. module: as it is imported."""

    package: str
    floor: str
    module: str

    @property
    def requirement(self) -> str:
        return f"{self.package}>={self.floor}"


# The one table of floors; requirements.txt says the same (tests/meta/test_libraries.py). Why not older:
# cryptography 44 has no verification.ExtensionPolicy (45.0.0 was withdrawn).
CORE = (
    Library("cryptography", "45.0.1", "cryptography"),
    Library("jmespath", "1.0.0", "jmespath"),
    Library("python-stdnum", "1.19", "stdnum"),
    Library("requests", "2.31.0", "requests"),
)
PYPDF = Library("pypdf", "6.0.0", "pypdf")
PYHANKO = Library("pyHanko", "0.36.0", "pyhanko")
# Only for documents.
DOCUMENTS = (PYPDF, PYHANKO)

# Packages that cannot be imported.
MISSING: list[str] = []

try:
    import requests
    from requests.adapters import HTTPAdapter
    from requests.certs import where as ca_bundle  # type: ignore[attr-defined]
    from requests.compat import getproxies
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
    from urllib3.util.ssltransport import SSLTransport
except ImportError:
    requests = ca_bundle = getproxies = SSLTransport = None  # type: ignore[assignment,misc]
    HTTPAdapter = HTTPConnection = HTTPConnectionPool = HTTPSConnection = HTTPSConnectionPool = object  # type: ignore[assignment,misc]
    MISSING.append("requests")

try:
    import jmespath
except ImportError:
    jmespath = None  # type: ignore[assignment]
    MISSING.append("jmespath")

try:
    from stdnum import luhn as stdnum_luhn
    from stdnum.fr import siren as stdnum_siren
    from stdnum.fr import siret as stdnum_siret
except ImportError:
    stdnum_luhn = stdnum_siren = stdnum_siret = None  # type: ignore[assignment]
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
# It counts bytes where X.520 counts characters, and would say so on the standard error output for each name with accents that is long.
warnings.filterwarnings("ignore", message="Attribute's length must be", category=UserWarning)

__all__ = [
    "CORE",
    "DOCUMENTS",
    "MISSING",
    "PYHANKO",
    "PYPDF",
    "HTTPAdapter",
    "HTTPConnection",
    "HTTPConnectionPool",
    "HTTPSConnection",
    "HTTPSConnectionPool",
    "InvalidSignature",
    "Library",
    "Misfit",
    "SSLTransport",
    "UnsupportedAlgorithm",
    "ca_bundle",
    "ec",
    "getproxies",
    "hashes",
    "installed_version",
    "is_older",
    "jmespath",
    "misfits",
    "ocsp",
    "padding",
    "pkcs7",
    "pkcs12",
    "requests",
    "require",
    "require_for",
    "rsa",
    "serialization",
    "stdnum_luhn",
    "stdnum_siren",
    "stdnum_siret",
    "verification",
    "x509",
]


@dataclass(frozen=True)
class Misfit:
    """A library that cannot be used here. installed: its version, None where there is none."""

    library: Library
    installed: str | None

    @property
    def reason(self) -> str:
        name, floor = self.library.package, self.library.floor
        if self.installed is None:
            return f"{name} is missing"
        if is_older(self.installed, floor):
            return f"{name} {self.installed} is installed, and {floor} or newer is needed"
        return f"{name} {self.installed} is installed, and cannot be imported"


def misfits(libraries: Iterable[Library] = CORE) -> list[Misfit]:
    """Those of them that are missing, too old, or cannot be imported."""
    versions = [(library, installed_version(library)) for library in libraries]
    return [
        Misfit(library, version)
        for library, version in versions
        if version is None or library.package in MISSING or is_older(version, library.floor)
    ]


def require(libraries: Iterable[Library] = CORE) -> None:
    """Raise MissingLibrary, naming all the packages that do not fit and what to install, where one of them does not."""
    unfit = misfits(libraries)
    if unfit:
        raise MissingLibrary([misfit.reason for misfit in unfit], [misfit.library.requirement for misfit in unfit])


def require_for(documents: bool) -> None:
    """Before anything is sent: what every task needs, and what reading a document needs where there is one.

    pyHanko is needed for electronic signatures only, and missed where a document carries one; an old one would fail there.
    """
    old = [misfit.library for misfit in misfits([PYHANKO]) if misfit.installed]
    require((*CORE, PYPDF, *old) if documents else CORE)


@cache
def installed_version(library: Library) -> str | None:
    """As the package tells it, else as the module itself does; None where neither is there. What is imported cannot change while we run."""
    try:
        return metadata.version(library.package)
    except metadata.PackageNotFoundError:
        module = sys.modules.get(library.module)
        return getattr(module, "__version__", None)


def is_older(version: str, floor: str) -> bool:
    """By their numbers; what follows them (rc1, .post2) does not count."""
    return _numbers(version) < _numbers(floor)


def _numbers(version: str) -> tuple[int, ...]:
    release = re.match(r"[0-9]+(\.[0-9]+)*", version)
    numbers = [int(number) for number in release[0].split(".")] if release else []
    return tuple([*numbers, 0, 0, 0][:3])
