# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action of every module that declares or reads for one collectivité, or validates one file: meta/runtime.yml sends them all here.

It bears the name of the first of them: ansible-test wants a module's documentation for each action.
"""

from __future__ import annotations

from ..plugin_utils._controller.module_action import ModuleAction


class ActionModule(ModuleAction):
    """As it stands."""
