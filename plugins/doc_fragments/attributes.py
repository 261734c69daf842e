# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module supports."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Can run in C(check_mode) and predict the changes without a single write operation.
    support: full
  diff_mode:
    description: Returns what changes, or in check mode would change.
    support: full
  action_group:
    description: Use C(group/collectivites.antai.antai) in C(module_defaults) to set the options of all modules at once.
    support: full
    membership: [collectivites.antai.antai]
"""

    INFO = r"""
attributes:
  check_mode:
    description: Reads only; the same in C(check_mode).
    support: full
  diff_mode:
    description: Changes nothing.
    support: N/A
  action_group:
    description: Use C(group/collectivites.antai.antai) in C(module_defaults) to set the options of all modules at once.
    support: full
    membership: [collectivites.antai.antai]
"""

    IN_PROCESS = r"""
attributes:
  in_process:
    description:
      - Runs inside Ansible's own process, which costs a tenth of what a module costs, where nobody can tell the difference.
      - The module is shipped like any other where the connection is not C(local), where the task asks for C(become), C(environment)
        or C(async), where C(ansible_python_interpreter) names another Python than Ansible's, and on macOS.
      - The variable C(antai_in_process) set to V(false) always ships it; set to V(true) it runs in process with another Python too, and on macOS.
    support: full
"""
