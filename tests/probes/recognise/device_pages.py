"""More pages of devices, file managers and interfaces, written after the rules that read them, and look-alikes."""

from __future__ import annotations

# ruff: noqa: E501  pages stand on one line

PAGES: dict[str, tuple[str, str, list[str]]] = {}
ALIKE: dict[str, tuple[str, str]] = {}


def add(name: str, path: str, body: str, *held: str) -> None:
    PAGES[name] = (path, body, list(held))


def no(name: str, path: str, body: str) -> None:
    ALIKE[name] = (path, body)


add(
    "php repo bootstrap list-group",
    "/files/",
    """<html><head><title>My Files</title></head><body><nav><a href="/">Home</a></nav><div class="container"><div class="list-group"><a class="list-group-item" href="?dir=old"><span class="glyphicon glyphicon-folder-open"></span> old</a><a class="list-group-item" href="report.pdf"><span class="glyphicon glyphicon-file"></span> report.pdf <span class="badge">12 KB</span></a><a class="list-group-item" href="notes.txt"><span class="glyphicon glyphicon-file"></span> notes.txt <span class="badge">3 KB</span></a></div></div></body></html>""",
    "d old",
    "f report.pdf ~12288",
    "f notes.txt ~3072",
)
add(
    "json string in var",
    "/cam/sd/",
    """<html><body><script>var filelist = '{"list":[{"fn":"rec_1.mp4","sz":1000,"tm":1704164645},{"fn":"rec_2.mp4","sz":2000,"tm":1704164700}]}'; var o = JSON.parse(filelist); render(o);</script></body></html>""",
    "f rec_1.mp4 1000",
    "f rec_2.mp4 2000",
)
add(
    "object of arrays",
    "/sd/",
    """<script>var data={names:["a.mp4","b.mp4"],sizes:[11,22],dates:["2024-01-02","2024-01-03"]};draw(data)</script>""",
    "f a.mp4 11",
    "f b.mp4 22",
)
add(
    "index assigned fields",
    "/sd/",
    """<script>var n=new Array();var s=new Array(); n[0]="VID1.MOV"; s[0]=12345; n[1]="VID2.MOV"; s[1]=22345; n[2]="VID3.MOV"; s[2]=32345; for(i=0;i<3;i++) row(n[i],s[i]);</script>""",
    "f VID1.MOV 12345",
    "f VID2.MOV 22345",
    "f VID3.MOV 32345",
)
add(
    "calls with html entity names",
    "/m/",
    """<script>ld("Bilder","",1,"2024-01-02 03:04");ld("s\\u00f6ndag.wav","1.2 MB",0,"2024-01-02 03:04");ld("b.wav","800 KB",0,"2024-01-02 03:04");</script>""",
    "d Bilder",
    "f söndag.wav ~1258291",
    "f b.wav ~819200",
)
add(
    "react props in function call",
    "/x/",
    """<div id="root"></div><script>ReactDOM.render(React.createElement(FileBrowser, {path: "/x/", entries: [{key: "a.zip", modified: 1704164645000, size: 12}, {key: "c.zip", modified: 1704164645000, size: 13}]}), document.getElementById("root"));</script>""",
    "f a.zip 12",
    "f c.zip 13",
)
add(
    "nuxt",
    "/n/",
    """<div id="__nuxt"></div><script>window.__NUXT__=(function(a,b){return {data:[{files:[{name:"a.tar.gz",size:12,isDirectory:a,mtime:"2024-01-02T03:04:05Z"},{name:"logs",size:0,isDirectory:b,mtime:"2024-01-02T03:04:05Z"}]}]}}(false,true));</script>""",
    "f a.tar.gz 12",
    "d logs",
)
add(
    "angular ng-init",
    "/n/",
    """<body ng-app ng-init="files=[{'name':'a.xml','size':12,'date':'2024-01-02'},{'name':'b.xml','size':15,'date':'2024-01-02'}]"><div ng-repeat="f in files">{{f.name}}</div></body>""",
    "f a.xml 12",
    "f b.xml 15",
)
add(
    "xml camera search",
    "/cgi/search",
    """<?xml version="1.0"?><CMSearchResult><responseStatus>true</responseStatus><numOfMatches>2</numOfMatches><matchList><searchMatchItem><trackID>101</trackID><timeSpan><startTime>2024-01-02T03:04:05Z</startTime></timeSpan><mediaSegmentDescriptor><contentType>video</contentType><fileName>00010000.mp4</fileName><size>1234567</size></mediaSegmentDescriptor></searchMatchItem><searchMatchItem><trackID>101</trackID><timeSpan><startTime>2024-01-02T04:04:05Z</startTime></timeSpan><mediaSegmentDescriptor><contentType>video</contentType><fileName>00010001.mp4</fileName><size>2234567</size></mediaSegmentDescriptor></searchMatchItem></matchList></CMSearchResult>""",
    "f 00010000.mp4 1234567",
    "f 00010001.mp4 2234567",
)
add(
    "xml ajaxplorer",
    "/index.php?get_action=ls&dir=/",
    """<?xml version="1.0" encoding="UTF-8"?><tree filename="/" text="" is_file="false"><tree text="docs" is_file="false" filename="/docs" ajxp_mime="ajxp_folder" bytesize="4096" ajxp_modiftime="1704164645"></tree><tree text="a.pdf" is_file="1" filename="/a.pdf" bytesize="1234" ajxp_modiftime="1704164645"></tree></tree>""",
    "d docs",
    "f a.pdf 1234",
)
add(
    "json elfinder",
    "/connector.php?cmd=open&target=l1_Lw",
    """{"cwd":{"mime":"directory","ts":1704164645,"read":1,"write":0,"size":0,"hash":"l1_Lw","volumeid":"l1_","name":"files","date":"Today"},"files":[{"mime":"directory","ts":1704164645,"read":1,"size":0,"hash":"l1_YQ","name":"a","phash":"l1_Lw","dirs":1},{"mime":"application\\/pdf","ts":1704164645,"read":1,"size":"120","hash":"l1_Yg","name":"b.pdf","phash":"l1_Lw"}],"options":{"path":"files","url":"\\/files\\/"}}""",
    "d a",
    "f b.pdf 120",
)
add(
    "json filestash",
    "/api/files/ls?path=/",
    """{"status":"ok","results":[{"name":"a.mp4","type":"file","size":120,"time":1704164645000},{"name":"d","type":"directory","size":0,"time":1704164645000}]}""",
    "f a.mp4 120",
    "d d",
)
add(
    "json synology",
    "/webapi/entry.cgi?api=SYNO.FileStation.List",
    """{"data":{"files":[{"isdir":true,"name":"sub","path":"/share/sub","additional":{"size":0,"time":{"mtime":1704164645}}},{"isdir":false,"name":"a.mkv","path":"/share/a.mkv","additional":{"size":123,"time":{"mtime":1704164645}}}],"offset":0,"total":2},"success":true}""",
    "d sub",
    "f a.mkv 123",
)
add(
    "json qnap",
    "/cgi-bin/filemanager/utilRequest.cgi?func=get_list",
    """{"total":2,"datas":[{"filename":"sub","isfolder":1,"filesize":"4096","epochmt":1704164645,"owner":"admin"},{"filename":"a.mkv","isfolder":0,"filesize":"123","epochmt":1704164645,"owner":"admin"}]}""",
    "d sub",
    "f a.mkv 123",
)
add(
    "json cloudreve",
    "/api/v3/share/list/x%2F",
    """{"code":0,"data":{"parent":"x","objects":[{"id":"1","name":"a.docx","path":"/","pic":"","size":120,"type":"file","date":"2024-01-02T03:04:05+08:00"},{"id":"2","name":"sub","path":"/","pic":"","size":0,"type":"dir","date":"2024-01-02T03:04:05+08:00"}]},"msg":""}""",
    "f a.docx 120",
    "d sub",
)
add(
    "json gitea contents",
    "/api/v1/repos/o/r/contents/",
    """[{"name":"README.md","path":"README.md","sha":"x","type":"file","size":12,"url":"http://files.example/api/v1/repos/o/r/contents/README.md?ref=main","html_url":"http://files.example/o/r/src/README.md","download_url":"http://files.example/o/r/raw/README.md"},{"name":"src","path":"src","sha":"y","type":"dir","size":0,"url":"http://files.example/api/v1/repos/o/r/contents/src?ref=main","html_url":"x","download_url":null}]""",
    "f README.md 12",
    "d src",
)
add(
    "json nexus",
    "/service/rest/v1/components?repository=x",
    """{"items":[{"id":"1","name":"a","assets":[{"downloadUrl":"http://files.example/repository/x/a.jar","path":"a.jar","fileSize":12,"lastModified":"2024-01-02T03:04:05Z"},{"downloadUrl":"http://files.example/repository/x/a.pom","path":"a.pom","fileSize":13,"lastModified":"2024-01-02T03:04:05Z"}]}],"continuationToken":null}""",
    "f a.jar 12",
    "f a.pom 13",
)
add(
    "json webdav like props",
    "/dav/?format=json",
    """{"href":"/dav/","children":[{"href":"/dav/a.txt","props":{"getcontentlength":12,"getlastmodified":"Tue, 02 Jan 2024 03:04:05 GMT","getcontenttype":"text/plain"}},{"href":"/dav/b/","props":{"getlastmodified":"Tue, 02 Jan 2024 03:04:05 GMT","getcontenttype":"httpd/unix-directory"}}]}""",
    "f a.txt 12",
    "d b",
)
add(
    "text dashcam csv",
    "/list.cgi",
    """NAME,SIZE,DATE,TIME,ATTR\r\n20240102_030405.MP4,104857600,2024/01/02,03:04:05,32\r\n20240102_030705.MP4,94857600,2024/01/02,03:07:05,32\r\n""",
    "f 20240102_030405.MP4 104857600",
    "f 20240102_030705.MP4 94857600",
)
add(
    "text key value blackvue",
    "/blackvue_vod.cgi",
    """v:1.00\r\nn:/Record/20240102_030405_NF.mp4,s:1000000\r\nn:/Record/20240102_030405_NR.mp4,s:1000000\r\nn:/Record/20240102_030705_NF.mp4,s:1000000\r\n""",
    "f 20240102_030405_NF.mp4 1000000",
    "f 20240102_030405_NR.mp4 1000000",
    "f 20240102_030705_NF.mp4 1000000",
)
add(
    "text ftp like",
    "/x/",
    """-rw-rw-rw-   1 user     group         1234 Jan  2 03:04 a.bin\ndrwxrwxrwx   1 user     group            0 Jan  2 03:04 dir one\n""",
    "f a.bin 1234",
    "d dir one",
)
add(
    "text tree",
    "/x/",
    """.\n├── a.wav\n├── old\n│   └── c.wav\n└── z.wav\n\n1 directory, 3 files\n""",
    "f a.wav",
    "d old",
    "f z.wav",
)
add("text du", "/x/", """12\t./a.wav\n8\t./old/c.wav\n12\t./old\n24\t.\n""", "f a.wav", "d old")
add(
    "onclick list",
    "/rec/",
    """<ul><li onclick="play('call-1.wav')">call-1.wav <small>12 KB</small></li><li onclick="play('call-2.wav')">call-2.wav <small>13 KB</small></li></ul>""",
    "f call-1.wav ~12288",
    "f call-2.wav ~13312",
)
add(
    "onclick div rows",
    "/rec/",
    """<div class="r" onclick="location.href='call-1.wav'"><span class="n">call-1.wav</span><span class="s">12 KB</span><span>2024-01-02 03:04</span></div><div class="r" onclick="location.href='call-2.wav'"><span class="n">call-2.wav</span><span class="s">13 KB</span><span>2024-01-02 03:04</span></div>""",
    "f call-1.wav ~12288",
    "f call-2.wav ~13312",
)
add(
    "select options",
    "/pick/",
    """<form action="get"><select name="file" size="10"><option value="a.csv">a.csv (12 KB)</option><option value="b.csv">b.csv (13 KB)</option><option value="c.csv">c.csv (14 KB)</option></select><input type=submit value=Download></form>""",
    "f a.csv ~12288",
    "f b.csv ~13312",
    "f c.csv ~14336",
)
add(
    "video sources",
    "/clips/",
    """<script>playlist([{file:"clip1.mp4",title:"Clip 1",filesize:"12 MB",uploaded:"2024-01-02"},{file:"clip2.mp4",title:"Clip 2",filesize:"13 MB",uploaded:"2024-01-02"}])</script>""",
    "f clip1.mp4 ~12582912",
    "f clip2.mp4 ~13631488",
)
add(
    "template strings",
    "/t/",
    """<script>const rows = `a.log,12,2024-01-02 03:04
b.log,13,2024-01-02 03:04
c.log,14,2024-01-02 03:04`; rows.split("\\n").forEach(r => add(r.split(",")));</script>""",
    "f a.log 12",
    "f b.log 13",
    "f c.log 14",
)
add(
    "noscript fallback",
    "/h/",
    """<div id=app></div><noscript><table><tr><th>Name</th><th>Size</th></tr><tr><td><a href="a.iso">a.iso</a></td><td>12 MB</td></tr><tr><td><a href="b.iso">b.iso</a></td><td>13 MB</td></tr></table></noscript><script src=/app.js></script>""",
    "f a.iso ~12582912",
    "f b.iso ~13631488",
)
add(
    "textarea data",
    "/h/",
    """<textarea id=data style="display:none">[{"name":"a.iso","size":12,"mtime":1704164645},{"name":"b.iso","size":13,"mtime":1704164645}]</textarea><script src=/app.js></script>""",
    "f a.iso 12",
    "f b.iso 13",
)
add(
    "comment data",
    "/h/",
    """<script>/* files */ var F=F||[];F.push(["a.iso",12,1704164645],["b.iso",13,1704164645],["c",-1,1704164645]);</script>""",
    "f a.iso 12",
    "f b.iso 13",
    "d c",
)

no(
    "jwplayer",
    "/v/",
    """<p>Watch</p><script>jwplayer("x").setup({playlist:[{file:"/v/a.mp4",image:"/v/a.jpg",title:"Our film"}],width:640});</script>""",
)
no(
    "webpack runtime",
    "/",
    """<script>(self.webpackChunk=self.webpackChunk||[]).push([["main.js"],{1:function(e,t){t.x="a.css"}}]);var m={"a.js":12,"b.js":13};</script>""",
)
no(
    "gallery",
    "/g/",
    """<script>var pswp=[{src:"a.jpg",w:12,h:13,title:"One"},{src:"b.jpg",w:12,h:13,title:"Two"}];</script>""",
)
no(
    "calendar",
    "/c/",
    """<script>cal({events:[{title:"Meeting",start:"2024-01-02",url:"/e/1.html"},{title:"Fair",start:"2024-01-03",url:"/e/2.html"}]});</script>""",
)
no(
    "blog json",
    "/",
    """{"posts":[{"title":"Hello world","path":"/hello.html","date":"2024-01-02","type":"post"},{"title":"Second","path":"/second.html","date":"2024-01-03","type":"post"}]}""",
)
no(
    "crates",
    "/",
    """{"crates":[{"name":"serde","updated_at":"2024-01-02T03:04:05Z","downloads":12,"max_version":"1.0"}],"meta":{"total":1}}""",
)
no(
    "contacts",
    "/",
    """<table><tr><th>Name</th><th>Phone</th></tr><tr><td onclick="mail('anna@example.org')">anna</td><td>12</td></tr></table>""",
)
no("lang select", "/", """<select><option value="sv">Svenska</option><option value="en">English</option></select>""")
no("cdx", "/", """[["urlkey","timestamp","original"],["org,example)/","20240102030405","http://example.org/"]]""")
no("metrics", "/metrics", '# HELP up x\n# TYPE up gauge\nup 1\nfiles_total{name="a.wav"} 12\n')
no("ics", "/", "BEGIN:VCALENDAR\nVERSION:2.0\nSUMMARY:a.wav\nEND:VCALENDAR\n")
no("diff", "/", "--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b\n")
no(
    "requirement table",
    "/",
    """<h1>Requirements</h1><table><tr><th>File</th><th>Size</th></tr><tr><td>RAM</td><td>4 GB</td></tr><tr><td>Disk</td><td>12 GB</td></tr></table>""",
)
no(
    "issue list json",
    "/",
    """[{"id":1,"title":"a.wav fails","created_at":"2024-01-02T03:04:05Z","user":{"login":"x"}},{"id":2,"title":"b.wav","created_at":"2024-01-02T03:04:05Z","user":{"login":"y"}}]""",
)

add(
    "thinkware",
    "/cgi-bin/list",
    "<?xml version='1.0'?><ret><files cnt='2'><f nm='REC_2024_01_02_03_04_05_F.MP4' sz='104857600' dt='20240102030405'/><f nm='REC_2024_01_02_03_05_05_F.MP4' sz='104857601' dt='20240102030505'/></files></ret>",
    "f REC_2024_01_02_03_04_05_F.MP4 104857600",
    "f REC_2024_01_02_03_05_05_F.MP4 104857601",
)
add(
    "viofo html",
    "/DCIM/Movie/",
    "<html><body><script>\nvar a=[];\na[a.length]={n:'2024_0102_030405_001F.MP4',s:'350.2MB',t:'2024/01/02 03:04:05'};\na[a.length]={n:'2024_0102_030705_002F.MP4',s:'351.0MB',t:'2024/01/02 03:07:05'};\nfor(var i=0;i<a.length;i++)o(a[i]);</script></body></html>",
    "f 2024_0102_030405_001F.MP4 ~367211315",
    "f 2024_0102_030705_002F.MP4 ~368050176",
)
add(
    "wd my cloud share",
    "/s/x/",
    '<script>SHARE={"root":{"name":"share","nodes":[{"id":1,"label":"Photos","isFolder":1,"bytes":0},{"id":2,"label":"scan.pdf","isFolder":0,"bytes":99}]}}</script>',
    "d Photos",
    "f scan.pdf 99",
)
add(
    "svelte kit",
    "/b/",
    '<script>kit.start(app, element, {node_ids:[0,2],data:[null,{type:"data",data:{files:[{name:"a.flac",size:12,mtimeMs:1704164645000,dir:false},{name:"b",size:0,mtimeMs:1704164645000,dir:true}]},uses:{}}],form:null,error:null});</script>',
    "f a.flac 12",
    "d b",
)
add(
    "next flight",
    "/b/",
    '<script>self.__next_f.push([1,"5:[\\"$\\",\\"$L6\\",null,{\\"files\\":[{\\"name\\":\\"a.flac\\",\\"size\\":12,\\"mtime\\":\\"2024-01-02T03:04:05Z\\"},{\\"name\\":\\"b.flac\\",\\"size\\":13,\\"mtime\\":\\"2024-01-02T03:04:05Z\\"}]}]\\n"])</script>',
    "f a.flac 12",
    "f b.flac 13",
)
add(
    "jquery append rows",
    "/q/",
    "<table id=t></table><script>$('#t').append('<tr><td><a href=\"x.csv\">x.csv</a></td><td>12 KB</td><td>2024-01-02</td></tr>');$('#t').append('<tr><td><a href=\"y.csv\">y.csv</a></td><td>13 KB</td><td>2024-01-02</td></tr>');</script>",
    "f x.csv ~12288",
    "f y.csv ~13312",
)
add(
    "list item data",
    "/q/",
    "<ul><li data-path='/q/one/' data-kind='dir' data-title='one'></li><li data-path='/q/x.csv' data-kind='file' data-title='x.csv' data-bytes='12'></li><li data-path='/q/y.csv' data-kind='file' data-title='y.csv' data-bytes='13'></li></ul>",
    "d one",
    "f x.csv 12",
    "f y.csv 13",
)
add(
    "finnish keys",
    "/t/",
    "<script>var tiedostot=[{nimi:'a.pdf',koko:'12 kt',muokattu:'2.1.2024 03:04'},{nimi:'b.pdf',koko:'13 kt',muokattu:'2.1.2024 03:05'}]</script>",
    "f a.pdf",
    "f b.pdf",
)
add(
    "german keys",
    "/t/",
    "<script>var dateien=[{dateiname:'a.pdf',groesse:12000,geaendert:'02.01.2024 03:04'},{dateiname:'b.pdf',groesse:13000,geaendert:'02.01.2024 03:05'}]</script>",
    "f a.pdf 12000",
    "f b.pdf 13000",
)
add(
    "json nested groups by day",
    "/api/rec?day=1",
    '{"days":[{"day":"2024-01-02","clips":[{"file":"a.mp4","size":12,"start":"2024-01-02T03:04:05"},{"file":"b.mp4","size":13,"start":"2024-01-02T03:05:05"}]}]}',
    "f a.mp4 12",
    "f b.mp4 13",
)
add(
    "json ipfs",
    "/ipfs/x?format=dag",
    '{"Objects":[{"Hash":"Qm","Links":[{"Name":"a.txt","Hash":"Qa","Size":12,"Type":2},{"Name":"d","Hash":"Qb","Size":0,"Type":1}]}]}',
    "f a.txt 12",
    "d d",
)
add(
    "json hdfs like",
    "/fs/?op=ls",
    '{"entries":[{"path":"/fs/a.parquet","isDirectory":false,"length":12,"modificationTime":1704164645000,"permission":"rw-r--r--"},{"path":"/fs/b","isDirectory":true,"length":0,"modificationTime":1704164645000,"permission":"rwxr-xr-x"}]}',
    "f a.parquet 12",
    "d b",
)
add(
    "json databricks",
    "/api/2.0/dbfs/list?path=/x",
    '{"files":[{"path":"/x/a.csv","is_dir":false,"file_size":12},{"path":"/x/b","is_dir":true,"file_size":0}]}',
    "f a.csv 12",
    "d b",
)
add(
    "json dropbox like",
    "/2/files/list",
    '{"entries":[{".tag":"file","name":"a.doc","path_lower":"/a.doc","size":12,"server_modified":"2024-01-02T03:04:05Z"},{".tag":"folder","name":"b","path_lower":"/b"}],"cursor":"x","has_more":true}',
    "f a.doc 12",
    "d b",
)
add(
    "text apache like columns",
    "/t/",
    "Name            Size    Modified\na.csv           12K     2024-01-02 03:04\nb.csv           13K     2024-01-02 03:04\n",
    "f a.csv ~12288",
    "f b.csv ~13312",
)
add(
    "text mget",
    "/t/",
    "drwxr-xr-x    - user group          0 2024-01-02 03:04 /t/sub\n-rw-r--r--    3 user group       1234 2024-01-02 03:04 /t/a.csv\n",
    "d sub",
    "f a.csv 1234",
)
add(
    "text md5 list",
    "/t/MD5SUMS",
    "d41d8cd98f00b204e9800998ecf8427e  a.deb\nd41d8cd98f00b204e9800998ecf8427e  b.deb\n",
    "f a.deb",
    "f b.deb",
)
add(
    "csv quoted",
    "/export?list=1",
    '"name","size","mtime"\n"a.csv","12","2024-01-02 03:04:05"\n"b.csv","13","2024-01-02 03:04:05"\n',
    "f a.csv 12",
    "f b.csv 13",
)
add(
    "xml rows cells",
    "/x.xml",
    "<rows><row id='1'><cell>a.csv</cell><cell>12</cell><cell>2024-01-02 03:04</cell></row><row id='2'><cell>b.csv</cell><cell>13</cell><cell>2024-01-02 03:04</cell></row></rows>",
    "f a.csv 12",
    "f b.csv 13",
)
add(
    "xml d-link",
    "/storage/",
    "<storage><directory><name>DCIM</name><date>2024-01-02</date></directory><file><name>a.jpg</name><size>12</size><date>2024-01-02</date></file><file><name>b.jpg</name><size>13</size><date>2024-01-02</date></file></storage>",
    "d DCIM",
    "f a.jpg 12",
    "f b.jpg 13",
)
add(
    "json esp fs",
    "/list",
    '[{"type":"file","name":"index.htm.gz","size":"2131"},{"type":"file","name":"config.json","size":"212"}]',
    "f index.htm.gz 2131",
    "f config.json 212",
)

no(
    "npm",
    "/",
    '{"name":"left","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"name":"left","dist":{"tarball":"https://registry.example/left.tgz","fileCount":3,"unpackedSize":120}}},"time":{"1.0.0":"2024-01-02T03:04:05Z"}}',
)
no("vscode settings", "/", '{"files.exclude":{"**/*.js":true},"editor.fontSize":12}')
no("openweather", "/", '[{"name":"Lund","date":"2024-01-02","type":"dir","lat":1,"lon":2}]')
no(
    "form select country",
    "/",
    '<form><select name=c><option value="se">Sweden (12 MB)</option><option value="no">Norway</option></select></form><p>Choose</p>',
)
no(
    "podcast json",
    "/",
    '{"version":"https://jsonfeed.org/version/1","title":"x","items":[{"id":"1","title":"One","url":"https://pod.example/1.html","date_published":"2024-01-02T03:04:05Z"}]}',
)
no(
    "cookie banner",
    "/",
    '<p>Hello</p><script>cc.init([{name:"_ga",domain:".x",expires:"2 years",type:"html"},{name:"_gid",domain:".x",expires:"1 day",type:"html"}])</script>',
)
no(
    "staff json",
    "/",
    '{"people":[{"name":"anna.b","size":12,"modified":"2024-01-02","department":"x"},{"name":"bo.c","size":12,"modified":"2024-01-02","department":"x"}]}',
)
no("svg sprite xml", "/", "<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><symbol id='a.b'/></svg>")
no(
    "pom",
    "/",
    "<project><modelVersion>4.0.0</modelVersion><dependencies><dependency><name>a.jar</name><size>12</size></dependency></dependencies></project>",
)
no("changelog text", "/", "v1.2 2024-01-02\n- fixed a.wav\n- added b.wav\nv1.1 2023-01-02\n- first\n")
no("apt sources", "/", "deb http://deb.example/debian stable main\ndeb-src http://deb.example/debian stable main\n")
no("logrotate listing log", "/", "2024-01-02 03:04:05 12 GET /a.wav\n2024-01-02 03:04:06 13 GET /b.wav\n")
no("onclick tabs", "/", "<div onclick=\"tab('a.home')\">Home</div><div onclick=\"tab('b.help')\">Help</div>")
