# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a journal shows of a change: states, dates and names of certificates as they are; every other text, which may speak of a person, as a salted hash.

The salt lies in the folder of the collectivité (journal.salt). Once it is destroyed, nobody can tell any more which text a hash was made of.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path

from .files import guarded, read_own, write_atomically

SALT = "journal.salt"
# Names of fields whose texts speak of no person. What is not on this list is hashed.
PLAIN = frozenset(
    (
        *("state", "access", "siret", "departement", "kind", "code", "stage"),
        *("provider", "fingerprint", "cycle", "sha256", "countersigned_sha256"),
        *("since", "requested_at", "not_before", "not_after", "valid_from", "valid_to", "starts_on", "ends_on"),
    )
)
# Of a list's entries: the field that tells one from the other.
NAMING = ("fingerprint", "provider", "cycle", "code")
# Of more fields than these a line says how many there were.
MOST_FIELDS = 60
LONGEST = 200


def salt_of(folder: Path) -> bytes:
    """That of this collectivité, made where there is none. Raises StoreError."""
    path = folder / SALT
    if not os.path.lexists(path):
        write_atomically(path, secrets.token_bytes(32))
    with guarded(path):
        return read_own(path)


def destroy_salt(folder: Path) -> bool:
    """Whether there was one. Raises StoreError."""
    path = folder / SALT
    if not os.path.lexists(path):
        return False
    with guarded(path):
        path.unlink()
    return True


def hash_text(salt: bytes, text: str) -> str:
    return f"hmac-sha256:{hmac.new(salt, text.encode(), hashlib.sha256).hexdigest()[:32]}"


def changed_fields(before: object, after: object, salt: Callable[[], bytes]) -> tuple[dict[str, object], dict[str, object]]:
    """(before, after) of the fields that differ, by their path ("certificates/<fingerprint>/state"), as a journal may show them.

    salt: gives it where it is needed.
    """
    old, new = dict(_leaves(before, "")), dict(_leaves(after, ""))
    paths = [path for path in {**old, **new} if old.get(path) != new.get(path)]
    sides = tuple({path: _shown(path, side[path], salt) for path in paths[:MOST_FIELDS] if path in side} for side in (old, new))
    if len(paths) > MOST_FIELDS:
        sides[1]["further_fields"] = len(paths) - MOST_FIELDS
    return sides[0], sides[1]


def _leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _leaves(member, f"{path}/{name}" if path else str(name))
    elif isinstance(value, (list, tuple)):
        for position, member in enumerate(value):
            yield from _leaves(member, f"{path}/{_name_of(member, position)}" if path else _name_of(member, position))
    else:
        yield path, value


def _name_of(member: object, position: int) -> str:
    if isinstance(member, Mapping):
        for field in NAMING:
            if isinstance(member.get(field), str):
                return str(member[field])[:LONGEST]
    return str(position)


def _shown(path: str, value: object, salt: Callable[[], bytes]) -> object:
    if value is None or isinstance(value, (bool, int)):
        return value
    text = value if isinstance(value, str) else str(value)
    return text[:LONGEST] if path.rpartition("/")[2] in PLAIN else hash_text(salt(), text)
