"""The probe `swift-container`: containers of OpenStack Swift, and of Ceph's gateway by its Swift door."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field, replace

from probes.api import BucketTarget, Dialogue, Probe
from probes.buckets.hearing import (
    PAGE,
    ROWS,
    Doors,
    Heard,
    Known,
    Mute,
    Opened,
    Shut,
    T,
    beside,
    first_bytes,
    known_keys,
    listed,
    object_ask,
    otherwise,
    prefixes,
    reads,
    silence,
    twice,
    unversioned,
)
from probes.buckets.held import dangling
from probes.buckets.vector import SHOWN, witness
from probes.proof import Proof, ProofStep
from probes.reasons import Why
from probes.recognise.buckets.object_rows import PAGED, Keys, path_of
from probes.recognise.buckets.swift import Engine, engine_of, is_static_web, read_swift, rgw_code, with_partial
from probes.recognise.listing.model import Listing
from probes.recognise.listing.recognise import recognise
from probes.requests.http import Answer, Ask, Ending, Reply, Request, Response

_OLD_ROWS = 100
_ORIGIN = "\0"
"""Before an origin in a witness of the list, which is kept for what is read by it too."""


def look(target: BucketTarget) -> Dialogue:
    """Look at one container: its list, its versions, the random key, known objects, and each declared origin."""
    here = _Container(target, Doors(target))
    return (yield from here.look())


@dataclass(slots=True)
class _Container:
    target: BucketTarget
    doors: Doors
    engines: set[Engine] = field(default_factory=set)
    shown: Response | None = None
    """The answer that listed the container: its headers count the objects."""

    def look(self) -> Dialogue:
        doors = self.doors
        # With its slash the path is the same container to Swift, and to Ceph's gateway the only one that lists.
        ask = self.list_ask()
        heard = yield from twice(doors, ask, self.hear_list)
        if isinstance(heard, Mute) and heard.final:
            doors.heard("list", heard)
            return (doors.verdict(),)
        if isinstance(heard, Shut) and heard.why is Why.NO_BUCKET:
            doors.all_shut(("list", "read", "versions"), heard)
            named = yield from dangling(doors, heard, ask, self.hear_list)
            return (doors.verdict(), *named)
        if isinstance(heard, Keys):
            listed(doors, heard)
            self.from_headers()
        else:
            doors.heard("list", heard)
            if isinstance(heard, Shut) and doors.once_open("acl"):
                doors.heard("acl", Shut(heard.why, "shown with the list alone"))
        yield from self.versions()
        yield from self.read()
        if isinstance(heard, Shut):
            yield from self.by_origin()
        yield from prefixes(doors, self.list_ask, self.hear_list)
        self.other_door()
        # Swift itself answers alike for private and missing; Ceph's gateway says which it is.
        told = heard if isinstance(heard, Keys) or (isinstance(heard, Shut) and self.rgw) else None
        named = yield from dangling(doors, told, ask, self.hear_list)
        return (doors.verdict(), *named)

    @property
    def rgw(self) -> bool:
        """Whether Ceph's gateway speaks."""
        return Engine.RGW in self.engines

    def list_ask(self, prefix: str = "") -> Request:
        """The container's list (OpenStack Object Store API, "Show container details and list objects").

        Only json: the text format parts names at a newline.
        """
        inside = f"&prefix={path_of('', prefix)[1:].replace('/', '%2F')}" if prefix else ""
        return Request("GET", f"{self.target.root}/?format=json&limit={ROWS}{inside}", PAGE)

    def hear_list(self, answer: Answer) -> Heard[Keys]:
        """What an answer to a list is."""
        deaf = silence(answer)
        if deaf is not None or not isinstance(answer, Response):
            return deaf or Mute(Why.BUG)
        engine = self.engine(answer)
        if answer.status in (200, 204) and engine is not Engine.NONE:
            self.shown = answer
        if answer.status == 200:
            return self.read_list(answer, engine)
        if answer.status == 204 and "x-container-object-count" in dict(answer.headers):
            keys = read_swift(b"[]", self.target.root, ROWS, dialect=True)
            return keys if isinstance(keys, Keys) else otherwise(answer)
        return self.refused(answer, engine)

    def read_list(self, answer: Response, engine: Engine) -> Heard[Keys]:
        """A list as JSON, or the page that staticweb writes in its stead; nothing else is one."""
        whole = answer.ending is Ending.WHOLE
        keys = read_swift(answer.body, self.target.root, ROWS, whole=whole, dialect=engine is not Engine.NONE)
        if isinstance(keys, Keys):
            return keys
        if engine is not Engine.NONE and is_static_web(answer.body):
            scheme = "https" if self.target.tls else "http"
            page = recognise(answer.body, f"{scheme}://{self.target.host}{self.target.root}/", whole=whole)
            if isinstance(page, Listing):
                return Keys(with_partial(page, page.partial or PAGED))
        return otherwise(answer)

    def refused(self, answer: Response, engine: Engine) -> Shut | Mute:
        """A refusal in Swift's or the gateway's own words; a bare status is somebody else's."""
        if engine is Engine.NONE:
            return otherwise(answer)
        code = rgw_code(answer.body)
        match answer.status:
            case 401 | 403 if self.rgw or answer.status == 403:
                return Shut(Why.DENIED)
            case 401:
                return Shut(Why.PRIVATE_OR_MISSING, "Swift answers alike for a private and a missing container")
            case 404 if code in ("", "NoSuchBucket"):
                return Shut(Why.NO_BUCKET)
            case 412:
                return Mute(Why.NOT_OFFERED, "the store refuses the question's limit or path")
            case 400 if code == "InvalidBucketName":
                return Mute(Why.STATUS_UNEXPECTED, "the gateway knows no such account, or takes the name for none")
        return otherwise(answer)

    def engine(self, answer: Response) -> Engine:
        """Who wrote an answer; what one of them tells holds for the rest."""
        engine = engine_of(answer.headers, b"" if answer.status == 206 else answer.body)
        self.engines.add(engine)
        return engine

    def from_headers(self) -> None:
        """The size of the container, and the grants that Ceph's gateway shows to whoever may list."""
        if self.shown is None:
            return
        named = dict(self.shown.headers)
        count, used = (named.get(f"x-container-{what}", "") for what in ("object-count", "bytes-used"))
        if count.isascii() and count.isdigit() and used.isascii() and used.isdigit() and len(count) + len(used) < 40:
            self.doors.facts.append(f"the store counts {int(count)} objects, {int(used)} bytes")
            page = self.doors.listing
            if page is not None and not page.partial and int(count) > len(page.entries):
                # Some Swifts send short pages with more to come: only an empty page ends a list.
                self.doors.listing = with_partial(page, PAGED)
        grants = {who.strip() for who in named.get("x-container-read", "").split(",")}
        writers = {who.strip() for who in named.get("x-container-write", "").split(",")}
        if "x-container-read" in named or "x-container-write" in named:
            self.doors.opened("acl", Why.ACL_READABLE, Proof(ProofStep.GRANTS_READABLE))
        if "*:*" in grants:
            self.doors.opened("any-account", Why.ANY_ACCOUNT, Proof(ProofStep.GRANTS_NAME_ACCOUNTS), kept=False)
        if {".r:*", "*:*"} & writers:
            self.doors.opened("write", Why.WRITE_GRANTED, Proof(ProofStep.GRANTS_LET_WRITE), kept=False)

    def versions(self) -> Generator[Ask, Reply, None]:
        """Old versions (Swift's object_versioning, `?versions`); Ceph's gateway takes no notice of the question."""
        if self.rgw:
            shut = self.doors.is_shut("list") and self.doors.once_open("versions")
            word: Shut | Mute = Mute(Why.NOT_OFFERED, "the gateway lists versions by its S3 door alone")
            self.doors.heard("versions", Shut(Why.DENIED) if shut else word)
            return
        ask = Request("GET", f"{self.target.root}/?versions&format=json&limit={_OLD_ROWS}", PAGE)
        heard = yield from twice(self.doors, ask, self.hear_list)
        if not isinstance(heard, Keys):
            self.doors.heard("versions", heard)
        elif not heard.versioned:
            self.doors.heard("versions", unversioned(self.doors, "no versions are kept here"))
        else:
            self.doors.opened("versions", Why.VERSIONS_LISTED, Proof(ProofStep.VERSIONS_LISTED))

    def other_door(self) -> None:
        """What was once seen open by the gateway's S3 door, and has no counterpart here: that door tells of it."""
        for name in ("uploads", "any-account", "write"):
            if self.rgw and name not in self.doors.found and self.doors.once_open(name):
                self.doors.heard(name, Shut(Why.NOT_OFFERED, "not asked by this protocol: the S3 door tells of it"))

    def random_ask(self, turn: str, headers: tuple[tuple[str, str], ...] = (), *, fresh: bool = False) -> Request:
        """The question for a key that cannot exist."""
        return object_ask(f"{self.target.root}/{self.target.nonce}{turn}.wav", "", headers, fresh=fresh)

    def hear_random(self, answer: Answer) -> Heard[Opened]:
        """The oracle: Swift says 404 to whoever may read the container, and 401 to everybody else.

        Not so Ceph's gateway, whose 404 tells of a grant to list.
        """
        deaf = silence(answer)
        if deaf is not None or not isinstance(answer, Response):
            return deaf or Mute(Why.BUG)
        engine = self.engine(answer)
        if answer.status in (200, 206):
            return Mute(Why.CATCH_ALL, "a key that cannot exist is answered with bytes")
        if answer.status == 404 and engine is not Engine.NONE and not self.rgw:
            return Opened()
        if answer.status == 404 and self.rgw:
            return Mute(Why.NO_KNOWN_KEY, "the gateway's 404 does not tell whether objects are readable")
        return self.refused(answer, engine)

    def hear_object(self, answer: Answer, key: str) -> Heard[Opened]:
        """What an answer to the question for a known object is."""
        deaf = silence(answer)
        if deaf is not None or not isinstance(answer, Response):
            return deaf or Mute(Why.BUG)
        engine = self.engine(answer)
        found = first_bytes(answer, key, speaks=engine is not Engine.NONE)
        if found is not None:
            return found
        if answer.status == 404 and engine is not Engine.NONE:
            return Mute(Why.NO_KNOWN_KEY, "the objects that are known are not there")
        return self.refused(answer, engine)

    def read(self) -> Generator[Ask, Reply, None]:
        """Objects: by the random key, which needs no name of any, and by known keys, which tell what they are."""
        doors = self.doors
        proven = doors.proven
        random = yield from twice(doors, self.random_ask(""), self.hear_random, self.random_ask("2"))
        doors.beside = beside(random)
        tries = known_keys(doors, self.target.root)
        if isinstance(random, Mute) and random.why is Why.CATCH_ALL:
            doors.heard("read", random)
            return
        heard = yield from reads(doors, tries, self.object_ask, self.hear_object)
        if isinstance(random, Opened) and doors.is_open("read"):
            return
        if isinstance(random, Opened) and isinstance(heard, Shut):
            doors.proven = proven
            doors.heard("read", Mute(Why.UNSTABLE, "a missing object answers otherwise than a known one"))
        elif isinstance(random, Opened):
            why = Why.READABLE if doors.is_open("list") else Why.READABLE_UNLISTED
            learnt = [known.key for known in tries if known.said and not doors.is_open("list")]
            doors.opened("read", why, Proof(ProofStep.MISSING_KEY_TOLD), "", *learnt)
        elif heard is not None:
            # Of the two words the random key's is the wider: it speaks of every object.
            known = isinstance(heard, Mute) and heard.why is not Why.NO_KNOWN_KEY
            settled = random if isinstance(random, Shut) and not known and not self.rgw else heard
            doors.heard("read", settled)

    def object_ask(self, known: Known) -> Request:
        """The question for a known object."""
        return object_ask(path_of(self.target.root, known.key), known.said)

    def by_origin(self) -> Generator[Ask, Reply, None]:
        """Grants to pages of an origin (`.r:*.example.com`): anybody may say to come from there, so they are open."""
        doors = self.doors
        kept = [key for key in doors.tried_again("list") if key.startswith(_ORIGIN)]
        for origin in dict.fromkeys((*self.target.referers, *(key.removeprefix(_ORIGIN) for key in kept))):
            said = (("Referer", origin),)
            heard = yield from twice(doors, replace(self.list_ask(), headers=said), self.hear_list)
            self.undecided("list", heard, kept=_ORIGIN + origin in kept)
            if isinstance(heard, Keys):
                doors.listing = doors.listing or heard.listing
                doors.opened("list", Why.REFERER_ONLY, Proof(ProofStep.ORIGIN_LISTS), _ORIGIN + origin)
                self.from_headers()
            if not doors.is_open("read"):
                yield from self.read_by_origin(origin, kept=_ORIGIN + origin in kept)
            if doors.is_open("list") and doors.is_open("read"):
                return

    def undecided(self, name: str, heard: Heard[T], *, kept: bool) -> None:
        """A door of which nothing was said to an origin: what others are refused says nothing of it."""
        before = self.doors.found.get(name)
        settled = before is not None and (before.verdict == "exposed" or before.why in SHOWN)
        if isinstance(heard, Mute) and not settled and heard.why is not Why.NO_KNOWN_KEY:
            weighs = kept or heard.silent or heard.why in SHOWN
            if weighs:
                self.doors.heard(name, heard)

    def read_by_origin(self, origin: str, *, kept: bool) -> Generator[Ask, Reply, None]:
        doors = self.doors
        said = (("Referer", origin),)
        step = Proof(ProofStep.ORIGIN_READS)
        again = self.random_ask("3", said)
        heard = yield from twice(doors, self.random_ask("", said), self.hear_random, again)
        self.undecided("read", heard, kept=kept)
        if isinstance(heard, Opened):
            doors.opened("read", Why.REFERER_ONLY, step)
            doors.seen_open.append(witness("list", _ORIGIN + origin))
            return
        shown = known_keys(doors, self.target.root) if self.rgw else ()
        for known in shown[:1]:
            ask = replace(self.object_ask(known), headers=(*self.object_ask(known).headers, *said))
            found = yield from twice(doors, ask, lambda answer, key=known.key: self.hear_object(answer, key))  # type: ignore[misc]
            self.undecided("read", found, kept=kept)
            if isinstance(found, Opened):
                doors.single, doors.size, doors.media = True, found.size, found.media
                doors.opened("read", Why.REFERER_ONLY, step, known.key)
                doors.seen_open.append(witness("list", _ORIGIN + origin))


SWIFT_CONTAINER: Probe[BucketTarget] = Probe(
    "swift-container",
    BucketTarget,
    look,
    "containers of OpenStack Swift and of Ceph's gateway: listed, readable though unlisted (told by a key that cannot "
    "exist), old versions, grants to declared origins, the container's size and grants where they are shown",
)
