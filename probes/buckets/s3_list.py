"""The list of an S3 bucket: asked in either way, followed once to the right region, whole or under a prefix."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace

from probes.api import BucketTarget, Check
from probes.buckets.addresses.providers import provider_of
from probes.buckets.bucket_verdict import exposed, witnesses
from probes.buckets.s3_answers import Refusal, bare, refusal
from probes.buckets.s3_asks import LIST, OLDER_LIST, S3Endpoint, moved, start, under
from probes.reasons import ClosedReason, OpenReason, UndecidedReason
from probes.recognise.buckets.engines import SEAWEEDFS, engine
from probes.recognise.buckets.errors import region
from probes.recognise.buckets.object_keys import sent
from probes.recognise.buckets.s3 import BucketPage, bucket_page
from probes.requests.http import Answer, Ask, Ending, NoAnswer, Reply, Request, Response, one


@dataclass(frozen=True, slots=True)
class Listed:
    """What came of the list: where it was asked in the end, and the page or the refusal."""

    at: S3Endpoint
    query: str
    answer: Answer
    page: BucketPage | None
    said: Refusal
    """What the answer says where it is no page; it means nothing beside one."""

    @property
    def again(self) -> Request:
        """The same question for a second look, of a few keys alone."""
        return self.at.ask(few(self.query))


@dataclass(frozen=True, slots=True)
class Prefix:
    """A prefix to ask for: its check, itself as people write it, and what is said for it where it was learnt."""

    check: str
    text: str
    said: str = ""


def ask_list(target: BucketTarget) -> Generator[Ask, Reply, Listed]:
    """Ask for the list, in the older way where the newer is not known, and once more where another region is named."""
    first = yield from _asked(target, start(target), LIST)
    if first.page is not None or isinstance(first.answer, NoAnswer):
        return first
    if first.said.why is UndecidedReason.WRONG_REGION:
        return (yield from _followed(target, first))
    if first.answer.status in (400, 405, 501):
        # IBM COS and ten more providers know ListObjects alone; most ignore list-type, some refuse it.
        older = yield from _asked(target, first.at, OLDER_LIST)
        return older if older.page is not None or older.said.verdict == "clear" else first
    return first


def _asked(target: BucketTarget, at: S3Endpoint, query: str) -> Generator[Ask, Reply, Listed]:
    answer = yield from one(at.ask(query))
    said = refusal(target, at, answer)
    if said.why is ClosedReason.NOT_FOUND:
        # A front that asks its store for an index document instead: whether the store lists is not asked here.
        said = replace(
            said, verdict="unknown", why=UndecidedReason.NOT_OFFERED, detail="a front asks for an object instead"
        )
    if said.why is ClosedReason.DENIED and isinstance(answer, Response) and engine(answer.headers) == SEAWEEDFS:
        said = replace(said, why=ClosedReason.PRIVATE_OR_MISSING, detail="this store refuses a missing bucket alike")
    page = page_of(answer)
    if page is not None and _of_another(target, page):
        page, said = None, Refusal("unknown", UndecidedReason.NOT_A_STORE, "the list says to be of another bucket")
    return Listed(at, query, answer, page, said)


def _followed(target: BucketTarget, first: Listed) -> Generator[Ask, Reply, Listed]:
    if not isinstance(first.answer, Response):
        return first
    place = moved(target, first.at, first.answer, first.said.error)
    if place is None and not region(first.answer.headers.get("x-amz-bucket-region")):
        # S3 API, HeadBucket: the region stands in its headers whatever the status.
        head = yield from one(first.at.head())
        place = moved(target, first.at, head, None) if isinstance(head, Response) else None
    if place is None:
        return first
    then = yield from _asked(target, place, LIST)
    if isinstance(then.answer, NoAnswer):
        why = then.answer.why.value
        return replace(
            first, said=Refusal("unknown", UndecidedReason.WRONG_REGION, f"the endpoint named gave no answer ({why})")
        )
    if then.said.why is ClosedReason.NO_BUCKET:
        # Whoever sends us on knows the bucket: the two do not agree, and neither closes anything.
        return replace(
            first, said=Refusal("unknown", UndecidedReason.WRONG_REGION, "the endpoint named knows no such bucket")
        )
    return then


def lists_anything(target: BucketTarget, at: S3Endpoint) -> Generator[Ask, Reply, bool]:
    """Whether a declared endpoint lists whatever bucket it is asked for: then it shows nothing of this one.

    Providers with endpoints of their own are known not to; a name that cannot exist is asked for beside a path alone.
    """
    provider = provider_of(target.provider)
    if not target.bucket or not at.root or target.domain or (provider is not None and provider.ask):
        return False
    beside = replace(at, root=f"{at.root.rpartition('/')[0]}/{target.nonce}")
    return page_of((yield from one(beside.ask(few(LIST))))) is not None


def _of_another(target: BucketTarget, page: BucketPage) -> bool:
    """Whether a list says to be of another bucket, where the provider's own endpoint answers for just one.

    An alias of an access point stands for a bucket of another name (S3 User Guide, "Access point aliases").
    """
    provider = provider_of(target.provider)
    if provider is None or not provider.ask or not target.bucket or target.domain or not page.name:
        return False
    alias = target.bucket.endswith(("-s3alias", "--ol-s3", ".mrap"))
    return not alias and bare(page.name) != bare(target.bucket)


def page_of(answer: Answer) -> BucketPage | None:
    """The list that an answer is, or None."""
    return bucket_page(answer.body) if isinstance(answer, Response) and answer.status == 200 else None


def prefixes(target: BucketTarget, at: S3Endpoint) -> list[Prefix]:
    """The prefixes to ask for: the declared ones, and those that were once seen open."""
    found = {check_name(prefix): Prefix(check_name(prefix), prefix) for prefix in target.prefixes if prefix}
    for number, (check, key) in enumerate(witnesses(target), 1):
        if check.startswith("list "):
            found.setdefault(
                check, Prefix(check, key or check.removeprefix("list "), f"{at.root}/?{{prefix {number}}}")
            )
    return list(found.values())


def prefix_request(at: S3Endpoint, prefix: Prefix) -> Request:
    """The list under a prefix."""
    return replace(at.ask(under(LIST, prefix.text)), said=prefix.said)


def check_name(prefix: str) -> str:
    """The name of a prefix's check. It is one line: it stands in tables, and before a witness's key."""
    return "list " + "".join(letter if letter.isprintable() else sent(letter) for letter in prefix)


def list_door(name: str, page: BucketPage, answer: Answer) -> Check:
    """The check that a page opens. A page that we stopped reading is no incomplete one."""
    if not page.whole and isinstance(answer, Response) and answer.ending is not Ending.CUT:
        return exposed(name, OpenReason.LISTED_INCOMPLETE, "the page breaks off, or is not well-formed")
    if not page.keys and not page.truncated:
        return exposed(name, OpenReason.EMPTY_LISTABLE, "nothing in it yet: the next upload is public")
    more = " and more" if page.truncated or not page.whole else ""
    return exposed(name, OpenReason.LISTED, f"{len(page.keys)} keys and prefixes{more}")


def few(query: str) -> str:
    """The question for a few keys alone."""
    return query.replace("max-keys=1000", "max-keys=10")


def shows(page: BucketPage) -> Callable[[Answer], bool]:
    """Whether a second look shows the same bucket: a list again, with a key of the first where that had any."""

    def holds(answer: Answer) -> bool:
        again = page_of(answer)
        return again is not None and (not page.keys or not set(page.keys).isdisjoint(again.keys))

    return holds
