# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A store as one archive (tar.gz), links and all, that says what belongs in it; made, verified, and brought back where there is nothing.

The manifest comes last: an archive that was cut has none. It names the store, the head of its journal, and each file by its SHA-256.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from ..dates import instant, utc_now
from ..errors import InvalidInput, StoreError
from .chain import JOURNAL, read_head
from .files import PREFIX, SUFFIX, TEMPORARY, guarded, locked_temporary, make_folder, make_private, remove_leftovers
from .identity import is_empty, read_identity
from .journal_check import check_chain
from .layout import Layout
from .lock import LOCK, hold, wait_for_store
from .tree import leads_to_version

MANIFEST = "manifest.json"
MEMBER = re.compile(r"(?!/)(?:(?!\.\.?(?:/|$))[^/]+/)*(?!\.\.?(?:/|$))[^/]+")
SPEC: dict[str, dict[str, Any]] = {
    "operation": {"type": "str", "choices": ["backup", "verify", "restore"], "required": True},
    "archive": {"type": "path", "required": True},
    "store": {"type": "path"},
}
BROKEN = "use another backup, and find out what has become of this one"


@dataclass(frozen=True)
class Manifest:
    """files: path -> SHA-256. links: path -> where it leads to. Folders stand in neither: they come with what lies in them, or empty in `folders`."""

    store: str
    created_at: str
    head: dict[str, Any]
    files: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    folders: tuple[str, ...] = ()

    @property
    def collectivites(self) -> list[str]:
        return sorted({path.partition("/")[0] for path in (*self.files, *self.links) if path.partition("/")[0].isdigit()})

    def summary(self) -> dict[str, Any]:
        counts = {"collectivites": len(self.collectivites), "files": len(self.files), "links": len(self.links)}
        keys = sum(path.endswith("/key.pem") for path in self.files)
        return {"store": self.store, "created_at": self.created_at, "journal_head": self.head, **counts, "keys": keys}


def keep_backup(parameters: Mapping[str, Any], writes: bool) -> dict[str, Any]:
    """As the documentation of antai_store_backup has it. writes: not in check mode. Raises InvalidInput and StoreError."""
    archive = Path(parameters["archive"])
    if not archive.is_absolute():
        raise InvalidInput("archive", f"{parameters['archive']!r} is not an absolute path", "give the whole path of the file")
    if parameters["operation"] == "verify":
        return {"changed": False, "backup": verify_archive(archive).summary()}
    if not parameters["store"]:
        raise InvalidInput("store", "is not set", "give the folder that antai_store declares")
    root = Path(Layout(parameters["store"], ".hosts").top)
    if parameters["operation"] == "backup":
        return {"changed": True, "backup": back_up(root, archive, writes).summary()}
    return {"changed": True, "backup": restore(archive, root, writes).summary()}


# Making one


def back_up(root: Path, archive: Path, writes: bool = True) -> Manifest:
    """All collectivités are held meanwhile: what is in the archive is of one moment. Raises Held where a run works on one of them, StoreError."""
    identity, head = read_identity(str(root)), read_head(str(root))
    if identity is None or head is None:
        raise StoreError(f"{root} is no store: it has no store.json", "give the folder that antai_store declares")
    with ExitStack() as locks:
        for folder in sorted(path for path in root.iterdir() if path.is_dir() and (path.name.isdigit() or path.name == ".hosts")):
            locks.enter_context(hold(folder))
        locks.enter_context(wait_for_store(root))
        head = read_head(str(root)) or head
        manifest = Manifest(identity.id, instant(utc_now()), head.as_dict())
        if not writes:
            return manifest
        make_folder(archive.parent)
        with guarded(archive):
            remove_leftovers(archive.parent)
            handle, temporary = locked_temporary(str(archive.parent))
            try:
                with os.fdopen(handle, "wb") as file:
                    manifest = _write_archive(file, root, manifest)
                    file.flush()
                    os.fsync(file.fileno())
                    os.replace(temporary, archive)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
    return manifest


def _write_archive(file: BinaryIO, root: Path, manifest: Manifest) -> Manifest:
    files, links, folders = {}, {}, []
    with tarfile.open(fileobj=file, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
        for path in _members(root):
            name = str(path.relative_to(root))
            if path.is_symlink():
                links[name] = os.readlink(path)
                archive.add(path, name, recursive=False)
            elif path.is_dir():
                folders.append(name)
            else:
                content = path.read_bytes()
                files[name] = hashlib.sha256(content).hexdigest()
                _add(archive, name, content)
        manifest = Manifest(manifest.store, manifest.created_at, manifest.head, files, links, tuple(folders))
        _add(archive, MANIFEST, json.dumps(vars(manifest), indent=1).encode())
    return manifest


def _members(root: Path) -> Iterator[Path]:
    """All below the folder, in order, but locks, what a killed run has left, and links of the user's own."""
    for path in sorted(root.iterdir()):
        if path.name == LOCK or TEMPORARY.fullmatch(path.name):
            continue
        if path.is_symlink():
            if leads_to_version(str(path.parent), os.readlink(path)):
                yield path
        elif path.is_dir():
            yield path
            yield from _members(path)
        elif path.is_file():
            yield path


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = len(content), 0o600, int(utc_now().timestamp())
    archive.addfile(member, io.BytesIO(content))


# Reading one


def verify_archive(archive: Path, into: Path | None = None) -> Manifest:
    """Read all of it, and compare it with its manifest. into: write it there, too. Raises StoreError where anything is missing, more, or different."""
    files: dict[str, str] = {}
    links: dict[str, str] = {}
    manifest: Manifest | None = None
    journal = b""
    try:
        with tarfile.open(archive, mode="r:gz") as tar:
            for member in tar:
                content = _content(tar, member, archive)
                if member.issym():
                    links[member.name] = member.linkname
                elif member.name == MANIFEST:
                    manifest = _manifest(content, archive)
                else:
                    files[member.name] = hashlib.sha256(content).hexdigest()
                    journal = content if member.name == JOURNAL else journal
                    if into:
                        _extract(into / member.name, content)
    except (OSError, EOFError, tarfile.TarError) as error:
        raise StoreError(f"{archive} cannot be read to its end: {error}", BROKEN) from error
    if manifest is None:
        raise StoreError(f"{archive} is not whole: its manifest, which comes last, is missing", BROKEN)
    different = sorted({*files.items(), *links.items()} ^ {*manifest.files.items(), *manifest.links.items()})
    if different:
        raise StoreError(f"{archive} does not hold what its manifest says: {', '.join(name for name, _content in different[:5])}", BROKEN)
    check = check_chain(journal, manifest.store)
    if check.problems or check.head.as_dict() != manifest.head:
        text = "; ".join(problem.text for problem in check.problems[:3]) or "it ends elsewhere than the manifest says"
        raise StoreError(f"{archive}: its journal is not whole ({text})", BROKEN)
    return manifest


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo, archive: Path) -> bytes:
    """Empty for a link. Raises StoreError for what no archive of ours holds."""
    if not MEMBER.fullmatch(member.name) or not (
        member.isreg() or (member.issym() and leads_to_version(os.path.dirname(member.name), member.linkname))
    ):
        raise StoreError(f"{archive} holds {member.name!r}, which no backup of a store does: nothing was restored", BROKEN)
    file = tar.extractfile(member) if member.isreg() else None
    return file.read() if file else b""


def _manifest(content: bytes, archive: Path) -> Manifest:
    try:
        record = json.loads(content)
        return Manifest(**{**record, "folders": tuple(record["folders"])})
    except (ValueError, TypeError, KeyError) as error:
        raise StoreError(f"{archive}: its manifest cannot be read: {error}", BROKEN) from error


def restore(archive: Path, root: Path, writes: bool = True) -> Manifest:
    """Bring the store back where there is none, whole or not at all. Raises StoreError, also where one lies there."""
    if not is_empty(str(root)) or read_identity(str(root)):
        raise StoreError(
            f"{root} is a store: nothing is restored over it", "move it away first; what it holds may be newer than the backup"
        )
    if not writes:
        return verify_archive(archive)
    make_folder(root.parent)
    with guarded(root):
        unpacked = Path(tempfile.mkdtemp(dir=root.parent, prefix=PREFIX, suffix=SUFFIX))
        try:
            manifest = verify_archive(archive, unpacked)
            for name in (*manifest.folders, *(os.path.dirname(link) for link in manifest.links)):
                if MEMBER.fullmatch(name):
                    make_private(unpacked / name)
            for name, target in manifest.links.items():
                (unpacked / name).symlink_to(target)
            if root.is_dir():
                root.rmdir()
            unpacked.rename(root)
        except BaseException:
            shutil.rmtree(unpacked, ignore_errors=True)
            raise
    return manifest


def _extract(path: Path, content: bytes) -> None:
    make_private(path.parent)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
