# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificates of a collectivité at ANTAI: installed in the SI FPS, listed in the space, active or not (letter, operations 1 and 3).

R1 nothing is installed before the account is active; R2 nothing is activated before the convention is signed by both; R3 installing never
activates; R4 several certificates can be active at once, one per provider.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ..._http.client_certificate import ClientCertificate
from ..._pki.certificate import Certificate
from ..._pki.certificate_files import summarise_certificates
from ..._pki.evaluation import Evidence, ValidationPolicy, evaluate
from ..._pki.parsed_certificate import ParsedCertificate
from ..._pki.parsing import load_bundle
from ..._pki.verdict import Judgement
from ..._plan.foreseen import NOTHING_FORESEEN, Delivery, Foreseen
from ..._plan.plan import Plan, Step, WaitRequired
from ..._plan.records import DialogueAnswer, ListedCertificate
from ..._plan.steps import STEPS, state_after
from ..._plan.waiting import Waiting
from ..._store.files import read_file
from ..._store.layout import read_notes
from ..._store.store import Store
from ...dates import date_or_none, instant
from ...errors import InvalidInput, RefusedByServer, TransportError
from ..base import Context, Resource
from ..convention.gate import convention_waiting
from ..space import Space, account_waiting, find_listed_certificate, observe_space
from .evaluation import fails, gathered_here, in_place, not_rgs, told
from .key_pair import KeyPair, Source, read_key_pair
from .ordering import answer_waiting, certificate_of, pair_of, read_about

# What the SI FPS says of a certificate, as a state in the terms of the space.
DIALOGUE_STATES = {"authorised": "active", "known_inactive": "inactive", "unknown": "not_installed", "refused": "refused"}


@dataclass(frozen=True)
class DeclaredCertificate:
    """One certificate of the collectivité's list. state: one of STATES. fingerprint, or a certificate, or neither: the store's own for this provider.

    elsewhere: the provider holds its keys and installs its own; nothing is ordered, and nothing of it is expected in the store. Without a
    fingerprint such an entry stands for what the space lists under its label. The others are as in key_pair.Source.
    """

    provider: str
    state: str
    fingerprint: str | None = None
    certificate: str | None = None
    private_key: str | None = None
    certificate_content: bytes | None = field(default=None, repr=False)
    private_key_content: str | None = field(default=None, repr=False)
    passphrase: str | None = field(default=None, repr=False)
    elsewhere: bool = False

    @property
    def source(self) -> Source | None:
        if not self.certificate and not self.certificate_content:
            return None
        return Source(self.certificate, self.private_key, self.certificate_content, self.private_key_content, self.passphrase)


@dataclass(frozen=True)
class ObservedCertificate:
    """What is known of one declared certificate. state: active, inactive, not_installed, refused, unknown, or missing (there is no certificate yet).

    chain: the CAs that came with local. gathered: what local is judged by; None where it is not judged. unasked: why the SI FPS could not
    be asked with it. coming: it will be here, beside its key, once what check mode has planned is done.
    """

    declared: DeclaredCertificate
    state: str
    fingerprint: str | None = None
    local: Certificate | None = None
    chain: tuple[ParsedCertificate, ...] = ()
    gathered: Evidence | None = None
    unasked: TransportError | None = None
    client: ClientCertificate | None = None
    listed: ListedCertificate | None = None
    dialogue: DialogueAnswer | None = None
    pending: dict[str, Any] | None = None
    compromised: bool = False
    coming: bool = False


@dataclass(frozen=True)
class ObservedCertificates:
    """others: certificates that the space lists and nobody declared. removable: the interface knows removal.

    rotating: fingerprints of the next and the previous certificates of providers that are to be there: a rotation's, see rotation.py.
    """

    space: Space
    items: tuple[ObservedCertificate, ...]
    others: tuple[ListedCertificate, ...]
    store: Store | None
    removable: bool
    by_editor: bool
    rotating: frozenset[str] = frozenset()


class Certificates(Resource):
    """The whole declared list of a collectivité. exclusive: what is not in it gets deactivated, once all of it is as declared.

    switched: labels of the providers of a declared switch: what they may do is the switch's to decide (provider_switch.py).
    judging: how to judge what lies here before it is installed or activated; None: not at all.
    """

    name = "certificates"

    def __init__(
        self,
        siret: str,
        declared: list[DeclaredCertificate],
        *,
        exclusive: bool = False,
        agent_email: str | None = None,
        switched: frozenset[str] = frozenset(),
        judging: ValidationPolicy | None = None,
    ) -> None:
        super().__init__(siret)
        self.declared = declared
        self.exclusive = exclusive
        self.agent_email = agent_email
        self.switched = switched
        self.judging = judging

    # Observing

    def observe(self, context: Context) -> ObservedCertificates:
        held = [held_here(each, self.siret, context.store, context.operations.foreseen) for each in self.declared]
        _each_once(held)
        for item in held:
            if item.local:
                context.operations.hold(item.local, item.client)
        space = observe_space(context.operations, self.siret, self.agent_email)
        items = tuple(self._seen(item, space, context) for item in labelled(held, space))
        known = {item.fingerprint for item in items}
        observed = ObservedCertificates(
            space=space,
            items=items,
            others=tuple(each for each in space.certificates if each["fingerprint"] not in known),
            store=context.store,
            removable=context.operations.has("certificate_remove"),
            by_editor=bool(context.operations.credentials.editor_id),
            rotating=rotating(self.declared, context.store),
        )
        return replace(observed, items=tuple(self._to_judge(item, observed, context) for item in items)) if self.judging else observed

    def _seen(self, item: ObservedCertificate, space: Space, context: Context) -> ObservedCertificate:
        if item.fingerprint is None:
            return item
        listed = find_listed_certificate(space, item.fingerprint)
        if listed:
            return replace(item, state=listed["state"], listed=listed)
        visible = space.visible and "certificate_list" not in space.lacks
        if item.client is None or (space.visible and space.state != "active") or space.state in ("under_control", "refused"):
            return replace(item, state="not_installed" if visible else "unknown")
        if space.visible and (item.fingerprint in context.picked_up or self.siret in context.opened):
            return replace(item, state="not_installed")
        if "exchange_query" in space.lacks:  # then only the journal tells what was done already
            noted = noted_state(context.store, item.fingerprint) if context.store else None
            return replace(item, state=noted or ("not_installed" if visible else "unknown"))
        try:
            dialogue = context.operations.exchange_query(self.siret, item.client)
        except TransportError as error:
            if self.judging is None:
                raise
            return replace(item, state="unknown", unasked=error)  # TLS may refuse what breaks a rule, without a word: the plan knows more
        return replace(item, state=DIALOGUE_STATES[dialogue["state"]], dialogue=dialogue)

    def _to_judge(self, item: ObservedCertificate, observed: ObservedCertificates, context: Context) -> ObservedCertificate:
        """Only what lies here, and is to be there; what is not about to change is looked at in the cheap way."""
        if self.judging is None or item.local is None or item.declared.state in ("inactive", "absent"):
            return item
        if item.declared.provider in self.switched:
            return item
        changes = bool(self._next(item, observed).steps)
        return replace(item, gathered=gathered_here(item.local, item.chain, self.siret, self.judging, context, about_to_change=changes))

    # Deciding

    def plan(self, observed: ObservedCertificates, now: datetime) -> Plan:
        judgements = [evaluate(each.gathered, self.judging, now) if each.gathered and self.judging else None for each in observed.items]
        decisions = [self._item(item, judgement, observed, now) for item, judgement in zip(observed.items, judgements, strict=True)]
        steps = [step for each in decisions for step in each.steps]
        waiting = tuple(one for each in decisions for one in each.waiting)
        if self.exclusive and not observed.space.visible:  # what else is active there cannot be seen, so nothing can be told of it
            waiting = (account_waiting(observed.space, self.agent_email) or Waiting("mandate"), *waiting)
        elif self.exclusive and "certificate_list" in observed.space.lacks:
            waiting = (Waiting("unseen"), *waiting)
        surplus = [each for each in observed.others if self._surplus(each, observed)] if self.exclusive else []
        if not all(in_place(each) for each in waiting):  # nothing is taken away before all that is declared is there
            surplus = []
        steps += [_exclusive_step(each) for each in surplus]
        gone = {each["fingerprint"] for each in surplus}
        before = self._view([_shown(item) for item in observed.items], observed, set())
        after = self._view([each.after for each in decisions], observed, gone)
        # An activation never waits behind a deactivation.
        steps.sort(key=lambda step: (step.after_all, step.code not in ("install_certificate", "activate_certificate")))
        facts = {"verdicts": self._verdicts(observed.items, judgements), "undeclared_certificates": self._undeclared(observed, now)}
        return Plan(before, after, tuple(steps), waiting, server_assigned=("since",), facts=facts)

    def _undeclared(self, observed: ObservedCertificates, now: datetime) -> list[dict[str, Any]] | None:
        """Active certificates that no declaration names, which let somebody exchange; None where that is not known, or nothing is declared at all.

        An expired one lets nothing pass any more. Of a provider whose own certificate is missing here, another matter is to be settled first.
        """
        if not (self.declared or self.exclusive) or not observed.space.visible or "certificate_list" in observed.space.lacks:
            return None
        names = ("provider", "fingerprint", "since", "not_after")
        missing = {item.declared.provider for item in observed.items if item.state == "missing"}
        surplus = [each for each in observed.others if self._surplus(each, observed) and each["provider"] not in missing]
        ends = [date_or_none(each.get("not_after")) for each in surplus]
        return [{name: each.get(name) for name in names} for each, end in zip(surplus, ends, strict=True) if end is None or end > now]

    def _verdicts(self, items: Sequence[ObservedCertificate], judgements: list[Judgement | None]) -> list[dict[str, Any]] | None:
        """None where no trust store is declared: nothing is judged."""
        if self.judging is None:
            return None
        return [told(item.declared.provider, item.fingerprint, each) for item, each in zip(items, judgements, strict=True)]

    def _surplus(self, listed: ListedCertificate, observed: ObservedCertificates) -> bool:
        return listed["state"] == "active" and listed["fingerprint"] not in observed.rotating and listed["provider"] not in self.switched

    def _item(self, item: ObservedCertificate, judgement: Judgement | None, observed: ObservedCertificates, now: datetime) -> Plan:
        wanted, end, before = item.declared.state, _end(item), _shown(item)
        if item.declared.provider in self.switched:
            return Plan(before, before)
        if wanted in ("present", "active") and item.state != "missing" and end and end <= now:
            about = {"provider": item.declared.provider, "end": end.date().isoformat()}
            return Plan(
                before, before, waiting=(Waiting("certificate_expired", None, about),)
            )  # active or not: nothing passes with it any more
        plan = self._next(item, observed)
        if judgement is None or not fails(judgement):
            if item.unasked:
                raise item.unasked
            return plan
        broken = not_rgs(item.declared.provider, item.fingerprint, judgement, active=item.state == "active")
        return Plan(before, before, waiting=(broken, *plan.waiting))

    def _next(self, item: ObservedCertificate, observed: ObservedCertificates) -> Plan:
        """What is to be done with a certificate that is good."""
        before = _shown(item)
        wanted = item.declared.state
        if item.state == "missing":
            return Plan(before, before, waiting=() if wanted in ("inactive", "absent") else (self._not_there(item, observed),))
        if wanted in ("inactive", "absent"):
            return self._off(item, observed, before)
        if item.compromised:
            return Plan(before, before, waiting=(Waiting("certificate_compromised", None, _about(item)),))
        if item.state in ("not_installed", "unknown", "refused"):
            return self._install(item, observed, before)
        if wanted == "active" and item.state == "inactive":
            return self._activate(item, observed, before, ())
        return Plan(before, before)

    def _not_there(self, item: ObservedCertificate, observed: ObservedCertificates) -> Waiting:
        """Who is waited for where there is no certificate yet."""
        provider = item.declared.provider
        if item.declared.elsewhere:
            if not observed.space.visible or "certificate_list" in observed.space.lacks:  # it may be there, and is not to be seen
                return account_waiting(observed.space, self.agent_email) or Waiting("unseen")
            return account_waiting(observed.space, self.agent_email) or Waiting("certificate_elsewhere", None, {"provider": provider})
        if not item.pending or not observed.store:
            return Waiting("certificate_order", None, {"provider": provider})
        return answer_waiting(observed.store, provider, item.pending)

    def _install(self, item: ObservedCertificate, observed: ObservedCertificates, before: dict[str, Any]) -> Plan:
        account = account_waiting(observed.space, self.agent_email)
        if item.state == "refused":
            return Plan(before, before, waiting=(_refused(item, item.dialogue),))
        if account and not item.dialogue:  # where the space cannot be seen, the SI FPS's own answer stands for the account
            return Plan(before, before, waiting=(account,))
        if (item.client is None and not item.coming) or "certificate_install" in observed.space.lacks:
            return Plan(before, before, waiting=(Waiting("certificate_installation", None, _about(item)),))
        step = Step("install_certificate", "the SI FPS does not know it", str(item.fingerprint), chain=str(item.fingerprint))
        after = before | {"state": "inactive", "since": None, "listed": observed.space.visible}
        if item.declared.state == "present":
            return Plan(before, after, (step,))
        return self._activate(item, observed, after, (step,))

    def _activate(self, item: ObservedCertificate, observed: ObservedCertificates, before: dict[str, Any], first: tuple[Step, ...]) -> Plan:
        """Only in the space, by who has access to it, and only under a convention in force (R2)."""
        lacks = observed.space.lacks
        if not observed.space.visible or "certificate_activate" in lacks:
            return Plan(
                before, before, first, (Waiting("certificate_activation", None, _about(item), after=first[0].key if first else None),)
            )
        unsigned = None if "convention_list" in lacks else convention_waiting(observed.space, observed.store)
        lacking = account_waiting(observed.space, self.agent_email) or unsigned
        if lacking:
            return Plan(before, before, first, (lacking,))
        if not item.listed and not first and "certificate_list" not in lacks:
            return Plan(before, before, first, (Waiting("certificate_listing", None, {"fingerprint": item.fingerprint}),))
        step = Step(
            "activate_certificate", "declared active, and the convention is in force", str(item.fingerprint), chain=str(item.fingerprint)
        )
        return Plan(before, before | {"state": "active", "since": None}, (*first, step))

    def _off(self, item: ObservedCertificate, observed: ObservedCertificates, before: dict[str, Any]) -> Plan:
        """`absent` means inactive where the interface has no removal."""
        removal = item.declared.state == "absent" and observed.removable and item.listed is not None
        if item.state != "active" and not removal:
            return Plan(before, before)
        if not observed.space.visible or (not removal and "certificate_deactivate" in observed.space.lacks):
            return Plan(before, before, waiting=(Waiting("certificate_deactivation", None, _about(item)),))
        if removal:
            return Plan(
                before,
                _shown(replace(item, state="not_installed", listed=None, dialogue=None)),
                (Step("remove_certificate", "declared absent", str(item.fingerprint)),),
            )
        step = Step("deactivate_certificate", f"declared {item.declared.state}", str(item.fingerprint))
        return Plan(before, before | {"state": "inactive", "since": None}, (step,))

    @staticmethod
    def _view(items: list[dict[str, Any]], observed: ObservedCertificates, gone: set[str]) -> dict[str, Any]:
        others = [
            {
                "fingerprint": each["fingerprint"],
                "provider": each["provider"],
                "state": "inactive" if each["fingerprint"] in gone else each["state"],
            }
            for each in observed.others
        ]
        return {"declared": items, "others": others}

    # Doing

    def apply(self, context: Context, observed: ObservedCertificates, step: Step, now: datetime) -> None:
        if step.code == "install_certificate":
            item = next(each for each in observed.items if each.fingerprint == step.target)
            self._do_install(context, observed, item)
            return
        change(context, self.siret, STEPS[step.code].operation, step.target)

    def _do_install(self, context: Context, observed: ObservedCertificates, item: ObservedCertificate) -> None:
        if item.client:
            install(context, self.siret, item.client, _about(item), by_editor=observed.by_editor)


def noted_state(store: Store, fingerprint: str) -> str | None:
    """The state that the journal's last step at ANTAI left the certificate in; None where it has none. What was done in the store alone changes nothing."""
    return next(filter(None, (state_after(entry.step) for entry in store.history(fingerprint))), None)


def change(context: Context, siret: str, operation: str, fingerprint: str, provider: str = "") -> None:
    """operation: as steps.STEPS names it. Raises WaitRequired where the space refuses it, or does not list the certificate yet."""
    try:
        found = context.operations.certificate_change(operation, siret, fingerprint)
    except RefusedByServer as error:
        if not error.conflict:
            raise
        about = {"fingerprint": fingerprint, "provider": provider, "reason": error.message, "rule": error.rule}
        raise WaitRequired(Waiting("certificate_refused", None, about)) from error
    if not found:
        raise WaitRequired(Waiting("certificate_listing", None, {"fingerprint": fingerprint}))


def install(context: Context, siret: str, client: ClientCertificate, about: dict[str, Any], *, by_editor: bool) -> None:
    """about: provider and fingerprint. Raises WaitRequired where the SI FPS refuses it: by whom it is installed, or the certificate itself."""
    context.picked_up.discard(about["fingerprint"])  # from now on the SI FPS may know it
    context.opened.discard(siret)
    try:
        context.operations.certificate_install(siret, about["provider"], client)
    except RefusedByServer as error:
        code = "certificate_rights" if by_editor else "certificate_refused"
        raise WaitRequired(Waiting(code, None, about | {"reason": error.message, "rule": error.rule})) from error


def held_here(declared: DeclaredCertificate, siret: str, store: Store | None, foreseen: Foreseen = NOTHING_FORESEEN) -> ObservedCertificate:
    """What lies on this machine; what check mode has planned to pick up counts as if it did.

    Raises InvalidInput where files do not belong together or to this collectivité.
    """
    versions = store.links(declared.provider).versions if store and not declared.elsewhere else {}
    current, pending = versions.get("current"), versions.get("pending")
    item = ObservedCertificate(declared, "missing", declared.fingerprint, pending=read_about(pending) if pending else None)
    if declared.source:
        return _with_pair(item, read_key_pair(declared.source, siret), declared.source.name)
    if store is None or declared.fingerprint or declared.elsewhere:
        return item
    if declared.provider in foreseen.deliveries:
        return _to_come(item, foreseen.deliveries[declared.provider])
    if not current:
        return item
    if "compromised_at" in read_notes(current):
        item = replace(item, compromised=True)
    return _with_pair(item, pair_of(store, declared.provider, "current", current, siret), "the store")


def _to_come(item: ObservedCertificate, delivery: Delivery) -> ObservedCertificate:
    """Its file was read and compared with the key a moment ago, by what has planned to pick it up."""
    bundle = load_bundle(read_file(delivery.path, "certificate"), delivery.path, item.declared.passphrase).certificates
    leaf = next((each for each in summarise_certificates(bundle, delivery.path) if each.fingerprint == delivery.fingerprint), None)
    if leaf is None:
        return item
    others = tuple(each for each in bundle if each.fingerprint != delivery.fingerprint)
    return replace(item, fingerprint=leaf.fingerprint, local=leaf, chain=others, coming=True)


def labelled(items: Sequence[ObservedCertificate], space: Space) -> list[ObservedCertificate]:
    """The items, where an entry of keys elsewhere that names no certificate stands for those that the space lists under its label.

    To be there: those that are active, else the newest; to be off: all of them. One that the space does not list stays as it is, missing.
    """
    named = {item.fingerprint for item in items}
    expanded: list[ObservedCertificate] = []
    for item in items:
        listed = [each for each in space.certificates if each["provider"] == item.declared.provider and each["fingerprint"] not in named]
        if item.fingerprint or not item.declared.elsewhere or not listed:
            expanded.append(item)
            continue
        if item.declared.state in ("present", "active"):
            active = [each for each in listed if each["state"] == "active"]
            listed = active or sorted(listed, key=lambda each: str(each.get("not_before")))[-1:]
        expanded += [replace(item, state=each["state"], fingerprint=each["fingerprint"], listed=each) for each in listed]
    return expanded


def rotating(declared: list[DeclaredCertificate], store: Store | None) -> frozenset[str]:
    """The fingerprints of what goes by `next` or `previous` for a provider that is to be there."""
    labels = sorted({each.provider for each in declared if each.state in ("present", "active")})
    if store is None:
        return frozenset()
    found = [(label, link, store.links(label).versions.get(link)) for label in labels for link in ("next", "previous")]
    return frozenset(certificate_of(store, label, link, version).fingerprint for label, link, version in found if version)


def _each_once(held: list[ObservedCertificate]) -> None:
    """Raises InvalidInput where two entries turn out to be one certificate: what they want could contradict each other."""
    identities = [item.fingerprint for item in held if item.fingerprint]
    for identity in identities:
        if identities.count(identity) > 1:
            raise InvalidInput("certificates", f"{identity} is declared twice", "declare each certificate once")


def _with_pair(item: ObservedCertificate, pair: KeyPair, name: str) -> ObservedCertificate:
    """name: of where the pair comes from."""
    if item.fingerprint not in (None, pair.leaf.fingerprint):
        raise InvalidInput("certificates.fingerprint", f"is not that of {name}, {pair.leaf.fingerprint}", "declare one of both")
    return replace(item, fingerprint=pair.leaf.fingerprint, local=pair.leaf, chain=pair.others, client=pair.client)


def _end(item: ObservedCertificate) -> datetime | None:
    """When it expires, from the file or from the space; None where neither tells."""
    if item.local:
        return item.local.not_after
    return date_or_none(item.listed["not_after"]) if item.listed else None


def _about(item: ObservedCertificate) -> dict[str, Any]:
    return {"provider": item.declared.provider, "fingerprint": item.fingerprint}


def _refused(item: ObservedCertificate, dialogue: DialogueAnswer | None) -> Waiting:
    about = {"reason": dialogue["message"], "rule": dialogue["rule"]} if dialogue else {"reason": None, "rule": None}
    return Waiting("certificate_refused", None, _about(item) | about)


def _exclusive_step(listed: ListedCertificate) -> Step:
    return Step("deactivate_certificate", "exclusive: active, and not declared", listed["fingerprint"], after_all=True)


def _shown(item: ObservedCertificate) -> dict[str, Any]:
    listed = item.listed
    not_after = instant(item.local.not_after) if item.local else listed and listed["not_after"]
    exchange = listed or item.dialogue
    return {
        "provider": item.declared.provider,
        "fingerprint": item.fingerprint,
        "state": item.state,
        "listed": item.listed is not None,
        "since": listed["since"] if listed else None,
        "not_after": not_after,
        "last_exchange_at": exchange["last_exchange_at"] if exchange else None,
    }
