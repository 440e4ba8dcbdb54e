"""The JSON dialects of directory listings, each known by the keys of its rows, never by the fact of an array."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

from probes.recognise.listing.doubts.partial import CUT
from probes.recognise.listing.fields import sizes
from probes.recognise.listing.fields.links import Elsewhere, Target
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.model import Entry, Kind, Listing, Modified, NoListing, Strength
from probes.recognise.listing.recorders.interfaces import read_recorder
from probes.recognise.listing.structured.bucket_names import read_bucket_list
from probes.recognise.listing.structured.json_rows import Object, child, has, load, made, objects, when
from probes.recognise.listing.structured.records import best_listing, names_asked


def read_data(page: Page) -> Listing | NoListing:
    """The listing that a JSON body is, or why it is none. Raises nothing: nesting and numbers are bounded."""
    text = page.text.strip()
    if text.endswith((")", ");")):
        opened = text.find("(")
        if 0 <= opened < 128:
            text = text[opened + 1 : text.rfind(")")].strip()
    value, whole = load(text)
    if value is None:
        return NoListing("the body begins like JSON and is none")
    if isinstance(value, dict) and "resourceType" in value:
        return NoListing("resources of FHIR")
    whole = whole and page.whole
    for dialect in DIALECTS:
        listing = dialect(page, value)
        if listing is not None:
            if not whole and not listing.partial:
                listing = Listing(listing.family, listing.entries, CUT, listing.reasons)
            return listing
    found = best_listing(page, [value], "json", "JSON whose rows are files and folders by their fields")
    if found is not None and _is_feed(value):
        found = replace(found, strength=Strength.WEAK)  # what a feed encloses are files of any site
    if found is not None:
        return found if whole or found.partial else replace(found, partial=CUT)
    if whole and _says_empty(page, value):
        return Listing("json", (), "", ("the path asked for, beside lists without an item",), Strength.LIKELY)
    return NoListing("JSON, but not rows of a known dialect of directory listings")


def _is_feed(value: object) -> bool:
    """Whether this is a JSON Feed (jsonfeed.org, version 1.1)."""
    return isinstance(value, dict) and str(value.get("version", "")).startswith("https://jsonfeed.org/version/")


def _says_empty(page: Page, value: object) -> bool:
    """Whether an interface tells the folder that was asked for by its path, and that nothing is in it."""
    if not isinstance(value, dict):
        return False
    lists = [one for one in value.values() if isinstance(one, list)]
    plain = all(one is None or isinstance(one, str | int | bool | list) for one in value.values())
    return (
        bool(lists)
        and not any(lists)
        and names_asked(page, value)
        and plain
        and not {"error", "errors", "message"} & value.keys()
    )


def _nginx(page: Page, value: object) -> Listing | None:
    rows = objects(value)
    if rows is None:
        return None
    if not rows:
        # nginx and Caddy write an empty folder so; an API may as well, so the server must say who it is.
        if re.match(r"^(?:nginx|caddy|openresty|tengine|angie)\b", page.server):
            return Listing(page.server.split("/")[0], (), "", ("an empty array from a server that lists folders so",))
        return None
    if not has(rows, "name type mtime") or not all(row["type"] in {"file", "directory", "other"} for row in rows):
        return None

    def make(row: Object) -> Entry | None:
        kind = Kind.DIRECTORY if row["type"] == "directory" else Kind.FILE
        return child(page, str(row["name"]), kind, row.get("size"), when(row["mtime"]))

    return made(page, "nginx", rows, make, "an array of name, type, mtime and size, as nginx writes it")


def _caddy(page: Page, value: object) -> Listing | None:
    if isinstance(value, dict) and "items" in value and "num_dirs" in value:
        value = value["items"]
    rows = objects(value)
    if not rows:
        return None
    lowered = [{key.lower().replace("_", ""): item for key, item in row.items()} for row in rows]
    if not has(lowered, "name size url modtime mode isdir"):
        return None

    def make(row: Object) -> Entry | None:
        target = page.place.resolve(str(row["url"]))
        if not isinstance(target, Target):
            return None
        kind = Kind.DIRECTORY if row["isdir"] is True else Kind.FILE
        return Entry(
            target.name,
            target.path,
            kind,
            sizes.exact(row["size"]) if kind is Kind.FILE else None,
            when(row["modtime"]),
        )

    return made(
        page, "caddy", lowered, make, "an array of name, size, url, mod_time, mode and is_dir, as Caddy writes it"
    )


def _serve(page: Page, value: object) -> Listing | None:
    if not isinstance(value, dict) or not {"files", "directory", "paths"} <= value.keys():
        return None
    rows = objects(value["files"])
    if rows is None or (rows and not has(rows, "base relative type")):
        return None

    def make(row: Object) -> Entry | None:
        kind = Kind.FILE if row["type"] == "file" else Kind.DIRECTORY
        entry = child(page, str(row["base"]), kind)
        size = sizes.read_size(str(row.get("size", ""))) if entry and kind is Kind.FILE else None
        return Entry(entry.name, entry.path, kind, size) if entry else None

    named = [row for row in rows if row["base"] not in {".", ".."}]
    return made(page, "serve", named, make, "files with base, relative and type, as serve writes them")


def _copyparty(page: Page, value: object) -> Listing | None:
    if not isinstance(value, dict) or not {"dirs", "files"} <= value.keys():
        return None
    folders, files = objects(value["dirs"]), objects(value["files"])
    if folders is None or files is None or not {"taglist", "perms", "srvinf", "acct"} & value.keys():
        return None
    if (folders or files) and not has(folders + files, "href sz ts"):
        return None
    perms = value.get("perms", ["read"])
    if not (folders or files) and isinstance(perms, list) and "read" not in perms:
        return None  # a folder to drop files into, which shows none of them

    def make(row: Object) -> Entry | None:
        target = page.place.resolve(str(row["href"]).split("?")[0])
        if not isinstance(target, Target):
            return None
        size = None if target.slash else sizes.exact(row["sz"])
        return Entry(target.name, target.path, Kind.DIRECTORY if target.slash else Kind.FILE, size, when(row["ts"]))

    mark = "dirs and files with href, sz and ts, as copyparty writes them"
    return made(page, "copyparty", folders + files, make, mark)


def _name_lists(page: Page, value: object) -> Listing | None:
    """Names of folders and files in two lists and nothing else, as @fastify/static writes them by default."""
    if not isinstance(value, dict) or value.keys() != {"dirs", "files"} or page.place.document:
        return None
    if not all(isinstance(names, list) and all(isinstance(one, str) for one in names) for names in value.values()):
        return None
    rows: list[Object] = [{"name": one, "in": key} for key, names in value.items() for one in names]

    def make(row: Object) -> Entry | None:
        return child(page, str(row["name"]), Kind.DIRECTORY if row["in"] == "dirs" else Kind.FILE)

    found = made(page, "name lists", rows, make, "dirs and files with names alone, as @fastify/static writes them")
    return found and replace(found, strength=Strength.LIKELY)


def _jupyter(page: Page, value: object) -> Listing | None:
    """A model of Jupyter's contents API with the type `directory`."""
    if not isinstance(value, dict) or not {"name", "path", "content", "format", "mimetype", "type"} <= value.keys():
        return None
    rows = objects(value["content"])
    if value["type"] != "directory" or rows is None or (rows and not has(rows, "name path type last_modified")):
        return None

    def make(row: Object) -> Entry | None:
        kind = Kind.DIRECTORY if row["type"] == "directory" else Kind.FILE
        return child(page, str(row["name"]), kind, row.get("size"), when(row["last_modified"]))

    return made(page, "jupyter", rows, make, "a directory's content with name, path and type, as Jupyter writes it")


_HFS_KEYS = {"n", "s", "m", "c", "p", "comment", "icon", "web", "url", "target", "order", "entry", "key", "cantOpen"}


def _hfs3(page: Page, value: object) -> Listing | None:
    rows = objects(value.get("list")) if isinstance(value, dict) else None
    if isinstance(value, dict) and rows == [] and {"can_archive", "can_upload", "can_delete"} <= value.keys():
        return Listing("hfs", (), "", ("an empty list beside what a visitor may do, as HFS 3 writes it",))
    if not rows or not all(isinstance(row.get("n"), str) and row.keys() <= _HFS_KEYS for row in rows):
        return None
    if not any({"s", "m", "c"} & row.keys() for row in rows):
        return None
    at = page
    if "/~/api/" in page.place.path:
        # Asked as `/~/api/get_file_list?uri=/p/`: the entries lie at /p/, not below the interface.
        inside = "".join(f"{quote(part)}/" for part in page.place.folder_value("uri"))
        at = Page(b"", f"http://{page.place.host[0]}/{inside}")

    def make(row: Object) -> Entry | None:
        name = str(row["n"])
        kind = Kind.DIRECTORY if name.endswith("/") else Kind.FILE
        return child(at, name, kind, row.get("s"), when(row.get("m") or row.get("c")))

    return made(page, "hfs", rows, make, "a list of n, s, m and p, as HFS 3 writes it")


def _dufs(page: Page, value: object) -> Listing | None:
    if not isinstance(value, dict) or value.get("kind", "Index") != "Index" or "href" not in value:
        return None
    rows = objects(value.get("paths"))
    if rows is None or (rows and not has(rows, "path_type name mtime")):
        return None

    def make(row: Object) -> Entry | None:
        kind = Kind.DIRECTORY if str(row["path_type"]).endswith("Dir") else Kind.FILE
        return child(page, str(row["name"]), kind, row.get("size"), when(row["mtime"]))

    return made(page, "dufs", rows, make, "paths with path_type, name, mtime and size, as dufs writes them")


def _go_http_server(page: Page, value: object) -> Listing | None:
    if not isinstance(value, dict) or not isinstance(value.get("auth"), dict) or "upload" not in value["auth"]:
        return None
    rows = objects(value.get("files") or [])
    if rows is None or (rows and not has(rows, "name type size mtime")):
        return None

    def make(row: Object) -> Entry | None:
        kind = Kind.DIRECTORY if row["type"] == "dir" else Kind.FILE
        # A chain of folders that hold one folder each is shown as one row, `a/b`: its first is the one that lies here.
        return child(page, str(row["name"]).split("/")[0], kind, row["size"], when(row["mtime"]))

    return made(page, "gohttpserver", rows, make, "files beside what a visitor may do, as gohttpserver writes them")


def _filebrowser(page: Page, value: object) -> Listing | None:
    if not isinstance(value, dict) or not {"items", "numDirs", "numFiles"} <= value.keys():
        return None
    rows = objects(value["items"])
    if rows is None or (rows and not has(rows, "name size modified isDir")):
        return None

    def make(row: Object) -> Entry | None:
        kind = Kind.DIRECTORY if row["isDir"] is True else Kind.FILE
        return child(page, str(row["name"]), kind, row["size"], when(row["modified"]))

    mark = "items with name, size, modified and isDir, as File Browser writes them"
    return made(page, "filebrowser", rows, make, mark)


def _alist(page: Page, value: object) -> Listing | None:
    inner = value.get("data") if isinstance(value, dict) and value.get("code") == 200 else None
    if not isinstance(inner, dict):
        return None
    rows = objects(inner.get("content"))
    if not rows or not has(rows, "name size is_dir modified"):
        return None

    def make(row: Object) -> Entry | None:
        kind = Kind.DIRECTORY if row["is_dir"] is True else Kind.FILE
        return child(page, str(row["name"]), kind, row["size"], when(row["modified"]))

    total = inner.get("total")
    paged = "paged" if isinstance(total, int) and total > len(rows) else ""
    return made(page, "alist", rows, make, "content with name, size, is_dir and modified, as AList writes it", paged)


def _drive(page: Page, value: object) -> Listing | None:
    inner = value.get("data", value) if isinstance(value, dict) else None
    rows = objects(inner.get("files")) if isinstance(inner, dict) else None
    if not rows or not has(rows, "name mimeType") or not any({"modifiedTime", "size"} & row.keys() for row in rows):
        return None

    def make(row: Object) -> Entry | None:
        kind = Kind.DIRECTORY if row["mimeType"] == "application/vnd.google-apps.folder" else Kind.FILE
        return child(page, str(row["name"]).replace("/", "_"), kind, row.get("size"), when(row.get("modifiedTime")))

    paged = "paged" if isinstance(inner, dict) and inner.get("nextPageToken") else ""
    mark = "files with name, mimeType and modifiedTime, as Drive indexes write them"
    return made(page, "drive index", rows, make, mark, paged)


def _elfinder(page: Page, value: object) -> Listing | None:
    """elFinder's answer to `open`: the folder itself, and what lies in it beside what else its tree shows."""
    cwd = value.get("cwd") if isinstance(value, dict) else None
    files = objects(value.get("files")) if isinstance(value, dict) else None
    if not isinstance(cwd, dict) or "hash" not in cwd or not files or not has(files, "name mime hash"):
        return None
    # Files are handed out at the address of their volume.
    options = cwd.get("options", value.get("options") if isinstance(value, dict) else None)
    url = options.get("url") if isinstance(options, dict) else None
    own = isinstance(url, str) and url.startswith("/") and not url.startswith("//")
    at = Page(b"", f"http://{page.place.host[0]}{url}") if own else page

    def make(row: Object) -> Entry | None:
        kind = Kind.DIRECTORY if row["mime"] == "directory" else Kind.FILE
        size = row.get("size") if kind is Kind.FILE else None
        return child(at, str(row["name"]), kind, size, when(row.get("ts")))

    rows = [row for row in files if row.get("phash") == cwd["hash"]]
    return made(
        page, "elfinder", rows, make, "files with name, mime and hash beside their folder, as elFinder writes them"
    )


def _webhdfs(page: Page, value: object) -> Listing | None:
    inner = value.get("FileStatuses") if isinstance(value, dict) else None
    rows = objects(inner.get("FileStatus")) if isinstance(inner, dict) else None
    if rows is None or (rows and not has(rows, "pathSuffix type length modificationTime")):
        return None

    def make(row: Object) -> Entry | None:
        kind = Kind.DIRECTORY if row["type"] == "DIRECTORY" else Kind.FILE
        return child(page, str(row["pathSuffix"]), kind, row["length"], when(row["modificationTime"]))

    return made(page, "webhdfs", rows, make, "FileStatuses, as WebHDFS writes them")


_GO_FOLDER = 1 << 31
"""The bit of a directory in a mode of Go's."""


def _filer(page: Page, value: object) -> Listing | None:
    if not isinstance(value, dict) or not {"Path", "Entries"} <= value.keys():
        return None
    rows = objects(value["Entries"] or [])
    if rows is None or (rows and not has(rows, "FullPath Mtime Mode")):
        return None

    def make(row: Object) -> Entry | None:
        mode = row["Mode"]
        kind = Kind.DIRECTORY if isinstance(mode, int) and mode & _GO_FOLDER else Kind.FILE
        return child(page, str(row["FullPath"]).rsplit("/", 1)[-1], kind, row.get("FileSize"), when(row["Mtime"]))

    paged = "paged" if value.get("ShouldDisplayLoadMore") is True else ""
    return made(page, "seaweedfs", rows, make, "a Path and Entries with FullPath, as SeaweedFS writes them", paged)


def _gcs(page: Page, value: object) -> Listing | None:
    if not isinstance(value, dict) or value.get("kind") != "storage#objects":
        return None
    rows = objects(value.get("items", []))
    if rows is None or (rows and not has(rows, "name")):
        return None
    prefixes = value.get("prefixes", [])
    folders: list[Object] = (
        [{"name": one} for one in prefixes if isinstance(one, str)] if isinstance(prefixes, list) else []
    )

    def make(row: Object) -> Entry | None:
        entry = flat(page, str(row["name"]), row.get("size"), when(row.get("updated")), "?alt=media", safe="")
        where = page.place.resolve(str(row.get("mediaLink", "")), str(row["name"]))
        # A store tells where each object is handed out: at another path than that of its list.
        address = where.target if isinstance(where, Elsewhere) else where
        return replace(entry, path=address.path) if entry is not None and address is not None else entry

    paged = "paged" if value.get("nextPageToken") else ""
    return made(page, "gcs", rows + folders, make, "storage#objects with name, size and updated", paged)


def _swift(page: Page, value: object) -> Listing | None:
    rows = objects(value)
    if not rows or not all("subdir" in row or {"name", "bytes", "hash", "last_modified"} <= row.keys() for row in rows):
        return None

    def make(row: Object) -> Entry | None:
        changed = row.get("last_modified")
        # Swift writes UTC without saying so.
        changed = f"{changed}Z" if isinstance(changed, str) and not changed.endswith("Z") else changed
        return flat(page, str(row.get("subdir", row.get("name", ""))), row.get("bytes"), when(changed))

    return made(page, "swift", rows, make, "objects with name, bytes, hash and last_modified, as Swift writes them")


def flat(
    page: Page, key: str, size: object, changed: Modified | None, query: str = "", safe: str = "/"
) -> Entry | None:
    """The entry for a key of an object store below the path asked for; a key that ends with a slash is a folder."""
    if not key.strip("/") or "\x00" in key or {"..", "."} & set(key.split("/")):
        return None
    base = page.place.path if page.place.path.endswith("/") else page.place.path + "/"
    try:
        path = base + quote(key, safe=safe) + query
    except UnicodeEncodeError:  # a lone surrogate, which JSON can write and no path can hold
        return None
    if key.endswith("/"):
        return Entry(key.rstrip("/"), path, Kind.DIRECTORY, None, changed)
    return Entry(key, path, Kind.FILE, sizes.exact(size), changed)


DIALECTS: tuple[Callable[[Page, object], Listing | None], ...] = (
    _nginx,
    _caddy,
    _serve,
    _copyparty,
    _name_lists,
    _jupyter,
    _hfs3,
    _dufs,
    _go_http_server,
    _filebrowser,
    _alist,
    _drive,
    _elfinder,
    _webhdfs,
    read_recorder,
    _filer,
    _gcs,
    _swift,
    lambda page, _: read_bucket_list(page),
)
"""Every JSON dialect, in the order in which they are tried."""
