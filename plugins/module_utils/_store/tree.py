# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the folders of the store are ours, and free of what a killed run has left. What people lay there (documents, deliveries) is not looked at."""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from ..errors import StoreError
from .files import TEMPORARY, guarded, remove_leftover, untrusted, why_untrusted

LINK_NAMES = "current|previous|rejected|next|pending"
# What only we write, below the folder of a collectivité. A link of the user's own beside it (to what his web server reads, say) is his.
VERSION_FILES = r"(/(key|certificate|chain|fullchain)\.pem|/request\.(csr|json)|/rotation\.json|/order\.md)?"
OWN = re.compile(
    r"\.lock|(journal|proofs|jobs|space_of_others|sirets)\.jsonl?|journal\.salt"
    rf"|certificates(/[^/]+(/({LINK_NAMES}|reload_due|versions(/\d+{VERSION_FILES})?))?)?"
    r"|conventions(/[^/]+(/next|/earlier|/record\.jsonl)?)?"
)
LINK = re.compile(rf"certificates/[^/]+/({LINK_NAMES})")
# The same before it was renamed, as earlier releases called it.
UNFINISHED_LINK = re.compile(rf"\.({LINK_NAMES})\.tmp")


def check_folder(path: str, linked: bool = False) -> None:
    """Nothing where it is missing. linked: a link to it is the user's own affair. Raises StoreError where it is not ours."""
    try:
        status = os.stat(path, follow_symlinks=linked)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}", "check the path, its owner and its mode") from error
    reason = "is a symbolic link that no run of the collection has made" if stat.S_ISLNK(status.st_mode) else why_untrusted(status)
    if reason:
        raise StoreError(*untrusted(path, reason))


def tend(folder: str) -> None:
    """Refuse what somebody else has planted in the folder of a collectivité, and remove what killed runs have left. For who holds its lock.

    Raises StoreError.
    """
    with guarded(Path(folder)):
        for entry in _entries(folder):
            place = os.path.relpath(entry.path, folder)
            if TEMPORARY.fullmatch(entry.name):
                _remove(entry)
            elif entry.is_symlink():
                _check_link(entry, place)
            elif OWN.fullmatch(place) and (reason := why_untrusted(entry.stat(follow_symlinks=False))):
                raise StoreError(*untrusted(entry.path, reason))


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    """All below the folder, but what lies in `dropped`, behind links, and in temporary folders."""
    with os.scandir(folder) as entries:
        for entry in entries:
            yield entry
            if entry.is_dir(follow_symlinks=False) and entry.name != "dropped" and not TEMPORARY.fullmatch(entry.name):
                yield from _entries(entry.path)


def _check_link(entry: os.DirEntry[str], place: str) -> None:
    target = os.readlink(entry.path)
    if UNFINISHED_LINK.fullmatch(entry.name) and leads_to_version(os.path.dirname(entry.path), target):
        os.unlink(entry.path)
    elif OWN.fullmatch(place) and not (LINK.fullmatch(place) and leads_to_version(os.path.dirname(entry.path), target)):
        raise StoreError(*untrusted(entry.path, f"is a symbolic link (to {target}) that no run of the collection has made"))


def leads_to_version(folder: str, target: str) -> bool:
    """Whether a link in this folder leads to one of its versions, whether that is there or not."""
    place, number = os.path.split(os.path.join(folder, target))
    return number.isdigit() and os.path.normpath(place) == os.path.join(os.path.normpath(folder), "versions")


def _remove(entry: os.DirEntry[str]) -> None:
    if entry.is_dir(follow_symlinks=False):
        if entry.stat(follow_symlinks=False).st_uid == os.geteuid():
            shutil.rmtree(entry.path)
    elif entry.is_symlink():
        if leads_to_version(os.path.dirname(entry.path), os.readlink(entry.path)):
            os.unlink(entry.path)
    else:
        remove_leftover(entry.path)
