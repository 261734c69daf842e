# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that describe one collectivité, shared by the modules that take them."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  siret:
    description: SIRET of the collectivité, 14 digits with a valid key, quoted. Every FPS number begins with it.
    type: str
    required: true
"""

    ONE_OR_ALL = r"""
options:
  siret:
    description: SIRET of one collectivité. Without it, all that the agent may see, page by page.
    type: str
  agent_email:
    description: E-mail of the agent named in the account request; lets the request be followed without access to the space.
    type: str
"""

    AGENT_EMAIL = r"""
options:
  agent_email:
    description: E-mail of the agent named in the account request; lets the request be followed while there is no access to the space.
    type: str
"""

    ACCOUNT = r"""
options:
  reopen:
    description:
      - Whether to ask for a new account where it was closed. Without it, a closed account stays closed, so that a run that comes again
        and again never undoes an offboarding.
    type: bool
    default: false
"""

    ADDRESS = r"""
options:
  address:
    description: Postal address of the collectivité.
    type: dict
    suboptions:
      street:
        description: Street and number.
        type: str
      postal_code:
        description: Postal code, five digits, quoted.
        type: str
      city:
        description: City.
        type: str
  contact_email:
    description: E-mail of the collectivité.
    type: str
"""

    IDENTITY = r"""
options:
  departement:
    description: Département, V(01) to V(95), V(2A), V(2B), V(97x) or V(98x), quoted. Compared with the shipped table of communes; a difference is a warning.
    type: str
  agent_name:
    description: Name of the agent whom the collectivité mandates.
    type: str
  agent_email:
    description: E-mail of that agent; ANTAI sends the credentials there. Also lets the request be followed while there is no access to the space.
    type: str
"""

    CONTACT = r"""
options:
  contact_email:
    description: E-mail of the collectivité, for the order sheet.
    type: str
  agent_name:
    description: Name of the agent whom the collectivité mandates, for the order sheet.
    type: str
  agent_email:
    description: E-mail of that agent, for the order sheet.
    type: str
"""
