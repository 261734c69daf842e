# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who runs this playbook, for the journal of the store: what Ansible's own process knows, wherever the task itself runs."""

from __future__ import annotations

from ansible import context

from ...module_utils._store.actor import Actor, local_actor


def run_actor() -> Actor:
    """Of the command line only the names of the playbooks: what else stands there may be a secret (-e)."""
    playbooks = context.CLIARGS.get("args") or ()
    return local_actor(" ".join(map(str, playbooks)) if isinstance(playbooks, (list, tuple)) else str(playbooks))
