"""Pages in the dress of every family that no package starts, written for the purpose, with all that each holds."""

from __future__ import annotations

import base64
import json

# ruff: noqa: E501  rows stand on one line, as servers write them

APACHE_13 = """<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">
<HTML><HEAD><TITLE>Index of /rec</TITLE></HEAD><BODY><H1>Index of /rec</H1>
<PRE><IMG SRC="/icons/blank.gif" ALT="     "> <A HREF="?N=D">Name</A> <A HREF="?M=A">Last modified</A> <A HREF="?S=A">Size</A> <A HREF="?D=A">Description</A>
<HR>
<IMG SRC="/icons/back.gif" ALT="[DIR]"> <A HREF="/">Parent Directory</A>        04-Feb-2003 10:10      -
<IMG SRC="/icons/folder.gif" ALT="[DIR]"> <A HREF="monday/">monday/</A>                 04-Feb-2003 10:10      -
<IMG SRC="/icons/sound1.gif" ALT="[SND]"> <A HREF="a%20long%20name%20of%20a%20call.wav">a long name of a call..&gt;</A> 05-Feb-2003 11:11    12k  A call of 12M
<IMG SRC="/icons/sound1.gif" ALT="[SND]"> <A HREF="b.wav">b.wav</A>                   05-Feb-2003 11:12   1.5M
</PRE><HR></BODY></HTML>"""

IIS = """<html><head><title>files.example - /rec/</title></head><body><H1>files.example - /rec/</H1><hr>

<pre><A HREF="/">{up}</A><br><br>{rows}</pre><hr></body></html>"""

LITESPEED = """<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN"><html><head><title>Index of /rec/</title></head><body>
<h1>Index of /rec/</h1><table><tr><th><img src="/_autoindex/assets/icons/blank.png" alt="[ICO]"></th><th><a href="?ND">Name</a></th><th><a href="?MA">Last modified</a></th><th><a href="?SA">Size</a></th></tr>
<tr><td><img src="/_autoindex/assets/icons/corner-left-up.svg" alt="[UP]"></td><td><a href="/">Parent Directory</a></td><td>2024-01-02 03:04</td><td>-</td></tr>
<tr><td><img src="/_autoindex/assets/icons/folder-fill.svg" alt="[DIR]"></td><td><a href="/rec/monday/">monday</a></td><td>2024-01-02 03:04</td><td>-</td></tr>
<tr><td><img src="/_autoindex/assets/icons/file.svg" alt="[   ]"></td><td><a href="/rec/a.wav">a.wav</a></td><td>2024-01-02 03:04</td><td>4k</td></tr></table></body></html>"""

H5AI = """<!DOCTYPE html><html class="no-js"><head><title>index - powered by h5ai</title></head><body>
<div id="fallback-hints"><span class="noJsMsg">Works best with JavaScript enabled!</span></div>
<div id="fallback"><table><tr><th class="fb-i"></th><th class="fb-n"><span>Name</span></th><th class="fb-d"><span>Last modified</span></th><th class="fb-s"><span>Size</span></th></tr>
<tr><td class="fb-i"><img src="/_h5ai/public/images/fallback/folder-parent.png" alt="folder-parent"/></td><td class="fb-n"><a href="..">Parent Directory</a></td><td class="fb-d"></td><td class="fb-s"></td></tr>
<tr><td class="fb-i"><img src="/_h5ai/public/images/fallback/folder.png" alt="folder"/></td><td class="fb-n"><a href="/rec/monday/">monday</a></td><td class="fb-d">2024-01-02 03:04</td><td class="fb-s"></td></tr>
<tr><td class="fb-i"><img src="/_h5ai/public/images/fallback/file.png" alt="file"/></td><td class="fb-n"><a href="/rec/a.wav">a.wav</a></td><td class="fb-d">2024-01-02 03:04</td><td class="fb-s">5000 KB</td></tr>
<tr><td class="fb-i"><img src="/_h5ai/public/images/fallback/file.png" alt="file"/></td><td class="fb-n"><a href="/rec/tiny.txt">tiny.txt</a></td><td class="fb-d">2024-01-02 03:04</td><td class="fb-s">0 KB</td></tr></table></div></body></html>"""

HFS2 = """<!DOCTYPE html><html><head><title>HFS /rec/</title></head><body><div id="panel"><fieldset id='folder'><legend>Folder</legend></fieldset></div>
<div id='folder-path'><button onclick='location.href="/"'>Home</button></div><div id='folder-stats'>1 folders, 2 files, 17.1 MB</div>
<div id='files' class="hideTs "><div class='item item-type-folder'><div class="item-link"><a href="monday/"><img src="/~img_folder" /> monday</a></div><div class='item-props'><span class="item-ts"><i class='fa fa-clock-o'></i> 2024-01-02 03:04</span></div></div>
<div class='item item-type-file'><div class="item-link"><a href="a.wav"><img src="/~img3" /> a.wav</a></div><div class='item-props'><span class="item-ts"><i class='fa'></i> 2024-01-02 03:04</span><span class="item-size"><i class='fa fa-download' title="Download counter: 9"></i> 17 MB</span></div></div>
<div class='item item-type-file'><div class="item-link"><a href="b%20c.wav"><img src="/~img3" /> b c.wav</a></div><div class='item-props'><span class="item-ts"><i class='fa'></i> 2024-01-02 03:04</span><span class="item-size"><i class='fa fa-download'></i> 24B</span></div></div>
</div></body></html>"""

HFS2_TABLE = """<html><head><title>HFS /rec/</title></head><body><table id="files"><tr><th><a href="?sort=n">Name</a><th><a href="?sort=s">Size</a><th><a href="?sort=t">Timestamp</a><th><a href="?sort=d">Hits</a>
<tr><td><a href="monday/"><img src="/~img_folder"> <b>monday</b></a><td align=right><i>folder</i><td align=right>1/2/2024 3:04:05 AM<td align=right>3
<tr><td><a href="a.wav"><img src="/~img3"> a.wav</a><td align=right>17.5 KB<td align=right>1/22/2024 3:04:05 AM<td align=right>0
</table></body></html>"""

MINISERVE = """<!DOCTYPE html><html><head><title>files.example/rec</title></head><body><div class="toolbar_box_group"></div><div class="container"><span id="top"></span>
<h1 class="title" dir="ltr"><bdi><a href="/">files.example</a></bdi>/<bdi>rec</bdi></h1>
<table><thead><tr><th class="name"><span class="up"><a href="?sort=name&amp;order=asc" title="Sort by name in ascending order">Name</a></span></th><th class="size"><span><a href="?sort=size&amp;order=asc">Size</a></span></th><th class="date"><span><a href="?sort=date&amp;order=asc">Last modification</a></span></th></tr></thead><tbody>
<tr><td colspan="3"><p><span class="root-chevron"></span><a class="root" href="/?">Parent directory</a></p></td></tr>
<tr class="entry-type-directory"><td><p><a class="directory" href="/rec/monday/">monday/</a></p></td><td class="size-cell"></td><td class="date-cell"><span>2024-01-02 03:04:05 +00:00 </span><span class="history">2 weeks ago</span></td></tr>
<tr class="entry-type-file"><td><p><a class="file" href="/rec/a.wav">a.wav<span class="mobile-info size">1.00 MiB</span></a></p></td><td class="size-cell">1.00 MiB</td><td class="date-cell"><span>2024-01-02 03:04:05 +00:00 </span><span class="history">2 weeks ago</span></td></tr>
<tr class="entry-type-file"><td><p><a class="file symlink" href="/rec/b.wav">b.wav</a><span class="symlink-symbol"></span><a href="/rec/real.wav">real.wav</a></p></td><td class="size-cell">12 B</td><td class="date-cell"><span>2024-01-02 03:04:05 +00:00 </span></td></tr>
</tbody></table><div class="footer"><div class="version"><a href="https://github.com/svenstaro/miniserve">miniserve</a>/0.27.1</div></div></div></body></html>"""

MINISERVE_RAW = """<!DOCTYPE html><html><body><table><thead><th class="name">Name</th><th class="size">Size</th><th class="date">Last modification</th></thead><tbody>
<tr><td colspan="3"><p><a class="root" href="/?raw=true">..</a></p></td></tr>
<tr class="entry-type-directory"><td><p><a class="directory" href="/rec/monday/?raw=true">monday/</a></p></td><td class="size-cell"></td><td class="date-cell">2024-01-02 03:04:05 +00:00</td></tr>
<tr class="entry-type-file"><td><p><a class="file" href="/rec/a.wav">a.wav</a></p></td><td class="size-cell">1.00 MiB</td><td class="date-cell">2024-01-02 03:04:05 +00:00</td></tr></tbody></table></body></html>"""

DUFS = (
    '<!DOCTYPE html><html><head><title>Index of /rec - Dufs</title><template id="index-data">'
    + base64.b64encode(
        json.dumps(
            {
                "href": "/rec",
                "kind": "Index",
                "allow_upload": False,
                "paths": [
                    {"path_type": "Dir", "name": "monday", "mtime": 1704164645000, "size": 12},
                    {"path_type": "File", "name": "a#b.wav", "mtime": 1704164645000, "size": 5000019},
                    {"path_type": "SymlinkFile", "name": "b.wav", "mtime": 1704164645000, "size": 0},
                ],
            }
        ).encode()
    ).decode()
    + "</template></head><body></body></html>"
)

DARKHTTPD = """<!DOCTYPE html>
<html><head><title>/rec/</title><meta name="viewport" content="width=device-width"></head><body>
<h1>/rec/</h1>
<tt><pre>
<a href="../">../</a>
<a href="monday">monday</a>/
<a href="tuesday/">tuesday/</a>
<a href="a%20b.wav">a b.wav</a>             5000019
</pre></tt>
<hr>
Generated by darkhttpd/1.13 on Tue, 02 Jan 2024 03:04:05 GMT
</body></html>"""

THTTPD = """<HTML>
  <HEAD><TITLE>Index of /rec/</TITLE></HEAD>
  <BODY BGCOLOR="#99cc99" TEXT="#000000">
    <H2>Index of /rec/</H2>
    <PRE>
mode  links  bytes  last-changed  name
<HR>dr-x   2      4096  Jan  2 03:04  <A HREF=".">.</A>
dr-x   5      4096  Jan  2 03:04  <A HREF="..">..</A>
dr-x   2      4096  Jan  2  2023  <A HREF="monday/">monday/</A>
-r--   1   5000019  Jan  2 03:04  <A HREF="a.wav">a.wav</A>
</PRE>
    <HR>
    <ADDRESS><A HREF="http://www.acme.com/software/thttpd/">thttpd/2.29</A></ADDRESS>
  </BODY>
</HTML>"""

LISTER_V2 = """<!DOCTYPE html><html><head><title>Directory listing of http://files.example/rec/</title></head><body>
<div id="page-navbar" class="navbar"><p class="navbar-text"><a href="http://files.example/rec/">Home</a></p></div>
<div id="directory-list-header"><div class="row"><div class="col-md-7">File</div><div class="col-md-2">Size</div><div class="col-md-3">Last Modified</div></div></div>
<ul id="directory-listing" class="nav nav-pills nav-stacked">
<li data-name="monday" data-href="?dir=monday"><a href="?dir=monday" class="clearfix" data-name="monday"><div class="row"><span class="file-name col-md-7"><i class="fa fa-folder fa-fw"></i> monday </span><span class="file-size col-md-2"> - </span><span class="file-modified col-md-3"> 2024-01-02 03:04:05 </span></div></a></li>
<li data-name="a.wav" data-href="a.wav"><a href="a.wav" class="clearfix" data-name="a.wav"><div class="row"><span class="file-name col-md-7"><i class="fa fa-volume-up fa-fw"></i> a.wav </span><span class="file-size col-md-2"> 4.77MB </span><span class="file-modified col-md-3"> 2024-01-02 03:04:05 </span></div></a><a href="javascript:void(0)" class="file-info-button"><i class="fa fa-info-circle"></i></a></li>
</ul></body></html>"""

LISTER_V3 = """<!DOCTYPE html><html><head><title>/ • Directory Lister</title><link rel="stylesheet" href="app/assets/app.css?id=1"></head><body>
<div id="app" class="flex flex-col" x-data="application"><header class="bg-blue-600"><a href=".">Home</a></header>
<div class="container"><div class="flex font-bold"><div class="grow">File</div><div class="hidden">Size</div><div class="hidden">Date</div></div><ul id="file-list">
<li><a href="?dir=monday" title="monday" class="flex items-center"><div class="w-1/12"><i class="fas fa-folder fa-fw fa-lg"></i></div><div class="flex-1 truncate"> monday </div><div class="hidden whitespace-nowrap text-right"> — </div><div class="hidden whitespace-nowrap"> 2024-01-02 03:04:05 </div></a></li>
<li><a href="a.wav" title="a.wav" class="flex items-center"><div class="w-1/12"><i class="fas fa-music fa-fw fa-lg"></i></div><div class="flex-1 truncate"> a.wav </div><div class="hidden whitespace-nowrap text-right"> 4.77MB </div><div class="hidden whitespace-nowrap"> 2024-01-02 03:04:05 </div></a></li>
</ul></div></div></body></html>"""

EVOLUTED = """<html><head><title>Directory Listing of http://files.example/rec/</title></head><body><div id="container"><h1>Directory Listing of files.example/rec/</h1>
<div id="breadcrumbs"> <a href="/rec/">home</a> </div>
<div id="listingcontainer"><div id="listingheader"><div id="headerfile">File</div><div id="headersize">Size</div><div id="headermodified">Last Modified</div></div>
<div id="listing"><div><a href="?dir=monday/" class="b"><img src="/rec/dlf/folder.png" alt="Folder" /><strong>monday</strong> <em>-</em> Jan 02 2024 03:04:05 AM</a></div>
<div><a href="a.wav" class="w"><img src="/rec/dlf/wav.png" alt="a.wav" /><strong>a.wav</strong> <em>12KB</em> Jan 02 2024 03:04:05 AM</a></div>
<div><a href="b.wav" class="b"><img src="/rec/dlf/wav.png" alt="b.wav" /><strong>b.wav</strong> <em>1.5MB</em> Jan 02 2024 03:04:05 AM</a></div></div></div></div></body></html>"""

TOMCAT_JA = """<html><head><title>/rec/のディレクトリの一覧</title><style type="text/css">h1 {}</style></head><body><h1>/rec/のディレクトリの一覧 - <a href="/"><b>/に移動</b></a></h1><hr class="line">
<table width="100%" cellspacing="0" cellpadding="5" align="center"><tr><td align="left"><font size="+1"><strong>ファイル名</strong></font></td><td align="center"><font size="+1"><strong>サイズ</strong></font></td><td align="right"><font size="+1"><strong>最終更新</strong></font></td></tr>
<tr><td align="left">&nbsp;&nbsp;<a href="/rec/monday/"><tt>monday/</tt></a></td><td align="right"><tt>&nbsp;</tt></td><td align="right"><tt>Tue, 02 Jan 2024 03:04:05 GMT</tt></td></tr>
<tr bgcolor="#eeeeee"><td align="left">&nbsp;&nbsp;<a href="/rec/a.wav"><tt>a.wav</tt></a></td><td align="right"><tt>4882.8 kb</tt></td><td align="right"><tt>Tue, 02 Jan 2024 03:04:05 GMT</tt></td></tr></table><hr class="line"><h3>Apache Tomcat/9.0.1</h3></body></html>"""

JETTY = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><link href="jetty-dir.css" rel="stylesheet" /><title>Directory: /rec/</title></head><body><h1 class="title">Directory: /rec/</h1>
<table class="listing"><thead><tr><th class="name"><a href="?C=N&O=D">Name&nbsp; &#8679;</a></th><th class="lastmodified"><a href="?C=M&O=A">Last Modified</a></th><th class="size"><a href="?C=S&O=A">Size</a></th></tr></thead><tbody>
<tr><td class="name"><a href="/rec/../">Parent Directory</a></td><td class="lastmodified">-</td><td>-</td></tr>
<tr><td class="name"><a href="/rec/monday/">monday/&nbsp;</a></td><td class="lastmodified">Jan 2, 2024, 3:04:05 AM&nbsp;</td><td class="size">4,096 bytes&nbsp;</td></tr>
<tr><td class="name"><a href="/rec/a&b.wav">a&b.wav&nbsp;</a></td><td class="lastmodified">Jan 2, 2024, 3:04:05 AM&nbsp;</td><td class="size">5,000,019 bytes&nbsp;</td></tr></tbody></table></body></html>"""

JETTY_OLD = """<HTML><HEAD><TITLE>Directory: /rec/</TITLE></HEAD><BODY><H1>Directory: /rec/</H1><TABLE BORDER=0>
<TR><TD><A HREF="/rec/../">Parent Directory</A></TD><TD></TD><TD></TD></TR>
<TR><TD><A HREF="/rec/monday/">monday/&nbsp;</TD><TD ALIGN=right>4096 bytes&nbsp;</TD><TD>Jan 2, 2024 3:04:05 AM</TD></TR>
<TR><TD><A HREF="/rec/a.wav">a.wav&nbsp;</TD><TD ALIGN=right>12 bytes&nbsp;</TD><TD>Jan 2, 2024 3:04:05 AM</TD></TR></TABLE></BODY></HTML>"""

GO = '<pre>\n<a href="monday/">monday/</a>\n<a href="a%20b.wav">a b.wav</a>\n<a href="./co:lon.wav">co:lon.wav</a>\n</pre>\n'

WEBRICK = """<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.0 Transitional//EN"><HTML><HEAD><TITLE>Index of /rec/</TITLE></HEAD><BODY><H1>Index of /rec/</H1>
<TABLE width="100%"><THEAD><TR><TH class="name"><A HREF="?N=D">Name</A></TH><TH class="mtime"><A HREF="?M=A">Last modified</A></TH><TH class="size"><A HREF="?S=A">Size</A></TH></TR></THEAD><TBODY>
<TR><TD class="name"><A HREF="..">Parent Directory</A></TD><TD class="mtime">2024-01-02 03:04</TD><TD class="size"></TD></TR>
<TR><TD class="name"><A HREF="monday/">monday/</A></TD><TD class="mtime">2024-01-02 03:04</TD><TD class="size"></TD></TR>
<TR><TD class="name"><A HREF="co:lon.wav">co:lon.wav</A></TD><TD class="mtime">2024-01-02 03:04</TD><TD class="size">5000019</TD></TR></TBODY></TABLE><HR><ADDRESS>WEBrick/1.8.1 (Ruby/3.1.2/2022-04-12)</ADDRESS></BODY></HTML>"""

UPDOG = """<!DOCTYPE html><html><head><title>updog - /rec</title></head><body><div class="wrapper"><table id="tableData" class="table"><thead><tr><th>Type</th><th>Name</th><th>Size</th><th>Last Modified</th><th>View</th></tr></thead><tbody>
<tr><td data-order="0"><i class="far fa-folder"></i></td><td><a href="/rec/monday">monday</a></td><td data-order="0">--</td><td data-order="1704164645.0">02 Jan 2024 03:04:05</td><td></td></tr>
<tr><td data-order="1"><i class="far fa-file"></i></td><td><a href="/rec/a.wav">a.wav</a></td><td data-order="5000019">4.8 MB</td><td data-order="1704164645.0">02 Jan 2024 03:04:05</td><td><a href="/rec/a.wav?view">View in browser</a></td></tr></tbody></table></div></body></html>"""

COPYPARTY = """<!DOCTYPE html><html><head><title>rec</title></head><body><div id="path"><a href="/">/</a></div><div id="wrap"><h1 id="epath"><a href="/"><i></i></a><a href="/rec/">rec</a></h1>
<table id="files"><thead><tr><th name="lead"><span>c</span></th><th name="href"><span>File Name</span></th><th name="sz" sort="int"><span>Size</span></th><th name="ext"><span>T</span></th><th name="ts"><span>Date</span></th></tr></thead><tbody>
<tr><td><a href="monday/?zip=crc">zip</a></td><td><a href="monday/">monday/</a></td><td>0</td><td>---</td><td>2024-01-02 03:04:05</td></tr>
<tr><td>-</td><td><a href="a.wav">a.wav</a></td><td>5000019</td><td>wav</td><td>2024-01-02 03:04:05</td></tr></tbody></table></div></body></html>"""

SQUID_FTP = """<html><head><title>FTP Directory: ftp://files.example/rec/</title></head><body><h2>FTP Directory: <a href="/">/</a>rec/</h2>
<PRE><A HREF="../"><IMG ALT="[DIRUP]" SRC="/icons/up.gif"></A> <A HREF="../">Parent Directory</A>
<A HREF="monday/"><IMG ALT="[DIR]  " SRC="/icons/folder.gif"></A> <A HREF="monday/">monday</A>. . . . . . . . . . Jan 02 03:04
<A HREF="a.wav"><IMG ALT="[FILE] " SRC="/icons/sound.gif"></A> <A HREF="a.wav">a.wav</A> . . . . . . . . . . Jan 02 03:04   4883k
<A HREF="b.wav"><IMG ALT="[FILE] " SRC="/icons/sound.gif"></A> <A HREF="b.wav">b.wav</A> . . . . . . . . . . Jan 02  2023     12
</PRE></body></html>"""

SVN = """<html><head><title>calls - Revision 41: /rec</title></head><body><h2>calls - Revision 41: /rec</h2><ul><li><a href="../">..</a></li><li><a href="monday/">monday/</a></li><li><a href="a.wav">a.wav</a></li></ul>
<hr noshade><em>Powered by <a href="http://subversion.apache.org/">Apache Subversion</a> version 1.14.</em></body></html>"""

TFM = """<html><head><title>Tiny File Manager</title></head><body><form><table class="table" id="main-table"><thead><tr><th class="custom-checkbox-header"></th><th>Name</th><th>Size</th><th>Modified</th><th>Perms</th><th>Actions</th></tr></thead>
<tr><td class="nosort"></td><td class="border-0" data-sort><a href="?p="><i class="fa fa-chevron-circle-left go-back"></i> ..</a></td><td></td><td></td><td></td><td></td></tr>
<tr><td></td><td data-sort="monday"><div class="filename"><a href="?p=rec%2Fmonday"><i class="fa fa-folder-o"></i> monday</a></div></td><td data-sort="a-0">Folder</td><td data-sort="a-1704164645">02.01.24 03:04</td><td>0755</td><td><a href="#"></a></td></tr>
<tr><td></td><td data-sort="a.wav"><div class="filename"><a href="?p=rec&amp;view=a.wav" title="a.wav"><i class="fa fa-file-audio-o"></i> a.wav</a></div></td><td data-sort="b-000000000005000019">4.77 MB</td><td data-sort="b-1704164645">02.01.24 03:04</td><td>0644</td><td><a href="/rec/a.wav" target="_blank"></a></td></tr></table></form></body></html>"""

ONEINDEX = """<!DOCTYPE html><html><head><title>rec - OneIndex</title></head><body><div class="mdui-container"><div class="nexmoe-item"><div class="mdui-row"><ul class="mdui-list">
<li class="mdui-list-item th"><div class="mdui-col-xs-12 mdui-col-sm-7">文件</div><div class="mdui-col-sm-3 mdui-text-right">修改时间</div><div class="mdui-col-sm-2 mdui-text-right">大小</div></li>
<li class="mdui-list-item mdui-ripple"><a href="/"><div class="mdui-col-xs-12"><i class="mdui-icon material-icons">arrow_upward</i> ..</div></a></li>
<li class="mdui-list-item mdui-ripple"><a href="/rec/monday/"><div class="mdui-col-xs-12 mdui-col-sm-7 mdui-text-truncate"><i class="mdui-icon material-icons">folder_open</i> monday</div><div class="mdui-col-sm-3 mdui-text-right">2024-01-02 03:04:05</div><div class="mdui-col-sm-2 mdui-text-right">4.77 MB</div></a></li>
<li class="mdui-list-item file mdui-ripple"><a href="/rec/a.wav"><div class="mdui-col-xs-12 mdui-col-sm-7 mdui-text-truncate"><i class="mdui-icon material-icons">audiotrack</i> <span>a.wav</span></div><div class="mdui-col-sm-3 mdui-text-right">2024-01-02 03:04:05</div><div class="mdui-col-sm-2 mdui-text-right">4.77 MB</div></a></li>
</ul></div></div></div></body></html>"""

DIRLIST_B64 = """<html><head><title>files</title></head><body><table width="725"><tr><td><a href="index.php?sort=name">Name</a></td><td><a href="index.php?sort=size">Size</a></td><td><a href="index.php?sort=date">Date</a></td></tr>
<tr><td><img src="dirLIST_files/icons/folder.gif"> <a href="index.php?folder=bW9uZGF5">monday</a></td><td>-</td><td>02-01-2024</td></tr>
<tr><td><img src="dirLIST_files/icons/wav.gif"> <a href="a.wav">a.wav</a></td><td>1.5 MB</td><td>22-01-2024</td></tr></table></body></html>"""

PLAIN_BR = """<html><head><title>Index of /rec/</title></head><body><h1>Index of /rec/</h1><a href="../">../</a><br><a href="monday/">monday/</a><br><a href="a.wav">a.wav</a> (4.77 MB)<br><a href="b.wav">b.wav</a> (12 KB)<br></body></html>"""

NEXUS = """<html><head><title>Index of /rec</title></head><body><h1>Index of /rec</h1><table cellspacing="10"><tr><th align="left">Name</th><th>Last Modified</th><th>Size</th><th>Description</th></tr>
<tr><td><a href="../">Parent Directory</a></td></tr>
<tr><td><a href="http://files.example/rec/monday/">monday/</a></td><td>Tue Jan 02 03:04:05 UTC 2024</td><td>&nbsp;</td><td></td></tr>
<tr><td><a href="http://files.example/rec/a.wav">a.wav</a></td><td>Tue Jan 02 03:04:05 UTC 2024</td><td>5000019</td><td></td></tr></table></body></html>"""

ARTIFACTORY = """<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN"><html><head><meta name="robots" content="noindex" /><title>Index of /rec</title></head><body>
<h1>Index of /rec</h1>
<pre>Name     Last modified      Size</pre><hr/>
<pre><a href="../">../</a>
<a href="monday/">monday/</a>   02-Jan-2024 03:04    -
<a href="a.wav">a.wav</a>    02-Jan-2024 03:04  4.77 MB
</pre>
<hr/><address style="font-size:small;">Artifactory/7.1 Server at files.example Port 80</address></body></html>"""

CADDY_211 = """<!DOCTYPE html><html><head><title>rec</title></head><body onload='initPage()'><div class="wrapper"><header><div class="breadcrumbs">Folder Path</div><h1><a href="../">/</a><a href="">rec</a>/</h1></header>
<main><div class="meta"><div id="summary"><span class="meta-item"><b>1</b> directory</span><span class="meta-item"><b>1</b> file</span></div></div>
<div class='listing'><table aria-describedby="summary"><thead><tr><th></th><th><a href="?sort=name&order=desc">Name</a></th><th><a href="?sort=size&order=asc">Size</a></th><th><a href="?sort=time&order=asc">Modified</a></th><th></th></tr></thead><tbody>
<tr><td></td><td><a href=".."><span class="go-up">Up</span></a></td><td></td><td></td><td></td></tr>
<tr class="file"><td></td><td><a href="./monday/"><svg class="icon icon-tabler"></svg><span class="name">monday/</span></a></td><td>&mdash;</td><td class="timestamp"><time datetime="2024-01-02T03:04:05Z">01/02/2024 03:04:05 AM +00:00</time></td><td></td></tr>
<tr class="file"><td></td><td><a href="./a.wav"><svg class="icon icon-tabler"></svg><span class="name">a.wav</span></a></td><td class="size" data-size="5000019"><div class="sizebar"><div class="sizebar-text">4.8 MiB</div></div></td><td class="timestamp"><time datetime="2024-01-02T03:04:05Z">01/02/2024 03:04:05 AM +00:00</time></td><td></td></tr></tbody></table></div></main></div></body></html>"""

TWO = ["d monday", "f a.wav 5000019"]
MB = ["d monday", f"f a.wav ~{round(4.77 * 2**20)}"]

PAGES: dict[str, tuple[str, str, list[str]]] = {
    "apache 1.3": (APACHE_13, "/rec/", ["d monday", "f a long name of a call.wav ~12288", "f b.wav ~1572864"]),
    "litespeed table": (LITESPEED, "/rec/", ["d monday", "f a.wav ~4096"]),
    "h5ai": (H5AI, "/rec/", ["d monday", "f a.wav ~5120000", "f tiny.txt ~0"]),
    "hfs 2": (HFS2, "/rec/", ["d monday", f"f a.wav ~{17 << 20}", "f b c.wav 24"]),
    "hfs 2 table": (HFS2_TABLE, "/rec/", ["d monday", "f a.wav ~17920"]),
    "miniserve": (MINISERVE, "/rec", ["d monday", "f a.wav ~1048576", "f b.wav 12"]),
    "miniserve raw": (MINISERVE_RAW, "/rec/?raw=true", ["d monday", "f a.wav ~1048576"]),
    "dufs": (DUFS, "/rec/", ["d monday", "f a#b.wav 5000019", "f b.wav 0"]),
    "darkhttpd": (DARKHTTPD, "/rec/", ["d monday", "d tuesday", "f a b.wav 5000019"]),
    "thttpd": (THTTPD, "/rec/", TWO),
    "directory lister 2": (LISTER_V2, "/rec/", MB),
    "directory lister 3": (LISTER_V3, "/rec/", MB),
    "evoluted": (EVOLUTED, "/rec/", ["d monday", "f a.wav ~12288", "f b.wav ~1572864"]),
    "tomcat in japanese": (TOMCAT_JA, "/rec/", ["d monday", f"f a.wav ~{round(4882.8 * 1024)}"]),
    "jetty": (JETTY, "/rec/", ["d monday", "f a&b.wav 5000019"]),
    "jetty 6": (JETTY_OLD, "/rec/", ["d monday", "f a.wav 12"]),
    "go": (GO, "/rec/", ["d monday", "f a b.wav", "f co:lon.wav"]),
    "webrick": (WEBRICK, "/rec/", ["d monday", "f co:lon.wav 5000019"]),
    "updog": (UPDOG, "/rec", TWO),
    "copyparty": (COPYPARTY, "/rec/", TWO),
    "squid's ftp": (SQUID_FTP, "/rec/", ["d monday", f"f a.wav ~{4883 * 1024}", "f b.wav 12"]),
    "subversion": (SVN, "/svn/rec/", ["d monday", "f a.wav"]),
    "tiny file manager": (TFM, "/index.php?p=rec", MB),
    "oneindex": (ONEINDEX, "/rec/", MB),
    "dirlist in base64": (DIRLIST_B64, "/rec/index.php", ["d monday", "f a.wav ~1572864"]),
    "breaks": (PLAIN_BR, "/rec/", ["d monday", f"f a.wav ~{round(4.77 * 2**20)}", "f b.wav ~12288"]),
    "nexus 2": (NEXUS, "/rec/", TWO),
    "artifactory": (ARTIFACTORY, "/rec/", MB),
    "caddy 2.11": (CADDY_211, "/rec/", TWO),
}

IIS_ROWS = {
    "en": ("[To Parent Directory]", "  1/2/2024  3:04 AM        &lt;dir&gt; ", " 1/22/2024  3:04 PM      5000019 "),
    "sv": ("[Till överordnad katalog]", "2024-01-02    03:04        &lt;dir&gt; ", "2024-01-22    15:04      5000019 "),
    "de": (
        "[In übergeordnetes Verzeichnis]",
        "02.01.2024    03:04        &lt;dir&gt; ",
        "22.01.2024    15:04      5000019 ",
    ),
    "ko": ("[부모 디렉터리로]", "2024-01-02 오전 3:04        &lt;dir&gt; ", "2024-01-22 오후 3:04      5000019 "),
    "en long": (
        "[To Parent Directory]",
        "      Tuesday, January 2, 2024  3:04 AM        &lt;dir&gt; ",
        "      Monday, January 22, 2024  3:04 PM      5000019 ",
    ),
}
