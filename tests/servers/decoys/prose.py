"""Decoys of words: texts that speak of listings, quote them, or are called an index."""

# ruff: noqa: E501  a page's markup stands in one piece, as it is sent

from __future__ import annotations

from html import escape

from tests.servers.decoys.kind import page
from tests.servers.decoys.words import ALL, DA, DE, EN, FI, NO, SV, document, paragraphs
from tests.servers.pages import apache, nginx

ROWS = [("2018/", None), ("samtal-0701740611.wav", 390_000), ("samtal-0701740612.wav", 412_000)]
QUOTED_APACHE = apache("/recordings/", ROWS).decode()
QUOTED_NGINX = nginx("/recordings/", ROWS).decode()
IIS = (
    "[To Parent Directory]\n\n 1/5/2018  2:05 PM        &lt;dir&gt; bin\n 1/5/2018  2:06 PM         1834 web.config\n"
    " 1/5/2018  2:09 PM        88120 call.wav\n"
)
PLAIN = "".join(f"{name:<28}05-Jan-2018 14:0{n}   {size or '-'}\n" for n, (name, size) in enumerate(ROWS))

HOW = {
    "sv": ("Så stänger du av kataloglistning", "Så här ser det ut när servern visar allt:"),
    "en": ("How to switch directory listing off", "This is what it looks like when a server shows everything:"),
    "da": ("Sådan slår du mappelister fra", "Sådan ser det ud, når serveren viser alt:"),
    "no": ("Slik slår du av katalogvisning", "Slik ser det ut når tjeneren viser alt:"),
    "fi": ("Näin estät hakemistolistauksen", "Tältä näyttää, kun palvelin näyttää kaiken:"),
    "de": ("So schalten Sie Verzeichnislisten ab", "So sieht es aus, wenn der Server alles zeigt:"),
}

for number, words in enumerate(ALL):
    title, lead = HOW[words.code]
    quoted = (escape(QUOTED_APACHE), escape(QUOTED_NGINX), PLAIN, IIS, escape(QUOTED_NGINX[200:]), escape(PLAIN))[
        number
    ]
    page(
        f"tutorial-{words.code}",
        "tutorial",
        "a text that quotes a listing as an example",
        document(
            words,
            title,
            f"<h1>{title}</h1><p>{lead}</p><pre><code>{quoted}</code></pre>{paragraphs(words)}",
            frame=number % 3,
        ),
    )

for words, sentence in (
    (EN, "Index of / was the first thing that I saw, and for a while I did not know what I was looking at."),
    (SV, "Index of / stod det överst, och sedan inget mer: en kort berättelse om en lång natt."),
    (DE, "Index of / stand ganz oben, darunter nichts: wie ich lernte, Server zu lesen."),
):
    page(
        f"prose-index-of-{words.code}",
        "prose",
        "an essay whose title is the listing's title",
        document(words, "Index of /", f"<h1>Index of /</h1><p>{sentence}</p>{paragraphs(words)}"),
    )

page(
    "blog-quotes-iis",
    "blog",
    "a post that quotes IIS within its text",
    document(
        EN,
        "decoy.test - /",
        f"<article><h1>decoy.test - /</h1><p>The page said:</p><blockquote>{IIS}</blockquote>{paragraphs(EN)}</article>",
        frame=1,
    ),
)
page(
    "blog-live-links",
    "blog",
    "a quoted listing whose links work and lead to another host",
    document(
        SV,
        "Index of /backup",
        "<h1>Index of /backup</h1><p>Ur en rapport:</p><pre>"
        + "".join(
            f'<a href="https://example.org/backup/{n}.zip">{n}.zip</a>     05-Jan-2018 14:05    {n * 7771}\n'
            for n in range(1, 9)
        )
        + "</pre><p>Listan ovan stängdes samma dag.</p>",
    ),
)
page(
    "docs-directives",
    "documentation",
    "a manual's table of directives",
    document(
        EN,
        "mod_autoindex: Index of directives",
        "<h1>Index of directives</h1><table><tr><th>Name</th><th>Last modified</th><th>Size</th></tr>"
        + "".join(
            f'<tr><td><a href="#{word}">{word}</a></td><td>since 2.4</td><td>one line</td></tr>'
            for word in ("IndexOptions", "IndexIgnore", "HeaderName", "AddIcon")
        )
        + "</table><p>Parent Directory is the text of the first row unless an icon is set.</p>",
    ),
)
page(
    "docs-api-folder",
    "documentation",
    "a manual of an API for files, with an example answer",
    document(
        EN,
        "List a folder",
        '<h1>List a folder</h1><pre>GET /v1/folders/42\n\n[\n { "name":"a.wav", "type":"file", "mtime":"Fri, 05 Jan 2018 14:05:00 GMT", "size":19 }\n]</pre>'
        + paragraphs(EN),
        frame=1,
    ),
)
page(
    "docs-bucket",
    "documentation",
    "a manual that shows a bucket's XML",
    document(
        EN,
        "ListBucketResult",
        f"<h1>ListBucketResult</h1><pre>{escape('<ListBucketResult><Name>b</Name><Contents><Key>call.wav</Key><Size>1</Size></Contents></ListBucketResult>')}</pre>",
    ),
)
page(
    "book-index",
    "index",
    "the index at the end of a book: terms and page numbers",
    document(
        DE,
        "Index of /",
        "<h1>Index</h1><dl>"
        + "".join(
            f"<dt><a href='#s{n}'>{word}</a></dt><dd>{n}, {n + 14}</dd>"
            for n, word in enumerate(("Akte", "Anruf", "Band", "Datei", "Gespräch", "Ordner"), 20)
        )
        + "</dl>",
    ),
)
page(
    "a-to-z",
    "index",
    "an A to Z of health advice",
    document(
        SV,
        "Index A-Ö",
        "<h1>Index</h1>"
        + "".join(
            f'<h2>{letter}</h2><ul><li><a href="/rad/{letter}-{n}">{letter} råd {n}</a></li></ul>'
            for n, letter in enumerate("ABCDEFÅÄÖ")
        ),
        frame=1,
    ),
)
page(
    "stock-index",
    "index",
    "an index of prices, with dates and sizes that are money",
    document(
        FI,
        "Index of prices",
        "<h1>Index of prices</h1><pre>"
        + "".join(f'<a href="/osake/{n}">OSAKE{n}</a>   2026-11-2{n}   {n}.{n}M\n' for n in range(1, 8))
        + "</pre>",
    ),
    near=True,
)
page(
    "faq",
    "faq",
    "questions and answers, one of them about folders",
    document(
        NO,
        "Spørsmål og svar",
        "<h1>Spørsmål og svar</h1><dl><dt>Hva betyr «Index of»?</dt><dd>At tjeneren viser mappen.</dd><dt>Hva er «Parent Directory»?</dt><dd>Mappen over.</dd></dl>"
        + paragraphs(NO),
        frame=1,
    ),
)
page(
    "faq-details",
    "faq",
    "the same folded",
    document(
        DA,
        "Ofte stillede spørgsmål",
        "".join(f"<details><summary>Index of {n}?</summary><p>{text}</p></details>" for n, text in enumerate(DA.text)),
    ),
)
page(
    "listing-in-comment",
    "hidden",
    "a whole listing inside an HTML comment",
    document(EN, "Index of /", f"<h1>Welcome</h1><!-- {QUOTED_NGINX.replace('--', '')} -->{paragraphs(EN)}"),
)
page(
    "listing-in-textarea",
    "hidden",
    "a whole listing inside a text area",
    document(EN, "Paste", f"<h1>Paste 8841</h1><textarea rows=30 cols=80>{escape(QUOTED_APACHE)}</textarea>"),
)
page(
    "listing-in-script",
    "hidden",
    "a listing as a string in a script that draws a demonstration",
    document(
        EN,
        "Demo",
        "<h1>Autoindex theme demo</h1><div id=demo></div><script>const sample = "
        + repr(QUOTED_NGINX.replace("</", "<\\/"))
        + ";</script>",
    ),
)
page(
    "listing-in-frame",
    "hidden",
    "a page that frames somebody else's listing",
    document(SV, "Arkiv", '<h1>Arkiv</h1><iframe src="https://example.org/arkiv/" title="Index of /arkiv"></iframe>'),
)
page(
    "listing-as-picture",
    "hidden",
    "a picture of a listing with its text as description",
    document(DE, "Beispiel", f'<img src="/bild.png" alt="{escape(PLAIN)}"><p>Abbildung 3: Index of /</p>'),
)
page(
    "theme-demo",
    "hidden",
    "an author shows a theme for listings with rows that lead nowhere",
    document(
        EN,
        "Index of /demo/",
        "<h1>Index of /demo/</h1><table id='list'><tr><th>File Name</th><th>File Size</th><th>Date</th></tr>"
        + "".join(
            f'<tr><td><a href="#">demo-{n}.mp3</a></td><td>{n}.1 MiB</td><td>2026-Jan-0{n} 10:00</td></tr>'
            for n in range(1, 8)
        )
        + "</table>",
        frame=3,
    ),
    path="/demo/",
    near=True,
)
page(
    "terminal-session",
    "documentation",
    "a shell session with `ls -l`",
    document(
        NO,
        "ls -l",
        "<h1>ls -l</h1><pre>$ ls -l /var/spool/asterisk/monitor\n"
        + "".join(f"-rw-r--r-- 1 asterisk asterisk {n * 3333} Jan  5 14:0{n} in-070174061{n}.wav\n" for n in range(9))
        + "</pre>",
    ),
)
