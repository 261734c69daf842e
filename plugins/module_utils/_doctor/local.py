# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies here: the versions, the store, the certificates and their keys. Nothing is left behind."""

from __future__ import annotations

import os
import platform
import stat
import sys
import tempfile
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path

from .._resources.certificate.observed_certificate import ObservedCertificate
from ..dates import instant
from ..errors import InvalidInput, install_command
from ..libraries import DOCUMENTS, misfits
from .check_result import FAIL, OK, SKIPPED, WARN, CheckResult

FACE = "local"
PACKAGES = ("ansible-core", "requests", "urllib3", "cryptography", "jmespath", "python-stdnum", "pypdf", "pyHanko")
ENDS_SOON = timedelta(days=30)
MOST_PATHS = 5


def versions() -> CheckResult:
    installed = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            installed[name] = metadata.version(name)
        except metadata.PackageNotFoundError:  # a module that was shipped does not see ansible-core
            continue
    return CheckResult("versions", FACE, OK, "versions", {"versions": [f"{name} {version}" for name, version in installed.items()]})


def document_libraries() -> CheckResult:
    """What reading and filling conventions needs; what everything needs was looked at before the doctor began."""
    unfit = misfits(DOCUMENTS)
    if not unfit:
        return CheckResult("document_libraries", FACE, OK, "document_libraries")
    facts = {"reasons": [misfit.reason for misfit in unfit], "command": install_command(misfit.library.requirement for misfit in unfit)}
    outcome = FAIL if any(misfit.installed for misfit in unfit) else SKIPPED
    return CheckResult("document_libraries", FACE, outcome, "document_libraries_unfit", facts)


def memfd() -> CheckResult:
    try:
        os.close(os.memfd_create("antai-doctor"))
    except (AttributeError, OSError):
        return CheckResult("memfd", FACE, WARN, "no_memfd", {"platform": sys.platform})
    return CheckResult("memfd", FACE, OK, "memfd")


def store(folder: str | None) -> CheckResult:
    """Whether a file can be made there: one is, without a name, and is gone at once. Of a store that is not there yet, its folder counts."""
    if not folder:
        return CheckResult("store", FACE, SKIPPED, "no_store")
    path = Path(folder)
    existing = next(folder for folder in (path, *path.parents) if os.path.lexists(folder))
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        return CheckResult("store", FACE, FAIL, "store_not_writable", {"store": folder, "told": f"{existing}: {error.strerror or error}"})
    if existing != path:
        return CheckResult("store", FACE, OK, "store_to_make", {"store": folder})
    return CheckResult("store", FACE, OK, "store_ok", {"store": folder})


def permissions(folder: str | None, siret: str | None) -> CheckResult | None:
    """Whether others than the owner may read what lies there for this SIRET. None where nothing lies there."""
    root = Path(folder) / (siret or "") if folder and siret else None
    if root is None or not root.is_dir():
        return None
    open_ones = [path for path in sorted((root, *root.rglob("*"))) if not path.is_symlink() and _open(path)]
    if open_ones:
        paths = [str(path) for path in open_ones[:MOST_PATHS]]
        key = any(path.suffix == ".key" or path.name == "key.pem" for path in open_ones)
        return CheckResult("permissions", FACE, FAIL if key else WARN, "store_open", {"paths": paths, "number": len(open_ones)})
    return CheckResult("permissions", FACE, OK, "store_private", {"store": str(root)})


def _open(path: Path) -> bool:
    """Folders are made 0700; what people lay there by themselves is looked at where it is a key."""
    secret = path.is_dir() or path.suffix == ".key" or path.name == "key.pem"
    return secret and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def certificates(items: list[ObservedCertificate], broken: InvalidInput | None, now: datetime) -> list[CheckResult]:
    """Of the declared certificates, those that lie here with their key."""
    if broken:
        return [CheckResult("certificates", FACE, FAIL, "certificate_unfit", {"told": broken.message, "hint": broken.hint})]
    stored = [item for item in items if item.local]
    ending = [result for item in stored if (result := _lifetime(item, now))]
    with_key = sum(1 for item in stored if item.client)
    whole = CheckResult("certificates", FACE, OK, "certificates_ok", {"number": with_key})
    return ending or [whole if with_key else CheckResult("certificates", FACE, SKIPPED, "no_certificates")]


def _lifetime(item: ObservedCertificate, now: datetime) -> CheckResult | None:
    if item.local is None or item.local.not_after - now >= ENDS_SOON:
        return None
    ended = item.local.not_after <= now
    facts: dict[str, object] = {"provider": item.declared.provider, "not_after": instant(item.local.not_after)}
    return CheckResult("certificates", FACE, FAIL if ended else WARN, "certificate_ended" if ended else "certificate_ends", facts)
