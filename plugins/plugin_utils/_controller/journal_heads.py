# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The heads of the journals of stores, for reports: what antai_journal compares a journal with later."""

from __future__ import annotations

from collections.abc import Iterable

from ...module_utils._store.chain import read_head
from ...module_utils.errors import StoreError

JournalHead = dict[str, str | int]


def journal_heads(stores: Iterable[str | None]) -> tuple[list[JournalHead], list[str]]:
    """(heads, what could not be read). stores: paths (antai_store); one that is not on this machine, or not written to yet, has none."""
    heads, problems = [], []
    for store in sorted({store for store in stores if store}):
        try:
            head = read_head(store)
        except StoreError as error:
            problems.append(error.sentence)
            continue
        if head is not None:
            heads.append(head.as_dict())
    return heads, problems
