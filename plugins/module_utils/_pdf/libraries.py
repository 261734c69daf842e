# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The libraries that only documents need, imported in one place and only here: the other modules run without them.

Ansible must be able to load a module where they are missing, so that the user reads which package to install and not a traceback.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys

from ..libraries import MISSING, PYHANKO, PYPDF, require

try:
    import pypdf
    from pypdf import generic as pdf_objects
except ImportError:
    pypdf = pdf_objects = None  # type: ignore[assignment]
    MISSING.append(PYPDF.package)

VALIDATION = "pyhanko.sign.validation"
__all__ = ["pdf_objects", "preload_signatures", "pypdf", "require_pdf", "require_signatures", "signatures_loaded"]


def require_pdf() -> None:
    """Raise MissingLibrary where pypdf cannot be imported, or is too old."""
    require([PYPDF])


def require_signatures() -> None:
    """Raise MissingLibrary where pyHanko is not installed, or too old. It is imported by who verifies, since that takes half a second."""
    require([PYHANKO])


def preload_signatures() -> None:
    """Import what the verification of signatures imports, where it is installed."""
    if importlib.util.find_spec("pyhanko") is not None:
        importlib.import_module(VALIDATION)


def signatures_loaded() -> bool:
    return VALIDATION in sys.modules
