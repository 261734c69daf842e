# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The signatures that a blank form already carries, and what they leave to be filled in (DocMDP and FieldMDP, ISO 32000-2, 12.8.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .fields import Terminal, value_of

NO_CHANGE = 1
# What a certification says without its own /P (ISO 32000-2, table 257).
DEFAULT_PERMISSIONS = 2


def signature_dictionaries(fields: Iterable[Terminal]) -> list[Any]:
    """Of each signature field that holds a signature: its dictionary."""
    return [field.get("/V") for field in fields if field.kind == "signature" and value_of(field)]


def locked_fields(signatures: Iterable[Any], names: Iterable[str]) -> frozenset[str]:
    """Those of these form fields that one of the signatures forbids to fill in."""
    names = frozenset(names)
    locked: set[str] = set()
    for method, parameters in _transformations(signatures):
        if method == "/DocMDP" and int(parameters.get("/P", DEFAULT_PERMISSIONS)) == NO_CHANGE:
            return names
        if method == "/FieldMDP":
            listed = [str(field) for field in _resolve(parameters.get("/Fields")) or ()]
            locked |= {name for name in names if _is_locked(name, str(parameters.get("/Action")), listed)}
    return frozenset(locked)


def _is_locked(name: str, action: str, listed: list[str]) -> bool:
    """A field that is listed stands for those below it too."""
    is_listed = any(name == field or name.startswith(f"{field}.") for field in listed)
    return {"/All": True, "/Include": is_listed, "/Exclude": not is_listed}.get(action, True)


def _transformations(signatures: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    for signature in signatures:
        for reference in _resolve(signature.get("/Reference")) or ():
            entry = _resolve(reference)
            parameters = _resolve(entry.get("/TransformParams"))
            yield str(entry.get("/TransformMethod")), parameters if parameters is not None else {}


def _resolve(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value
