# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One order at a PSCE, in the store: made, handed out by people or by EST, its answer found, checked and kept. What is done when is not decided here."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ..._enrolment.est import CertificateIssued, EnrolmentPending, EnrolmentRefused, EstClient, EstService
from ..._enrolment.order_sheet import Contact, order_sheet
from ..._options.choices import ORDER_LIMIT
from ..._pki.certificate import Certificate
from ..._pki.certificate_files import (
    check_owner,
    find_certificate_of_key,
    find_leaf_of_key,
    key_pem,
    load_chain,
    load_private_key,
    summarise_certificates,
)
from ..._pki.chain import complete_chain, issued_under
from ..._pki.parsed_certificate import ParsedCertificate
from ..._pki.parsing import MAX_AUTHORITIES, load_bundle
from ..._pki.request import Subject, describe_request, make_request
from ..._plan.plan import Step
from ..._plan.waiting import Waiting
from ..._store.files import read_file, read_json
from ..._store.layout import DROPPED_SUFFIXES
from ..._store.links import ABOUT, CERTIFICATE, KEY, REQUEST
from ..._store.store import Store
from ...dates import instant, parse_date
from ...errors import InvalidInput, OrderStopped, StoreError, TransportError, UnexpectedAnswer
from ...redact import Redactor
from .key_pair import KeyPair, Source, read_key_pair

SHEET = "order.md"
# full chain: the certificate and the CAs above it but for the root, as TLS wants to present it.
CHAIN, FULL_CHAIN = "chain.pem", "fullchain.pem"
# In request.json: the fingerprint of the certificate that the requested one is to follow; the answer then goes by `next`, not by `current`.
ROTATES = "rotates"
# In request.json: what the PSCE delivered, and why it cannot be used: {path, fingerprint, reason (by language), at}. It is never paid a second time.
BAD_DELIVERY = "bad_delivery"
# In request.json: whether the answer to the request was lost on its way.
ANSWER_LOST = "answer_lost"
# What a request is known by that only time and the PSCE tell.
UNKNOWN = ("requested_at", "retry_at")
# What tokens and signatures commonly allow (Kerberos, RFC 4120, 8.2: five minutes is the usual choice). Beyond it an order is not paid for: what a
# PSCE delivers would be expired, or not valid yet, by our clock.
CLOCK_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True)
class Order:
    """What to order. drop_folder: where a copy of the request is laid for the PSCE; pickup_folder: where its certificate is looked for, besides the store.

    limit: how many orders the store may see in a day, this one included. adopted: SIRETs whose keys are lost, by the user's word.
    psce_ca_file: CA certificates that complete the chain; est: the PSCE's service, instead of people; source: a key made elsewhere, instead of an order;
    passphrase: of a PKCS#12 that is delivered.
    """

    subject: Subject
    provider: str
    key_type: str
    drop_folder: str | None = None
    pickup_folder: str | None = None
    psce_ca_file: str | None = None
    est: EstService | None = None
    source: Source | None = None
    passphrase: str | None = field(default=None, repr=False)
    contact: Contact = field(default_factory=Contact)
    language: str = "fr"
    limit: int = ORDER_LIMIT
    adopted: tuple[str, ...] = ()

    @property
    def stem(self) -> str:
        return f"{self.subject.siret}-{self.provider}"


@dataclass(frozen=True)
class DeliveredCertificate:
    """A certificate that came back, checked against the pending key and the collectivité. given: what else came with it."""

    path: str
    leaf: Certificate
    given: tuple[ParsedCertificate, ...]


@dataclass(frozen=True)
class StoredCertificates:
    """What the store keeps for one provider. pending: what request.json says of the request that is not answered yet; current: the certificate in use.

    lost: likewise of the newest version, where it waits for an answer and the link `pending` is gone.
    following: whether the next certificate of a rotation is there, and not in use yet. leftovers, detached: as Links has them.
    """

    pending: dict[str, Any] | None
    current: Certificate | None
    lost: dict[str, Any] | None = None
    following: bool = False
    leftovers: tuple[str, ...] = ()
    detached: tuple[str, ...] = ()

    @property
    def in_rotation(self) -> bool:
        """Whether a rotation has requested or picked up the next one: all that follows is its own (rotation.py)."""
        return self.following or any(each is not None and each.get(ROTATES) is not None for each in (self.pending, self.lost))


def declared(order: Order) -> dict[str, Any]:
    """What a request is made from, as request.json and results show it."""
    return {"organization": order.subject.organization, "common_name": order.subject.common_name, "key_type": order.key_type}


# The steps of mend_steps.
MENDING = ("repair_links", "finish_move")

# Looking


def kept(store: Store, provider: str, *, to_discard: bool = False) -> StoredCertificates:
    """What the store keeps for this provider. Raises StoreError or InvalidInput where it cannot be read; to be discarded, a request need not be readable."""
    links = store.links(provider)
    versions = links.versions
    pending, current = versions.get("pending"), versions.get("current")
    unread = {"requested_at": None, "handed_out": False}
    lost = None if pending else unanswered(store, provider)
    return StoredCertificates(
        (unread if to_discard else read_about(pending)) if pending else None,
        certificate_of(store, provider, "current", current) if current else None,
        (unread if to_discard else read_about(lost)) if lost else None,
        "next" in versions,
        links.leftovers,
        links.detached,
    )


def picked_up(store: Store, provider: str) -> list[Certificate]:
    """The certificate of every version there ever was; not of the pending one, which a kill may have left with its certificate."""
    pending = store.version(provider, "pending")
    files = [each / CERTIFICATE for each in store.versions(provider) if each != pending]
    return [certificate_of(store, provider, f"versions/{each.parent.name}", each.parent) for each in files if each.exists()]


def source_of(version: Path) -> Source:
    """Key and certificate of a version, as they are presented. Versions of before there was a full chain go without."""
    whole = f"{version}/{FULL_CHAIN}"
    return Source(whole if os.path.exists(whole) else f"{version}/{CERTIFICATE}", f"{version}/{KEY}")


def pair_of(store: Store, provider: str, link: str, version: Path, siret: str) -> KeyPair:
    """Key and certificate of the version behind this link. Raises InvalidInput, which names both files, where they cannot be used together."""
    with _named(store, provider, link, FULL_CHAIN if os.path.exists(f"{version}/{FULL_CHAIN}") else CERTIFICATE, KEY):
        return read_key_pair(source_of(version), siret)


def certificate_of(store: Store, provider: str, link: str, version: Path) -> Certificate:
    """The certificate of the version behind this link. Raises InvalidInput, which names the file."""
    with _named(store, provider, link, CERTIFICATE):
        return load_chain(read_file(version / CERTIFICATE, "store"), "store")[0]


@contextmanager
def _named(store: Store, provider: str, link: str, *names: str) -> Iterator[None]:
    """A backup that was restored by halves, a disk that was full: which files these are, and what to do."""
    try:
        yield
    except InvalidInput as error:
        place = store.certificates(provider)
        files = " and ".join(str(place / link / name) for name in names)
        what = error.message.removeprefix(f"{error.details['field']}: ")
        raise InvalidInput(
            "store",
            f"what is kept for {provider} cannot be used: {what} ({files})",
            f"restore the folder {place} whole from a backup; where there is none, move it aside and run again: another certificate is then ordered",
            provider=provider,
        ) from error


def unanswered(store: Store, provider: str) -> Path | None:
    """The newest version, where it holds a whole request (request.json is written last) and no certificate."""
    newest = store.links(provider).newest
    if newest is None or os.path.exists(f"{newest}/{CERTIFICATE}"):
        return None
    return Path(newest) if all(os.path.isfile(f"{newest}/{name}") for name in (KEY, REQUEST, ABOUT)) else None


def read_about(version: Path) -> dict[str, Any]:
    """What request.json says of a request. Raises StoreError where it does not say it."""
    about = read_json(version / ABOUT)
    if not {"requested_at", "handed_out"} <= about.keys():
        raise StoreError(f"{version / ABOUT} is incomplete", "restore it from a backup, or discard the request (state: absent)")
    return about


def known_authorities(order: Order) -> tuple[ParsedCertificate, ...]:
    """The CA certificates that the user named. Raises InvalidInput."""
    path = order.psce_ca_file
    return load_bundle(read_file(path, "psce_ca_file"), "psce_ca_file", most=MAX_AUTHORITIES).certificates if path else ()


def find_delivered(order: Order, store: Store) -> tuple[DeliveredCertificate | None, tuple[str, ...]]:
    """(the newest certificate that people or the PSCE laid down for the pending key, files that answer an earlier request).

    Whatever was picked up before is passed over. One of the pending key that names another collectivité is refused aloud.
    """
    key = _pending_key(store, order.provider)
    spent, stale = {each.fingerprint for each in picked_up(store, order.provider)}, []
    for path in reversed(_laid_down(order, store)):
        bundle = load_bundle(read_file(path, "certificate"), path, order.passphrase)
        chain = summarise_certificates(bundle.certificates, path)
        if spent & {each.fingerprint for each in chain}:
            continue
        leaf = find_certificate_of_key(chain, key)
        if leaf is None:
            stale.append(path)
            continue
        check_owner(leaf, order.subject.siret, path)
        return DeliveredCertificate(path, leaf, bundle.certificates), tuple(stale)
    return None, tuple(stale)


def why_unusable(leaf: Certificate, now: datetime) -> dict[str, str] | None:
    """Why a certificate that was delivered is not picked up, by language; None where it is. Pure."""
    if leaf.not_after > now:
        return None
    end = leaf.not_after.date().isoformat()
    return {"fr": f"expiré depuis le {end}", "en": f"expired since {end}"}


def bad_delivery_step(provider: str, pending: dict[str, Any], delivered: DeliveredCertificate, now: datetime) -> tuple[Step, ...]:
    """Remember it, once, where it cannot be used. Pure."""
    reason = why_unusable(delivered.leaf, now)
    noted: dict[str, Any] = pending.get(BAD_DELIVERY) or {}
    if reason is None or noted.get("fingerprint") == delivered.leaf.fingerprint:
        return ()
    return (Step("note_delivery", f"the PSCE has delivered {delivered.path}, which cannot be used: {reason['en']}", provider),)


def unusable_waiting(store: Store, provider: str, delivered: DeliveredCertificate, pending: dict[str, Any], now: datetime) -> Waiting:
    """Who is waited for because of it: since it was first seen, if that is remembered. Pure."""
    noted: dict[str, Any] = pending.get(BAD_DELIVERY) or {}
    at = noted.get("at") if noted.get("fingerprint") == delivered.leaf.fingerprint else None
    found = {"path": delivered.path, "reason": why_unusable(delivered.leaf, now), "at": at}
    return answer_waiting(store, provider, {BAD_DELIVERY: found})


def note_unusable(store: Store, provider: str, delivered: DeliveredCertificate, now: datetime) -> None:
    """Remember a certificate that was laid down and cannot be used."""
    note_bad_delivery(store, provider, delivered.path, delivered.leaf.fingerprint, why_unusable(delivered.leaf, now) or {}, now)


def note_bad_delivery(store: Store, provider: str, path: str, fingerprint: str, reason: dict[str, str], now: datetime) -> None:
    """Into request.json of the pending request."""
    note(store, provider, {BAD_DELIVERY: {"path": path, "fingerprint": fingerprint, "reason": reason, "at": instant(now)}})


def _laid_down(order: Order, store: Store) -> list[str]:
    """Oldest first."""
    files = [str(each) for each in store.dropped_files(order.provider)]
    if order.pickup_folder:
        places = (Path(order.pickup_folder) / f"{order.stem}{suffix}" for suffix in DROPPED_SUFFIXES)
        files += [str(each) for each in places if each.is_file()]
    kept = store.version(order.provider, "pending")  # a run that was killed has laid it beside its key already: it is not asked for again
    return [*files, *([str(kept / CERTIFICATE)] if kept and (kept / CERTIFICATE).is_file() else [])]


# Doing


def new_request(order: Order, store: Store, now: datetime, rotates: str | None = None, cause: str = "") -> None:
    """A key and its request, in the store alone. rotates: fingerprint of the certificate that the new one is to follow. cause: why, for the ledger.

    Raises OrderLimit where the store has seen as many orders as it may in a day.
    """
    store.claim_order(now, order.provider, cause, order.limit)
    key, request = make_request(order.subject, order.key_type)
    about = declared(order) | {"requested_at": instant(now), "handed_out": False} | ({ROTATES: rotates} if rotates else {})
    sheet = _sheet(order, store, request, about)
    store.new_version(order.provider, {KEY: key, REQUEST: request, SHEET: sheet, ABOUT: _json(about)})


def hand_out(order: Order, store: Store) -> None:
    """Request and order sheet, in the folder that people or a program of the PSCE look into; the sheet first: who sees the request has it."""
    if not order.drop_folder:
        return
    request, about = _read_pending(store, order.provider, REQUEST), _about(store, order.provider)
    drop = Path(order.drop_folder)
    store.write(drop / f"{order.stem}.md", _sheet(order, store, request, about), mode=0o644)
    store.write(drop / f"{order.stem}.csr", request, mode=0o644)
    note(store, order.provider, {"handed_out": True})


def pick_up(provider: str, store: Store, delivered: DeliveredCertificate, known: tuple[ParsedCertificate, ...], now: datetime) -> None:
    """Lay the certificate, with its chain, beside its key."""
    _complete(provider, store, issued_files(delivered.leaf, delivered.given, known, now))


def keep_pair(provider: str, store: Store, pair: KeyPair, known: tuple[ParsedCertificate, ...], now: datetime) -> None:
    """A key that was made elsewhere, with its certificate, as the version in use."""
    store.new_version(provider, {KEY: key_pem(pair.key), **issued_files(pair.leaf, pair.others, known, now)}, link="current")


def enroll(
    order: Order, store: Store, known: tuple[ParsedCertificate, ...], counts: Counter[str], redactor: Redactor, now: datetime
) -> Waiting | None:
    """Ask the PSCE's EST service for the certificate of the pending request, and keep it; who is waited for, where it does not come at once."""
    est = order.est
    if est is None:
        raise InvalidInput("est_url", "is not set", "declare antai_est_url, or order through the folders")
    request = describe_request(_read_pending(store, order.provider, REQUEST))
    client = EstClient(est, counts, redactor)
    try:
        authorities = client.cacerts(known)
        _check_clock(order, client.clock_offset, now)
        _claim_repetition(order, store, now)
        answer = client.enroll(request.der)
    except TransportError as error:
        if error.ambiguous:
            note(store, order.provider, {ANSWER_LOST: True})
        raise
    finally:
        client.close()
    if isinstance(answer, EnrolmentPending):
        # One second more: `now` was cut to the second.
        note(store, order.provider, _asked(est) | {"retry_at": instant(now + timedelta(seconds=answer.seconds + 1)), "refused": None})
    elif isinstance(answer, EnrolmentRefused):
        note(store, order.provider, _asked(est) | {"retry_at": None, "refused": answer.reason})
    else:
        try:
            leaf = _enrolled(order, store, answer, (*known, *authorities))
        except UnexpectedAnswer as error:  # it was issued, and paid, all the same
            note_bad_delivery(store, order.provider, est.url, "", dict.fromkeys(("fr", "en"), error.message), now)
            raise
        unusable = why_unusable(leaf, now)
        if unusable:
            note_bad_delivery(store, order.provider, est.url, leaf.fingerprint, unusable, now)
            return answer_waiting(store, order.provider, _about(store, order.provider), order)
        _complete(order.provider, store, issued_files(leaf, (*answer.certificates, *authorities), known, now))
        return None
    return answer_waiting(store, order.provider, _about(store, order.provider), order)


def _check_clock(order: Order, offset: timedelta | None, now: datetime) -> None:
    """Raises OrderStopped where our clock differs from the PSCE's by more than it may."""
    if offset is None or abs(offset) <= CLOCK_TOLERANCE:
        return
    waiting = Waiting("order_clock", None, {"provider": order.provider, "seconds": round(offset.total_seconds())})
    error = OrderStopped(waiting.as_dict(order.language, now)["next_action"]["text"])
    error.code = waiting.code
    raise error


def _claim_repetition(order: Order, store: Store, now: datetime) -> None:
    """Whose answer to the last time was lost may issue, and be paid for, once more: that counts as an order. Raises OrderLimit."""
    if _about(store, order.provider).get(ANSWER_LOST):
        store.claim_order(now, order.provider, "the PSCE is asked again, its answer was lost", order.limit)


def _complete(provider: str, store: Store, files: dict[str, bytes]) -> None:
    """The answer in its place, which the request itself tells."""
    store.complete_version(provider, files, "next" if _about(store, provider).get(ROTATES) else "current")


def discard(store: Store, provider: str) -> None:
    """Drop the request that is not answered, with its key; one that has lost its link, too."""
    if not store.version(provider, "pending"):
        store.link_newest(provider, "pending")
    store.discard_pending(provider)


def _enrolled(order: Order, store: Store, answer: CertificateIssued, authorities: tuple[ParsedCertificate, ...]) -> Certificate:
    """The certificate that was asked for, or UnexpectedAnswer."""
    try:
        chain = summarise_certificates(answer.certificates, "simpleenroll")
        leaf = find_leaf_of_key(chain, _pending_key(store, order.provider), order.subject.siret, "simpleenroll")
    except InvalidInput as error:
        raise UnexpectedAnswer(
            error.message, "this is not what was asked for: show it to the PSCE; nothing was kept", **error.details
        ) from error
    if leaf.fingerprint not in {each.fingerprint for each in issued_under(answer.certificates, authorities)}:
        raise UnexpectedAnswer(
            "simpleenroll: the certificate comes from none of the CAs that the PSCE shows (cacerts) and that psce_ca_file names",
            "show it to the PSCE; nothing was kept",
            fingerprint=leaf.fingerprint,
        )
    return leaf


def issued_files(
    leaf: Certificate, given: tuple[ParsedCertificate, ...], known: tuple[ParsedCertificate, ...], now: datetime
) -> dict[str, bytes]:
    """What a version keeps of an issued certificate; the chain is completed from what came with it and from the CAs that are known.

    Of a CA that was renewed or cross-signed it has the certificate that is valid now.
    """
    above = complete_chain(load_bundle(leaf.pem, "certificate").certificates[0], given, known, now)
    presented = tuple(each for each in above if each.issuer != each.subject)
    return {CERTIFICATE: leaf.pem, CHAIN: _pem(above), FULL_CHAIN: leaf.pem + _pem(presented)}


def note(store: Store, provider: str, facts: dict[str, Any]) -> None:
    """Into request.json of the pending request."""
    folder = _pending(store, provider)
    store.write(folder / ABOUT, _json(read_json(folder / ABOUT) | facts))


# Telling


def mend_steps(provider: str, leftovers: tuple[str, ...], detached: tuple[str, ...]) -> tuple[Step, ...]:
    """What is to be done about links before anything else. leftovers, detached: as Links has them. Pure."""
    steps = []
    if detached:
        reason = f"the store was restored without its links ({', '.join(detached)}); what they led to is told by the versions themselves"
        steps.append(Step("repair_links", reason, provider))
    if leftovers:
        steps.append(Step("finish_move", f"a run was killed between two links ({', '.join(leftovers)})", provider))
    return tuple(steps)


def mend(step: Step, store: Store, provider: str) -> None:
    """Do a step of mend_steps."""
    if step.code == "repair_links":
        store.repair_links(provider)
    else:
        store.tidy(provider)


def going_on(order: Order, store: Store, pending: dict[str, Any] | None, now: datetime) -> tuple[tuple[Step, ...], Waiting]:
    """(what is to be done about a request that is not answered, who is waited for). Pure.

    pending: what request.json says; None: the request is still to be made. A refused one is asked again only where the declaration differs.
    """
    provider = order.provider
    waiting = answer_waiting(store, provider, pending, order)
    if pending is None:
        return (*hand_out_step(order, None), *enroll_step(order)), waiting
    if pending.get(BAD_DELIVERY):  # it was delivered, and paid: whoever asks again pays again
        return (), waiting
    if pending.get("refused"):
        if not order.est or asked_as_declared(order, pending):
            return (), waiting
        if differing(order, pending):
            why = "the PSCE refused it, and the declaration differs from it"
            again, waiting = going_on(order, store, None, now)
            return (Step("discard_request", why, provider), Step("make_request", why, provider), *again), waiting
        return enroll_step(order), answer_waiting(store, provider, pending | {"refused": None}, order)
    if order.est:
        return () if _still_closed(pending, now) else enroll_step(order, pending), waiting
    return hand_out_step(order, pending), waiting


def differing(order: Order, pending: dict[str, Any]) -> list[str]:
    """The fields in which the declaration differs from the request."""
    return [field for field, value in declared(order).items() if pending.get(field) != value]


def warnings(order: Order, pending: dict[str, Any], stale: tuple[str, ...]) -> tuple[str, ...]:
    """stale: as find_delivered tells it."""
    told = [f"{path} answers an earlier request of {order.provider}, and is passed over: remove it" for path in stale]
    different = differing(order, pending)
    if different:
        told.append(
            f"the pending request of {order.provider} was made with another {', '.join(different)}; "
            "to order anew, discard it first (state: absent)"
        )
    return tuple(told)


def _still_closed(pending: dict[str, Any], now: datetime) -> bool:
    """Whether the PSCE asked not to be asked again before a time that is to come."""
    try:
        return parse_date(str(pending.get("retry_at"))) > now
    except ValueError:
        return False


def hand_out_step(order: Order, pending: dict[str, Any] | None) -> tuple[Step, ...]:
    """Where there is a folder for it, and the PSCE has no service to be asked."""
    if order.est or not order.drop_folder or (pending and pending["handed_out"]):
        return ()
    return (Step("hand_out", "the PSCE has not been given the request yet", order.provider),)


def enroll_step(order: Order, pending: dict[str, Any] | None = None) -> tuple[Step, ...]:
    """Where the PSCE has a service. One that has the request already is only asked whether it has decided."""
    if not order.est:
        return ()
    if pending and pending.get("retry_at"):
        return (Step("ask_again", f"the PSCE said to ask again from {pending['retry_at']} on", order.provider),)
    return (Step("enroll", "the PSCE's EST service is asked for the certificate", order.provider),)


def answer_waiting(store: Store, provider: str, pending: dict[str, Any] | None, order: Order | None = None) -> Waiting:
    """Who is waited for about a request that is not answered. pending: what request.json says; None: it is still to be made.

    order: what is declared now; None: only the store is known.
    """
    pending = pending or {}
    since = pending.get("requested_at")
    in_store = store.certificates(provider) / "pending" / REQUEST
    if bad := pending.get(BAD_DELIVERY):
        about = {"provider": provider, "csr": str(in_store), "path": bad["path"], "reason": bad["reason"]}
        return Waiting("delivery_unusable", bad["at"], about)
    if pending.get("refused"):
        return Waiting("request_refused", since, {"provider": provider, "reason": pending["refused"]})
    drop = (order and order.pickup_folder) or str(store.dropped(provider))
    about = {"provider": provider, "drop": drop}
    if order.est if order else pending.get("retry_at"):
        url = order.est.url if order and order.est else pending.get("est_url")
        return Waiting("certificate_issue", since, about | {"url": url, "retry": pending.get("retry_at")}, "certificate_issue_est")
    request = Path(order.drop_folder) / f"{order.stem}.csr" if order and order.drop_folder else in_store
    return Waiting("certificate_issue", since, about | {"csr": str(request)})


def asked_as_declared(order: Order, pending: dict[str, Any]) -> bool:
    """Whether the PSCE's refusal answers what is declared now: the same request, by the same account, at the same address."""
    asked = declared(order) | (_asked(order.est) if order.est else {})
    return all(pending.get(name) == value for name, value in asked.items())


def _asked(est: EstService) -> dict[str, Any]:
    return {"est_url": est.url, "est_username": est.username}


def _sheet(order: Order, store: Store, request: bytes, about: dict[str, Any]) -> bytes:
    text = order_sheet(
        describe_request(request),
        siret=order.subject.siret,
        provider=order.provider,
        requested_at=about["requested_at"],
        contact=order.contact,
        file=f"{order.stem}.csr" if order.drop_folder else REQUEST,
        drop=order.pickup_folder or str(store.dropped(order.provider)),
        language=order.language,
    )
    return text.encode()


def _pending(store: Store, provider: str) -> Path:
    folder = store.version(provider, "pending")
    if folder is None:
        raise StoreError(f"{store.certificates(provider)} has no pending request", "request a certificate first")
    return folder


def _read_pending(store: Store, provider: str, name: str) -> bytes:
    return read_file(_pending(store, provider) / name, "store")


def _pending_key(store: Store, provider: str) -> Any:
    """Raises InvalidInput, which names the file."""
    content = _read_pending(store, provider, KEY)
    try:
        return load_private_key(content, "store")
    except InvalidInput as error:
        path = store.certificates(provider) / "pending" / KEY
        raise InvalidInput(
            "store",
            f"{path}: this is no unencrypted private key in PEM",
            "restore it from a backup, or discard the request (state: absent)",
        ) from error


def _about(store: Store, provider: str) -> dict[str, Any]:
    return read_about(_pending(store, provider))


def _pem(certificates: tuple[ParsedCertificate, ...]) -> bytes:
    return b"".join(each.pem for each in certificates)


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, indent=1, sort_keys=True).encode() + b"\n"
