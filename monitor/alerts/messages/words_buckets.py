"""What is told of buckets, in every language: how they stand open, what their owner does now, and our proof."""

# ruff: noqa: E501  a sentence stands on one line, as it is told

from __future__ import annotations

from typing import Final

ENGLISH: Final = {
    "how.listed": "a bucket that anyone can list without a login",
    "how.listed-incomplete": "a bucket that anyone can list without a login (its list was cut short)",
    "how.empty-listable": "an empty bucket that anyone can list: whatever is put there next is public",
    "how.prefix-listed": "a bucket that anyone can list in part, without a login",
    "how.versions-listed": "a bucket whose old and deleted versions anyone can list",
    "how.uploads-listed": "a bucket whose unfinished uploads anyone can list",
    "how.readable": "a bucket whose objects anyone can read without a login",
    "how.readable-not-listed": "a bucket whose objects anyone can read who knows or guesses a name, although it is not listed",
    "how.acl-readable": "a bucket whose access rules anyone can read",
    "how.write-granted": "a bucket whose access rules let strangers write",
    "how.any-account": "a bucket that anybody with an account at the provider can list",
    "how.referer-only": "a container that opens to anyone who says to come from a certain page",
    "how.dangling-name": "a name that leads to a bucket or account which nobody holds: anyone may claim it and speak in your name",
    "how.configured-open": "a bucket that its own configuration opens, although it was not seen open from here",
    "fact.configured-closed": "its own settings say that it is closed: something else serves it (a CDN, a second protocol, objects with rights of their own), or they were changed since",
    "fact.listable, not readable": "the objects that were tried were not given to a stranger",
    "kind.bucket": "a bucket",
    "kind.name": "a name that nobody holds",
    "kind.names": "names of {things}",
    "kind.by-settings": "a bucket, by its own settings,",
    "kind.against-settings": "a bucket, against its own settings,",
    "do.owner.bucket": "Do now: you run it. Block public access for the bucket AND the account, and remove grants to all users from policy and access lists: objects stay readable when only the list is closed.",
    "do.owner.dangling": "Do now: you run it. Remove the name from your zone, or claim what it leads to before somebody else does.",
}

SWEDISH: Final = {
    "how.listed": "en hink (bucket) som vem som helst kan lista utan inloggning",
    "how.listed-incomplete": "en hink (bucket) som vem som helst kan lista utan inloggning (listan bröts av)",
    "how.empty-listable": "en tom hink (bucket) som vem som helst kan lista: nästa sak som läggs där blir offentlig",
    "how.prefix-listed": "en hink (bucket) som vem som helst delvis kan lista utan inloggning",
    "how.versions-listed": "en hink (bucket) vars gamla och raderade versioner vem som helst kan lista",
    "how.uploads-listed": "en hink (bucket) vars oavslutade uppladdningar vem som helst kan lista",
    "how.readable": "en hink (bucket) vars objekt vem som helst kan läsa utan inloggning",
    "how.readable-not-listed": "en hink (bucket) vars objekt den kan läsa som vet eller gissar ett namn, fast den inte listas",
    "how.acl-readable": "en hink (bucket) vars åtkomstregler vem som helst kan läsa",
    "how.write-granted": "en hink (bucket) vars åtkomstregler låter främlingar skriva",
    "how.any-account": "en hink (bucket) som alla med ett konto hos leverantören kan lista",
    "how.referer-only": "en behållare som öppnar sig för den som säger sig komma från en viss sida",
    "how.dangling-name": "ett namn som leder till en hink eller ett konto som ingen innehar: vem som helst kan ta det och tala i ert namn",
    "how.configured-open": "en hink (bucket) som den egna konfigurationen öppnar, fast den inte sågs öppen härifrån",
    "fact.configured-closed": "dess egna inställningar säger att den är stängd: något annat visar den (ett CDN, ett andra protokoll, objekt med egna rättigheter), eller så har de ändrats sedan dess",
    "fact.listable, not readable": "de objekt som prövades lämnades inte ut till en främling",
    "kind.bucket": "en hink (bucket)",
    "kind.name": "ett namn som ingen innehar",
    "kind.names": "namn på {things}",
    "kind.by-settings": "en hink (bucket) enligt sina inställningar",
    "kind.against-settings": "en hink (bucket) mot sina inställningar",
    "do.owner.bucket": "Gör nu: ni driver den. Spärra offentlig åtkomst för hinken OCH kontot, och ta bort rättigheter för alla ur policy och åtkomstlistor: objekten förblir läsbara om bara listan stängs.",
    "do.owner.dangling": "Gör nu: ni driver det. Ta bort namnet ur er zon, eller ta det som det leder till innan någon annan gör det.",
}

PROOFS: Final = (
    (r"its own settings let strangers in", "dess egna inställningar släpper in främlingar"),
    (r"its own settings keep strangers out", "dess egna inställningar håller främlingar ute"),
    (r"its own settings could not be read", "dess egna inställningar gick inte att läsa"),
    (r"a stranger from here gets in", "en främling härifrån kommer in"),
    (r"a stranger from here is kept out", "en främling härifrån hålls ute"),
    (r"a stranger from here got no verdict", "en främling härifrån fick inget avgörande svar"),
    (r"no stranger has looked from here so far", "ingen främling har tittat härifrån än"),
)
"""What is said in English of settings and verdict, and how it is said in Swedish."""
