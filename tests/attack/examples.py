"""Valid examples of what peers send: what the attacks on parsers begin from."""

from __future__ import annotations

from tests.probes.recognise.page_builders import PAGES
from tests.probes.recognise.survey_pages import PAGES as LONG_PAGES
from tests.servers.sounds import mp3, wav

# ruff: noqa: E501  examples stand on one line

HTML = (
    *(body.encode() for body, _, _ in (*PAGES.values(), *LONG_PAGES.values())),
    '<meta charset=koi8-r><title>Каталог /rec/</title><table><tr><td><a href="%D0.xls">п.xls</a></td><td>45 Кб</td></tr></table>'.encode(
        "koi8-r"
    ),
)
XML = (
    b'<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix/><KeyCount>2</KeyCount>'
    b"<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken><EncodingType>url</EncodingType>"
    b"<Contents><Key>a%20b.wav</Key><LastModified>2024-01-02T03:04:05.000Z</LastModified><Size>12</Size></Contents>"
    b"<Contents><Key>c&amp;d.wav</Key><Size>7</Size></Contents><CommonPrefixes><Prefix>2024/</Prefix></CommonPrefixes></ListBucketResult>",
    b"<ListVersionsResult><Name>b</Name><Version><Key>a</Key><VersionId>1</VersionId><IsLatest>false</IsLatest><Size>1</Size></Version>"
    b"<DeleteMarker><Key>a</Key></DeleteMarker></ListVersionsResult>",
    b"<ListMultipartUploadsResult><Bucket>b</Bucket><Upload><Key>a</Key><UploadId>1</UploadId></Upload></ListMultipartUploadsResult>",
    b'<?xml version="1.0"?><EnumerationResults ContainerName="http://x/c"><Blobs><Blob><Name>a.wav</Name><Properties>'
    b"<Content-Length>5</Content-Length></Properties></Blob></Blobs><NextMarker>m</NextMarker></EnumerationResults>",
    b"<Error><Code>AccessDenied</Code><Message>no</Message><Region>eu-north-1</Region><HostId>x</HostId></Error>",
    b'<AccessControlPolicy><Owner><ID>1</ID></Owner><AccessControlList><Grant><Grantee xsi:type="Group">'
    b"<URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>",
    b'<D:multistatus xmlns:D="DAV:"><D:response><D:href>/rec/</D:href><D:propstat><D:prop><D:resourcetype><D:collection/></D:resourcetype></D:prop>'
    b"<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response><D:response><D:href>/rec/a.wav</D:href><D:propstat><D:prop><D:resourcetype/>"
    b"<D:getcontentlength>12</D:getcontentlength></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response></D:multistatus>",
)
JSON = (
    b'{"kind":"storage#objects","nextPageToken":"t","items":[{"name":"a.wav","size":"12","updated":"2024-01-02T03:04:05Z"}],"prefixes":["x/"]}',
    b'{"error":{"code":401,"message":"Anonymous caller does not have storage.objects.list access","errors":[{"reason":"required"}]}}',
    b'{"objects":[{"name":"a.wav","size":5,"timeModified":"2024-01-02T03:04:05Z"}],"nextStartWith":"b"}',
    b'[{"name":"a.wav","bytes":12,"hash":"0","content_type":"audio/wav","last_modified":"2024-01-02T03:04:05.000000"},{"subdir":"x/"}]',
    b'{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["s3:GetObject"],"Resource":"arn:aws:s3:::b/*"}]}',
    b'[{"name":"monday","type":"directory","mtime":"Tue, 02 Jan 2024 03:04:05 GMT"},{"name":"a.wav","type":"file","size":5000019}]',
)
HTTP = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-4/10\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nA: b\r\n\r\n",
    b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.0 301 Moved\nLocation: /x\nContent-Encoding: gzip\n\n\x1f\x8b\x08\0",
    b"ICY 200 OK\r\n\r\nx",
)
NAMES = (
    b"/rec/2024-01-02/in-0701234567-20240102-030405-1704164645.12.wav",
    "/journal/Åsa Öberg 19121212-1212 remiss.pdf".encode(),
    b"/backup/db_2024-01-02T03:04:05.sql.gz",
)
DATES = (
    b"2024-01-02 03:04",
    b"Tue, 02 Jan 2024 03:04:05 GMT",
    b"02.01.2024 03:04",
    b"1/2/2024 3:04 AM",
    b"4.7 MB",
    b"1,234,567",
    b"12K",
)
MEDIA = (
    wav(3)[0][:1024],
    wav(3, "pcm")[0][:1024],
    mp3(1)[0][:1024],
    b"%PDF-1.4\n",
    b"PK\x03\x04\x14\0\0\0\x08\0",
    b"SQLite format 3\0\x10\0",
    b"-- MySQL dump 10.13\nCREATE TABLE `calls` (`id` int);\nINSERT INTO `calls` VALUES (1,'a');\n",
    b"-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----\n",
    b"From a@b.example Tue Jan  2 03:04:05 2024\nReceived: from c\nSubject: d\n\ntext\n",
    b'192.0.2.1 - - [02/Jan/2024:03:04:05 +0000] "GET / HTTP/1.1" 200 5 "-" "x"\n' * 4,
    b"2024-01-02 03:04:05,123 INFO a\n" * 4,
    b"DB_HOST=db\nDB_PASSWORD=x\nAPP_KEY=y\n",
    b"id;name;phone\n1;a;0701234567\n2;b;0701234568\n",
    b"<?xml version='1.0'?><x><y/></x>",
)
