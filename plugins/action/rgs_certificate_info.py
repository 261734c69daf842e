# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of rgs_certificate_info: see plugins/modules/rgs_certificate_info.py."""

from __future__ import annotations

from ..module_utils._reconcile.tasks import validating
from ..module_utils._resources.certificate.evaluation_options import VALIDATION
from ..module_utils._resources.certificate.validation import SPEC, validate
from ..plugin_utils._controller.action import AntaiAction


class ActionModule(AntaiAction):
    task = validating(SPEC, validate, VALIDATION)
