"""What a bucket's own grants say, where a stranger can read them: access control lists, policies, policy status."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from probes.recognise.buckets.s3 import complete
from probes.recognise.buckets.xml import read

Holder = Literal["everyone", "any-account"]

# S3 API, "Access control list (ACL) overview", predefined groups.
_GROUPS: dict[str, Holder] = {"/groups/global/allusers": "everyone", "/groups/global/authenticatedusers": "any-account"}
_CANNED: dict[str, tuple[str, ...]] = {"public-read": ("READ",), "public-read-write": ("READ", "WRITE")}
_WRITES = (
    "s3:putobject", "s3:deleteobject", "s3:putobjectacl", "s3:putbucketacl", "s3:putbucketpolicy", "s3:deletebucket",
    "s3:deleteobjectversion",
)  # fmt: skip
_MOST_STATEMENTS = 10_000


@dataclass(frozen=True, slots=True)
class Grants:
    """The grants of an `AccessControlPolicy` to everyone and to every account; `others` counts the rest."""

    public: frozenset[tuple[Holder, str]]
    others: int = 0

    def gives(self, holder: Holder, *permissions: str) -> bool:
        """Whether one of `permissions`, or FULL_CONTROL, is granted to `holder`."""
        return any((holder, one) in self.public for one in (*permissions, "FULL_CONTROL"))

    @property
    def writable(self) -> bool:
        """Whether strangers may write objects, or the grants themselves."""
        return self.gives("everyone", "WRITE", "WRITE_ACP")


@dataclass(frozen=True, slots=True)
class Policy:
    """What a bucket policy allows to everyone, as far as its statements say it."""

    statements: int
    writable: bool = False
    """Whether a statement without a condition lets everyone write, and none denies it."""
    writable_if: bool = False
    """Whether a statement lets everyone write who fulfils its condition: whether a stranger does is not known."""


def read_grants(body: bytes) -> Grants | None:
    """The grants of an `AccessControlPolicy` (S3 API, GetBucketAcl), or None. Raises nothing.

    Alibaba writes one canned word instead of grantees (OSS API, GetBucketAcl).
    """
    root, whole, _ = read(body)
    if root is None or root.name != "AccessControlPolicy":
        return None
    grants = root.first("AccessControlList")
    if grants is None:
        return None
    cut = not whole and root.children[-1] is grants
    found: set[tuple[Holder, str]] = set()
    others = 0
    for node in complete(grants, not cut):
        if node.name != "Grant":
            continue
        if not node.children:
            found |= {("everyone", word) for word in _CANNED.get(node.text.strip(), ())}
            continue
        uri = node.said("Grantee/URI").lower()
        holder = next((who for end, who in _GROUPS.items() if uri.endswith(end)), None)
        if holder is None:
            others += 1
        else:
            found.add((holder, node.said("Permission").upper()))
    return Grants(frozenset(found), others)


def read_policy(body: bytes) -> Policy | None:
    """The policy that a body is (S3 API, GetBucketPolicy: the document itself), or None. Raises nothing."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or not isinstance(value.get("Statement"), list | dict):
        return None
    written = value["Statement"]
    statements = [one for one in (written if isinstance(written, list) else [written]) if isinstance(one, dict)]
    statements = statements[:_MOST_STATEMENTS]
    allows = [one for one in statements if one.get("Effect") == "Allow" and _everyone(one) and _may_write(one)]
    denies = any(
        one.get("Effect") == "Deny" and _everyone(one) and _may_write(one) and not one.get("Condition")
        for one in statements
    )
    plain = any(not one.get("Condition") for one in allows)
    return Policy(len(statements), plain and not denies, bool(allows) and not denies and not plain)


def read_policy_status(body: bytes) -> bool | None:
    """What a `PolicyStatus` says of a bucket: whether its policy is public (S3 API, GetBucketPolicyStatus)."""
    root, _, _ = read(body)
    if root is None or root.name != "PolicyStatus":
        return None
    return {"true": True, "false": False}.get(root.said("IsPublic").lower())


def _everyone(statement: dict[str, object]) -> bool:
    """Whether a statement speaks of everyone (IAM User Guide, "Principal": `*`, or `*` among the accounts)."""
    principal = statement.get("Principal")
    if isinstance(principal, dict):
        return any("*" in _words(names) for names in principal.values())
    return "*" in _words(principal) or "NotPrincipal" in statement


def _may_write(statement: dict[str, object]) -> bool:
    actions = _words(statement.get("Action"))
    if any(matches(pattern.lower(), action) for pattern in actions for action in _WRITES):
        return True
    others = _words(statement.get("NotAction"))
    return bool(others) and not any(matches(pattern.lower(), "s3:putobject") for pattern in others)


def _words(value: object) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items[:1000] if isinstance(item, str)]


def matches(pattern: str, text: str) -> bool:
    """Whether a policy's pattern (`*` any letters, `?` one) is `text`: in time by the product of both lengths."""
    at, star, mark, place = 0, -1, 0, 0
    while place < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, mark = at, place
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", text[place]):
            at += 1
            place += 1
        elif star >= 0:
            at, mark = star + 1, mark + 1
            place = mark
        else:
            return False
    return not pattern[at:].strip("*")
