#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_store_backup
short_description: Back up the store of keys, verify a backup, bring a store back
version_added: 0.1.0
description:
  - V(backup) writes all of the store (C(antai_store)) into one archive (tar.gz), with its links, its journal and a manifest. No run works on any
    collectivité meanwhile; where one does, the task fails and nothing is written.
  - V(verify) reads an archive to its end, and compares each file with the manifest, and the journal with its chain.
  - V(restore) does the same, and brings the store back where there is none, whole or not at all. Nothing is restored over a store.
  - The archive holds the private keys as they are, and is readable by its owner alone. Encrypt it before it leaves the machine, for instance with
    C(ansible-vault encrypt).
  - Speaks with nobody.
options:
  operation:
    description: What is to be done.
    type: str
    choices: [backup, verify, restore]
    required: true
  archive:
    description: The archive, an absolute path on the machine where the task runs. A backup replaces what lies there once it is whole.
    type: path
    required: true
  store:
    description: The store (C(antai_store)), an absolute path; not needed to V(verify).
    type: path
attributes:
  check_mode:
    description: In C(check_mode) nothing is written; an archive is verified all the same.
    support: full
  diff_mode:
    description: Shows no difference.
    support: none
extends_documentation_fragment:
  - collectivites.antai.attributes.in_process
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_journal
"""

EXAMPLES = r"""
- name: Back the store up
  collectivites.antai.antai_store_backup:
    operation: backup
    store: /srv/antai/store
    archive: /srv/backup/antai.tar.gz

- name: Can it be read to its end, and is all there?
  collectivites.antai.antai_store_backup:
    operation: verify
    archive: /srv/backup/antai.tar.gz

- name: Bring it back after a loss
  collectivites.antai.antai_store_backup:
    operation: restore
    store: /srv/antai/store
    archive: /srv/backup/antai.tar.gz
"""

RETURN = r"""
backup:
  description:
    - What the archive holds. C(store) is the identifier of the store, C(created_at) when it was made, C(journal_head) the last line of its journal
      (an anchor for M(collectivites.antai.antai_journal)). In check mode a backup that was not made holds nothing.
  returned: success
  type: dict
  sample: {"store": "5d0c3f1e-8f6b-4f0e-9d4b-0b7f6f1e2a3c", "created_at": "2026-11-23T08:00:00Z",
    "journal_head": {"store": "5d0c3f1e-8f6b-4f0e-9d4b-0b7f6f1e2a3c", "number": 40, "hash": "9f"}, "collectivites": 12, "files": 131, "links": 12, "keys": 12}
error:
  description: What went wrong, for programs. C(code) is stable.
  returned: failure
  type: dict
  sample: {"code": "store", "message": "/srv/antai/store is a store: nothing is restored over it", "hint": "move it away first", "details": {}}
"""

from ..module_utils._reconcile.module_adapter import run_as_module
from ..module_utils._reconcile.tasks import keeping
from ..module_utils._store.backup import SPEC, keep_backup

TASK = keeping(SPEC, keep_backup)


def main() -> None:
    run_as_module(TASK)


if __name__ == "__main__":
    main()
