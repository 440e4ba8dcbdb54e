"""Pages whose rows a script draws, made up for the purpose, with what each holds; and pages that only look alike."""

from __future__ import annotations

# ruff: noqa: E501  pages stand on one line


def html(body: str, title: str = "Files") -> str:
    return f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{title}</title></head><body>{body}</body></html>"


def script(source: str, more: str = "<table id=t></table>") -> str:
    return html(f"<h2>Storage</h2>{more}<script>\n{source}\n</script>")


DRAWN: dict[str, tuple[str, str, list[str]]] = {
    "flashair 1": (
        "/DCIM/",
        html("<script>wlansd = new Array();\nwlansd[0]=\"/DCIM,100__TSB,0,16,22562,29870\";\nwlansd[1]=\"/DCIM,DSC_0001.JPG,4532187,32,17953,23404\";\nwlansd[2]=\"/DCIM,a,b.JPG,99,32,17953,23404\";</script><script src=/SD_WLAN/js/filelist.js></script>"),
        ["d 100__TSB", "f DSC_0001.JPG 4532187", "f a,b.JPG 99"],
    ),
    "flashair 2": (
        "/DCIM/",
        html('<script>var wlansd=[];\nwlansd.push({"r_uri":"/DCIM","fname":"100__TSB","fsize":0,"attr":16,"fdate":22562,"ftime":29870});\nwlansd.push({"r_uri":"/DCIM", "fname":"MOV_1.AVI", "fsize":721420288,"attr":32,"fdate":17953,"ftime":23404});</script>'),
        ["d 100__TSB", "f MOV_1.AVI 721420288"],
    ),
    "snapshot of a disk": (
        "/all.html",
        script('dirs[0] = [ "D:/rec*0*1772352902","a.wav*480044*1772352902","b c.mp3*88213*1772352902",568257,"" ];'),
        ["f a.wav 480044", "f b c.mp3 88213"],
    ),
    "names as addresses write them": (
        "/s/",
        html("".join(f"<table><tr data-file='{name}' data-type='file' data-size='12'><td>x</table>" for name in ("Samtal%20%C3%85ke.mp3", "b.mp3"))),
        ["f Samtal Åke.mp3 12", "f b.mp3 12"],
    ),
    "a dump of a folder, without links": (
        "/rec/list.cfm",
        html("<table><tr><th colspan=6>query<tr><td><td>DATELASTMODIFIED<td>DIRECTORY<td>NAME<td>SIZE<td>TYPE<tr><td>1<td>March, 01 2026 08:15:02<td>D:\\rec<td>2024<td>0<td>Dir<tr><td>2<td>March, 01 2026 08:15:02<td>D:\\rec<td>a.wav<td>480044<td>File</table>", ""),
        ["d 2024", "f a.wav 480044"],
    ),
    "card by calls": (
        "/sd/",
        script('addRow("VID_0001.MP4", 73400320, "2024/01/02 03:04:05", 0);\naddRow("VID_0002.MP4", 83400320, "2024/01/02 03:09:05", 0);\naddRow("EVENT", 0, "2024/01/02 03:09:05", 1);\nfunction addRow(n, s, d, f) { tbl.innerHTML += "<tr><td>" + n + "</td></tr>"; }'),
        ["f VID_0001.MP4 73400320", "f VID_0002.MP4 83400320", "d EVENT"],
    ),
    "esp32": (
        "/files/",
        script("const files = [{type:'file',name:'log-1.csv',size:1024},{type:'dir',name:'old',size:0},{type:'file',name:'log-2.csv',size:2048,},];\nfiles.forEach(f => draw(f));"),
        ["f log-1.csv 1024", "d old", "f log-2.csv 2048"],
    ),
    "texts with bars": (
        "/rec/",
        script("var L='a-1.wav|1200|2024-01-02 03:04:05\\nb-2.wav|3400|2024-01-03 03:04:05\\nc-3.wav|900|2024-01-03 04:04:05'.split('\\n'); for (var i in L) row(L[i].split('|'));"),
        ["f a-1.wav 1200", "f b-2.wav 3400", "f c-3.wav 900"],
    ),
    "json in a script element": (
        "/share/",
        html('<div id=app></div><script id="state" type="application/json">{"user":null,"folder":{"title":"share","entries":[{"displayName":"2024","isFolder":true,"lastModified":"2024-01-02T03:04:05Z"},{"displayName":"a b.pdf","isFolder":false,"sizeInBytes":5120,"lastModified":"2024-01-02T03:04:05Z"}]}}</script><script src=/app.js></script>'),
        ["d 2024", "f a b.pdf 5120"],
    ),
    "initial state": (
        "/s/x1/",
        html('<div id=root></div><script>window.__INITIAL_STATE__ = {"ui":{"lang":"sv"},"data":{"files":[{"file_name":"journal.pdf","file_size":"1.5 MB","updated_at":"2024-01-02 03:04"},{"file_name":"call.wav","file_size":"12 KB","updated_at":"2024-01-02 03:04"}]}};</script>'),
        ["f journal.pdf ~1572864", "f call.wav ~12288"],
    ),
    "vue attribute": (
        "/d/",
        html("""<file-list :files='[{"name":"x.zip","bytes":77,"dir":false,"changed":1704164645},{"name":"sub","bytes":null,"dir":true,"changed":1704164645}]'></file-list><script src=/a.js></script>"""),
        ["f x.zip 77", "d sub"],
    ),
    "alpine attribute": (
        "/d/",
        html("""<div x-data="{ items: [{n: 'x.zip', size: 77, t: 'file'}, {n: 'sub', size: 0, t: 'dir'}], open: false }"></div>"""),
        ["f x.zip 77", "d sub"],
    ),
    "inertia": (
        "/d/",
        html('<div id="app" data-page="{&quot;component&quot;:&quot;Files&quot;,&quot;props&quot;:{&quot;rows&quot;:[{&quot;filename&quot;:&quot;a.doc&quot;,&quot;mtime&quot;:1704164645,&quot;size&quot;:3},{&quot;filename&quot;:&quot;b.doc&quot;,&quot;mtime&quot;:1704164645,&quot;size&quot;:4}]}}"></div>'),
        ["f a.doc 3", "f b.doc 4"],
    ),
    "base64": (
        "/d/",
        html('<template id=data>W3sibmFtZSI6ImEud2F2Iiwic2l6ZSI6MTIsImlzRGlyIjpmYWxzZX0seyJuYW1lIjoic3ViIiwic2l6ZSI6MCwiaXNEaXIiOnRydWV9XQ==</template><script>var rows=JSON.parse(atob("W3sibmFtZSI6ImEud2F2Iiwic2l6ZSI6MTIsImlzRGlyIjpmYWxzZX0seyJuYW1lIjoic3ViIiwic2l6ZSI6MCwiaXNEaXIiOnRydWV9XQ=="));</script>'),
        ["f a.wav 12", "d sub"],
    ),
    "element attributes": (
        "/rec/",
        html('<div class=grid><div class=tile data-name="a.wav" data-size="1200" data-type="file"></div><div class=tile data-name="b.wav" data-size="1300" data-type="file"></div><div class=tile data-name="2023" data-size="0" data-type="folder"></div></div><script>$(".tile").click(open)</script>'),
        ["f a.wav 1200", "f b.wav 1300", "d 2023"],
    ),
    "buttons with names": (
        "/",
        html("<h1>SPIFFS</h1><table><tr><th>Name</th><th>Size</th><th></th><th></th></tr><tr><td>boot.log</td><td>1.2 KB</td><td><button onclick=\"act('boot.log','download')\">Download</button></td><td><button onclick=\"act('boot.log','delete')\">Delete</button></td></tr><tr><td>rec.wav</td><td>17.5 KB</td><td><button onclick=\"act('rec.wav','download')\">Download</button></td><td><button onclick=\"act('rec.wav','delete')\">Delete</button></td></tr></table>"),
        ["f boot.log ~1229", "f rec.wav ~17920"],
    ),
    "written rows": (
        "/cam/",
        script("document.write('<table><tr><th>Name</th><th>Size</th><th>Date</th></tr>');document.write('<tr><td><a href=\"a.avi\">a.avi</a></td><td>12 MB</td><td>2024-01-02 03:04</td></tr>');document.write('<tr><td><a href=\"b.avi\">b.avi</a></td><td>13 MB</td><td>2024-01-02 03:04</td></tr>');document.write('</table>');"),
        ["f a.avi ~12582912", "f b.avi ~13631488"],
    ),
    "map by name": (
        "/x/",
        script('var fs = {"a.txt": {size: 1, mtime: "2024-01-02"}, "b.txt": {size: 2, mtime: "2024-01-02"}, "c": {dir: true, mtime: "2024-01-02"}};'),
        ["f a.txt 1", "f b.txt 2", "d c"],
    ),
    "two lists": (
        "/x/",
        script('init({path: "/x/", dirs: ["one", "two"], files: [["a.txt", 12], ["b.txt", 13]]}); show({folders: ["one", "two"], files: [{name: "a.txt", size: 12}, {name: "b.txt", size: 13}]})'),
        ["d one", "d two", "f a.txt 12", "f b.txt 13"],
    ),
    "dashcam": (
        "/",
        script('var list = [{"FPATH":"A:\\\\CARDV\\\\MOVIE\\\\2024_0102_030405_001.MP4","NAME":"2024_0102_030405_001.MP4","SIZE":"104857600","TIME":"2024/01/02 03:04:05","ATTR":"32"},{"FPATH":"A:\\\\CARDV\\\\MOVIE\\\\RO","NAME":"RO","SIZE":"0","TIME":"2024/01/02 03:04:05","ATTR":"16"}];'),
        ["f 2024_0102_030405_001.MP4 104857600", "d RO"],
    ),
    "other language": (
        "/arkiv/",
        script('let filer = [{"namn":"samtal.wav","storlek":1200,"datum":"2024-01-02 03:04"},{"namn":"journal.pdf","storlek":"34","datum":"2024-01-02 03:04"}];'),
        ["f samtal.wav 1200", "f journal.pdf 34"],
    ),
}  # fmt: skip


ALIKE: dict[str, tuple[str, str]] = {
    "products": ("/shop/", script('var products = [{name: "Shirt", size: "M", type: "shirt", price: 12}, {name: "Cap", size: "S", type: "cap", price: 7}];')),
    "users": ("/team/", script('var team = [{name: "Anna", type: "admin", created: "2024-01-02"}, {name: "Bo", type: "user", created: "2024-01-02"}];')),
    "slides": ("/", script("var slides = [{src: 'a.jpg', w: 100, h: 200}, {src: 'b.jpg', w: 100, h: 200}];")),
    "downloads elsewhere": ("/dl/", script('var files = [{name: "setup.exe", size: "12 MB", url: "https://cdn.other.example/setup.exe"}, {name: "setup.dmg", size: "14 MB", url: "https://cdn.other.example/setup.dmg"}];')),
    "translations": ("/", script('var i18n = {"menu.file": "Arkiv", "menu.open": "Öppna", "size": "Storlek"};')),
    "chart": ("/", script("chart([['Mon', 12, '2024-01-02'], ['Tue', 14, '2024-01-03']]);")),
    "tracking": ("/", html("<p>Hello</p><script>gtag('config', 'G-1', {page_path: '/a.html'}); _paq.push(['trackPageView']); _paq.push(['setSiteId', '4']);</script>")),
    "precache": ("/", script('self.__precacheManifest = [{url: "/static/js/a.js", revision: "12"}, {url: "/static/js/b.js", revision: "13"}];')),
    "menu": ("/", script('var menu = [{title: "Home", href: "/", type: "folder"}, {title: "Help", href: "/help.html", type: "page"}];')),
    "map": ("/", script('var places = [{name: "Lund", lat: 55.7, lng: 13.2, type: "file"}];')),
}  # fmt: skip
