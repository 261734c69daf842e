# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each module declares or answers, by the name of its kind: modules find their own, tests go through all."""

from __future__ import annotations

from ansible_collections.collectivites.antai.plugins.module_utils._doctor.answer import DOCTOR
from ansible_collections.collectivites.antai.plugins.module_utils._reconcile.onboarding import ONBOARDING_INFO
from ansible_collections.collectivites.antai.plugins.module_utils._resources.account import ACCOUNT
from ansible_collections.collectivites.antai.plugins.module_utils._resources.account_info import ACCOUNT_INFO
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.info import (
    CERTIFICATE_INFO,
    CERTIFICATE_REQUEST_INFO,
)
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.options import CERTIFICATE_REQUEST, CERTIFICATES
from ansible_collections.collectivites.antai.plugins.module_utils._resources.convention.info import CONVENTION_INFO
from ansible_collections.collectivites.antai.plugins.module_utils._resources.convention.options import CONVENTION, CONVENTION_PREFILL
from ansible_collections.collectivites.antai.plugins.module_utils._resources.exchange_info import EXCHANGE_INFO
from ansible_collections.collectivites.antai.plugins.module_utils._resources.provider_switch import PROVIDER_SWITCH, PROVIDER_SWITCH_INFO
from ansible_collections.collectivites.antai.plugins.module_utils._resources.rotation.info import CERTIFICATE_ROTATION_INFO
from ansible_collections.collectivites.antai.plugins.module_utils._resources.rotation.options import CERTIFICATE_ROTATION
from ansible_collections.collectivites.antai.plugins.module_utils._resources.siret_change import SIRET_CHANGE

DECLARING = {
    "account": ACCOUNT,
    "convention": CONVENTION,
    "convention_prefill": CONVENTION_PREFILL,
    "siret_change": SIRET_CHANGE,
    "certificate_request": CERTIFICATE_REQUEST,
    "certificates": CERTIFICATES,
    "certificate_rotation": CERTIFICATE_ROTATION,
    "provider_switch": PROVIDER_SWITCH,
}
INFORMING = {
    "doctor": DOCTOR,
    "account_info": ACCOUNT_INFO,
    "convention_info": CONVENTION_INFO,
    "certificate_info": CERTIFICATE_INFO,
    "certificate_request_info": CERTIFICATE_REQUEST_INFO,
    "exchange_info": EXCHANGE_INFO,
    "certificate_rotation_info": CERTIFICATE_ROTATION_INFO,
    "provider_switch_info": PROVIDER_SWITCH_INFO,
    "onboarding_info": ONBOARDING_INFO,
}
