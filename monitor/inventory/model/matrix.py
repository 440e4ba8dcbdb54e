"""A matrix of roles as the inventory declares it: who signs in, with what, and what they may see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from monitor.inventory.model.base import Once, Section, Some
from monitor.inventory.values.scalars import Asked, Id, Path, Port, Reference, Switch, Text, shown
from monitor.inventory.yaml_source import Fault, Loc, entries
from probes.matrix import CanaryObject, Matrix, Rule, Subject

OBJECT = "{object}"


class MatrixSubject(Section):
    """One role with one scope, and the credential of an account that its owner made for this."""

    id: Id = Field(description="Short name, such as `admin-of-a`.")
    tenant: Id | None = Field(default=None, description="The tenant whose data it may see; left out: nobody's.")
    kind: Literal["anonymous", "bearer", "basic", "cookie", "form"] = Field(
        default="anonymous",
        description="How it signs in: by a token, by user and password, by a cookie, by the form of `sign_in`, or not.",
    )
    credential: Reference | None = Field(
        default=None,
        description="Where its credential is: a token, `user:password` (of a form too), or `name=value` of a cookie. "
        "`env:NAME` or `file:/path`.",
    )


class MatrixCanary(Section):
    """An object that the owner made in the portal for one tenant."""

    tenant: Id = Field(description="The tenant that it belongs to.")
    token: Reference = Field(
        description="Where the text is that stands in it and nowhere else: 12 to 64 letters, digits and hyphens."
    )
    object: Asked | None = Field(default=None, description="Its own path, for rules that name no path.")


class MatrixRule(Section):
    """One thing to ask for, and who may have it."""

    id: Id = Field(description="Short name of the rule.")
    get: Asked | None = Field(default=None, description="What is asked for; left out: each canary's own path.")
    allow: Annotated[tuple[Id, ...], Once] = Field(
        default=(), description="Subjects that may see it; of a canary's own path, those of its tenant."
    )
    shows_own: Switch = Field(default=True, description="Whether the canary of one's own tenant stands in the answer.")
    all_tenants: Switch = Field(
        default=False, description="Whether the subjects that may see it may see the data of every tenant."
    )


class SignInPage(Section):
    """The form by which subjects of the kind `form` sign in. It is sent once, to this address alone."""

    provider: Id | None = Field(
        default=None,
        description="The asset of the identity provider (OpenID Connect or SAML) whose form it is; left out: the "
        "portal's own.",
    )
    start: Asked | None = Field(
        default=None, description="With `provider`: the path of the portal that leads there, such as `/login`."
    )
    back: Path | None = Field(
        default=None,
        description="With `provider`: the path of the portal that takes the provider's answer by POST (SAML, or OpenID "
        "Connect with `form_post`), such as `/saml/acs`.",
    )
    page: Asked = Field(
        description="The page with the form, such as `/login`. Of a provider: with any query; one that ends with `/` "
        "stands for all below it."
    )
    to: Asked | None = Field(default=None, description="What the form is sent to; left out: the page itself.")
    user: Text = Field(default="username", description="The name of the field for the user.")
    password: Text = Field(default="password", description="The name of the field for the password.")


class RoleMatrix(Section):
    """Who may see what on a portal: asked by every subject, judged by canaries."""

    port: Port = Field(default=443, description="The port that is asked.")
    tls: Switch = Field(default=True, description="Whether it is asked in TLS; if not, credentials go in clear.")
    subjects: Annotated[tuple[MatrixSubject, ...], Some] = Field(description="Who asks.")
    canaries: Annotated[tuple[MatrixCanary, ...], Some] = Field(description="What tells whose data is shown.")
    rules: Annotated[tuple[MatrixRule, ...], Some] = Field(description="What is asked for.")
    sign_in: SignInPage | None = Field(default=None, description="The form for subjects of the kind `form`.")
    sign_out: Path | None = Field(
        default=None, description="A path that ends a session when it is fetched: afterwards the session must be dead."
    )

    def value(self) -> Matrix:
        """The matrix as a probe knows it: without a secret."""
        tested = {one for rule in self.rules for one in rule.allow}
        return Matrix(
            tuple(Subject(one.id, one.tenant or "", one.kind == "anonymous") for one in self.subjects),
            tuple(CanaryObject(one.tenant, one.object or "") for one in self.canaries),
            tuple(Rule(one.id, one.get or OBJECT, one.allow, one.shows_own, one.all_tenants) for one in self.rules),
            tuple(one.id for one in self.subjects if one.kind != "anonymous" and one.id not in tested),
            self.sign_out or "",
        )


def faults(loc: Loc, written: Any) -> Iterator[Fault]:
    """What does not fit together in a matrix as it was written: names given twice or to nobody, credentials."""
    if not isinstance(written, dict):
        return
    subjects, canaries, rules = (entries(written, key) for key in ("subjects", "canaries", "rules"))
    ids = [one.get("id") for _, one in subjects]
    if any(one.get("kind") == "form" for _, one in subjects) != (written.get("sign_in") is not None):
        yield Fault(loc, "`sign_in` says which form subjects of the kind `form` sign in by: one needs the other")
    form = written.get("sign_in")
    if isinstance(form, dict) and (form.get("provider") is None) != (form.get("start") is None):
        yield Fault((*loc, "sign_in"), "`start` says where the portal leads to its `provider`: one needs the other")
    tenants = {one.get("tenant") for _, one in canaries}
    for index, subject in subjects:
        at = (*loc, "subjects", index)
        if ids.index(subject.get("id")) != index:
            yield Fault((*at, "id"), f"subject {shown(subject.get('id'))} is declared twice")
        if (subject.get("kind", "anonymous") == "anonymous") != (subject.get("credential") is None):
            yield Fault(at, "a credential belongs to every kind of subject but `anonymous`")
        if subject.get("tenant") is not None and subject["tenant"] not in tenants:
            yield Fault((*at, "tenant"), f"tenant {shown(subject['tenant'])} has no canary")
    tokens: dict[Any, Any] = {}
    for index, canary in canaries:
        if tokens.setdefault(canary.get("tenant"), canary.get("token")) != canary.get("token"):
            yield Fault((*loc, "canaries", index, "token"), "canaries of one tenant have one token")
    for index, rule in rules:
        at = (*loc, "rules", index)
        for one in rule.get("allow") or () if isinstance(rule.get("allow"), list) else ():
            if one not in ids:
                yield Fault((*at, "allow"), f"unknown subject {shown(one)}")
        if rule.get("get") is None and not any(one.get("object") for _, one in canaries):
            yield Fault(at, "a rule without `get` asks for each canary's own path, and no canary has an `object`")
