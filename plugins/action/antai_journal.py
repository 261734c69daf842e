# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of antai_journal: see plugins/modules/antai_journal.py."""

from __future__ import annotations

from ..module_utils._reconcile.tasks import keeping
from ..module_utils._store.journal_audit import SPEC, audit_journal



class ActionModule():
    task = keeping(SPEC, audit_journal)
