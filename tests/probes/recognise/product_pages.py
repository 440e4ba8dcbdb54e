"""Pages of file managers, cameras, share pages and repositories, written from what such products send."""

from __future__ import annotations

# ruff: noqa: E501  pages stand on one line

BOOT = '<link rel="stylesheet" href="/css/bootstrap.min.css"><script src="/js/jquery.min.js"></script>'

PAGES: dict[str, tuple[str, str, list[str]]] = {}


def add(name: str, path: str, body: str, *held: str) -> None:
    PAGES[name] = (path, body, list(held))


add(
    "esp async web server",
    "/",
    """<!DOCTYPE HTML><html lang="en"><head><meta charset="UTF-8"><meta name="viewport" content="width=device-width, initial-scale=1"></head><body>
<p><h1>File Upload</h1></p><p>Free Storage: <span id="freespiffs">1.1 MB</span> | Used Storage: <span>12 KB</span></p><form method="POST" action="/upload" enctype="multipart/form-data"><input type="file" name="data"/><input type="submit" name="upload" value="Upload"></form>
<p>After clicking upload it will take some time for the file to firstly upload.</p>
<table><tr><th align='left'>Name</th><th align='left'>Size</th><th></th><th></th></tr><tr align='left'><td>/log_01.csv</td><td>10.50 KB</td><td><button onclick="downloadDeleteButton('/log_01.csv', 'download')">Download</button><td><button onclick="downloadDeleteButton('/log_01.csv', 'delete')">Delete</button></tr><tr align='left'><td>/image1.jpg</td><td>101.00 KB</td><td><button onclick="downloadDeleteButton('/image1.jpg', 'download')">Download</button><td><button onclick="downloadDeleteButton('/image1.jpg', 'delete')">Delete</button></tr></table>
<script>function downloadDeleteButton(filename, action) { var urltocall = "/file?name=" + filename + "&action=" + action; xmlhttp=new XMLHttpRequest(); }</script></body></html>""",
    "f log_01.csv ~10752", "f image1.jpg ~103424",
)  # fmt: skip
add(
    "esp sd server",
    "/",
    "<!DOCTYPE html><html><head><title>File Server</title><meta name='viewport' content='user-scalable=yes,initial-scale=1.0,width=device-width'></head><body><h1>File Server v1.0</h1><h3 class='rcorners_m'>SD Card Contents</h3><br><table align='center'><tr><th>Name/Type</th><th style='width:20%'>Type File/Dir</th><th>File Size</th></tr><tr><td>/DATA</td><td>Dir</td><td></td></tr><tr><td>/data1.txt</td><td>File</td><td>1.234KB</td></tr><tr><td>/pic.jpg</td><td>File</td><td>56.000KB</td></tr></table><ul><li><a href='/'>Home</a></li><li><a href='/download'>Download</a></li><li><a href='/upload'>Upload</a></li></ul></body></html>",
    "d DATA", "f data1.txt ~1264", "f pic.jpg ~57344",
)  # fmt: skip
add(
    "tiny file manager",
    "/tfm/index.php?p=docs",
    f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>H3K | Tiny File Manager</title>{BOOT}</head><body class="navbar-fixed"><div id="wrapper" class="container-fluid"><nav class="navbar"><a class="navbar-brand">File Manager</a><ul><li><a href="?p=docs&amp;upload">Upload</a></li></ul></nav><form action="" method="post"><table class="table" id="main-table"><thead><tr><th><input type="checkbox" id="js-select-all-items"></th><th>Name</th><th>Size</th><th>Modified</th><th>Perms</th><th>Owner</th><th>Actions</th></tr></thead>
<tr><td class="nosort"></td><td class="border-0" data-sort><a href="?p="><i class="fa fa-chevron-circle-left go-back"></i> ..</a></td><td class="border-0" data-order></td><td data-order></td><td></td><td></td><td></td></tr>
<tr><td><input type="checkbox" name="file[]" value="old"></td><td data-sort="old"><div class="filename"><a href="?p=docs%2Fold"><i class="fa fa-folder-o"></i> old</a></div></td><td data-order="a-0000">Folder</td><td data-order="a-1704164645">02/01/2024 3:04 AM</td><td><a href="?p=docs&amp;chmod=old">0755</a></td><td>www:www</td><td class="inline-actions"><a title="Delete" href="?p=docs&amp;del=old"><i class="fa fa-trash-o"></i></a></td></tr>
<tr><td><input type="checkbox" name="file[]" value="a b.pdf"></td><td data-sort="a b.pdf"><div class="filename"><a href="?p=docs&amp;view=a%20b.pdf" title="a b.pdf"><i class="fa fa-file-pdf-o"></i> a b.pdf</a></div></td><td data-order="b-00000000000000012"><span title="12288 bytes">12 KB</span></td><td data-order="b-1704164645">02/01/2024 3:04 AM</td><td><a href="?p=docs&amp;chmod=a%20b.pdf">0644</a></td><td>www:www</td><td class="inline-actions"><a href="?p=docs&amp;del=a%20b.pdf"></a><a title="Direct link" href="http://files.example/tfm/docs/a%20b.pdf" target="_blank"><i class="fa fa-link"></i></a><a title="Download" href="?p=docs&amp;dl=a%20b.pdf"><i class="fa fa-download"></i></a></td></tr></table></form></div></body></html>""",
    "d old", "f a b.pdf 12288",
)  # fmt: skip
add(
    "dufs like shell with data",
    "/pub/",
    """<!DOCTYPE html><html><head><title>Index of /pub</title><script>DATA = {"href":"/pub","kind":"Index","uri_prefix":"/","allow_upload":false,"paths":[{"path_type":"Dir","name":"sub","mtime":1704164645000,"size":2},{"path_type":"File","name":"a.iso","mtime":1704164645000,"size":9000}]}</script><script src="/__assets__/index.js"></script></head><body><div class="head"></div><div class="main"><table class="paths-table hidden"><thead></thead><tbody></tbody></table></div></body></html>""",
    "d sub", "f a.iso 9000",
)  # fmt: skip
add(
    "nextcloud public share",
    "/s/AbCdEf/",
    """<!DOCTYPE html><html class="ng-csp" data-placeholder-focus="false" lang="en" data-locale="en"><head data-requesttoken="x"><title>Shared - Nextcloud</title></head><body id="body-public"><input type="hidden" id="sharingToken" value="AbCdEf"><div id="files-public-content"><table id="filestable" class="list-container" data-allow-public-upload="no"><tbody id="fileList"><tr data-id="12" data-type="file" data-size="1234" data-file="report.pdf" data-mime="application/pdf" data-mtime="1704164645000" data-etag="x" data-permissions="1"><td class="filename"></td></tr><tr data-id="13" data-type="dir" data-size="99" data-file="photos" data-mime="httpd/unix-directory" data-mtime="1704164645000" data-etag="y" data-permissions="1"><td class="filename"></td></tr></tbody></table></div></body></html>""",
    "f report.pdf 1234", "d photos",
)  # fmt: skip
add(
    "seafile share of today",
    "/d/0123456789/",
    """<html><body><div id="wrapper"></div><script>window.shared = { pageOptions: { dirName: 'share', dirPath: '/', sharedToken: '0123456789', items: [{"isDir": true, "folderName": "sub", "lastModified": "2024-01-02T03:04:05Z", "size": 0}, {"isDir": false, "folderName": "a.pdf", "lastModified": "2024-01-02T03:04:05Z", "size": 120}], mode: 'list' } };</script><script src="/media/frontend/shared.js"></script></body></html>""",
    "d sub", "f a.pdf 120",
)  # fmt: skip
add(
    "filerun like",
    "/wl/",
    """<html><body id="theBODY"><script>FR.init({"UI":{"title":"Share"},"fileList":{"items":[{"n":"call-1.wav","s":"12.5 KB","fs":12800,"m":"2024-01-02 03:04","isFolder":false},{"n":"call-2.wav","s":"12 KB","fs":12288,"m":"2024-01-02 03:04","isFolder":false}]}});</script></body></html>""",
    "f call-1.wav 12800", "f call-2.wav 12288",
)  # fmt: skip
add(
    "next.js props",
    "/files/",
    """<html><body><div id="__next"></div><script id="__NEXT_DATA__" type="application/json">{"props":{"pageProps":{"listing":{"path":"/files","children":[{"name":"2024","kind":"directory","modifiedAt":"2024-01-02T03:04:05Z"},{"name":"x.mp4","kind":"file","bytes":123,"modifiedAt":"2024-01-02T03:04:05Z"}]}},"__N_SSP":true},"page":"/files/[[...slug]]","query":{},"buildId":"x"}</script></body></html>""",
    "d 2024", "f x.mp4 123",
)  # fmt: skip
add(
    "ambarella camera",
    "/DCIM/100MEDIA/",
    """<html><body><script language="javascript">
var fileArray = new Array();
fileArray[0] = {name:"AMBA0001.MP4", size:"104857600", date:"2024-01-02 03:04:05"};
fileArray[1] = {name:"AMBA0002.MP4", size:"204857600", date:"2024-01-02 03:09:05"};
fileArray[2] = {name:"AMBA0003.JPG", size:"4857600", date:"2024-01-02 03:10:05"};
for (i = 0; i < fileArray.length; i++) { document.write("<a href=" + fileArray[i].name + ">" + fileArray[i].name + "</a><br>"); }
</script></body></html>""",
    "f AMBA0001.MP4 104857600", "f AMBA0002.MP4 204857600", "f AMBA0003.JPG 4857600",
)  # fmt: skip
add(
    "ip camera with calls of strings",
    "/sd/20240102/",
    """<html><head><script src="../js/lang.js"></script></head><body><table id=tbl></table><script>
addFile("record000/", "", "2024-01-02 00:00:00");
addFile("P240102_030405_030505.264", "1572864", "2024-01-02 03:05:05");
addFile("P240102_040405_040505.264", "2572864", "2024-01-02 04:05:05");
</script></body></html>""",
    "d record000", "f P240102_030405_030505.264 1572864", "f P240102_040405_040505.264 2572864",
)  # fmt: skip
add(
    "dvr with parallel arrays",
    "/rec/",
    """<script>
var names = ["CH01_20240102_030405.avi","CH02_20240102_030405.avi"];
var sizes = [1048576, 2097152];
</script><body onload="draw()"><table id=t></table></body>""",
    "f CH01_20240102_030405.avi 1048576", "f CH02_20240102_030405.avi 2097152",
)  # fmt: skip
add(
    "nas widget",
    "/share.cgi?ssid=x",
    """<html><body><script>var g_list = {"total":"2","datas":[{"filename":"Video.mkv","isfolder":"0","filesize":"734003200","mt":"2024/01/02 03:04:05","epochmt":"1704164645"},{"filename":"Docs","isfolder":"1","filesize":"0","mt":"2024/01/02 03:04:05","epochmt":"1704164645"}]};</script></body></html>""",
    "f Video.mkv 734003200", "d Docs",
)  # fmt: skip
add(
    "extjs tree",
    "/browser/",
    """<html><head><title>Browser</title></head><body><script>Ext.onReady(function(){ var store = Ext.create('Ext.data.TreeStore', { root: { expanded: true, children: [ { text: "reports", leaf: false, mtime: "2024-01-02" }, { text: "a.xls", leaf: true, size: 1024, mtime: "2024-01-02" }, { text: "b.xls", leaf: true, size: 2048, mtime: "2024-01-02" } ] } }); });</script></body></html>""",
    "d reports", "f a.xls 1024", "f b.xls 2048",
)  # fmt: skip
add(
    "datatables",
    "/exports/",
    f"""<html><head>{BOOT}</head><body><h3>Exports</h3><table id="grid"></table><script>$(function(){{ $('#grid').DataTable({{ data: [["export-1.csv","12 KB","2024-01-02 03:04"],["export-2.csv","13 KB","2024-01-03 03:04"]], columns: [{{title:"File"}},{{title:"Size"}},{{title:"Date"}}] }}); }});</script></body></html>""",
    "f export-1.csv ~12288", "f export-2.csv ~13312",
)  # fmt: skip
add(
    "onedrive index in a module",
    "/drive/",
    """<html><body><div id="app"></div><script type="module">const data = {value: [{id: "1", name: "Docs", folder: {childCount: 3}, lastModifiedDateTime: "2024-01-02T03:04:05Z", size: 10}, {id: "2", name: "a.pptx", file: {mimeType: "application/vnd.ms-powerpoint"}, lastModifiedDateTime: "2024-01-02T03:04:05Z", size: 1234}]}; render(data);</script></body></html>""",
    "d Docs", "f a.pptx 1234",
)  # fmt: skip
add(
    "list of rows as objects in calls",
    "/ftp/",
    """<html><body><div id=list></div><script>
FileList.add({ icon: "folder", label: "in", link: "in/" , when: "02.01.2024 03:04" });
FileList.add({ icon: "pdf", label: "faktura.pdf", link: "faktura.pdf", bytes: 34567, when: "02.01.2024 03:04" });
FileList.add({ icon: "pdf", label: "kvitto.pdf", link: "kvitto.pdf", bytes: 3456, when: "02.01.2024 03:04" });
</script></body></html>""",
    "d in", "f faktura.pdf 34567", "f kvitto.pdf 3456",
)  # fmt: skip
add(
    "livewire snapshot",
    "/disk/",
    """<div wire:snapshot="{&quot;data&quot;:{&quot;path&quot;:&quot;\\/&quot;,&quot;files&quot;:[{&quot;name&quot;:&quot;a.sql&quot;,&quot;size&quot;:120,&quot;last_modified&quot;:1704164645},{&quot;name&quot;:&quot;b.sql&quot;,&quot;size&quot;:130,&quot;last_modified&quot;:1704164645}]},&quot;memo&quot;:{&quot;id&quot;:&quot;x&quot;}}" wire:id="x"><h1>Disk</h1></div>""",
    "f a.sql 120", "f b.sql 130",
)  # fmt: skip
add(
    "cards with attributes",
    "/media/",
    """<html><body><h1>Media</h1><div class="row">
<div class="card file" data-filename="inspelning-1.mp3" data-filesize="123456" data-modified="2024-01-02 03:04:05" data-url="/media/inspelning-1.mp3"><i class="fa fa-music"></i></div>
<div class="card file" data-filename="inspelning-2.mp3" data-filesize="223456" data-modified="2024-01-02 03:04:05" data-url="/media/inspelning-2.mp3"><i class="fa fa-music"></i></div></div></body></html>""",
    "f inspelning-1.mp3 123456", "f inspelning-2.mp3 223456",
)  # fmt: skip
add(
    "written table in one string",
    "/logs/",
    """<html><body><div id="out"></div><script>document.getElementById("out").innerHTML = "<table><tr><th>Name</th><th>Size</th><th>Modified</th></tr>" + "<tr><td><a href='app.log'>app.log</a></td><td>120 KB</td><td>2024-01-02 03:04</td></tr>" + "<tr><td><a href='app.log.1'>app.log.1</a></td><td>130 KB</td><td>2024-01-02 03:04</td></tr>" + "</table>";</script></body></html>""",
    "f app.log ~122880", "f app.log.1 ~133120",
)  # fmt: skip
add(
    "rows of texts with colons",
    "/usb/",
    """<html><script>var dirlist="DIR:music:0:2024-01-02|FILE:a.mp3:4194304:2024-01-02|FILE:b.mp3:5194304:2024-01-02".split("|");</script><body onload="show()"><div id=d></div></body></html>""",
    "d music", "f a.mp3 4194304", "f b.mp3 5194304",
)  # fmt: skip
add(
    "seafile share of old",
    "/d/0123456789/",
    """<html><head><title>share</title></head><body><div id="main"><table><thead><tr><th width="5%"></th><th width="55%">Name</th><th>Size</th><th>Last Update</th><th></th></tr></thead><tbody><tr><td><img src="/media/img/folder-24.png"/></td><td><a href="?p=/sub/&mode=list" class="normal">sub</a></td><td></td><td><time datetime="2024-01-02T03:04:05+00:00">2024-01-02</time></td><td></td></tr><tr class="file-item"><td><img src="/media/img/file/24/pdf.png"/></td><td><a href="/d/0123456789/files/?p=/a.pdf" class="normal">a.pdf</a></td><td>12.0 KB</td><td><time datetime="2024-01-02T03:04:05+00:00">2024-01-02</time></td><td><a href="/d/0123456789/files/?p=/a.pdf&dl=1"><img src="/media/img/download.png"/></a></td></tr></tbody></table></div></body></html>""",
    "d sub", "f a.pdf ~12288",
)  # fmt: skip
add(
    "cards whose text stands before their links",
    "/playback",
    "<html><head><title>Playback</title></head><body><header><a href='/live'>Live</a><a href='/config'>Config</a></header><div class='grid'>" + "".join(f"<div class='card'><img src='/thumb/c{n}_20260301081502.jpg'><div><span>c{n}_20260301081502.mp4</span><span>{n}2.5 MB</span><span>2026-03-01 08:15:02</span></div><a class='b' href='/video/c{n}_20260301081502.mp4'>play</a><a class='b' href='/video/c{n}_20260301081502.mp4?download=1'>get</a></div>" for n in (1, 2, 3)) + "</div></body></html>",
    "f c1_20260301081502.mp4 ~13107200", "f c2_20260301081502.mp4 ~23592960", "f c3_20260301081502.mp4 ~34078720",
)  # fmt: skip
add(
    "quotes that nobody escaped",
    "/rec/",
    """<html><head><title>Index of /rec/</title></head><body><h1>Index of /rec/</h1><ul><li><a href="/rec/a.mp3">a.mp3</a></li><li><a href="/rec/it's "so".mp3">it's "so".mp3</a></li></ul></body></html>""",
    "f a.mp3", """f it's "so".mp3""",
)  # fmt: skip
add(
    "tiles of folders without a size",
    "/rec/",
    "<html><head><title>/rec/</title></head><body><ul>" + "".join(f"<li><a href='/rec/{name}' title='{name}'><span class='name'>{name}</span><span class='size'></span><span class='date'>1/{n}/2024 3:15:50 AM</span></a></li>" for n, name in enumerate(("backup", "b.2026", "one"), 1)) + "</ul></body></html>",
    "d backup", "d b.2026", "d one",
)  # fmt: skip
add(
    "a column sorted by a sign, and pages about each entry",
    "/rec/",
    "<html><head><title>Folder at /rec</title></head><body><table><tr><td><a href='?sort=+Name'>Name</a></td><td>Size</td><td>Date</td></tr><tr><td><a href='2024/manage_main'>2024</a></td><td></td><td>2026-03-01 08:15</td></tr><tr><td><a href='a.wav/manage_main'>a.wav</a></td><td>469 Kb</td><td>2026-03-01 08:15</td></tr><tr><td><a href='b.wav/manage_main'>b.wav</a></td><td>12 Kb</td><td>2026-03-01 08:15</td></tr></table></body></html>",
    "d 2024", "f a.wav ~480256", "f b.wav ~12288",
)  # fmt: skip
add(
    "files that each lie behind a number",
    "/folder/3/Calls",
    "<html><head><title>Files Within Folder 'Calls'</title></head><body><nav><a href='/faq.html'>FAQ</a></nav><h1>Files Within Folder 'Calls'</h1><table><tr><th></th><th>Filename</th><th>Filesize</th><th>Action</th></tr>" + "".join(f"<tr><td></td><td><a href='/a{n}Xy/q-{n}.wav'>q-{n}.wav</a></td><td>{n}8.5 KB</td><td><a href='/a{n}Xy/q-{n}.wav'>Download</a></td></tr>" for n in (1, 2, 3)) + "</table></body></html>",
    "f q-1.wav ~18944", "f q-2.wav ~29184", "f q-3.wav ~39424",
)  # fmt: skip
add(
    "ls -l in a page",
    "/rec/",
    "<html><head><title>rec</title></head><body><h1>rec</h1><pre>total 16\n-rw-r--r-- 1 root root 480044 Mar  1 08:15 a &amp; b.wav\n-rw-r--r-- 1 root root  88213 Mar  2 08:15 c.wav\ndrwxr-xr-x 2 root root   4096 Mar  1 08:15 2024\n</pre></body></html>",
    "f a & b.wav 480044", "f c.wav 88213", "d 2024",
)  # fmt: skip
