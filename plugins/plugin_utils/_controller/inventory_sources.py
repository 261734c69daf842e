# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which sources of the inventory Ansible could not read. It warns of them, and goes on with what is left of the fleet."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible.inventory.manager import IGNORED
from ansible.utils.path import unfrackpath

# A variable of the group `all`: {path: why}. The inventory plugin sets it where it refuses a source, before Ansible makes a warning of it.
REASONS = "antai_inventory_errors"
DEFAULT_SOURCE = "/etc/ansible/hosts"


@dataclass(frozen=True)
class UnreadSource:
    """path: of a file (within a folder that is a source, too), or a list of hosts. reason: why, or "" where only Ansible's own warnings say it."""

    path: str
    reason: str


def unread_sources(hostvars: Any) -> list[UnreadSource]:
    """Those that were given and that no inventory plugin could read, in their order. hostvars: Ansible's own."""
    inventory = hostvars._inventory
    processed = set(inventory._inventory.processed_sources)
    reasons: Mapping[str, str] = inventory.groups["all"].vars.get(REASONS) or {}
    return [UnreadSource(path, str(reasons.get(path, ""))) for path in _files(inventory._sources) if path not in processed]


def matched_hosts(hostvars: Any, pattern: str) -> list[str]:
    """The hosts of the inventory that a pattern matches within `--limit`; the implicit localhost is none of them."""
    return [host.name for host in hostvars._inventory.get_hosts(pattern) if not host.implicit]


def _files(sources: list[str]) -> Iterator[str]:
    """As Ansible walks through them: a folder is all the files in it but those that it ignores."""
    for source in sources:
        path = source if "," in source else unfrackpath(source, follow=False)
        if os.path.isdir(path):
            yield from _files([os.path.join(path, name) for name in sorted(os.listdir(path)) if not IGNORED.search(name.encode())])
        elif path != DEFAULT_SOURCE or os.path.exists(path):
            yield path
