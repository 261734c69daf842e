# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where to add a field, a column, a state, a method of authentication, a rule, a resource: one of each, as edits of the tree.

CONTRIBUTING.md names the same files; tests/meta/test_recipes.py holds the two together, makes the edits in a copy of the tree, and runs the
checks there. An edit finds its place by a line that stands there; where that line is gone, the recipe and CONTRIBUTING.md are mended.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Change:
    """`old` becomes `new`, where it first stands in `path`."""

    path: str
    old: str
    new: str

    def apply(self, tree: Path) -> None:
        text = (tree / self.path).read_text(encoding="utf-8")
        assert self.old in text, f"{self.path} has no {self.old!r} any more: mend tests/recipes/recipes.py and CONTRIBUTING.md"
        (tree / self.path).write_text(text.replace(self.old, self.new, 1), encoding="utf-8")


@dataclass(frozen=True)
class NewFile:
    """A file of this text."""

    path: str
    text: str

    def apply(self, tree: Path) -> None:
        assert not (tree / self.path).exists()
        (tree / self.path).write_text(self.text, encoding="utf-8")


@dataclass(frozen=True)
class Likeness:
    """A file as `model` is, each word of `words` replaced."""

    path: str
    model: str
    words: tuple[tuple[str, str], ...]

    def apply(self, tree: Path) -> None:
        text = (tree / self.model).read_text(encoding="utf-8")
        for old, new in self.words:
            assert old in text, f"{self.model} does not say {old!r} any more"
            text = text.replace(old, new)
        NewFile(self.path, text).apply(tree)


@dataclass(frozen=True)
class Recipe:
    """most: how many files of plugins that are written by hand it may touch."""

    title: str
    most: int
    edits: tuple[Change | NewFile | Likeness, ...]

    @property
    def paths(self) -> list[str]:
        return list(dict.fromkeys(edit.path for edit in self.edits))


UTILS = "plugins/module_utils"

_EMAIL = "contact_email"
_PASSED = '        contact_email: "{{ antai_contact_email | default(omit) }}"\n'
FIELD = Recipe(
    "an account field",
    3,
    (
        Change(
            f"{UTILS}/_options/declaration.py",
            '    Field("contact_email"',
            '    Field("phone", "Téléphone", "Telephone"),\n    Field("contact_email"',
        ),
        Change(f"{UTILS}/_plan/records.py", "    contact_email: str | None\n", "    contact_email: str | None\n    phone: str | None\n"),
        Change(
            "plugins/doc_fragments/collectivite.py",
            '    ACCOUNT = r"""\noptions:\n',
            '    ACCOUNT = r"""\noptions:\n  phone:\n    description: Telephone of the collectivité.\n    type: str\n',
        ),
        Change("roles/account/tasks/main.yml", _PASSED, _PASSED + _PASSED.replace(_EMAIL, "phone")),
        Change("roles/onboarding/tasks/status.yml", _PASSED, _PASSED + _PASSED.replace(_EMAIL, "phone")),
    ),
)

COLUMN = Recipe(
    "a report column",
    2,
    (
        Change(f"{UTILS}/_texts/report.py", '    "host": Bilingual(', '    "siren": Bilingual("SIREN", "SIREN"),\n    "host": Bilingual('),
        Change(
            "plugins/plugin_utils/_report/report_columns.py",
            '    "host": Column(',
            '    "siren": Column(COLUMNS["siren"], lambda entry, _language: (entry["siret"] or "")[:9], on_terminal=False),\n    "host": Column(',
        ),
    ),
)

STATE = Recipe(
    "a state",
    4,
    (
        Change(
            f"{UTILS}/_interface/catalogue.py",
            '("under_control", "refused", "active", "closed")',
            '("under_control", "refused", "active", "suspended", "closed")',
        ),
        Change(
            f"{UTILS}/_resources/space.py",
            '        "closed": "account_closed",\n',
            '        "closed": "account_closed",\n        "suspended": "account_suspended",\n',
        ),
        Change(
            f"{UTILS}/_texts/waiting/space.py",
            "SPACE: dict[str, Reason] = {\n",
            'SPACE: dict[str, Reason] = {\n    "account_suspended": Reason(\n        "antai",\n        "account",\n'
            '        Bilingual("Espace suspendu ; appelez l\'ANTAI.", "Space suspended; call ANTAI."),\n    ),\n',
        ),
        Change("plugins/modules/antai_account.py", "V(active),\n", "V(active), V(suspended),\n"),
    ),
)

AUTHENTICATION = Recipe(
    "a method of authentication",
    2,
    (
        Likeness(
            f"{UTILS}/_interface/auth/session_header.py",
            f"{UTILS}/_interface/auth/bearer.py",
            (("class Bearer(", "class SessionHeader("), ('"Authorization"', '"X-Session"')),
        ),
        Change(
            f"{UTILS}/_interface/auth/methods.py",
            "from .xsrf_basic_bearer",
            "from .session_header import SessionHeader\nfrom .xsrf_basic_bearer",
        ),
        Change(
            f"{UTILS}/_interface/auth/methods.py",
            '    "xsrf_basic_bearer": ',
            '    "session_header": SessionHeader,\n    "xsrf_basic_bearer": ',
        ),
    ),
)

RULE = Recipe(
    "a rule on certificates",
    2,
    (
        Change(
            f"{UTILS}/_pki/profile_rules.py",
            "\nSERVER = (",
            "\ndef least_lifetime(inputs: ValidationInputs) -> Finding:\n"
            "    days = (inputs.leaf.not_after - inputs.leaf.not_before).days\n"
            '    return passed(f"{days} days") if days >= 30 else failed(f"{days} days; at least 30")\n\n\nSERVER = (',
        ),
        Change(
            f"{UTILS}/_pki/profile_rules.py",
            '    ProfileRule("key_match"',
            '    ProfileRule("least_lifetime", "ours", least_lifetime),\n    ProfileRule("key_match"',
        ),
        Change(
            f"{UTILS}/_pki/blocking_rules.py",
            '    "key_match": (FAIL,),\n',
            '    "least_lifetime": (FAIL,),\n    "key_match": (FAIL,),\n',
        ),
        Change(
            "tests/certificates_proof/cases.py",
            "\nKEYS = [\n",
            '\nKEYS = [\n    Check("least_lifetime", PASS, "30 days", leaf(not_before=NOW, not_after=NOW + timedelta(days=30))),\n'
            '    Check("least_lifetime", FAIL, "29 days", leaf(not_before=NOW, not_after=NOW + timedelta(days=29))),\n',
        ),
    ),
)

_NAMES = (("antai_account", "antai_extra"), ("_resources.account import ACCOUNT", "_resources.extra import EXTRA"), ("(ACCOUNT", "(EXTRA"))
_INFO_NAMES = (
    ("antai_account_info", "antai_extra_info"),
    ("_resources.account_info import ACCOUNT_INFO", "_resources.extra import EXTRA_INFO"),
    ("(ACCOUNT_INFO", "(EXTRA_INFO"),
)
_ROUTED = "".join(
    f"    {module}:\n      action_plugin: collectivites.antai.antai_account\n" for module in ("antai_extra", "antai_extra_info")
)
RESOURCE = Recipe(
    "a resource",
    6,
    (
        NewFile(
            f"{UTILS}/_resources/extra.py",
            '''"""Another resource."""

from __future__ import annotations

from datetime import datetime

from .._plan.plan import Plan, Step
from ..siret import check_siret
from .account import ACCOUNT
from .base import Context, Resource
from .kinds import DeclaringKind, InfoKind
from .account_info import ACCOUNT_INFO


class Extra(Resource):
    name = "extra"

    def observe(self, context: Context) -> str:
        return "absent"

    def plan(self, observed: str, now: datetime) -> Plan:
        return Plan({"state": observed}, {"state": "present"}, (Step("add_extra", "there is none"),))

    def apply(self, context: Context, observed: str, step: Step, now: datetime) -> None:
        context.opened.add(self.siret)


EXTRA = DeclaringKind(ACCOUNT.spec, lambda parameters: Extra(check_siret(parameters["siret"])))
EXTRA_INFO = InfoKind(ACCOUNT_INFO.spec, ACCOUNT_INFO.answer)
''',
        ),
        Likeness("plugins/modules/antai_extra.py", "plugins/modules/antai_account.py", _NAMES),
        Likeness("plugins/modules/antai_extra_info.py", "plugins/modules/antai_account_info.py", _INFO_NAMES),
        Change(
            f"{UTILS}/_plan/steps.py",
            "STEPS: dict[str, StepKind] = {\n",
            'STEPS: dict[str, StepKind] = {\n    "add_extra": StepKind(Bilingual("ajouté", "added")),\n',
        ),
        Change(
            "meta/runtime.yml", "    - antai_onboarding_info\n", "    - antai_extra\n    - antai_extra_info\n    - antai_onboarding_info\n"
        ),
        Change("meta/runtime.yml", "    antai_onboarding_info:\n", f"{_ROUTED}    antai_onboarding_info:\n"),
        Change(
            "tests/support/kinds.py",
            "\n\nDECLARING = {\n",
            "\nfrom ansible_collections.collectivites.antai.plugins.module_utils._resources.extra import EXTRA, EXTRA_INFO"
            '\n\nDECLARING = {\n    "extra": EXTRA,\n',
        ),
        Change("tests/support/kinds.py", "INFORMING = {\n", 'INFORMING = {\n    "extra_info": EXTRA_INFO,\n'),
        NewFile("tests/integration/test_extra.py", "# collectivites.antai.antai_extra and antai_extra_info over TLS\n"),
    ),
)

RECIPES = (FIELD, COLUMN, STATE, AUTHENTICATION, RULE, RESOURCE)
