# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: exit_code
type: aggregate
short_description: End a run with 3 where all that is wrong is that dialogues are not proved
version_added: 0.1.0
description:
  - C(ansible-playbook) itself knows 0, and 2 where a host failed. The playbooks C(collectivites.antai.reconcile) and C(collectivites.antai.onboard_fleet)
    end with 2 without this callback wherever they end with 2 or 3 with it, so that no run looks better than it was.
  - With it, a run whose report says C(unproved) ends with 3. A run in which any other host failed, or could not be reached, ends as it would without.
  - It ends the run after the recap. Name it last in C(callbacks_enabled), so that every other callback has had its turn.
  - The role C(collectivites.antai.schedule) enables it.
requirements:
  - enable it by C(callbacks_enabled = collectivites.antai.exit_code) in C(ansible.cfg), or by E(ANSIBLE_CALLBACKS_ENABLED)
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_report
"""

from typing import Any

from ansible.plugins.callback import CallbackBase

from ..plugin_utils._report.outcome import UNPROVED


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "collectivites.antai.exit_code"
    CALLBACK_NEEDS_ENABLED = True

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Ansible's own errors catch no SystemExit: what follows here is only its cleaning up (proved on ansible-core 2.16 to 2.21)."""
        code = exit_code(stats)
        if code is not None:
            raise SystemExit(code)


def exit_code(stats: Any) -> int | None:
    """UNPROVED where that is all that is wrong; None where Ansible's own exit code stands. stats: ansible.executor.stats.AggregateStats."""
    told = stats.custom.get("_run", {})
    counts = {host: stats.summarize(host) for host in stats.processed}
    failed = {host for host, count in counts.items() if count["failures"] or count["unreachable"]}
    if told.get("antai_exit_code") != UNPROVED or failed - set(told.get("antai_failing", ())):
        return None
    return UNPROVED
