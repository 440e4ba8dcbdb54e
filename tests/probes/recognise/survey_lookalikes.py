"""Pages that look like the lists of files that a survey meets, and are none."""

# ruff: noqa: E501  pages stand on one line

from __future__ import annotations

from typing import Final

ALIKE: Final[dict[str, tuple[str, str]]] = {}


def _alike(name: str, path: str, body: str) -> None:
    ALIKE[name] = path, body


_alike(
    "release table other host",
    "/releases/",
    """<html><head><title>Releases</title></head><body><h1>Releases</h1><table><tr><th>File</th><th>Size</th><th>Date</th></tr><tr><td><a href="https://cdn.other.example/app-1.0.zip">app-1.0.zip</a></td><td>12 MB</td><td>2024-01-02</td></tr><tr><td><a href="https://cdn.other.example/app-1.1.zip">app-1.1.zip</a></td><td>13 MB</td><td>2024-02-02</td></tr></table></body></html>""",
)
_alike(
    "product table",
    "/shop/",
    """<html><head><title>Screws</title></head><body><h1>Screws</h1><table><tr><th>Name</th><th>Size</th><th>Price</th><th></th></tr><tr><td><a href="/shop/m4">M4</a></td><td>4 mm</td><td>$2</td><td><button>Buy</button></td></tr><tr><td><a href="/shop/m5">M5</a></td><td>5 mm</td><td>$3</td><td><button>Buy</button></td></tr><tr><td><a href="/shop/m6">M6</a></td><td>6 mm</td><td>$4</td><td><button>Buy</button></td></tr></table></body></html>""",
)
_alike(
    "api docs",
    "/docs/",
    """<html><head><title>Package docs</title></head><body><h1>Modules</h1><table><tr><th>Name</th><th>Description</th></tr><tr><td><a href="fs.html">fs</a></td><td>File system access</td></tr><tr><td><a href="net.html">net</a></td><td>Sockets</td></tr><tr><td><a href="url.html">url</a></td><td>Addresses</td></tr></table></body></html>""",
)
_alike(
    "javadoc frame",
    "/api/org/x/",
    """<html><head><title>org.x</title></head><body><h1 class="bar"><a href="../../org/x/package-summary.html">org.x</a></h1><div><h2>Classes</h2><ul><li><a href="Alpha.html" title="class">Alpha</a></li><li><a href="Beta.html" title="class">Beta</a></li></ul></div></body></html>""",
)
_alike(
    "mailing list pipermail",
    "/pipermail/users/",
    """<html><head><title>The users Archives</title></head><body><h1>The users Archives</h1><p>You can get <a href="/mailman/listinfo/users">more information about this list</a>.</p><table border=3><tr><td>Archive</td><td>View by:</td><td>Downloadable version</td></tr><tr><td>January 2024:</td><td><A href="2024-January/thread.html">[ Thread ]</a> <A href="2024-January/subject.html">[ Subject ]</a></td><td><A href="2024-January.txt.gz">[ Gzip'd Text 12 KB ]</a></td></tr><tr><td>February 2024:</td><td><A href="2024-February/thread.html">[ Thread ]</a> <A href="2024-February/subject.html">[ Subject ]</a></td><td><A href="2024-February.txt.gz">[ Gzip'd Text 14 KB ]</a></td></tr></table></body></html>""",
)
_alike(
    "blog archive",
    "/blog/",
    """<html><head><title>Archive</title></head><body><h1>Archive</h1><ul><li>2024-01-02 <a href="/blog/first-post/">first post</a></li><li>2024-02-02 <a href="/blog/second-post/">second post</a></li><li>2024-03-02 <a href="/blog/third-post/">third post</a></li></ul></body></html>""",
)
_alike(
    "wiki allpages",
    "/wiki/",
    """<html><head><title>All pages - Wiki</title></head><body><h1>All pages</h1><ul class="mw-allpages-chunk"><li><a href="/wiki/Apple" title="Apple">Apple</a></li><li><a href="/wiki/Banana" title="Banana">Banana</a></li><li><a href="/wiki/Cherry" title="Cherry">Cherry</a></li></ul></body></html>""",
)
_alike(
    "wiki file list",
    "/w/Special:ListFiles",
    """<html><head><title>File list - Wiki</title></head><body><h1>File list</h1><table><thead><tr><th>Date</th><th>Name</th><th>Size</th><th>User</th></tr></thead><tr><td>10:11, 2 January 2024</td><td><a href="/wiki/File:A.jpg">A.jpg</a> (<a href="/images/a/ab/A.jpg">file</a>)</td><td>12 KB</td><td><a href="/wiki/User:Bo">Bo</a></td></tr></table></body></html>""",
)
_alike(
    "forum list",
    "/forum/",
    """<html><head><title>Forum</title></head><body><table><tr><th>Topic</th><th>Replies</th><th>Last post</th></tr><tr><td><a href="/forum/12-hello">Hello</a></td><td>12</td><td>2024-01-02 10:11</td></tr><tr><td><a href="/forum/13-rules">Rules</a></td><td>0</td><td>2024-01-03 10:11</td></tr></table></body></html>""",
)
_alike(
    "sitemap html",
    "/",
    """<html><head><title>Sitemap</title></head><body><h1>Sitemap</h1><ul><li><a href="/about/">about</a></li><li><a href="/contact/">contact</a></li><li><a href="/news/">news</a></li><li><a href="/careers/">careers</a></li></ul></body></html>""",
)
_alike(
    "download landing",
    "/download/",
    """<html><head><title>Download Player</title></head><body><h1>Download Player 3.0</h1><p>The best player for your desktop.</p><a class="btn" href="player-3.0-setup.exe">player-3.0-setup.exe</a> <small>12 MB</small><p>By downloading you accept the <a href="/terms">terms</a>.</p></body></html>""",
)
_alike(
    "course prose pdf",
    "/course/",
    """<html><head><title>Physics 101</title></head><body><h1>Physics 101</h1><p>Welcome to the course. In week one we read <a href="week1.pdf">week1.pdf</a>, which introduces the laws of motion and asks you to solve the problems at the end of the text before the class.</p><p>In week two we continue with <a href="week2.pdf">week2.pdf</a>, where momentum and energy are treated in more depth than in the book that you know from school.</p><p>For the exam, read <a href="old_exam.pdf">old_exam.pdf</a> and come to the office hours with your questions, if you have any at all.</p></body></html>""",
)
_alike(
    "course table",
    "/course/",
    """<html><head><title>Physics 101: schedule</title></head><body><h1>Schedule</h1><table><tr><th>Week</th><th>Topic</th><th>Notes</th></tr><tr><td>1</td><td>Motion</td><td><a href="w1.pdf">slides</a></td></tr><tr><td>2</td><td>Energy</td><td><a href="w2.pdf">slides</a></td></tr><tr><td>3</td><td>Waves</td><td><a href="w3.pdf">slides</a></td></tr></table></body></html>""",
)
_alike(
    "device menu",
    "/",
    """<html><head><title>Router</title></head><body><ul><li><a href="/status.html">status</a></li><li><a href="/wifi.html">wifi</a></li><li><a href="/lan.html">lan</a></li></ul></body></html>""",
)
_alike(
    "user table delete",
    "/admin/users/",
    """<html><head><title>Users</title></head><body><h1>Users</h1><table><tr><th>Name</th><th>Size</th><th></th></tr><tr><td><a href="/admin/users/anna">anna</a></td><td>12</td><td><button>Delete</button></td></tr><tr><td><a href="/admin/users/bo">bo</a></td><td>14</td><td><button>Delete</button></td></tr></table></body></html>""",
)
_alike(
    "news empty",
    "/news/",
    """<html><head><title>News</title></head><body><h1>News</h1><p>No items found.</p><a href="..">Back</a></body></html>""",
)
_alike(
    "shop empty search",
    "/search/",
    """<html><head><title>Search: /search/</title></head><body><h1>Search</h1><table><tr><th>Name</th><th>Price</th></tr><tr><td colspan=2>No files found</td></tr></table></body></html>""",
)

_alike(
    "job table",
    "/jobs/",
    """<html><head><title>Jobs</title></head><body><table><tr><th>Name</th><th>Type</th><th>Date</th></tr><tr><td><a href="/jobs/nurse">nurse</a></td><td>full time</td><td>2024-01-02</td></tr><tr><td><a href="/jobs/doctor">doctor</a></td><td>part time</td><td>2024-01-02</td></tr></table></body></html>""",
)

_alike(
    "shop category table",
    "/cat/",
    """<html><head><title>/cat/</title></head><body><h1>Sizes</h1><table><tr><th>Name</th><th>Size</th></tr><tr><td>No products</td><td></td></tr></table><a href="/">Home</a></body></html>""",
)

_alike(
    "query download shop",
    "/shop/",
    """<html><head><title>Sounds</title></head><body><table><tr><th>Title</th><th>Price</th><th></th></tr><tr><td>rain.wav</td><td>$2</td><td><a href="/cart?add=rain.wav">Add to cart</a></td></tr><tr><td>wind.wav</td><td>$3</td><td><a href="/cart?add=wind.wav">Add to cart</a></td></tr></table></body></html>""",
)

_alike(
    "tags",
    "/tags/",
    """<html><head><title>Tags</title></head><body><h1>Tags</h1><a href="/tags/linux/">linux</a> (12) <a href="/tags/python/">python</a> (4) <a href="/tags/web/">web</a> (7)</body></html>""",
)

_alike(
    "gs in prose",
    "/",
    """Our data lie in two buckets:
gs://bucket-one/a.csv
gs://bucket-two/b.csv
Write to us for access.
""",
)

_alike(
    "source code with its history",
    "/cgit/pbx/tree/",
    "<html><head><title>pbx - git tree</title></head><body><table><tr><th>Mode</th><th>Name</th><th>Size</th><th></th></tr>"
    + "".join(
        f"<tr><td>-rw-r--r--</td><td><a href='/cgit/pbx/tree/{name}'>{name}</a></td><td>1012</td><td><a href='/cgit/pbx/log/{name}'>log</a><a href='/cgit/pbx/plain/{name}'>plain</a></td></tr>"
        for name in ("main.c", "queue.c", "Makefile", "README")
    )
    + "</table></body></html>",
)

_alike(
    "coverage",
    "/coverage/src/",
    """<html><head><title>Code coverage report for src/</title></head><body><h1><a href="../index.html">all files</a> src/</h1><table><tr><th>File</th><th>Statements</th><th>Branches</th><th>Lines</th></tr><tr><td><a href="index.js.html">index.js</a></td><td>87.5%</td><td>50%</td><td>90%</td></tr></table></body></html>""",
)
