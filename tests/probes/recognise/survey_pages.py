"""Pages that a survey of the web meets: servers, scripts, devices and repositories."""

# ruff: noqa: E501  pages stand on one line

from __future__ import annotations

from typing import Final

PAGES: Final[dict[str, tuple[str, str, list[str]]]] = {}
"""By name: the path asked for, the page, and its entries in the words of `Layout.holds`."""


def _page(name: str, path: str, body: str, *holds: str) -> None:
    PAGES[name] = path, body, sorted(holds)


_page(
    "apache readme header",
    "/pub/gnu/",
    """<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN"><html><head><title>FTP mirror</title></head><body>
<div class="motd"><h1>Welcome to ftp.example.edu</h1><p>This archive is run by the computing centre. Report problems to <a href="mailto:ftp@example.edu">ftp@example.edu</a>. See also our <a href="https://www.example.edu/">home page</a>.</p></div>
<table><tr><th valign="top"><img src="/icons/blank.gif" alt="[ICO]"></th><th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last modified</a></th><th><a href="?C=S;O=A">Size</a></th><th><a href="?C=D;O=A">Description</a></th></tr>
<tr><th colspan="5"><hr></th></tr>
<tr><td valign="top"><img src="/icons/back.gif" alt="[PARENTDIR]"></td><td><a href="/pub/">Parent Directory</a></td><td>&nbsp;</td><td align="right">  - </td><td>&nbsp;</td></tr>
<tr><td valign="top"><img src="/icons/folder.gif" alt="[DIR]"></td><td><a href="tar/">tar/</a></td><td align="right">2023-02-03 10:11  </td><td align="right">  - </td><td>The tape archiver</td></tr>
<tr><td valign="top"><img src="/icons/compressed.gif" alt="[   ]"></td><td><a href="ls-lR.gz">ls-lR.gz</a></td><td align="right">2024-02-03 10:11  </td><td align="right">4.4M</td><td>&nbsp;</td></tr>
</table><pre>README
Mirrors are updated nightly.</pre></body></html>""",
    "d tar",
    "f ls-lR.gz 4613734",
)

_page(
    "nginx fancyindex theme",
    "/media/cam/",
    """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><link rel="stylesheet" href="/theme/a.css"><title>/media/cam/</title></head><body><div class="box"><nav><a href="/">Home</a></nav><h1>Directory: /media/cam/</h1><table id="list"><thead><tr><th colspan="2" style="width:55%"><a href="?C=N&amp;O=A">File Name</a>&nbsp;<a href="?C=N&amp;O=D">&nbsp;&darr;&nbsp;</a></th><th><a href="?C=S&amp;O=A">File Size</a></th><th><a href="?C=M&amp;O=A">Date</a></th></tr></thead><tbody><tr><td colspan="2" class="link"><a href="../?C=N&amp;O=A">Parent directory/</a></td><td class="size">-</td><td class="date">-</td></tr><tr><td colspan="2" class="link"><a href="2024/" title="2024">2024/</a></td><td class="size">-</td><td class="date">2024-Jan-02 10:00</td></tr><tr><td colspan="2" class="link"><a href="front%20door.mp4" title="front door.mp4">front door.mp4</a></td><td class="size">1.5 MiB</td><td class="date">2024-Jan-02 10:00</td></tr></tbody></table></div></body></html>""",
    "d 2024",
    "f front door.mp4 1572864",
)

_page(
    "iis pre",
    "/logs/",
    """<html><head><title>www.x.example - /logs/</title></head><body><H1>www.x.example - /logs/</H1><hr>

<pre><A HREF="/">[To Parent Directory]</A><br><br> 3.02.2024    10:11        &lt;dir&gt; <A HREF="/logs/W3SVC1/">W3SVC1</A><br> 3.02.2024    10:12         20344 <A HREF="/logs/u_ex240203.log">u_ex240203.log</A><br></pre><hr></body></html>""",
    "d W3SVC1",
    "f u_ex240203.log 20344",
)

_page(
    "directory lister 3",
    "/",
    """<!DOCTYPE html><html><head><title>Directory Lister</title></head><body class="light"><div id="app"><header><a href="." class="title">Home</a><form><input name="search" placeholder="Search..."></form></header><div class="container"><div class="hidden sm:flex"><div>File Name</div><div>Size</div><div>Date</div></div><ul>
<li><a href="?dir=audio" class="flex"><i class="fas fa-folder fa-fw fa-lg"></i><div class="truncate">audio</div><div class="hidden whitespace-nowrap text-right">&mdash;</div><div class="hidden whitespace-nowrap text-right">2024-01-02 10:11:12</div></a></li>
<li><a href="interview.mp3" class="flex"><i class="fas fa-music fa-fw fa-lg"></i><div class="truncate">interview.mp3</div><div class="hidden whitespace-nowrap text-right">3.21MB</div><div class="hidden whitespace-nowrap text-right">2024-01-02 10:11:12</div></a><button title="File info" class="info"><i class="fas fa-info-circle"></i></button></li>
</ul></div><footer>Powered by <a href="https://www.directorylister.com">Directory Lister</a></footer></div></body></html>""",
    "d audio",
    "f interview.mp3 3365929",
)

_page(
    "encode explorer",
    "/files/",
    """<!DOCTYPE html><html><head><title>Encode Explorer</title></head><body class="standard"><div id="frame"><div class="breadcrumbs"><a href="?dir=">root</a></div><table class="table" cellpadding=0><tr class="row one header"><td class="icon"> </td><td class="name"><a href="?dir=&amp;sort_by=name&amp;sort_as=asc">File</a></td><td class="size"><a href="?dir=&amp;sort_by=size&amp;sort_as=asc">Size</a></td><td class="changed"><a href="?dir=&amp;sort_by=mod&amp;sort_as=asc">Last changed</a></td></tr><tr class="row two"><td class="icon"><img alt="dir" src="?img=directory" /></td><td class="name" colspan="1"><a href="?dir=reports/" class="item dir">reports</a></td><td></td><td class="changed">2.01.24 10:11:12</td></tr><tr class="row one"><td class="icon"><img alt="pdf" src="?img=pdf"/></td><td class="name"><a href="./plan.pdf" target="_blank" class="item file">plan.pdf</a></td><td class="size">142 KB</td><td class="changed">2.01.24 10:11:12</td></tr></table><div class="bottom_line"><a href="?login">Log in</a></div></div><div id="info"><a href="http://encode-explorer.siineiolekala.net">Encode Explorer</a> | 2.33 ms</div></body></html>""",
    "d reports",
    "f plan.pdf 145408",
)

_page(
    "h5ai fallback",
    "/share/",
    """<!DOCTYPE html><html class="no-js" lang="en"><head><title>index - powered by h5ai v0.30.0 (https://larsjung.de/h5ai/)</title></head><body class="index" id="root"><div id="fallback-hints"><span class="noJsMsg">Works best with JavaScript enabled!</span><a class="backlink" href="https://larsjung.de/h5ai/" title="powered by h5ai v0.30.0 (https://larsjung.de/h5ai/)">powered by h5ai</a></div><div id="fallback"><table><tr><th class="fb-i"></th><th class="fb-n"><span>Name</span></th><th class="fb-d"><span>Last modified</span></th><th class="fb-s"><span>Size</span></th></tr><tr><td class="fb-i"><img src="/_h5ai/public/images/fallback/folder-parent.png" alt="folder-parent"/></td><td class="fb-n"><a href="..">Parent Directory</a></td><td class="fb-d"></td><td class="fb-s"></td></tr><tr><td class="fb-i"><img src="/_h5ai/public/images/fallback/folder.png" alt="folder"/></td><td class="fb-n"><a href="/share/music/">music</a></td><td class="fb-d">2024-01-02 10:11</td><td class="fb-s">0 KB</td></tr><tr><td class="fb-i"><img src="/_h5ai/public/images/fallback/file.png" alt="file"/></td><td class="fb-n"><a href="/share/b.flac">b.flac</a></td><td class="fb-d">2024-01-02 10:11</td><td class="fb-s">20480 KB</td></tr></table></div></body></html>""",
    "d music",
    "f b.flac 20971520",
)

_page(
    "snif",
    "/dl/",
    """<html><head><title>Index of /dl/</title></head><body><div class="snif"><table width="100%"><tr class="snHeading"><td><a href="?sort=name&order=desc">Name</a></td><td><a href="?sort=type">Type</a></td><td><a href="?sort=size">Size</a></td><td><a href="?sort=date">Date</a></td></tr><tr class="snEven"><td><a href="/dl/index.php?path=old%2F"><img src="index.php?getimage=dir" alt="dir"> old</a></td><td>[dir]</td><td></td><td>02.01.2024 10:11</td></tr><tr class="snOdd"><td><a href="index.php?download=setup.exe"><img src="index.php?getimage=exe" alt="exe"> setup.exe</a></td><td>exe</td><td title="2345678 bytes">2.24 MB</td><td>02.01.2024 10:11</td></tr></table></div><center><a href="http://www.bitfolge.de/snif">snif</a> simple and nice index file</center></body></html>""",
    "d old",
    "f setup.exe 2345678",
)

_page(
    "php file browser icons ul",
    "/docs/",
    """<html><head><title>Our documents</title><link rel=stylesheet href=/s.css></head><body><h2>Documents</h2><ul class="filetree"><li><img src="/img/folder.png"> <a href="browse.php?f=2023">2023</a></li><li><img src="/img/folder.png"> <a href="browse.php?f=2024">2024</a></li><li><img src="/img/doc.png"> <a href="minutes_jan.doc">minutes_jan.doc</a> <small>(34 KB)</small></li><li><img src="/img/pdf.png"> <a href="budget.pdf">budget.pdf</a> <small>(1.2 MB)</small></li></ul></body></html>""",
    "d 2023",
    "d 2024",
    "f minutes_jan.doc 34816",
    "f budget.pdf 1258291",
)

_page(
    "cpanel skeleton",
    "/",
    """<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">
<html><head><title>Index of /</title></head><body><h1>Index of /</h1><ul><li><a href="cgi-bin/"> cgi-bin/</a></li>
<li><a href="backup-1.2.2024.tar.gz"> backup-1.2.2024.tar.gz</a></li></ul>
<address>Apache Server at x.example Port 80</address></body></html>""",
    "d cgi-bin",
    "f backup-1.2.2024.tar.gz",
)

_page(
    "plesk skeleton",
    "/",
    """<html><head><title>Index of /</title></head><body><h1>Index of /</h1>
<pre><img src="/icons/blank.gif" alt="Icon "> <a href="?C=N;O=D">Name</a>                    <a href="?C=M;O=A">Last modified</a>      <a href="?C=S;O=A">Size</a>  <hr><img src="/icons/folder.gif" alt="[DIR]"> <a href="css/">css/</a>                    2024-01-02 10:11    -
<img src="/icons/folder.gif" alt="[DIR]"> <a href="picture_library/">picture_library/</a>        2024-01-02 10:11    -
<img src="/icons/image2.gif" alt="[IMG]"> <a href="favicon.ico">favicon.ico</a>             2024-01-02 10:11  2.9K
<hr></pre></body></html>""",
    "d css",
    "d picture_library",
    "f favicon.ico 2970",
)

_page(
    "hfs 2 template",
    "/recs/",
    """<!DOCTYPE html><html><head><title>HFS /recs/</title></head><body><div id=panel><fieldset id='login'><legend>User</legend><a href="/~login">Login</a></fieldset><fieldset id='folder'><legend>Folder</legend><a href="/">Home</a> <a href="/recs/">recs</a><div id='folder-stats'>1 folders, 1 files, 2.1 MB</div></fieldset><fieldset><legend>Search</legend><form><input name=search></form></fieldset><a href="/recs/?tpl=list&folders-filter=\\&recursive">List</a> <a href="/recs/?mode=archive&recursive">Archive</a></div><div id='files_outer'><form method='post'><table id='files'><th><a href="/recs/?sort=n&rev=1">Name.extension</a><th><a href="/recs/?sort=s">Size</a><th><a href="/recs/?sort=t">Timestamp</a><th><a href="/recs/?sort=d">Hits</a>
<tr class=''><td><input type='checkbox' class='selector' name='selection' value="day1/"><a href="day1/"><img src="/~img_folder"> day1</a><td align=right><i>folder</i><td align=right>02.01.2024 10:11:12<td align=right>3
<tr class='even'><td><input type='checkbox' class='selector' name='selection' value="x%20y.wav"><a href="x%20y.wav"><img src="/~img4"> x y.wav</a><td align=right>2.1 MB<td align=right>02.01.2024 10:11:12<td align=right>0
</table></form></div></body></html>""",
    "d day1",
    "f x y.wav 2202010",
)

_page(
    "filezilla-like web client",
    "/web/",
    """<html><head><title>Web FTP</title></head><body><div class=path>Remote site: <b>/web/</b></div><table class=remote><tr><th>Filename</th><th>Filesize</th><th>Filetype</th><th>Last modified</th><th>Permissions</th><th>Owner/Group</th></tr><tr><td><a href="..">..</a></td><td></td><td></td><td></td><td></td><td></td></tr><tr><td><a href="img/">img</a></td><td></td><td>File folder</td><td>02/01/2024 10:11:12</td><td>drwxr-xr-x</td><td>0 0</td></tr><tr><td><a href="dump.sql">dump.sql</a></td><td>1.234.567</td><td>SQL-file</td><td>02/01/2024 10:11:12</td><td>-rw-r--r--</td><td>0 0</td></tr></table></body></html>""",
    "d img",
    "f dump.sql 1234567",
)

_page(
    "esp8266 table root",
    "/",
    """<!DOCTYPE html><html><head><title>ESP8266 SPIFFS</title><meta name="viewport" content="width=device-width"></head><body><h2>ESP8266 File Manager</h2><table><tr><th>Filename</th><th>Size</th><th></th></tr><tr><td><a href="/log.csv">log.csv</a></td><td>1234</td><td><button onclick="del('/log.csv')">Delete</button></td></tr><tr><td><a href="/config.json">config.json</a></td><td>210</td><td><button onclick="del('/config.json')">Delete</button></td></tr></table><form method="POST" action="/upload" enctype="multipart/form-data"><input type="file" name="data"><input type="submit" value="Upload"></form></body></html>""",
    "f log.csv 1234",
    "f config.json 210",
)

_page(
    "esp32 ul root",
    "/",
    """<html><body><h1>ESP32 LittleFS</h1><p>Used: 24 KB of 1472 KB</p><ul><li><a href='/rec001.wav'>rec001.wav</a> (44080 bytes) <a href='/delete?file=/rec001.wav'>delete</a></li><li><a href='/rec002.wav'>rec002.wav</a> (88160 bytes) <a href='/delete?file=/rec002.wav'>delete</a></li><li><a href='/boot.txt'>boot.txt</a> (12 bytes) <a href='/delete?file=/boot.txt'>delete</a></li></ul><form action='/upload' method='post'><input type='file'></form></body></html>""",
    "f rec001.wav 44080",
    "f rec002.wav 88160",
    "f boot.txt 12",
)

_page(
    "esp32 download param table",
    "/",
    """<html><head><title>File List</title></head><body><h1>Filesystem</h1><p>Free Storage: <span>1.2 MB</span> | Used Storage: 120 KB</p><table><tr><th align='left'>Name</th><th align='left'>Size</th><th></th><th></th></tr><tr align='left'><td>/a1.wav</td><td>12 KB</td><td><a href='/file?name=/a1.wav&action=download'>Download</a></td><td><a href='/file?name=/a1.wav&action=delete'>Delete</a></td></tr><tr align='left'><td>/a2.wav</td><td>13 KB</td><td><a href='/file?name=/a2.wav&action=download'>Download</a></td><td><a href='/file?name=/a2.wav&action=delete'>Delete</a></td></tr></table></body></html>""",
    "f a1.wav 12288",
    "f a2.wav 13312",
)

_page(
    "esp simple br list",
    "/",
    """<html><body><h3>SD card</h3><a href="/DATA001.CSV">DATA001.CSV</a> 10234<br><a href="/DATA002.CSV">DATA002.CSV</a> 20468<br><a href="/DATA003.CSV">DATA003.CSV</a> 512<br></body></html>""",
    "f DATA001.CSV 10234",
    "f DATA002.CSV 20468",
    "f DATA003.CSV 512",
)

_page(
    "synology classic",
    "/web/share/",
    """<html><head><title>Synology DiskStation - share</title></head><body><table class="list"><tr><td class="hd">Name</td><td class="hd">Size</td><td class="hd">File Type</td><td class="hd">Modified Date</td></tr><tr><td><img src="/i/folder.gif"><a href="/web/share/%23recycle/">#recycle</a></td><td>&nbsp;</td><td>Folder</td><td>2024-01-02 10:11:12</td></tr><tr><td><img src="/i/file.gif"><a href="/web/share/scan.tif">scan.tif</a></td><td>12.3 MB</td><td>TIF File</td><td>2024-01-02 10:11:12</td></tr></table></body></html>""",
    "d #recycle",
    "f scan.tif 12897485",
)

_page(
    "qnap",
    "/Public/",
    """<html><head><title>Public</title></head><body><h3>NAS &raquo; Public</h3><table border="0"><tr bgcolor="#ccc"><td>&nbsp;</td><td>Name</td><td>Size(KB)</td><td>Modification Date</td></tr><tr><td><img src="/img/dir.gif"></td><td><a href="/Public/Backup/">Backup</a></td><td></td><td>2024/01/02 10:11:12 AM</td></tr><tr><td><img src="/img/f.gif"></td><td><a href="/Public/patients.xls">patients.xls</a></td><td>1,204</td><td>2024/01/02 10:11:12 AM</td></tr></table></body></html>""",
    "d Backup",
    "f patients.xls 1232896",
)

_page(
    "dashcam novatek",
    "/CARDV/MOVIE/",
    """<HTML><HEAD><TITLE>CARDV</TITLE></HEAD><BODY><CENTER><H2>/CARDV/MOVIE</H2><TABLE BORDER=1><TR><TH>Filename</TH><TH>Filesize</TH><TH>Filetime</TH><TH>remove</TH></TR><TR><TD><a href="/CARDV/MOVIE/2024_0102_101112_001.MOV"><b>2024_0102_101112_001.MOV</b></a></TD><TD align=right>104857600</TD><TD>2024/01/02 10:14:12</TD><TD><a href="/CARDV/MOVIE/2024_0102_101112_001.MOV?del=1">Remove</a></TD></TR><TR><TD><a href="/CARDV/MOVIE/RO/"><b>RO</b></a></TD><TD align=right>folder</TD><TD>2024/01/02 10:14:12</TD><TD><a href="/CARDV/MOVIE/RO?del=1">Remove</a></TD></TR></TABLE></CENTER></BODY></HTML>""",
    "f 2024_0102_101112_001.MOV 104857600",
    "d RO",
)

_page(
    "ip camera sd bare",
    "/sd/20240102/record000/",
    """<html><head><title>Index of /mnt/sd/20240102/record000</title></head><body><h1>Index of /mnt/sd/20240102/record000</h1><table><tr><th>Name</th><th>Last Modified</th><th>Size</th><th>Type</th></tr><tr><td><a href="../">Parent Directory</a>/</td><td></td><td>-</td><td>Directory</td></tr><tr><td><a href="A240102_101112_101212.265">A240102_101112_101212.265</a></td><td>2024-Jan-02 10:12:12</td><td>3.1M</td><td>application/octet-stream</td></tr></table></body></html>""",
    "f A240102_101112_101212.265 3250586",
)

_page(
    "ip camera tiles thumbs",
    "/record/",
    """<html><head><title>Playback</title></head><body><div class=menu><a href="/live.htm">Live</a> <a href="/setup.htm">Setup</a></div><div class=grid><div class=item><a href="/record/20240102_1011.mp4"><img src="/record/thumb/20240102_1011.jpg"></a><p>20240102_1011.mp4</p><span>12.0 MB</span></div><div class=item><a href="/record/20240102_1021.mp4"><img src="/record/thumb/20240102_1021.jpg"></a><p>20240102_1021.mp4</p><span>11.5 MB</span></div><div class=item><a href="/record/20240102_1031.mp4"><img src="/record/thumb/20240102_1031.jpg"></a><p>20240102_1031.mp4</p><span>9.8 MB</span></div></div></body></html>""",
    "f 20240102_1011.mp4 12582912",
    "f 20240102_1021.mp4 12058624",
    "f 20240102_1031.mp4 10276045",
)

_page(
    "nas nav folders + table",
    "/share/foto/",
    """<html><head><title>NAS</title></head><body><nav class="folders"><h4>Folders</h4><ul><li><a href="/share/foto/2022/">2022</a></li><li><a href="/share/foto/2023/">2023</a></li></ul></nav><main><h4>Files</h4><table><tr><th>Name</th><th>Size</th><th>Date</th></tr><tr><td><a href="/share/foto/a.jpg">a.jpg</a></td><td>2.0 MB</td><td>2024-01-02 10:11</td></tr><tr><td><a href="/share/foto/b.jpg">b.jpg</a></td><td>3.0 MB</td><td>2024-01-02 10:11</td></tr></table></main></body></html>""",
    "d 2022",
    "d 2023",
    "f a.jpg 2097152",
    "f b.jpg 3145728",
)

_page(
    "apt pool",
    "/debian/pool/main/h/hello/",
    """<html><head><title>Index of /debian/pool/main/h/hello/</title></head><body bgcolor="white"><h1>Index of /debian/pool/main/h/hello/</h1><hr><pre><a href="../">../</a>
<a href="hello_2.10-3.debian.tar.xz">hello_2.10-3.debian.tar.xz</a>                         27-Dec-2022 03:34               12688
<a href="hello_2.10-3.dsc">hello_2.10-3.dsc</a>                                   27-Dec-2022 03:34                1847
</pre><hr></body></html>""",
    "f hello_2.10-3.debian.tar.xz 12688",
    "f hello_2.10-3.dsc 1847",
)

_page(
    "maven nexus",
    "/repository/releases/com/x/app/",
    """<html lang="en"><head><title>Index of /com/x/app</title><link rel="icon" href="https://x.example/favicon.ico"/></head><body class="htmlIndex"><h1>Index of /com/x/app</h1><table cellspacing="10"><tr><th align="left">Name</th><th>Last Modified</th><th>Size</th><th>Description</th></tr><tr><td><a href="../">Parent Directory</a></td></tr><tr><td><a href="1.0.2/">1.0.2</a></td><td>&nbsp;</td><td>&nbsp;</td><td></td></tr><tr><td><a href="maven-metadata.xml">maven-metadata.xml</a></td><td>Tue Jan 02 10:11:12 UTC 2024</td><td align="right">402</td><td></td></tr></table></body></html>""",
    "d 1.0.2",
    "f maven-metadata.xml 402",
)

_page(
    "maven central",
    "/maven2/org/x/core/1.2/",
    """<!DOCTYPE html><html><head><title>Central Repository: org/x/core/1.2</title></head><body><header><h1>org/x/core/1.2</h1></header><hr/><main><pre id="contents">
<a href="../">../</a>
<a href="core-1.2-sources.jar" title="core-1.2-sources.jar">core-1.2-sources.jar</a>                              2024-01-02 10:11     41234
<a href="core-1.2.jar" title="core-1.2.jar">core-1.2.jar</a>                                      2024-01-02 10:11    141234
		</pre></main><hr/></body></html>""",
    "f core-1.2-sources.jar 41234",
    "f core-1.2.jar 141234",
)

_page(
    "conda",
    "/conda/noarch/",
    """<html><head><title>conda/noarch</title><style>td{padding:2px}</style></head><body><h2>conda/noarch</h2><h3><a href="rss.xml">RSS Feed</a>&nbsp;&nbsp;<a href="channeldata.json">channeldata.json</a></h3><table><tr><th style="text-align:left;">Filename</th><th>Size</th><th>Last Modified</th><th>SHA256</th><th>MD5</th></tr><tr><td><a href="repodata.json">repodata.json</a></td><td class="s">1.3 MB</td><td>2024-01-02 10:11:12 +0000</td><td></td><td>d41d8cd98f00b204e9800998ecf8427e</td></tr><tr><td><a href="pkg-1.0-py_0.tar.bz2">pkg-1.0-py_0.tar.bz2</a></td><td class="s">14 KB</td><td>2024-01-02 10:11:12 +0000</td><td>e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855</td><td>d41d8cd98f00b204e9800998ecf8427e</td></tr></table><address>Updated: 2024-01-02 - Files: 2</address></body></html>""",
    "f channeldata.json",
    "f repodata.json 1363149",
    "f pkg-1.0-py_0.tar.bz2 14336",
)

_page(
    "npm tarballs",
    "/npm/lib/-/",
    """<html><head><title>lib tarballs</title></head><body><h1>lib</h1><ul class="tarballs"><li><a href="lib-1.0.0.tgz">lib-1.0.0.tgz</a> <span class="size">4.1 kB</span> <time datetime="2024-01-02T10:11:12Z">a year ago</time></li><li><a href="lib-1.0.1.tgz">lib-1.0.1.tgz</a> <span class="size">4.2 kB</span> <time datetime="2024-02-02T10:11:12Z">a year ago</time></li></ul></body></html>""",
    "f lib-1.0.0.tgz 4198",
    "f lib-1.0.1.tgz 4301",
)

_page(
    "pypi simple own host",
    "/simple/tool/",
    """<!DOCTYPE html><html><head><title>Links for tool</title></head><body><h1>Links for tool</h1><a href="/simple/tool/tool-1.0.tar.gz#sha256=aa">tool-1.0.tar.gz</a><br><a href="/simple/tool/tool-1.1-py3-none-any.whl#sha256=bb">tool-1.1-py3-none-any.whl</a><br></body></html>""",
    "f tool-1.0.tar.gz",
    "f tool-1.1-py3-none-any.whl",
)

_page(
    "university mirror text dir",
    "/pub/",
    """<html><head><title>Anonymous FTP of the Dept. of Physics</title></head><body><h1>ftp.phys.example.edu:/pub</h1><pre>
[dir]  <a href="incoming/">incoming</a>
[dir]  <a href="preprints/">preprints</a>
[file] <a href="README">README</a>          1204  Jan  2  2024
[file] <a href="data.tar.Z">data.tar.Z</a>     8820331  Jan  2  2024
</pre></body></html>""",
    "d incoming",
    "d preprints",
    "f README 1204",
    "f data.tar.Z 8820331",
)

_page(
    "plain [dir] text",
    "/pub/",
    """[dir]  incoming
[dir]  preprints
[file] readme.txt
[file] data.tar.Z
""",
    "d incoming",
    "d preprints",
    "f readme.txt",
    "f data.tar.Z",
)

_page(
    "gs list",
    "/",
    """gs://clinic-recordings/2024/
gs://clinic-recordings/a.wav
gs://clinic-recordings/b.wav
""",
    "d 2024",
    "f a.wav",
    "f b.wav",
)

_page(
    "gs ls -l",
    "/list.txt",
    """     44080  2024-01-02T10:11:12Z  gs://clinic-rec/a.wav
     88160  2024-01-02T10:11:12Z  gs://clinic-rec/b.wav
                                 gs://clinic-rec/old/
TOTAL: 2 objects, 132240 bytes (129.14 KiB)
""",
    "d old",
    "f a.wav 44080",
    "f b.wav 88160",
)

_page(
    "intranet doc list",
    "/intranet/dokument/",
    """<!DOCTYPE html><html lang="sv"><head><title>Dokument - Intranät</title></head><body><header><ul><li><a href="/intranet/">Start</a></li><li><a href="/intranet/kontakt.html">Kontakt</a></li></ul></header><main><h1>Dokument</h1><table class="doclist"><thead><tr><th>Filnamn</th><th>Storlek</th><th>Ändrad</th></tr></thead><tbody><tr><td><a href="/intranet/dokument/rutin_akut.docx">rutin_akut.docx</a></td><td>45 kB</td><td>2 januari 2024</td></tr><tr><td><a href="/intranet/dokument/schema%20v12.xlsx">schema v12.xlsx</a></td><td>102 kB</td><td>14 mars 2024</td></tr></tbody></table></main><footer>Region Exempel</footer></body></html>""",
    "f rutin_akut.docx 46080",
    "f schema v12.xlsx 104448",
)

_page(
    "gallery file tiles",
    "/bilder/",
    """<html><head><title>bilder</title></head><body><div class="gallery"><a class="tile folder" href="sommar/"><img src="/assets/folder.svg" alt="folder"><span>sommar</span></a><a class="tile" href="IMG_001.JPG"><img src="IMG_001.JPG?w=100" loading="lazy"><span>IMG_001.JPG</span><em>2.1 MB</em></a><a class="tile" href="IMG_002.JPG"><img src="IMG_002.JPG?w=100" loading="lazy"><span>IMG_002.JPG</span><em>1.9 MB</em></a></div></body></html>""",
    "d sommar",
    "f IMG_001.JPG 2202010",
    "f IMG_002.JPG 1992294",
)

_page(
    "sharepoint classic",
    "/sites/team/Shared%20Documents/Forms/AllItems.aspx",
    """<html><head><title>Shared Documents - All Documents</title></head><body><div id="s4-leftpanel"><ul><li><a href="/sites/team/SitePages/Home.aspx">Home</a></li><li><a href="/sites/team/Lists/Calendar/calendar.aspx">Calendar</a></li></ul></div><table class="ms-listviewtable" summary="Shared Documents"><tr class="ms-viewheadertr"><th class="ms-vh-icon">Type</th><th class="ms-vh2">Name</th><th>Modified</th><th>File Size</th></tr><tr><td class="ms-vb-icon"><img src="/_layouts/images/icdocx.gif" alt="plan.docx"></td><td class="ms-vb-title"><a href="/sites/team/Shared%20Documents/plan.docx">plan.docx</a></td><td class="ms-vb2">1/2/2024 10:11 AM</td><td>24 KB</td></tr><tr><td class="ms-vb-icon"><img src="/_layouts/images/icpdf.png" alt="list.pdf"></td><td class="ms-vb-title"><a href="/sites/team/Shared%20Documents/list.pdf">list.pdf</a></td><td class="ms-vb2">1/13/2024 10:11 AM</td><td>310 KB</td></tr></table></body></html>""",
    "f plan.docx 24576",
    "f list.pdf 317440",
)

_page(
    "gov open data folder",
    "/opendata/air/",
    """<!DOCTYPE html><html><head><title>Open data: air quality</title></head><body><h1>Air quality measurements</h1><p>Data are published under CC-BY.</p><table class="table table-striped"><thead><tr><th>Dataset file</th><th>Format</th><th>Size</th><th>Updated</th></tr></thead><tbody><tr><td><a href="air_2022.csv">air_2022.csv</a></td><td>CSV</td><td>12,4 MB</td><td>01.02.2023</td></tr><tr><td><a href="air_2023.csv">air_2023.csv</a></td><td>CSV</td><td>13,1 MB</td><td>14.02.2024</td></tr><tr><td><a href="stations.json">stations.json</a></td><td>JSON</td><td>0,3 MB</td><td>14.02.2024</td></tr></tbody></table></body></html>""",
    "f air_2022.csv 13002342",
    "f air_2023.csv 13736346",
    "f stations.json 314573",
)

_page(
    "backups folder script",
    "/backups/",
    """<html><head><title>Backups</title></head><body><h1>Available backups</h1><table><tr><td><a href="db-2024-01-01.sql.gz">db-2024-01-01.sql.gz</a></td><td>12.1 MB</td><td><a href="db-2024-01-01.sql.gz" download>Download</a> <a href="?delete=db-2024-01-01.sql.gz">Delete</a></td></tr><tr><td><a href="db-2024-01-02.sql.gz">db-2024-01-02.sql.gz</a></td><td>12.2 MB</td><td><a href="db-2024-01-02.sql.gz" download>Download</a> <a href="?delete=db-2024-01-02.sql.gz">Delete</a></td></tr></table></body></html>""",
    "f db-2024-01-01.sql.gz 12687770",
    "f db-2024-01-02.sql.gz 12792627",
)

_page(
    "empty hand-made",
    "/uploads/",
    """<html><head><title>Contents of /uploads/</title></head><body><h1>Contents of /uploads/</h1><p><a href="..">..</a></p><p>No files found.</p></body></html>""",
)

_page(
    "empty hand-made table",
    "/uploads/",
    """<html><head><title>Files</title></head><body><h1>/uploads/</h1><table><tr><th>Name</th><th>Size</th><th>Date</th></tr><tr><td colspan=3>This folder is empty</td></tr></table></body></html>""",
)

_page(
    "whole tree ul",
    "/project/",
    """<html><head><title>Directory Tree</title></head><body><h1>Directory Tree</h1><p><a href="./">.</a><br>├── <a href="./docs/">docs/</a><br>│   ├── <a href="./docs/a.pdf">a.pdf</a><br>│   └── <a href="./docs/b.pdf">b.pdf</a><br>├── <a href="./main.c">main.c</a><br>└── <a href="./Makefile">Makefile</a><br></p><p>1 directory, 4 files</p></body></html>""",
    "d docs",
    "f main.c",
    "f Makefile",
)

_page(
    "whole tree files only",
    "/data/",
    """<html><head><title>/data/</title></head><body><h1>/data/</h1><ul><li><a href="/data/2024/jan/a.wav">2024/jan/a.wav</a> 12 KB</li><li><a href="/data/2024/feb/b.wav">2024/feb/b.wav</a> 13 KB</li><li><a href="/data/readme.txt">readme.txt</a> 1 KB</li></ul></body></html>""",
    "d 2024",
    "f readme.txt 1024",
)

_page(
    "lighttpd theme",
    "/x/",
    """<?xml version="1.0" encoding="iso-8859-1"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd"><html xmlns="http://www.w3.org/1999/xhtml"><head><title>Index of /x/</title></head><body><h2>Index of /x/</h2><div class="list"><table summary="Directory Listing" cellpadding="0" cellspacing="0"><thead><tr><th class="n">Name</th><th class="m">Last Modified</th><th class="s">Size</th><th class="t">Type</th></tr></thead><tbody><tr><td class="n"><a href="../">Parent Directory</a>/</td><td class="m">&nbsp;</td><td class="s">- &nbsp;</td><td class="t">Directory</td></tr><tr><td class="n"><a href="s/">s</a>/</td><td class="m">2024-Jan-02 10:11:12</td><td class="s">- &nbsp;</td><td class="t">Directory</td></tr><tr><td class="n"><a href="q.bin">q.bin</a></td><td class="m">2024-Jan-02 10:11:12</td><td class="s">0.1K</td><td class="t">application/octet-stream</td></tr></tbody></table></div><div class="foot">lighttpd</div></body></html>""",
    "d s",
    "f q.bin 102",
)

_page(
    "rpm repo theme cards",
    "/rpms/",
    """<html><head><title>RPM packages</title></head><body><div class=container><h1>RPM repository</h1><div class="row"><div class="col-8"><a href="/rpms/repodata/">repodata/</a></div><div class="col-2">-</div><div class="col-2">2024-01-02</div></div><div class="row"><div class="col-8"><a href="/rpms/app-1.0-1.x86_64.rpm">app-1.0-1.x86_64.rpm</a></div><div class="col-2">4.0 MiB</div><div class="col-2">2024-01-02</div></div></div></body></html>""",
    "d repodata",
    "f app-1.0-1.x86_64.rpm 4194304",
)

_page(
    "php dir script dl li",
    "/archive/",
    """<html><head><title>archive</title></head><body><h3>Files in this directory:</h3><ol><li><a href="./scan1.pdf">scan1.pdf</a> - 120.5 KB - modified 2 January 2024, 10:11</li><li><a href="./scan2.pdf">scan2.pdf</a> - 99.1 KB - modified 3 January 2024, 10:11</li></ol></body></html>""",
    "f scan1.pdf 123392",
    "f scan2.pdf 101478",
)

_page(
    "tree -H nested sizes",
    "/a/",
    """<!DOCTYPE html><html><head><title>Directory Tree</title></head><body><h1>Directory Tree</h1><p><a href="/a/">/a/</a><br>├── [4.0K]&nbsp;&nbsp;<a href="/a/b/">b</a><br>│&nbsp;&nbsp; └── [ 12K]&nbsp;&nbsp;<a href="/a/b/x.wav">x.wav</a><br>└── [1.0K]&nbsp;&nbsp;<a href="/a/y.txt">y.txt</a><br><br><p>5.0K used in 1 directory, 2 files</p><hr><p class="VERSION">tree v2.1.0 © 1996 - 2022 by Steve Baker</p></body></html>""",
    "d b",
    "f y.txt 1024",
)

_page(
    "s3cmd ls",
    "/ls.txt",
    """                          DIR  s3://bkt/logs/
2024-01-02 10:11      44080  s3://bkt/a.wav
2024-01-02 10:11      88160  s3://bkt/b.wav
""",
    "d logs",
    "f a.wav 44080",
    "f b.wav 88160",
)

_page(
    "nav folders aside",
    "/docs/",
    """<html><head><title>Docs</title></head><body><aside><a href="/docs/2022/">2022</a><a href="/docs/2023/">2023</a></aside><section><table><tr><th>File</th><th>Size</th></tr><tr><td><a href="/docs/x.pdf">x.pdf</a></td><td>1 MB</td></tr><tr><td><a href="/docs/y.pdf">y.pdf</a></td><td>2 MB</td></tr></table></section></body></html>""",
    "d 2022",
    "d 2023",
    "f x.pdf 1048576",
    "f y.pdf 2097152",
)
