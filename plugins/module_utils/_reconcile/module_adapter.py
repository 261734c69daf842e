# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible modules around the work: options in, exit_json or fail_json out. The only file of module_utils that knows Ansible."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import AnsibleModule, env_fallback

from .._options.spec import Spec
from ..redact import Redactor, shown_arguments
from .tasks import Task, run_task

# Ansible writes to the system's log what a module was given. A key inside a list would slip through its filter, which looks for the
# value as it is and not as it stands in the text of a list.
NOT_LOGGED = True


def argument_spec(task: Task) -> Spec:
    """The options as Ansible checks them: environment variables stand in for those that are not given."""
    return {
        name: option | {"fallback": (env_fallback, [task.environment[name]])} if name in task.environment else option
        for name, option in task.spec.items()
    }


class RedactingModule(AnsibleModule):
    """Hides secrets by their values in whatever it prints: where an option is of the wrong shape, Ansible drops its own list of them.

    It fails inside its constructor then, so that nothing but these two methods stands between the options and the result.
    """

    def exit_json(self, **result: Any) -> None:
        super().exit_json(**self._redacted(result))

    def fail_json(self, msg: str, **result: Any) -> None:
        super().fail_json(**self._redacted({"msg": str(msg), **result}))

    def _redacted(self, result: dict[str, Any]) -> dict[str, Any]:
        redactor = Redactor(self.params)
        self.no_log_values.update(redactor.values)  # warnings and deprecations are Ansible's to print
        return {**redactor.clean(result), "invocation": {"module_args": shown_arguments(self.params, self.argument_spec)}}


def run_as_module(task: Task) -> None:
    module = RedactingModule(argument_spec=argument_spec(task), supports_check_mode=True, no_log=NOT_LOGGED)
    result = run_task(task, module.params, module.check_mode)
    for warning in result.pop("warnings", []):
        module.warn(warning)
    if result.get("failed"):
        module.fail_json(**result)
    module.exit_json(**result)
