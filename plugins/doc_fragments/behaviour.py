# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the modules that change something."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Whether to look again, until nobody is waited for or O(wait_timeout) is over. People take days; this is for a PSCE or a portal
        that answers at once, and for tests.
    type: bool
    default: false
  wait_timeout:
    description: Seconds to wait at most.
    type: float
    default: 60.0
  fail_on_waiting:
    description: Whether to fail where somebody is still waited for at the end. By default the task succeeds and says so.
    type: bool
    default: false
  foreseen:
    description:
      - In check mode, the steps that earlier tasks of the same run have planned. What this task plans goes on from there, as the run would.
      - Where it is not set, it is what the tasks of the collection's roles have registered for this host so far in check mode.
      - Without effect outside check mode.
    type: list
    elements: dict
    suboptions:
      code:
        description: Code of the step, as in C(steps) of a result.
        type: str
        required: true
      target:
        description: What the step is done to, as in C(steps) of a result.
        type: str
        default: ''
      path:
        description: Of C(pick_up), the file that the PSCE delivered, as in C(delivered) of the result.
        type: path
      fingerprint:
        description: Of C(pick_up), the fingerprint of that certificate.
        type: str
  actor:
    description:
      - Who acts, for the journal of the store (C(antai_store)). Where it is not set, it is what Ansible knows of this run.
      - Without effect where no store is declared, and in check mode, which writes nothing.
    type: dict
    suboptions:
      user:
        description: User of the system.
        type: str
      host:
        description: Machine that Ansible runs on.
        type: str
      run:
        description: The same for all tasks of a run.
        type: str
      playbook:
        description: Playbook, as the command line names it.
        type: str
      job:
        description: Job of the CI system, as C(variable=value).
        type: str
"""
