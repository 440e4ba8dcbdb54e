"""Pages that say nothing about the place asked for: login walls, block pages, soft 404s, shells; and page likeness."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from probes.recognise.pages.block_pages import block_vendor
from probes.recognise.pages.bucket_lists import bucket_list
from probes.recognise.pages.descriptions import described, feed_of_words
from probes.recognise.pages.evidence import (
    OWN_SCRIPTS,
    asks,
    documents_interface,
    drawing_sources,
    drawn_by_script,
    fetches,
    may_store,
    no_text,
    own_sources,
    rendered_by_server,
    scripted,
    speaks,
    stands_by_itself,
    styled_without_rows,
    untold_data,
    whole_sources,
)
from probes.recognise.pages.held_data import holds, tells_of_data, untold_lines
from probes.recognise.pages.likeness import alike
from probes.recognise.pages.page_parts import PageParts, read_page
from probes.recognise.pages.plain import as_text, breaks_off, plain_body, shown_templates

__all__ = ["Page", "PageKind", "alike", "page"]


class PageKind(StrEnum):
    """What a page is, as far as it tells something of the place asked for.

    ORDINARY and DEFAULT_PAGE are positive: the page was read, and nothing in it could be a list of files. LOGIN_WALL
    and SOFT_404 say that the place is closed or missing. All others decide nothing.
    """

    LOGIN_WALL = "login-wall"
    BLOCK_PAGE = "block-page"
    SOFT_404 = "soft-404"
    SHELL = "shell"  # a script draws what the page shows
    LEADS_ELSEWHERE = "leads-elsewhere"  # a refresh, a scripted redirect or frames: what counts stands on another page
    CLICK_THROUGH = "click-through"  # a form with nothing to fill in: what counts comes after it
    BUCKET_LIST = "bucket-list"  # a store's list of its buckets
    DATA = "data"  # JSON, XML or lines of unknown meaning
    NO_TEXT = "no-text"  # binary bytes, or a body without a word
    BROKEN_OFF = "broken-off"  # markup that ends within a tag or an element: not all of the page is there
    DEFAULT_PAGE = "default-page"
    TLS_NOTICE = "tls-notice"
    ORDINARY = "ordinary"


@dataclass(frozen=True, slots=True)
class Page:
    """The class of a page and the structure that showed it, in our own words; `vendor` where a product was known."""

    kind: PageKind
    why: str = ""
    vendor: str = ""
    where: str = ""
    """Of a page that leads elsewhere, and does nothing else: the address, as it is written there."""
    form: str = ""
    """Of a page to click through: where its form goes to, in lower case."""
    scripts: tuple[str, ...] = ()
    """Of a short page: the scripts, as their addresses are written, that may draw what does not stand in it."""
    alone: bool = False
    """Of such a page: whether it is whole, but for what its scripts may draw."""


_TLS_NOTICES: Final = (
    ("nginx", "the plain http request was sent to https port"),
    ("Apache", "you're speaking plain http to an ssl-enabled server port"),
    ("Apache", "you&#39;re speaking plain http to an ssl-enabled server port"),
    ("Go", "client sent an http request to an https server"),
    ("Java", "combination of host and port requires tls"),
)
_LONGEST_NOTICE = 4096

# A page with more to read than this is not made of its login form, its error or its redirect.
_SHORT_TEXT = 2500
_HARDLY_ANY_TEXT = 300

_SINGLE_SIGN_ON: Final = re.compile(
    r"/adfs/|/saml2?(?:[/?]|$)|samlrequest=|/idp/|/oauth2?/|/openid-connect/|/connect/authorize|[?&]wa=wsignin|/cas/login|"
    r"login\.microsoftonline\.com|accounts\.google\.com|/siteminderagent/|/nidp/|/my\.policy|/remote/login|/dana-na/|"
    r"/vpn/(?:index|tmindex)\.html|/logon/logonpoint/|\.b2clogin\.com|\.okta\.com/|/auth/realms/",
)
_SIGNS_ON: Final = re.compile(
    r"(?i)\.(?:login|acquiretoken|signin|login_?with)_?redirect\s{0,4}\(|\bonload\s{0,4}:\s{0,4}[\"']login-required[\"']"
)
_OF_SIGN_ON: Final = re.compile(
    r"(?:^|/)(?:aws-)?(?:msal|keycloak|oidc|auth0|adal|okta|amplify)(?:[-_.@](?:browser|client|spa|js|ts|auth|angular|sdk|"
    r"min|production|umd|iife|bundle|v?\d[\d.]{0,12})){0,6}\.m?js(?:\?|$)"
)
"""What a page calls that leads to single sign-on before it shows anything: MSAL, oidc-client, Auth0, Keycloak."""
_LOGIN_PATH: Final = re.compile(
    r"(?:^|[/?&=._-])(?:login|logon|signin|sign-in|sign_in|auth|authenticate|inloggning|innlogging|kirjaudu|"
    r"logga-?in|logg-?inn|log-?ind|anmelden|anmeldung|connexion)\b"
)
_LOGIN_TITLE: Final = re.compile(
    r"\b(?:log ?in|log ?on|sign ?in|logga in|inloggning|logg inn|innlogging|log ind|login|kirjaudu|innskráning)\b"
)
_NOT_FOUND: Final = re.compile(
    r"\b404\b|\bnot found\b|\bpage (?:does not|doesn['’]t) exist|"
    r"\b(?:can(?:not|['’]t)|could ?n[o'’]t) (?:be found|find)|"
    r"\bsidan (?:kunde inte hittas|hittades inte|hittas inte|finns inte)|\b(?:kunde inte hitta|hittar inte) sidan|"
    r"\bsiden (?:blev ikke fundet|findes ikke|kunne ikke findes|ble ikke funnet|finnes ikke)|\bfant ikke siden|"
    r"\bsivua ei löy|\bsíðan fannst ekki|\bno such (?:file|page|directory)"
)
_YOUR_PAGE: Final = re.compile(
    r"\bpage (?:that |which )?you(?:['’]re| are| were| have|['’]ve)? (?:look(?:ing|ed)? for|request(?:ed|ing)?|"
    r"ask(?:ed|ing)? for|tr(?:y|ied|ying) to (?:reach|open|find|view)) "
    r"(?:(?:is|was|does|could|can) ?n[o'’]?t|(?:is|was|has been) (?:moved|removed|gone|deleted))\b|"
    r"\bsidan (?:som )?du (?:söker|sökte|letar efter|letade efter|begärde|försökte nå) "
    r"(?:finns inte|kunde inte|hittades inte)\b"
)
_SCRIPTED_REDIRECT: Final = re.compile(
    r"(?:window|document|top|self|parent)?\.?location(?:\.href)?\s{0,8}=(?!=)|location\.(?:replace|assign)\s{0,8}\("
)
# A script of this one statement: one that leads on in some cases alone may draw a list in the others.
_ONLY_REDIRECT: Final = re.compile(
    r"\s*(?:<!--)?\s*(?:(?:window|document|top|self|parent)\.)?location(?:\.href\s*=|\s*=|\.(?:replace|assign)\s*\()\s*"
    r"(?:\"([^\"\\\s]{1,2048})\"|'([^'\\\s]{1,2048})')\s*\)?\s*;?\s*(?:(?://)?\s*-->)?\s*"
)
_BLANK: Final = re.compile(
    r"\s{0,80}(?:<html><body bgcolor=\"#FFFFFF\"></body></html>|<!DOCTYPE html><title></title>)\s{0,80}", re.IGNORECASE
)
"""The pages that Joomla 1.5 to 2.5, and 3 and later, put into a folder so that it does not list itself, to the letter:
any other page without a word may be that of a program that has failed."""
_FEW_LINKS = 5
_NO_FIELD: Final = frozenset({"hidden", "submit", "button", "checkbox", "image", "reset"})
_OF_COOKIES: Final = re.compile(r"\b(?:cookies?|kakor|informationskapslar|informasjonskapsler|evästeet)\b")
"""What a small form without a field is about on pages that are whole without it."""
_SETS_AND_RELOADS: Final = re.compile(
    r"document\.cookie\s{0,4}=[^<>]{0,400}?\blocation(?:\.reload\b|(?:\.href)?\s{0,4}=\s{0,4}(?:window\.)?location\b)"
)
_OTHER_BROWSER: Final = re.compile(
    r"\b(?:browser|webbläsare|nettleser|selain)\b.{0,40}\b(?:(?:un|not |n['’]t )support\w{0,3}|out of date|too old|"
    r"stöds inte|för gammal|støttes ikke)\b|\bunsupported browser\b|"
    r"\b(?:enable|turn on|requires|aktivera|slå på|kräver) javascript\b"
)
_APP_ROOT: Final = frozenset({"root", "app", "__next", "__nuxt", "app-root", "application", "svelte", "main-app"})
_DEFAULT_TITLES: Final = (
    ("nginx", re.compile(r"welcome to nginx|test page for the nginx http server")),
    (
        "Apache",
        re.compile(r"apache2? (?:\w+ )?default page|(?:apache )?http server test page|test page for the apache"),
    ),
    ("IIS", re.compile(r"^iis (?:windows(?: server)?|\d+)|^internet information services")),
    ("Caddy", re.compile(r"^caddy works")),
    ("Tomcat", re.compile(r"^apache tomcat(?:/[\d.]+)?$")),
    ("Plesk", re.compile(r"^(?:default )?(?:parallels )?plesk .{0,20}(?:page|panel)|^domain default page")),
    ("lighttpd", re.compile(r"placeholder page")),
    ("cPanel", re.compile(r"^default web ?site page")),
)
_BROKEN: Final = "the page ends in the middle of its markup"
_IT_WORKS: Final = re.compile(r"it works[!.]?\Z")


def page(
    body: bytes,
    type: str,  # noqa: A002  named after the header
    status: int,
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
) -> Page:
    """What `body` is, by its structure: a password form, a redirect, a known product's block page. Total, linear time.

    `type` is the Content-Type, `headers` any pairs of name and value. No single word decides: a long page that mentions
    a captcha or a password is ORDINARY, and so is what is not HTML. A page
    of kind ORDINARY is not thereby a finding: it only is not one of these.
    """
    named = _lower(headers)
    body = shown_templates(plain_body(body[: 1 << 18]))
    text = as_text(body)
    broken = len(body) < 1 << 18 and breaks_off(text)
    if (notice := _tls_notice(text, status)) is not None:
        return notice
    markup = read_page(text)
    if (vendor := block_vendor(markup, text, status, named)) is not None:
        return Page(PageKind.BLOCK_PAGE, "a filter in front of the server answered", vendor)
    if (buckets := bucket_list(body)) is not None:
        return Page(PageKind.BUCKET_LIST, f"a list of {buckets.count} buckets or containers", buckets.store)
    if _BLANK.fullmatch(text):
        return Page(PageKind.ORDINARY, "a page that is blank on purpose")
    if text.lstrip()[:1] not in ("{", "[") and (why := no_text(body, text)):
        return Page(PageKind.NO_TEXT, why)
    if described(text) or feed_of_words(text):
        return Page(PageKind.ORDINARY, "a document that describes a site or an interface, or tells its news")
    if text.lstrip()[:1] == "{" and tells_of_data(text):
        return Page(PageKind.DATA, "JSON about people, recordings or files")
    plain = not markup.tags or type.partition(";")[0].strip().lower() in ("application/json", "text/plain")
    if why := untold_data(text):
        if styled_without_rows(text) and "password" in markup.inputs and (login := _login(markup)) is not None:
            return login
        return Page(PageKind.DATA, why)
    if plain and broken:
        return Page(PageKind.BROKEN_OFF, _BROKEN)
    if plain:
        why = "" if text.lstrip()[:1] in ("{", "[") else untold_lines(text)
        return Page(PageKind.DATA, why) if why else Page(PageKind.ORDINARY)
    return (
        _login(markup)
        or _soft_404(markup, status)
        or _default_page(markup)
        or _click_through(markup, text)
        or _leads_elsewhere(markup)
        or (Page(PageKind.BROKEN_OFF, _BROKEN) if broken else None)
        or _unread(markup, text)
        or Page(PageKind.ORDINARY, scripts=whole_sources(markup), alone=True)
    )


def _lower(headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> dict[str, str]:
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return {name.lower(): value.lower() for name, value in pairs}


def _tls_notice(text: str, status: int) -> Page | None:
    # 497 is nginx's own number for it; some front ends let it through.
    if status not in (400, 497) or len(text) > _LONGEST_NOTICE:
        return None
    said = text.lower()
    for server, words in _TLS_NOTICES:
        if words in said:
            return Page(PageKind.TLS_NOTICE, "the port speaks TLS and was spoken to in clear", server)
    return None


def leads_to_login(path: str) -> bool:
    """Whether a path says that a login is asked for there, as strangers are led to it: `/login`, `/vpn/index.html`."""
    return bool(_LOGIN_PATH.search(path.lower()) or _SINGLE_SIGN_ON.search(path.lower()))


def _login(markup: PageParts) -> Page | None:
    short = len(markup.text) <= _SHORT_TEXT
    titled = bool(_LOGIN_TITLE.search(markup.title) or _LOGIN_TITLE.search(markup.heading))
    if any(kind == "password" for kind in markup.inputs) and (short or titled):
        return Page(PageKind.LOGIN_WALL, "a form that asks for a password, and little else")
    if "samlrequest" in markup.input_names or ("samlresponse" in markup.input_names):
        return Page(PageKind.LOGIN_WALL, "a form that carries a SAML message to an identity provider")
    for where in (*markup.form_actions, *markup.refreshes):
        if short and _SINGLE_SIGN_ON.search(where.lower()):
            return Page(PageKind.LOGIN_WALL, "a form or a refresh that leads to single sign-on")
    for where in markup.refreshes:
        if _LOGIN_PATH.search(where.lower()):
            return Page(PageKind.LOGIN_WALL, "a refresh that leads to a login page")
    # The first step of two: it asks for the user name alone.
    if short and titled and markup.form_actions and set(markup.inputs) & {"text", "email", ""}:
        return Page(PageKind.LOGIN_WALL, "a page titled as a login, with a form for a name")
    # The fields of a login may be drawn; a page that says login and names nothing that is stored draws nothing else.
    if _LOGIN_TITLE.search(markup.title) and markup.scripts and not markup.links and short and not may_store(markup):
        return Page(PageKind.LOGIN_WALL, "a page titled as a login, which a script draws")
    if markup.scripts and not markup.links and len(markup.text) <= _HARDLY_ANY_TEXT and _drawn_login(markup):
        return Page(PageKind.LOGIN_WALL, "an element and a script that are called after a login, and no text")
    # Another script may draw rows whoever signs in, and so may this one, which then leads there only if it is refused.
    by_library = all(_OF_SIGN_ON.search(one.lower()) for one in drawing_sources(markup)) and not fetches(markup)
    if len(markup.text) <= _HARDLY_ANY_TEXT and not markup.links and by_library and _SIGNS_ON.search(markup.script):
        return Page(PageKind.LOGIN_WALL, "a script that leads to single sign-on, and no text")
    # One that asks a server for something first may draw what it is given.
    if len(markup.text) <= _HARDLY_ANY_TEXT and _SCRIPTED_REDIRECT.search(markup.script) and not asks(markup):
        said = markup.script.lower()
        if _SINGLE_SIGN_ON.search(said) or _LOGIN_PATH.search(said):
            return Page(PageKind.LOGIN_WALL, "a script that leads to a login page, and no text")
    return None


def _drawn_login(markup: PageParts) -> bool:
    """Whether a script draws a login: the only element with an id, the only script of its own and what is told to those
    who run none are called after it, two of them at least."""
    own = own_sources(markup)
    signs = (
        len(markup.ids) == 1 and _LOGIN_NAME.search(next(iter(markup.ids))) is not None,
        len(own) == 1 and _LOGIN_NAME.search(own[0].rpartition("/")[2].lower()) is not None,
        _LOGIN_TITLE.search(markup.noscript) is not None,
    )
    return sum(signs) > 1


_LOGIN_NAME: Final = re.compile(r"(?<![a-z])(?:login|logon|signin|sign-in|auth)(?![a-z])")


def _soft_404(markup: PageParts, status: int) -> Page | None:
    if not 200 <= status < 300 or len(markup.text) > _SHORT_TEXT:
        return None
    if _NOT_FOUND.search(markup.title) or _NOT_FOUND.search(markup.heading):
        return Page(PageKind.SOFT_404, "a title or heading that says not found, under a status that says found")
    few = markup.links <= _FEW_LINKS and len(markup.text) <= _HARDLY_ANY_TEXT
    if few and not markup.scripts and _YOUR_PAGE.search(markup.text):
        return Page(PageKind.SOFT_404, "hardly more than a sentence that the page asked for is not there")
    return None


def _default_page(markup: PageParts) -> Page | None:
    for server, title in _DEFAULT_TITLES:
        if title.search(markup.title):
            return Page(PageKind.DEFAULT_PAGE, "the page that the server is delivered with", server)
    if _IT_WORKS.match(markup.heading) and not markup.scripts and len(markup.text) <= _HARDLY_ANY_TEXT:
        return Page(PageKind.DEFAULT_PAGE, "the page that the server is delivered with", "Apache")
    return None


def _click_through(markup: PageParts, text: str) -> Page | None:
    """Terms to accept, an age to confirm, a challenge that a script answers: nobody can see what comes after."""
    if markup.links <= _FEW_LINKS and len(markup.text) <= _HARDLY_ANY_TEXT and _SETS_AND_RELOADS.search(text):
        return Page(PageKind.CLICK_THROUGH, "a script that sets a cookie and loads the page again")
    small = bool(markup.form_actions) and markup.links <= _FEW_LINKS and len(markup.text) <= _SHORT_TEXT
    if small and all(kind in _NO_FIELD for kind in markup.inputs) and not _OF_COOKIES.search(markup.text):
        why = "a form with nothing to fill in, which leads on"
        return Page(PageKind.CLICK_THROUGH, why, form=markup.form_actions[0])
    return None


def _leads_elsewhere(markup: PageParts) -> Page | None:
    if len(markup.text) > _HARDLY_ANY_TEXT:
        return None
    if markup.refreshes:
        where = markup.refreshes[0] if not markup.scripts and markup.links <= 1 else ""
        return Page(PageKind.LEADS_ELSEWHERE, "a refresh to another page, and hardly any text", where=where)
    if _SCRIPTED_REDIRECT.search(markup.script):
        only = None if any(markup.scripts) or markup.links > 1 else _ONLY_REDIRECT.fullmatch(markup.script)
        where = only[1] or only[2] if only else ""
        return Page(PageKind.LEADS_ELSEWHERE, "a script that leads to another page, and hardly any text", where=where)
    if markup.frames and not markup.links:
        alone = len(markup.frames) == len(markup.scripts) == 1
        where = markup.frames[0] if alone else ""
        return Page(PageKind.LEADS_ELSEWHERE, "frames, and hardly any text", where=where)
    return None


def _unread(markup: PageParts, text: str) -> Page | None:
    if documents_interface(markup, text):
        return None
    if len(markup.text) <= _HARDLY_ANY_TEXT and markup.links <= _FEW_LINKS and _OTHER_BROWSER.search(markup.text):
        return Page(PageKind.SHELL, "a page that asks for another browser, or for scripts")
    by_server = rendered_by_server(markup, text)
    rooted = bool(markup.scripts and markup.ids & _APP_ROOT) and not (by_server or speaks(markup))
    if rooted and len(markup.text) <= _HARDLY_ANY_TEXT:
        return Page(PageKind.SHELL, "the empty root of an application that a script fills")
    if not by_server and (why := drawn_by_script(markup, text)):
        scripts = own_sources(markup) if why is OWN_SCRIPTS else ()
        return Page(PageKind.SHELL, why, scripts=scripts, alone=stands_by_itself(markup, text[: 1 << 18]))
    if why := no_text(b"-", markup.text):
        return Page(PageKind.NO_TEXT, why)
    if why := holds(markup, text, *scripted(markup)):
        return Page(PageKind.SHELL if "script" in why else PageKind.DATA, why)
    return None
