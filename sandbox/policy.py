# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the people do by themselves (at once or never), and who exists: a YAML file, checked as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from stdnum.fr import siret as siret_number

from sandbox.contract import load
from sandbox.errors import UserError

SCHEMA = Path(__file__).with_name("policy_schema.yaml")
DEMO = Path(__file__).with_name("demo_policy.yaml")


@dataclass(frozen=True)
class Decision:
    """`accept`, `refuse` (with a reason) or `never`: then a person decides by hand."""

    kind: str
    reason: str | None = None


@dataclass
class SandboxPolicy:
    defaults: dict[str, str] = field(
        default_factory=lambda: {"control": "accept", "countersign": "accept", "issue": "accept", "sign": "never"}
    )
    listing_lag_seconds: int = 0
    agents: list[dict[str, Any]] = field(default_factory=list)
    editors: list[dict[str, Any]] = field(default_factory=list)
    collectivites: dict[str, dict[str, Any]] = field(default_factory=dict)
    est: list[dict[str, Any]] = field(default_factory=list)
    est_retry_after_seconds: int = 60

    def est_account(self, login: str) -> dict[str, Any] | None:
        return next((account for account in self.est if account["login"] == login), None)

    def decide(self, decision: str, siret: str) -> Decision:
        """`what` is control, countersign, issue or sign."""
        value = self.collectivites.get(siret, {}).get(decision, self.defaults[decision])
        if isinstance(value, dict):
            return Decision("refuse", value["refuse"])
        return Decision(value)


def load_policy(path: Path | None) -> SandboxPolicy:
    """The demo's policy when no file is given. UserError lists every fault with the path of its key."""
    path = path or DEMO
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"The policy {path} cannot be read: {error}", 2) from error
    except yaml.YAMLError as error:
        raise UserError(f"The policy {path} is not YAML: {error}", 2) from error
    content = {} if content is None else content
    faults = check(content)
    if faults:
        raise UserError(f"The policy {path} has {len(faults)} error(s):\n" + "\n".join(f"  {fault}" for fault in faults), 2)
    policy = SandboxPolicy(
        listing_lag_seconds=content.get("listing_lag_seconds", 0),
        agents=content.get("agents", []),
        editors=content.get("editors", []),
        collectivites=content.get("collectivites", {}),
        est=content.get("est", []),
        est_retry_after_seconds=content.get("est_retry_after_seconds", 60),
    )
    policy.defaults.update({name: content[name] for name in policy.defaults if name in content})
    return policy


def check(content: Any) -> list[str]:
    """Every fault, each with the path of its key."""
    unquoted = [f"{place}: write this key in quotes" for place in _other_keys(content, "")]
    if unquoted:
        return unquoted
    schema = load(SCHEMA)
    faults = []
    for error in sorted(Draft202012Validator(schema).iter_errors(content), key=lambda e: [str(p) for p in e.absolute_path]):
        place = ".".join(str(part) for part in error.absolute_path) or "(top)"
        # Of a choice between forms, the deepest complaint is the one that helps.
        detail = max(error.context or [error], key=lambda e: len(e.absolute_path))
        faults.append(f"{place}: {detail.message}")
    return faults or _check_values(content)


def _other_keys(content: Any, place: str) -> Iterator[str]:
    """Keys that YAML reads as numbers, typically a SIRET without quotes."""
    if isinstance(content, dict):
        for key, value in content.items():
            key_place = f"{place}.{key}" if place else str(key)
            if not isinstance(key, str):
                yield key_place
            yield from _other_keys(value, key_place)


def collectivite_checker() -> Callable[[str, Any], list[str]]:
    """Checks many entries of the kind `collectivites` has (the lines of `seed`) with one compiled schema."""
    schema = load(SCHEMA)
    validator = Draft202012Validator({"$ref": "#/$defs/collectivite", "$defs": schema["$defs"]})

    def check_entry(siret: str, entry: Any) -> list[str]:
        faults = [f"{'.'.join(str(p) for p in e.absolute_path) or '(top)'}: {e.message}" for e in validator.iter_errors(entry)]
        return faults if siret_number.is_valid(siret) else [*faults, f"the key of the SIRET {siret} is wrong (R7)"]

    return check_entry


def _check_values(content: dict[str, Any]) -> list[str]:
    faults = []
    for siret in content.get("collectivites", {}):
        if not siret_number.is_valid(siret):
            faults.append(f"collectivites.{siret}: the key of this SIRET is wrong (R7)")
    logins = {agent["login"] for agent in content.get("agents", [])}
    for siret, entry in content.get("collectivites", {}).items():
        named = entry.get("existing", {}).get("agent")
        if named is not None and named not in logins:
            faults.append(f"collectivites.{siret}.existing.agent: there is no agent {named}")
    for kind, names in (("agents", "mandates"), ("est", "sirets")):
        for rank, entry in enumerate(content.get(kind, [])):
            faults += [
                f"{kind}.{rank}.{names}: the key of the SIRET {s} is wrong (R7)"
                for s in entry.get(names, [])
                if not siret_number.is_valid(s)
            ]
    for kind, key in (("agents", "login"), ("agents", "email"), ("editors", "id"), ("est", "login")):
        values = [entry[key].lower() for entry in content.get(kind, [])]
        faults += [f"{kind}: {key} {value} is there twice" for value in sorted({v for v in values if values.count(v) > 1})]
    return faults
