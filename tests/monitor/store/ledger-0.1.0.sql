PRAGMA user_version = 11;
BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'leftopen','first_ledger','2026-11-29 10:29:56.552396+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'leftopen','surveys','2026-11-29 10:29:56.563482+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'leftopen','history_is_not_replaced','2026-11-29 10:29:56.579496+00:00');
INSERT INTO "_sqlite_migrations" VALUES(4,'leftopen','handling','2026-11-29 10:29:56.591566+00:00');
INSERT INTO "_sqlite_migrations" VALUES(5,'leftopen','recipients','2026-11-29 10:29:56.596161+00:00');
INSERT INTO "_sqlite_migrations" VALUES(6,'leftopen','duty','2026-11-29 10:29:56.600228+00:00');
INSERT INTO "_sqlite_migrations" VALUES(7,'leftopen','clock_warnings','2026-11-29 10:29:56.607421+00:00');
INSERT INTO "_sqlite_migrations" VALUES(8,'leftopen','claims','2026-11-29 10:29:56.612910+00:00');
INSERT INTO "_sqlite_migrations" VALUES(9,'leftopen','no_token_in_a_message','2026-11-29 10:29:56.623243+00:00');
INSERT INTO "_sqlite_migrations" VALUES(10,'leftopen','strangers','2026-11-29 10:29:56.639424+00:00');
INSERT INTO "_sqlite_migrations" VALUES(11,'leftopen','accounts','2026-11-29 10:29:56.652439+00:00');
CREATE TABLE accounts (
  id TEXT PRIMARY KEY, at TEXT NOT NULL, good TEXT, faults TEXT NOT NULL, buckets INTEGER NOT NULL,
  undeclared INTEGER NOT NULL, undeclared_open INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE answers (
  drill TEXT NOT NULL, channel TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL, PRIMARY KEY (drill, channel)
) WITHOUT ROWID;
CREATE TABLE changes (
  finding TEXT NOT NULL REFERENCES findings(id), sequence INTEGER NOT NULL, step TEXT NOT NULL, at TEXT NOT NULL,
  reason TEXT NOT NULL, round TEXT NOT NULL, PRIMARY KEY (finding, sequence)
) WITHOUT ROWID;
INSERT INTO "changes" VALUES('LO-3W2RP9H7TD',1,'opened','2026-10-01T12:00:00.000Z','proven by structure, canary and an entry that answers','20261001T120000Z-0a1b2c');
INSERT INTO "changes" VALUES('LO-J15Q3CPGZB',1,'opened','2026-10-01T12:00:00.000Z','proven by structure, canary and an entry that answers','20261001T120000Z-0a1b2c');
INSERT INTO "changes" VALUES('LO-M7H17MY3G9',1,'opened','2026-10-01T12:00:00.000Z','proven by structure, canary and an entry that answers','20261001T120000Z-0a1b2c');
INSERT INTO "changes" VALUES('LO-TM93KFZF0Y',1,'opened','2026-10-01T12:00:00.000Z','proven by structure, canary and an entry that answers','20261001T120000Z-0a1b2c');
INSERT INTO "changes" VALUES('LO-WP6AQEN01H',1,'opened','2026-10-01T12:00:00.000Z','proven by structure, canary and an entry that answers','20261001T120000Z-0a1b2c');
INSERT INTO "changes" VALUES('LO-WP6AQEN01H',2,'suspected','2026-10-01T14:00:00.000Z','seen once, not yet confirmed','20261001T120000Z-0a1b2c');
INSERT INTO "changes" VALUES('LO-WP6AQEN01H',3,'opened','2026-10-01T15:00:00.000Z','confirmed by a second look','20261001T120000Z-0a1b2c');
INSERT INTO "changes" VALUES('LO-WP6AQEN01H',4,'grown','2026-10-01T16:00:00.000Z','it grows: 3 files before, 9 now','20261001T120000Z-0a1b2c');
INSERT INTO "changes" VALUES('LO-WP6AQEN01H',5,'grown','2026-10-01T17:00:00.000Z','ten times as many files: 3 before, 40 now','20261001T120000Z-0a1b2c');
INSERT INTO "changes" VALUES('LO-WP6AQEN01H',6,'grown','2026-10-01T18:00:00.000Z','worse than it was: medium before, critical now','20261001T120000Z-0a1b2c');
INSERT INTO "changes" VALUES('LO-WP6AQEN01H',7,'clearing','2026-10-01T19:00:00.000Z','first clear look (not-found)','20261001T120000Z-0a1b2c');
INSERT INTO "changes" VALUES('LO-WP6AQEN01H',8,'cleared','2026-10-01T20:00:00.000Z','3 clear looks over at least 30 minutes at every location','20261001T120000Z-0a1b2c');
INSERT INTO "changes" VALUES('LO-WP6AQEN01H',9,'reopened','2026-10-01T21:00:00.000Z','open again after it was cleared','20261001T120000Z-0a1b2c');
INSERT INTO "changes" VALUES('LO-WP6AQEN01H',10,'returned','2026-10-01T22:00:00.000Z','lapsed: no further step within 4 hours','20261001T120000Z-0a1b2c');
INSERT INTO "changes" VALUES('LO-WP6AQEN01H',11,'returned','2026-10-01T23:00:00.000Z','reopened: Eva thinks otherwise','20261001T120000Z-0a1b2c');
INSERT INTO "changes" VALUES('LO-WP6AQEN01H',12,'undeclared','2026-10-02T00:00:00.000Z','2 folders look like customers that nobody declared','20261001T120000Z-0a1b2c');
INSERT INTO "changes" VALUES('LO-WP6AQEN01H',13,'warned','2026-10-02T01:00:00.000Z','region gdpr-33-1 50 %, voice gdpr-33-2 75 %','20261001T120000Z-0a1b2c');
INSERT INTO "changes" VALUES('LO-WP6AQEN01H',14,'retracted','2026-10-02T02:00:00.000Z','dismissed after it was told','20261001T120000Z-0a1b2c');
INSERT INTO "changes" VALUES('LO-WP6AQEN01H',15,'dispelled','2026-10-02T03:00:00.000Z','a suspicion that did not last','20261001T120000Z-0a1b2c');
INSERT INTO "changes" VALUES('LO-WP6AQEN01H',16,'opened','2026-10-02T04:00:00.000Z','seen again, confirmed','20261001T120000Z-0a1b2c');
INSERT INTO "changes" VALUES('LO-WP6AQEN01H',17,'opened','2026-10-02T05:00:00.000Z','proven by structure, canary and an entry that answers','20261001T120000Z-0a1b2c');
INSERT INTO "changes" VALUES('LO-WP6AQEN01H',18,'opened','2026-10-02T06:00:00.000Z','proven by the steps that stand with it','20261001T120000Z-0a1b2c');
CREATE TABLE clock_warnings (
  finding TEXT NOT NULL REFERENCES findings(id), party TEXT NOT NULL, duty TEXT NOT NULL, basis TEXT NOT NULL,
  receiver TEXT NOT NULL, level INTEGER NOT NULL, sequence INTEGER NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY (finding, party, duty, basis, receiver, level)
) WITHOUT ROWID;
CREATE TABLE confirmations (
  id INTEGER PRIMARY KEY, channel TEXT NOT NULL, parties TEXT NOT NULL, destination TEXT NOT NULL, act TEXT NOT NULL,
  at TEXT NOT NULL, by TEXT NOT NULL, answers INTEGER REFERENCES confirmations(id)
);
CREATE TABLE deeds (
  id INTEGER PRIMARY KEY, finding TEXT NOT NULL REFERENCES findings(id), act TEXT NOT NULL, at TEXT NOT NULL,
  by TEXT NOT NULL, party TEXT NOT NULL, channel TEXT NOT NULL, reason TEXT NOT NULL, since TEXT, until TEXT,
  signature TEXT NOT NULL
);
CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY, due INTEGER NOT NULL REFERENCES dues(id), channel TEXT NOT NULL, started TEXT NOT NULL,
  ended TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL
);
CREATE TABLE dues (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, finding TEXT NOT NULL, sequence INTEGER NOT NULL,
  step TEXT NOT NULL, channel TEXT NOT NULL, party TEXT NOT NULL, severity TEXT NOT NULL, title TEXT NOT NULL,
  body TEXT NOT NULL, state TEXT NOT NULL, created TEXT NOT NULL, due TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
  last_error TEXT NOT NULL DEFAULT ''
, sending TEXT, via TEXT NOT NULL DEFAULT '', grouped INTEGER REFERENCES dues(id), copy_of INTEGER REFERENCES dues(id), owner TEXT NOT NULL DEFAULT '', lease TEXT NOT NULL DEFAULT '1970-01-01T00:00:00.000Z');
INSERT INTO "dues" VALUES(1,'LO-WP6AQEN01H/1/shared','LO-WP6AQEN01H',1,'opened','shared','voice','critical','CRITICAL: recorded calls open to anyone on voice-nas (LO-WP6AQEN01H/1)','What: on voice-nas (nas.voice.example), declared to hold recordings: a folder listing that anyone can read without a login, files included.
Since (proven): seen open from 2026-10-01T09:00Z to 2026-10-01T12:00Z (3 h 0 min).
Since (possible): from 2026-09-29T12:00Z, the last look that found it closed (2 d 0 h).
How much: at least 2,700,000 files and 12 folders, about 3.2 TB.
Kinds: sound recordings 2,600,000, files 100,000.
Recorded calls: at least 900,000.
Dates of the files: 2024-01-05 to 2026-10-01.
The names hold phone numbers.
Live: files are still arriving.
Also: port 443 answers in clear text (plain HTTP where TLS is expected), so what is fetched can be read on the way; the server tells its version: possible known weaknesses, none was tried.
Do now: you run it. Close the listing AND the files: an index turned off leaves the files readable.
Preserve web, proxy and access logs from 2026-09-29T12:00Z to now; without them nobody can say who fetched what.
Our own requests can be told apart: their User-Agent begins with leftopen/ and holds the id of the round.
Your part: you work for another company of the chain, which you must tell without delay, whatever we have told it.
Told: Voice Example, Regionen.
Proof: the page parses as a listing (nginx); a heading, a rule and preformatted rows, as nginx writes them; a folder that cannot exist is not answered like it, before and after; a listed file answers a stranger, and a name that cannot exist beside it does not; a second look over a new connection shows the same listing.
More: leftopen show LO-WP6AQEN01H   (LO-WP6AQEN01H/1, from leftopen at Region Exempel)','owed','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z',0,'',NULL,'',NULL,NULL,'','1970-01-01T00:00:00.000Z');
INSERT INTO "dues" VALUES(2,'LO-WP6AQEN01H/1/voice-oncall','LO-WP6AQEN01H',1,'opened','voice-oncall','voice','critical','CRITICAL: recorded calls open to anyone on voice-nas (LO-WP6AQEN01H/1)','What: on voice-nas (nas.voice.example), declared to hold recordings: a folder listing that anyone can read without a login, files included.
Since (proven): seen open from 2026-10-01T09:00Z to 2026-10-01T12:00Z (3 h 0 min).
Since (possible): from 2026-09-29T12:00Z, the last look that found it closed (2 d 0 h).
How much: at least 2,700,000 files and 12 folders, about 3.2 TB.
Kinds: sound recordings 2,600,000, files 100,000.
Recorded calls: at least 900,000.
Dates of the files: 2024-01-05 to 2026-10-01.
The names hold phone numbers.
Live: files are still arriving.
Also: port 443 answers in clear text (plain HTTP where TLS is expected), so what is fetched can be read on the way; the server tells its version: possible known weaknesses, none was tried.
Do now: you run it. Close the listing AND the files: an index turned off leaves the files readable.
Preserve web, proxy and access logs from 2026-09-29T12:00Z to now; without them nobody can say who fetched what.
Our own requests can be told apart: their User-Agent begins with leftopen/ and holds the id of the round.
Your part: you work for another company of the chain, which you must tell without delay, whatever we have told it.
Told: Voice Example, Regionen.
Proof: the page parses as a listing (nginx); a heading, a rule and preformatted rows, as nginx writes them; a folder that cannot exist is not answered like it, before and after; a listed file answers a stranger, and a name that cannot exist beside it does not; a second look over a new connection shows the same listing.
More: leftopen show LO-WP6AQEN01H   (LO-WP6AQEN01H/1, from leftopen at Region Exempel)','owed','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z',0,'',NULL,'',NULL,NULL,'','1970-01-01T00:00:00.000Z');
INSERT INTO "dues" VALUES(3,'LO-WP6AQEN01H/1/voice-pager','LO-WP6AQEN01H',1,'opened','voice-pager','voice','critical','CRITICAL: recorded calls open to anyone on voice-nas (LO-WP6AQEN01H/1)','What: on voice-nas (nas.voice.example), declared to hold recordings: a folder listing that anyone can read without a login, files included.
Since (proven): seen open from 2026-10-01T09:00Z to 2026-10-01T12:00Z (3 h 0 min).
Since (possible): from 2026-09-29T12:00Z, the last look that found it closed (2 d 0 h).
How much: at least 2,700,000 files and 12 folders, about 3.2 TB.
Kinds: sound recordings 2,600,000, files 100,000.
Recorded calls: at least 900,000.
Dates of the files: 2024-01-05 to 2026-10-01.
The names hold phone numbers.
Live: files are still arriving.
Also: port 443 answers in clear text (plain HTTP where TLS is expected), so what is fetched can be read on the way; the server tells its version: possible known weaknesses, none was tried.
Do now: you run it. Close the listing AND the files: an index turned off leaves the files readable.
Preserve web, proxy and access logs from 2026-09-29T12:00Z to now; without them nobody can say who fetched what.
Our own requests can be told apart: their User-Agent begins with leftopen/ and holds the id of the round.
Your part: you work for another company of the chain, which you must tell without delay, whatever we have told it.
Told: Voice Example, Regionen.
Proof: the page parses as a listing (nginx); a heading, a rule and preformatted rows, as nginx writes them; a folder that cannot exist is not answered like it, before and after; a listed file answers a stranger, and a name that cannot exist beside it does not; a second look over a new connection shows the same listing.
More: leftopen show LO-WP6AQEN01H   (LO-WP6AQEN01H/1, from leftopen at Region Exempel)','owed','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z',0,'',NULL,'',NULL,NULL,'','1970-01-01T00:00:00.000Z');
INSERT INTO "dues" VALUES(4,'LO-WP6AQEN01H/1/region-mail','LO-WP6AQEN01H',1,'opened','region-mail','region','critical','KRITISK: inspelade samtal öppna för alla på voice-nas (LO-WP6AQEN01H/1)','Vad: på voice-nas (nas.voice.example), som uppges innehålla inspelningar: en kataloglistning som vem som helst kan läsa utan inloggning, filerna också.
Sedan (bevisat): sett öppet från 2026-10-01T09:00Z till 2026-10-01T12:00Z (3 h 0 min).
Sedan (möjligt): från 2026-09-29T12:00Z, den senaste titten som fann det stängt (2 dygn 0 h).
Hur mycket: minst 2 700 000 filer och 12 mappar, ungefär 3,2 TB.
Slag: ljudinspelningar 2 600 000, filer 100 000.
Inspelade samtal: minst 900 000.
Filernas datum: 2024-01-05 till 2026-10-01.
Namnen innehåller telefonnummer.
Pågår: det kommer fortfarande nya filer.
Dessutom: port 443 svarar i klartext (vanlig HTTP där TLS väntas), så det som hämtas kan läsas på vägen; servern uppger sin version: möjliga kända svagheter, ingen har prövats.
Gör nu: Voice Example driver det och måste stänga det, listning och filer. Se till att det sker.
Bevara webb-, proxy- och åtkomstloggar från 2026-09-29T12:00Z till nu; utan dem kan ingen säga vem som hämtade vad.
Våra egna anrop går att skilja ut: deras User-Agent börjar med leftopen/ och innehåller rondens id.
Er del: ni svarar för uppgifterna. Om människor och myndigheten måste få veta är ert beslut: leftopen clock LO-WP6AQEN01H
Underrättade: Voice Example, Regionen.
Bevis: sidan är uppbyggd som en listning (nginx); a heading, a rule and preformatted rows, as nginx writes them; en mapp som inte kan finnas besvaras inte likadant, varken före eller efter; en fil ur listningen svarar en främling, och ett namn bredvid som inte kan finnas gör det inte; en andra titt över en ny förbindelse visar samma listning.
Mer: leftopen show LO-WP6AQEN01H   (LO-WP6AQEN01H/1, från leftopen hos Region Exempel)','owed','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z',0,'',NULL,'',NULL,NULL,'','1970-01-01T00:00:00.000Z');
INSERT INTO "dues" VALUES(5,'LO-TM93KFZF0Y/1/shared','LO-TM93KFZF0Y',1,'opened','shared','voice','critical','CRITICAL: recorded calls open to anyone on voice-nas (LO-TM93KFZF0Y/1)','What: on voice-nas (nas.voice.example), declared to hold recordings: a folder listing that anyone can read without a login, files included.
Since (proven): seen open from 2026-10-01T09:00Z to 2026-10-01T12:00Z (3 h 0 min).
Since (possible): from 2026-09-29T12:00Z, the last look that found it closed (2 d 0 h).
How much: at least 2,700,000 files and 12 folders, about 3.2 TB.
Kinds: sound recordings 2,600,000, files 100,000.
Recorded calls: at least 900,000.
Dates of the files: 2024-01-05 to 2026-10-01.
The names hold phone numbers.
Live: files are still arriving.
Also: port 443 answers in clear text (plain HTTP where TLS is expected), so what is fetched can be read on the way; the server tells its version: possible known weaknesses, none was tried.
Do now: you run it. Close the listing AND the files: an index turned off leaves the files readable.
Preserve web, proxy and access logs from 2026-09-29T12:00Z to now; without them nobody can say who fetched what.
Our own requests can be told apart: their User-Agent begins with leftopen/ and holds the id of the round.
Your part: you work for another company of the chain, which you must tell without delay, whatever we have told it.
Told: Voice Example, Regionen.
Proof: the answer parses as the list of a bucket (ListBucketResult); a listed object gives a stranger its first bytes, and a key that cannot exist is refused; its own grants let a stranger write; a second look over a new connection shows the door list open again; the store did not answer a key that cannot exist in order.
More: leftopen show LO-TM93KFZF0Y   (LO-TM93KFZF0Y/1, from leftopen at Region Exempel)','owed','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z',0,'',NULL,'',NULL,NULL,'','1970-01-01T00:00:00.000Z');
INSERT INTO "dues" VALUES(6,'LO-TM93KFZF0Y/1/voice-oncall','LO-TM93KFZF0Y',1,'opened','voice-oncall','voice','critical','CRITICAL: recorded calls open to anyone on voice-nas (LO-TM93KFZF0Y/1)','What: on voice-nas (nas.voice.example), declared to hold recordings: a folder listing that anyone can read without a login, files included.
Since (proven): seen open from 2026-10-01T09:00Z to 2026-10-01T12:00Z (3 h 0 min).
Since (possible): from 2026-09-29T12:00Z, the last look that found it closed (2 d 0 h).
How much: at least 2,700,000 files and 12 folders, about 3.2 TB.
Kinds: sound recordings 2,600,000, files 100,000.
Recorded calls: at least 900,000.
Dates of the files: 2024-01-05 to 2026-10-01.
The names hold phone numbers.
Live: files are still arriving.
Also: port 443 answers in clear text (plain HTTP where TLS is expected), so what is fetched can be read on the way; the server tells its version: possible known weaknesses, none was tried.
Do now: you run it. Close the listing AND the files: an index turned off leaves the files readable.
Preserve web, proxy and access logs from 2026-09-29T12:00Z to now; without them nobody can say who fetched what.
Our own requests can be told apart: their User-Agent begins with leftopen/ and holds the id of the round.
Your part: you work for another company of the chain, which you must tell without delay, whatever we have told it.
Told: Voice Example, Regionen.
Proof: the answer parses as the list of a bucket (ListBucketResult); a listed object gives a stranger its first bytes, and a key that cannot exist is refused; its own grants let a stranger write; a second look over a new connection shows the door list open again; the store did not answer a key that cannot exist in order.
More: leftopen show LO-TM93KFZF0Y   (LO-TM93KFZF0Y/1, from leftopen at Region Exempel)','owed','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z',0,'',NULL,'',NULL,NULL,'','1970-01-01T00:00:00.000Z');
INSERT INTO "dues" VALUES(7,'LO-TM93KFZF0Y/1/voice-pager','LO-TM93KFZF0Y',1,'opened','voice-pager','voice','critical','CRITICAL: recorded calls open to anyone on voice-nas (LO-TM93KFZF0Y/1)','What: on voice-nas (nas.voice.example), declared to hold recordings: a folder listing that anyone can read without a login, files included.
Since (proven): seen open from 2026-10-01T09:00Z to 2026-10-01T12:00Z (3 h 0 min).
Since (possible): from 2026-09-29T12:00Z, the last look that found it closed (2 d 0 h).
How much: at least 2,700,000 files and 12 folders, about 3.2 TB.
Kinds: sound recordings 2,600,000, files 100,000.
Recorded calls: at least 900,000.
Dates of the files: 2024-01-05 to 2026-10-01.
The names hold phone numbers.
Live: files are still arriving.
Also: port 443 answers in clear text (plain HTTP where TLS is expected), so what is fetched can be read on the way; the server tells its version: possible known weaknesses, none was tried.
Do now: you run it. Close the listing AND the files: an index turned off leaves the files readable.
Preserve web, proxy and access logs from 2026-09-29T12:00Z to now; without them nobody can say who fetched what.
Our own requests can be told apart: their User-Agent begins with leftopen/ and holds the id of the round.
Your part: you work for another company of the chain, which you must tell without delay, whatever we have told it.
Told: Voice Example, Regionen.
Proof: the answer parses as the list of a bucket (ListBucketResult); a listed object gives a stranger its first bytes, and a key that cannot exist is refused; its own grants let a stranger write; a second look over a new connection shows the door list open again; the store did not answer a key that cannot exist in order.
More: leftopen show LO-TM93KFZF0Y   (LO-TM93KFZF0Y/1, from leftopen at Region Exempel)','owed','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z',0,'',NULL,'',NULL,NULL,'','1970-01-01T00:00:00.000Z');
INSERT INTO "dues" VALUES(8,'LO-TM93KFZF0Y/1/region-mail','LO-TM93KFZF0Y',1,'opened','region-mail','region','critical','KRITISK: inspelade samtal öppna för alla på voice-nas (LO-TM93KFZF0Y/1)','Vad: på voice-nas (nas.voice.example), som uppges innehålla inspelningar: en kataloglistning som vem som helst kan läsa utan inloggning, filerna också.
Sedan (bevisat): sett öppet från 2026-10-01T09:00Z till 2026-10-01T12:00Z (3 h 0 min).
Sedan (möjligt): från 2026-09-29T12:00Z, den senaste titten som fann det stängt (2 dygn 0 h).
Hur mycket: minst 2 700 000 filer och 12 mappar, ungefär 3,2 TB.
Slag: ljudinspelningar 2 600 000, filer 100 000.
Inspelade samtal: minst 900 000.
Filernas datum: 2024-01-05 till 2026-10-01.
Namnen innehåller telefonnummer.
Pågår: det kommer fortfarande nya filer.
Dessutom: port 443 svarar i klartext (vanlig HTTP där TLS väntas), så det som hämtas kan läsas på vägen; servern uppger sin version: möjliga kända svagheter, ingen har prövats.
Gör nu: Voice Example driver det och måste stänga det, listning och filer. Se till att det sker.
Bevara webb-, proxy- och åtkomstloggar från 2026-09-29T12:00Z till nu; utan dem kan ingen säga vem som hämtade vad.
Våra egna anrop går att skilja ut: deras User-Agent börjar med leftopen/ och innehåller rondens id.
Er del: ni svarar för uppgifterna. Om människor och myndigheten måste få veta är ert beslut: leftopen clock LO-TM93KFZF0Y
Underrättade: Voice Example, Regionen.
Bevis: the answer parses as the list of a bucket (ListBucketResult); a listed object gives a stranger its first bytes, and a key that cannot exist is refused; its own grants let a stranger write; a second look over a new connection shows the door list open again; the store did not answer a key that cannot exist in order.
Mer: leftopen show LO-TM93KFZF0Y   (LO-TM93KFZF0Y/1, från leftopen hos Region Exempel)','owed','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z',0,'',NULL,'',NULL,NULL,'','1970-01-01T00:00:00.000Z');
INSERT INTO "dues" VALUES(9,'LO-3W2RP9H7TD/1/shared','LO-3W2RP9H7TD',1,'opened','shared','voice','critical','CRITICAL: recorded calls open to anyone on voice-nas (LO-3W2RP9H7TD/1)','What: on voice-nas (nas.voice.example), declared to hold recordings: a folder listing that anyone can read without a login, files included.
Since (proven): seen open from 2026-10-01T09:00Z to 2026-10-01T12:00Z (3 h 0 min).
Since (possible): from 2026-09-29T12:00Z, the last look that found it closed (2 d 0 h).
How much: at least 2,700,000 files and 12 folders, about 3.2 TB.
Kinds: sound recordings 2,600,000, files 100,000.
Recorded calls: at least 900,000.
Dates of the files: 2024-01-05 to 2026-10-01.
The names hold phone numbers.
Live: files are still arriving.
Also: port 443 answers in clear text (plain HTTP where TLS is expected), so what is fetched can be read on the way; the server tells its version: possible known weaknesses, none was tried.
Do now: you run it. Close the listing AND the files: an index turned off leaves the files readable.
Preserve web, proxy and access logs from 2026-09-29T12:00Z to now; without them nobody can say who fetched what.
Our own requests can be told apart: their User-Agent begins with leftopen/ and holds the id of the round.
Your part: you work for another company of the chain, which you must tell without delay, whatever we have told it.
Told: Voice Example, Regionen.
Proof: its own settings let strangers in; a stranger from here is kept out.
More: leftopen show LO-3W2RP9H7TD   (LO-3W2RP9H7TD/1, from leftopen at Region Exempel)','owed','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z',0,'',NULL,'',NULL,NULL,'','1970-01-01T00:00:00.000Z');
INSERT INTO "dues" VALUES(10,'LO-3W2RP9H7TD/1/voice-oncall','LO-3W2RP9H7TD',1,'opened','voice-oncall','voice','critical','CRITICAL: recorded calls open to anyone on voice-nas (LO-3W2RP9H7TD/1)','What: on voice-nas (nas.voice.example), declared to hold recordings: a folder listing that anyone can read without a login, files included.
Since (proven): seen open from 2026-10-01T09:00Z to 2026-10-01T12:00Z (3 h 0 min).
Since (possible): from 2026-09-29T12:00Z, the last look that found it closed (2 d 0 h).
How much: at least 2,700,000 files and 12 folders, about 3.2 TB.
Kinds: sound recordings 2,600,000, files 100,000.
Recorded calls: at least 900,000.
Dates of the files: 2024-01-05 to 2026-10-01.
The names hold phone numbers.
Live: files are still arriving.
Also: port 443 answers in clear text (plain HTTP where TLS is expected), so what is fetched can be read on the way; the server tells its version: possible known weaknesses, none was tried.
Do now: you run it. Close the listing AND the files: an index turned off leaves the files readable.
Preserve web, proxy and access logs from 2026-09-29T12:00Z to now; without them nobody can say who fetched what.
Our own requests can be told apart: their User-Agent begins with leftopen/ and holds the id of the round.
Your part: you work for another company of the chain, which you must tell without delay, whatever we have told it.
Told: Voice Example, Regionen.
Proof: its own settings let strangers in; a stranger from here is kept out.
More: leftopen show LO-3W2RP9H7TD   (LO-3W2RP9H7TD/1, from leftopen at Region Exempel)','owed','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z',0,'',NULL,'',NULL,NULL,'','1970-01-01T00:00:00.000Z');
INSERT INTO "dues" VALUES(11,'LO-3W2RP9H7TD/1/voice-pager','LO-3W2RP9H7TD',1,'opened','voice-pager','voice','critical','CRITICAL: recorded calls open to anyone on voice-nas (LO-3W2RP9H7TD/1)','What: on voice-nas (nas.voice.example), declared to hold recordings: a folder listing that anyone can read without a login, files included.
Since (proven): seen open from 2026-10-01T09:00Z to 2026-10-01T12:00Z (3 h 0 min).
Since (possible): from 2026-09-29T12:00Z, the last look that found it closed (2 d 0 h).
How much: at least 2,700,000 files and 12 folders, about 3.2 TB.
Kinds: sound recordings 2,600,000, files 100,000.
Recorded calls: at least 900,000.
Dates of the files: 2024-01-05 to 2026-10-01.
The names hold phone numbers.
Live: files are still arriving.
Also: port 443 answers in clear text (plain HTTP where TLS is expected), so what is fetched can be read on the way; the server tells its version: possible known weaknesses, none was tried.
Do now: you run it. Close the listing AND the files: an index turned off leaves the files readable.
Preserve web, proxy and access logs from 2026-09-29T12:00Z to now; without them nobody can say who fetched what.
Our own requests can be told apart: their User-Agent begins with leftopen/ and holds the id of the round.
Your part: you work for another company of the chain, which you must tell without delay, whatever we have told it.
Told: Voice Example, Regionen.
Proof: its own settings let strangers in; a stranger from here is kept out.
More: leftopen show LO-3W2RP9H7TD   (LO-3W2RP9H7TD/1, from leftopen at Region Exempel)','owed','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z',0,'',NULL,'',NULL,NULL,'','1970-01-01T00:00:00.000Z');
INSERT INTO "dues" VALUES(12,'LO-3W2RP9H7TD/1/region-mail','LO-3W2RP9H7TD',1,'opened','region-mail','region','critical','KRITISK: inspelade samtal öppna för alla på voice-nas (LO-3W2RP9H7TD/1)','Vad: på voice-nas (nas.voice.example), som uppges innehålla inspelningar: en kataloglistning som vem som helst kan läsa utan inloggning, filerna också.
Sedan (bevisat): sett öppet från 2026-10-01T09:00Z till 2026-10-01T12:00Z (3 h 0 min).
Sedan (möjligt): från 2026-09-29T12:00Z, den senaste titten som fann det stängt (2 dygn 0 h).
Hur mycket: minst 2 700 000 filer och 12 mappar, ungefär 3,2 TB.
Slag: ljudinspelningar 2 600 000, filer 100 000.
Inspelade samtal: minst 900 000.
Filernas datum: 2024-01-05 till 2026-10-01.
Namnen innehåller telefonnummer.
Pågår: det kommer fortfarande nya filer.
Dessutom: port 443 svarar i klartext (vanlig HTTP där TLS väntas), så det som hämtas kan läsas på vägen; servern uppger sin version: möjliga kända svagheter, ingen har prövats.
Gör nu: Voice Example driver det och måste stänga det, listning och filer. Se till att det sker.
Bevara webb-, proxy- och åtkomstloggar från 2026-09-29T12:00Z till nu; utan dem kan ingen säga vem som hämtade vad.
Våra egna anrop går att skilja ut: deras User-Agent börjar med leftopen/ och innehåller rondens id.
Er del: ni svarar för uppgifterna. Om människor och myndigheten måste få veta är ert beslut: leftopen clock LO-3W2RP9H7TD
Underrättade: Voice Example, Regionen.
Bevis: dess egna inställningar släpper in främlingar; en främling härifrån hålls ute.
Mer: leftopen show LO-3W2RP9H7TD   (LO-3W2RP9H7TD/1, från leftopen hos Region Exempel)','owed','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z',0,'',NULL,'',NULL,NULL,'','1970-01-01T00:00:00.000Z');
INSERT INTO "dues" VALUES(13,'LO-J15Q3CPGZB/1/shared','LO-J15Q3CPGZB',1,'opened','shared','voice','critical','CRITICAL: recorded calls open to anyone on voice-nas (LO-J15Q3CPGZB/1)','What: on voice-nas (nas.voice.example), declared to hold recordings: a folder listing that anyone can read without a login, files included.
Since (proven): seen open from 2026-10-01T09:00Z to 2026-10-01T12:00Z (3 h 0 min).
Since (possible): from 2026-09-29T12:00Z, the last look that found it closed (2 d 0 h).
How much: at least 2,700,000 files and 12 folders, about 3.2 TB.
Kinds: sound recordings 2,600,000, files 100,000.
Recorded calls: at least 900,000.
Dates of the files: 2024-01-05 to 2026-10-01.
The names hold phone numbers.
Live: files are still arriving.
Also: port 443 answers in clear text (plain HTTP where TLS is expected), so what is fetched can be read on the way; the server tells its version: possible known weaknesses, none was tried.
Do now: you run it. Close the listing AND the files: an index turned off leaves the files readable.
Preserve web, proxy and access logs from 2026-09-29T12:00Z to now; without them nobody can say who fetched what.
Our own requests can be told apart: their User-Agent begins with leftopen/ and holds the id of the round.
Your part: you work for another company of the chain, which you must tell without delay, whatever we have told it.
Told: Voice Example, Regionen.
Proof: the store’s own list, asked without any credential (a list of a container); old versions are listed: 3 among the first 100 rows; the store says that a stranger holds ….
More: leftopen show LO-J15Q3CPGZB   (LO-J15Q3CPGZB/1, from leftopen at Region Exempel)','owed','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z',0,'',NULL,'',NULL,NULL,'','1970-01-01T00:00:00.000Z');
INSERT INTO "dues" VALUES(14,'LO-J15Q3CPGZB/1/voice-oncall','LO-J15Q3CPGZB',1,'opened','voice-oncall','voice','critical','CRITICAL: recorded calls open to anyone on voice-nas (LO-J15Q3CPGZB/1)','What: on voice-nas (nas.voice.example), declared to hold recordings: a folder listing that anyone can read without a login, files included.
Since (proven): seen open from 2026-10-01T09:00Z to 2026-10-01T12:00Z (3 h 0 min).
Since (possible): from 2026-09-29T12:00Z, the last look that found it closed (2 d 0 h).
How much: at least 2,700,000 files and 12 folders, about 3.2 TB.
Kinds: sound recordings 2,600,000, files 100,000.
Recorded calls: at least 900,000.
Dates of the files: 2024-01-05 to 2026-10-01.
The names hold phone numbers.
Live: files are still arriving.
Also: port 443 answers in clear text (plain HTTP where TLS is expected), so what is fetched can be read on the way; the server tells its version: possible known weaknesses, none was tried.
Do now: you run it. Close the listing AND the files: an index turned off leaves the files readable.
Preserve web, proxy and access logs from 2026-09-29T12:00Z to now; without them nobody can say who fetched what.
Our own requests can be told apart: their User-Agent begins with leftopen/ and holds the id of the round.
Your part: you work for another company of the chain, which you must tell without delay, whatever we have told it.
Told: Voice Example, Regionen.
Proof: the store’s own list, asked without any credential (a list of a container); old versions are listed: 3 among the first 100 rows; the store says that a stranger holds ….
More: leftopen show LO-J15Q3CPGZB   (LO-J15Q3CPGZB/1, from leftopen at Region Exempel)','owed','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z',0,'',NULL,'',NULL,NULL,'','1970-01-01T00:00:00.000Z');
INSERT INTO "dues" VALUES(15,'LO-J15Q3CPGZB/1/voice-pager','LO-J15Q3CPGZB',1,'opened','voice-pager','voice','critical','CRITICAL: recorded calls open to anyone on voice-nas (LO-J15Q3CPGZB/1)','What: on voice-nas (nas.voice.example), declared to hold recordings: a folder listing that anyone can read without a login, files included.
Since (proven): seen open from 2026-10-01T09:00Z to 2026-10-01T12:00Z (3 h 0 min).
Since (possible): from 2026-09-29T12:00Z, the last look that found it closed (2 d 0 h).
How much: at least 2,700,000 files and 12 folders, about 3.2 TB.
Kinds: sound recordings 2,600,000, files 100,000.
Recorded calls: at least 900,000.
Dates of the files: 2024-01-05 to 2026-10-01.
The names hold phone numbers.
Live: files are still arriving.
Also: port 443 answers in clear text (plain HTTP where TLS is expected), so what is fetched can be read on the way; the server tells its version: possible known weaknesses, none was tried.
Do now: you run it. Close the listing AND the files: an index turned off leaves the files readable.
Preserve web, proxy and access logs from 2026-09-29T12:00Z to now; without them nobody can say who fetched what.
Our own requests can be told apart: their User-Agent begins with leftopen/ and holds the id of the round.
Your part: you work for another company of the chain, which you must tell without delay, whatever we have told it.
Told: Voice Example, Regionen.
Proof: the store’s own list, asked without any credential (a list of a container); old versions are listed: 3 among the first 100 rows; the store says that a stranger holds ….
More: leftopen show LO-J15Q3CPGZB   (LO-J15Q3CPGZB/1, from leftopen at Region Exempel)','owed','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z',0,'',NULL,'',NULL,NULL,'','1970-01-01T00:00:00.000Z');
INSERT INTO "dues" VALUES(16,'LO-J15Q3CPGZB/1/region-mail','LO-J15Q3CPGZB',1,'opened','region-mail','region','critical','KRITISK: inspelade samtal öppna för alla på voice-nas (LO-J15Q3CPGZB/1)','Vad: på voice-nas (nas.voice.example), som uppges innehålla inspelningar: en kataloglistning som vem som helst kan läsa utan inloggning, filerna också.
Sedan (bevisat): sett öppet från 2026-10-01T09:00Z till 2026-10-01T12:00Z (3 h 0 min).
Sedan (möjligt): från 2026-09-29T12:00Z, den senaste titten som fann det stängt (2 dygn 0 h).
Hur mycket: minst 2 700 000 filer och 12 mappar, ungefär 3,2 TB.
Slag: ljudinspelningar 2 600 000, filer 100 000.
Inspelade samtal: minst 900 000.
Filernas datum: 2024-01-05 till 2026-10-01.
Namnen innehåller telefonnummer.
Pågår: det kommer fortfarande nya filer.
Dessutom: port 443 svarar i klartext (vanlig HTTP där TLS väntas), så det som hämtas kan läsas på vägen; servern uppger sin version: möjliga kända svagheter, ingen har prövats.
Gör nu: Voice Example driver det och måste stänga det, listning och filer. Se till att det sker.
Bevara webb-, proxy- och åtkomstloggar från 2026-09-29T12:00Z till nu; utan dem kan ingen säga vem som hämtade vad.
Våra egna anrop går att skilja ut: deras User-Agent börjar med leftopen/ och innehåller rondens id.
Er del: ni svarar för uppgifterna. Om människor och myndigheten måste få veta är ert beslut: leftopen clock LO-J15Q3CPGZB
Underrättade: Voice Example, Regionen.
Bevis: the store’s own list, asked without any credential (a list of a container); old versions are listed: 3 among the first 100 rows; the store says that a stranger holds ….
Mer: leftopen show LO-J15Q3CPGZB   (LO-J15Q3CPGZB/1, från leftopen hos Region Exempel)','owed','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z',0,'',NULL,'',NULL,NULL,'','1970-01-01T00:00:00.000Z');
INSERT INTO "dues" VALUES(17,'LO-M7H17MY3G9/1/shared','LO-M7H17MY3G9',1,'opened','shared','voice','critical','CRITICAL: recorded calls open to anyone on voice-nas (LO-M7H17MY3G9/1)','What: on voice-nas (nas.voice.example), declared to hold recordings: a folder listing that anyone can read without a login, files included.
Since (proven): seen open from 2026-10-01T09:00Z to 2026-10-01T12:00Z (3 h 0 min).
Since (possible): from 2026-09-29T12:00Z, the last look that found it closed (2 d 0 h).
How much: at least 2,700,000 files and 12 folders, about 3.2 TB.
Kinds: sound recordings 2,600,000, files 100,000.
Recorded calls: at least 900,000.
Dates of the files: 2024-01-05 to 2026-10-01.
The names hold phone numbers.
Live: files are still arriving.
Also: port 443 answers in clear text (plain HTTP where TLS is expected), so what is fetched can be read on the way; the server tells its version: possible known weaknesses, none was tried.
Do now: you run it. Close the listing AND the files: an index turned off leaves the files readable.
Preserve web, proxy and access logs from 2026-09-29T12:00Z to now; without them nobody can say who fetched what.
Our own requests can be told apart: their User-Agent begins with leftopen/ and holds the id of the round.
Your part: you work for another company of the chain, which you must tell without delay, whatever we have told it.
Told: Voice Example, Regionen.
Proof: the name stands for one at …, and name servers say, twice, that there is none; whoever takes that account speaks under the owner’s own name.
More: leftopen show LO-M7H17MY3G9   (LO-M7H17MY3G9/1, from leftopen at Region Exempel)','owed','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z',0,'',NULL,'',NULL,NULL,'','1970-01-01T00:00:00.000Z');
INSERT INTO "dues" VALUES(18,'LO-M7H17MY3G9/1/voice-oncall','LO-M7H17MY3G9',1,'opened','voice-oncall','voice','critical','CRITICAL: recorded calls open to anyone on voice-nas (LO-M7H17MY3G9/1)','What: on voice-nas (nas.voice.example), declared to hold recordings: a folder listing that anyone can read without a login, files included.
Since (proven): seen open from 2026-10-01T09:00Z to 2026-10-01T12:00Z (3 h 0 min).
Since (possible): from 2026-09-29T12:00Z, the last look that found it closed (2 d 0 h).
How much: at least 2,700,000 files and 12 folders, about 3.2 TB.
Kinds: sound recordings 2,600,000, files 100,000.
Recorded calls: at least 900,000.
Dates of the files: 2024-01-05 to 2026-10-01.
The names hold phone numbers.
Live: files are still arriving.
Also: port 443 answers in clear text (plain HTTP where TLS is expected), so what is fetched can be read on the way; the server tells its version: possible known weaknesses, none was tried.
Do now: you run it. Close the listing AND the files: an index turned off leaves the files readable.
Preserve web, proxy and access logs from 2026-09-29T12:00Z to now; without them nobody can say who fetched what.
Our own requests can be told apart: their User-Agent begins with leftopen/ and holds the id of the round.
Your part: you work for another company of the chain, which you must tell without delay, whatever we have told it.
Told: Voice Example, Regionen.
Proof: the name stands for one at …, and name servers say, twice, that there is none; whoever takes that account speaks under the owner’s own name.
More: leftopen show LO-M7H17MY3G9   (LO-M7H17MY3G9/1, from leftopen at Region Exempel)','owed','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z',0,'',NULL,'',NULL,NULL,'','1970-01-01T00:00:00.000Z');
INSERT INTO "dues" VALUES(19,'LO-M7H17MY3G9/1/voice-pager','LO-M7H17MY3G9',1,'opened','voice-pager','voice','critical','CRITICAL: recorded calls open to anyone on voice-nas (LO-M7H17MY3G9/1)','What: on voice-nas (nas.voice.example), declared to hold recordings: a folder listing that anyone can read without a login, files included.
Since (proven): seen open from 2026-10-01T09:00Z to 2026-10-01T12:00Z (3 h 0 min).
Since (possible): from 2026-09-29T12:00Z, the last look that found it closed (2 d 0 h).
How much: at least 2,700,000 files and 12 folders, about 3.2 TB.
Kinds: sound recordings 2,600,000, files 100,000.
Recorded calls: at least 900,000.
Dates of the files: 2024-01-05 to 2026-10-01.
The names hold phone numbers.
Live: files are still arriving.
Also: port 443 answers in clear text (plain HTTP where TLS is expected), so what is fetched can be read on the way; the server tells its version: possible known weaknesses, none was tried.
Do now: you run it. Close the listing AND the files: an index turned off leaves the files readable.
Preserve web, proxy and access logs from 2026-09-29T12:00Z to now; without them nobody can say who fetched what.
Our own requests can be told apart: their User-Agent begins with leftopen/ and holds the id of the round.
Your part: you work for another company of the chain, which you must tell without delay, whatever we have told it.
Told: Voice Example, Regionen.
Proof: the name stands for one at …, and name servers say, twice, that there is none; whoever takes that account speaks under the owner’s own name.
More: leftopen show LO-M7H17MY3G9   (LO-M7H17MY3G9/1, from leftopen at Region Exempel)','owed','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z',0,'',NULL,'',NULL,NULL,'','1970-01-01T00:00:00.000Z');
INSERT INTO "dues" VALUES(20,'LO-M7H17MY3G9/1/region-mail','LO-M7H17MY3G9',1,'opened','region-mail','region','critical','KRITISK: inspelade samtal öppna för alla på voice-nas (LO-M7H17MY3G9/1)','Vad: på voice-nas (nas.voice.example), som uppges innehålla inspelningar: en kataloglistning som vem som helst kan läsa utan inloggning, filerna också.
Sedan (bevisat): sett öppet från 2026-10-01T09:00Z till 2026-10-01T12:00Z (3 h 0 min).
Sedan (möjligt): från 2026-09-29T12:00Z, den senaste titten som fann det stängt (2 dygn 0 h).
Hur mycket: minst 2 700 000 filer och 12 mappar, ungefär 3,2 TB.
Slag: ljudinspelningar 2 600 000, filer 100 000.
Inspelade samtal: minst 900 000.
Filernas datum: 2024-01-05 till 2026-10-01.
Namnen innehåller telefonnummer.
Pågår: det kommer fortfarande nya filer.
Dessutom: port 443 svarar i klartext (vanlig HTTP där TLS väntas), så det som hämtas kan läsas på vägen; servern uppger sin version: möjliga kända svagheter, ingen har prövats.
Gör nu: Voice Example driver det och måste stänga det, listning och filer. Se till att det sker.
Bevara webb-, proxy- och åtkomstloggar från 2026-09-29T12:00Z till nu; utan dem kan ingen säga vem som hämtade vad.
Våra egna anrop går att skilja ut: deras User-Agent börjar med leftopen/ och innehåller rondens id.
Er del: ni svarar för uppgifterna. Om människor och myndigheten måste få veta är ert beslut: leftopen clock LO-M7H17MY3G9
Underrättade: Voice Example, Regionen.
Bevis: the name stands for one at …, and name servers say, twice, that there is none; whoever takes that account speaks under the owner’s own name.
Mer: leftopen show LO-M7H17MY3G9   (LO-M7H17MY3G9/1, från leftopen hos Region Exempel)','owed','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z',0,'',NULL,'',NULL,NULL,'','1970-01-01T00:00:00.000Z');
INSERT INTO "dues" VALUES(21,'blind/2026-10-01T13/ours','',0,'blind','ours','','high','BLIND: leftopen cannot see, round 20xxxxxxT120001Z-0a1b2c decided nothing','The round 20xxxxxxT120001Z-0a1b2c at 2026-10-01T13:00Z decided nothing: its controls were misjudged. Nothing was opened, nothing closed.
Reason: the known-open place … was not found open (timed-out).
Until a round sees again, silence from leftopen does NOT mean that all is well.
Do now: see what has changed where leftopen runs: network, name servers, a proxy or filter in between.
More: leftopen health   (from leftopen at Region Exempel)','owed','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z',0,'',NULL,'',NULL,NULL,'','1970-01-01T00:00:00.000Z');
INSERT INTO "dues" VALUES(22,'blind/2026-10-01T14/ours','',0,'blind','ours','','high','BLIND: leftopen cannot see, round 20xxxxxxT120002Z-0a1b2c decided nothing','The round 20xxxxxxT120002Z-0a1b2c at 2026-10-01T14:00Z decided nothing: its controls were misjudged. Nothing was opened, nothing closed.
Reason: the known-closed bucket controls-closed was not found closed (listed).
Until a round sees again, silence from leftopen does NOT mean that all is well.
Do now: see what has changed where leftopen runs: network, name servers, a proxy or filter in between.
More: leftopen health   (from leftopen at Region Exempel)','owed','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z',0,'',NULL,'',NULL,NULL,'','1970-01-01T00:00:00.000Z');
INSERT INTO "dues" VALUES(23,'blind/2026-10-01T15/ours','',0,'blind','ours','','high','BLIND: leftopen cannot see, round 20xxxxxxT120003Z-0a1b2c decided nothing','The round 20xxxxxxT120003Z-0a1b2c at 2026-10-01T15:00Z decided nothing: its controls were misjudged. Nothing was opened, nothing closed.
Reason: a control was not looked at.
Until a round sees again, silence from leftopen does NOT mean that all is well.
Do now: see what has changed where leftopen runs: network, name servers, a proxy or filter in between.
More: leftopen health   (from leftopen at Region Exempel)','owed','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z',0,'',NULL,'',NULL,NULL,'','1970-01-01T00:00:00.000Z');
INSERT INTO "dues" VALUES(24,'drill/DRILL-20261001T120000-000Z/region-mail','',0,'drill','region-mail','region','low','ÖVNING: leftopen prövar kanalen region-mail, ingenting är öppet','Det här är en övning vid 2026-10-01T12:00Z. Den har gått samma väg som ett larm; ingenting är öppet.
Den är avsedd för Regionen. Om det inte är ni, säg till Region Exempel.
Ingenting behöver göras.','owed','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z',0,'',NULL,'',NULL,NULL,'','1970-01-01T00:00:00.000Z');
CREATE TABLE evidence (
  id INTEGER PRIMARY KEY, finding TEXT NOT NULL REFERENCES findings(id), sequence INTEGER NOT NULL,
  observation INTEGER NOT NULL REFERENCES observations(id), at TEXT NOT NULL, body TEXT NOT NULL
);
CREATE TABLE findings (
  id TEXT PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE, tenant TEXT NOT NULL, asset TEXT NOT NULL, state TEXT NOT NULL,
  severity TEXT NOT NULL, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, sequence INTEGER NOT NULL,
  body TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "findings" VALUES('LO-3W2RP9H7TD','fp1:7f6b1a3c536c0b83c76845a41b89f04497e88a41d806b2abec15055e3a58106a','exempel','voice-nas','exposed','critical','2026-10-01T09:00:00.000Z','2026-10-01T12:00:00.000Z',1,'{"probe":"http-listing","kind":"listing","place":["nas.voice.example",443,"/2/"],"severity_reasons":["nothing is counted","its configuration opens it, and from here it was not seen open"],"confirmed":"2026-10-01T09:00:00.000Z","cleared":null,"last_known_good":"2026-09-29T12:00:00.000Z","reopened":0,"active":true,"seen":[["http://nas.voice.example:443","2026-10-01T12:00:00.000Z",0,null,null]],"extent":{"files":2700000,"directories":12,"size":3200000000000,"size_exact":false,"sized":2700000,"folders_read":0,"partial":"","kinds":[["audio",2600000],["other",100000]],"calls":900000,"newest":"2026-10-01T12:00:00.000Z","oldest":"2024-01-05T12:00:00.000Z","claims":["phone numbers in names"]},"reach":null,"why":"listed-and-readable","facts":["http-on-443","banner Apache/2.4.7: possible CVEs, not checked"],"proof":["its own settings let strangers in","a stranger from here is kept out"]}');
INSERT INTO "findings" VALUES('LO-J15Q3CPGZB','fp1:4288bf85983b943247961b128f997c3dab04d5de87112a8c17bd24b79b80907a','exempel','voice-nas','exposed','critical','2026-10-01T09:00:00.000Z','2026-10-01T12:00:00.000Z',1,'{"probe":"http-listing","kind":"listing","place":["nas.voice.example",443,"/3/"],"severity_reasons":["backups, dumps or keys are readable (2)"],"confirmed":"2026-10-01T09:00:00.000Z","cleared":null,"last_known_good":"2026-09-29T12:00:00.000Z","reopened":0,"active":true,"seen":[["http://nas.voice.example:443","2026-10-01T12:00:00.000Z",0,null,null]],"extent":{"files":2700000,"directories":12,"size":3200000000000,"size_exact":false,"sized":2700000,"folders_read":0,"partial":"","kinds":[["audio",2600000],["other",100000]],"calls":900000,"newest":"2026-10-01T12:00:00.000Z","oldest":"2024-01-05T12:00:00.000Z","claims":["phone numbers in names"]},"reach":null,"why":"listed-and-readable","facts":["http-on-443","banner Apache/2.4.7: possible CVEs, not checked"],"proof":["the store''s own list, asked without any credential (a list of a container)","old versions are listed: 3 among the first 100 rows","the store says that a stranger holds storage.objects.create"]}');
INSERT INTO "findings" VALUES('LO-M7H17MY3G9','fp1:e72bd01fa870c4f4c86fd691cf624f70aa3ae13b6d9e7d90d8cccb152330188d','exempel','voice-nas','exposed','critical','2026-10-01T09:00:00.000Z','2026-10-01T12:00:00.000Z',1,'{"probe":"http-listing","kind":"listing","place":["nas.voice.example",443,"/4/"],"severity_reasons":["folders are listed, no file so far","the name leads to a store that anybody may claim"],"confirmed":"2026-10-01T09:00:00.000Z","cleared":null,"last_known_good":"2026-09-29T12:00:00.000Z","reopened":0,"active":true,"seen":[["http://nas.voice.example:443","2026-10-01T12:00:00.000Z",0,null,null]],"extent":{"files":2700000,"directories":12,"size":3200000000000,"size_exact":false,"sized":2700000,"folders_read":0,"partial":"","kinds":[["audio",2600000],["other",100000]],"calls":900000,"newest":"2026-10-01T12:00:00.000Z","oldest":"2024-01-05T12:00:00.000Z","claims":["phone numbers in names"]},"reach":null,"why":"listed-and-readable","facts":["http-on-443","banner Apache/2.4.7: possible CVEs, not checked"],"proof":["the name stands for one at amazonaws.com, and name servers say, twice, that there is none","whoever takes that account speaks under the owner''s own name"]}');
INSERT INTO "findings" VALUES('LO-TM93KFZF0Y','fp1:1545e07fdf31a69a6f42ff843cd36057f248c06b979df5f53a367368889052e5','exempel','voice-nas','exposed','critical','2026-10-01T09:00:00.000Z','2026-10-01T12:00:00.000Z',1,'{"probe":"http-listing","kind":"listing","place":["nas.voice.example",443,"/1/"],"severity_reasons":["only files of other kinds are listed"],"confirmed":"2026-10-01T09:00:00.000Z","cleared":null,"last_known_good":"2026-09-29T12:00:00.000Z","reopened":0,"active":true,"seen":[["http://nas.voice.example:443","2026-10-01T12:00:00.000Z",0,null,null]],"extent":{"files":2700000,"directories":12,"size":3200000000000,"size_exact":false,"sized":2700000,"folders_read":0,"partial":"","kinds":[["audio",2600000],["other",100000]],"calls":900000,"newest":"2026-10-01T12:00:00.000Z","oldest":"2024-01-05T12:00:00.000Z","claims":["phone numbers in names"]},"reach":null,"why":"listed-and-readable","facts":["http-on-443","banner Apache/2.4.7: possible CVEs, not checked"],"proof":["the answer parses as the list of a bucket (ListBucketResult)","a listed object gives a stranger its first bytes, and a key that cannot exist is refused","its own grants let a stranger write","a second look over a new connection shows the door list open again","the store did not answer a key that cannot exist in order"]}');
INSERT INTO "findings" VALUES('LO-WP6AQEN01H','fp1:3e7dc1055d751adc79eccdb1916b2982cc38886a801bea7d24cfd5c1e07fbb1a','exempel','voice-nas','exposed','critical','2026-10-01T09:00:00.000Z','2026-10-01T12:00:00.000Z',18,'{"probe":"http-listing","kind":"listing","place":["nas.voice.example",443,"/0/"],"severity_reasons":["recordings or scans are listed (2700000)","the owner declares the place to hold: recordings","phone numbers in 97 % of 300 names","it is live: files are still arriving"],"confirmed":"2026-10-01T09:00:00.000Z","cleared":null,"last_known_good":"2026-09-29T12:00:00.000Z","reopened":0,"active":true,"seen":[["http://nas.voice.example:443","2026-10-01T12:00:00.000Z",0,null,null]],"extent":{"files":2700000,"directories":12,"size":3200000000000,"size_exact":false,"sized":2700000,"folders_read":0,"partial":"","kinds":[["audio",2600000],["other",100000]],"calls":900000,"newest":"2026-10-01T12:00:00.000Z","oldest":"2024-01-05T12:00:00.000Z","claims":["phone numbers in names"]},"reach":null,"why":"listed-and-readable","facts":["http-on-443","banner Apache/2.4.7: possible CVEs, not checked"],"proof":["the page parses as a listing (nginx)","a heading, a rule and preformatted rows, as nginx writes them","a folder that cannot exist is not answered like it, before and after","a listed file answers a stranger, and a name that cannot exist beside it does not","a second look over a new connection shows the same listing"]}');
CREATE TABLE heartbeats (
  id INTEGER PRIMARY KEY CHECK (id = 1), at TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL, good TEXT
);
CREATE TABLE looks (asset TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE observations (
  id INTEGER PRIMARY KEY, round TEXT NOT NULL REFERENCES rounds(id), asset TEXT NOT NULL, probe TEXT NOT NULL,
  location TEXT NOT NULL, started TEXT NOT NULL, ended TEXT NOT NULL, asks INTEGER NOT NULL, wire INTEGER NOT NULL,
  exposed INTEGER NOT NULL, clear INTEGER NOT NULL, unknown INTEGER NOT NULL,
  asked TEXT NOT NULL REFERENCES records(digest), sights TEXT NOT NULL REFERENCES records(digest),
  timings BLOB NOT NULL
);
CREATE TABLE places (
  asset TEXT NOT NULL, kind TEXT NOT NULL, place TEXT NOT NULL, location TEXT NOT NULL, verdict TEXT NOT NULL,
  why TEXT NOT NULL, at TEXT NOT NULL, last_clear TEXT, last_conclusive TEXT, longest_gap REAL NOT NULL DEFAULT 0,
  PRIMARY KEY (asset, kind, place, location)
) WITHOUT ROWID;
CREATE TABLE postings (
  id INTEGER PRIMARY KEY, due INTEGER NOT NULL REFERENCES dues(id), event TEXT NOT NULL, at TEXT NOT NULL,
  by TEXT NOT NULL, reason TEXT NOT NULL
);
CREATE TABLE records (digest TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE rounds (
  id TEXT PRIMARY KEY, started TEXT NOT NULL, ended TEXT, vantage TEXT NOT NULL, blind TEXT NOT NULL DEFAULT '',
  inventory TEXT NOT NULL, tasks INTEGER NOT NULL DEFAULT 0, asks INTEGER NOT NULL DEFAULT 0,
  wire INTEGER NOT NULL DEFAULT 0, exposed INTEGER NOT NULL DEFAULT 0, clear INTEGER NOT NULL DEFAULT 0,
  unknown INTEGER NOT NULL DEFAULT 0
);
INSERT INTO "rounds" VALUES('20261001T120000Z-0a1b2c','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z','here','','digest',0,0,0,0,0,0);
INSERT INTO "rounds" VALUES('20261001T120001Z-0a1b2c','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z','here','the known-open place /open/ was not found open (timed-out)','digest',0,0,0,0,0,0);
INSERT INTO "rounds" VALUES('20261001T120002Z-0a1b2c','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z','here','the known-closed bucket controls-closed was not found closed (listed)','digest',0,0,0,0,0,0);
INSERT INTO "rounds" VALUES('20261001T120003Z-0a1b2c','2026-10-01T12:00:00.000Z','2026-10-01T12:00:00.000Z','here','a control was not looked at','digest',0,0,0,0,0,0);
CREATE TABLE strangers (
  asset TEXT NOT NULL, key TEXT NOT NULL, finding TEXT NOT NULL REFERENCES findings(id), sequence INTEGER NOT NULL,
  at TEXT NOT NULL, PRIMARY KEY (asset, key)
) WITHOUT ROWID;
CREATE TABLE survey_folders (
  finding TEXT NOT NULL REFERENCES findings(id), key BLOB NOT NULL, survey INTEGER NOT NULL, time TEXT NOT NULL,
  digest BLOB NOT NULL, leaf INTEGER NOT NULL, read TEXT NOT NULL, tally TEXT NOT NULL, PRIMARY KEY (finding, key)
) WITHOUT ROWID;
CREATE TABLE surveys (
  id INTEGER PRIMARY KEY, finding TEXT NOT NULL REFERENCES findings(id), started TEXT NOT NULL, ended TEXT,
  waiting BLOB, body BLOB
);
CREATE TABLE witnesses (finding TEXT PRIMARY KEY REFERENCES findings(id), sealed BLOB NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX observations_asset ON observations(asset, started);
CREATE INDEX observations_round ON observations(round);
CREATE INDEX findings_asset ON findings(asset);
CREATE TRIGGER changes_are_appended_only BEFORE UPDATE ON changes
BEGIN SELECT RAISE(ABORT, 'a change is never rewritten'); END;
CREATE TRIGGER changes_are_never_deleted BEFORE DELETE ON changes
BEGIN SELECT RAISE(ABORT, 'a change is never deleted'); END;
CREATE INDEX evidence_finding ON evidence(finding);
CREATE INDEX dues_state ON dues(state, due);
CREATE INDEX dues_finding ON dues(finding);
CREATE INDEX deliveries_due ON deliveries(due);
CREATE INDEX surveys_finding ON surveys(finding);
CREATE TRIGGER changes_are_never_replaced BEFORE INSERT ON changes
WHEN EXISTS (SELECT 1 FROM changes WHERE finding = NEW.finding AND sequence = NEW.sequence)
BEGIN SELECT RAISE(ABORT, 'a change is never replaced'); END;
CREATE INDEX deeds_finding ON deeds(finding);
CREATE TRIGGER deeds_are_appended_only BEFORE UPDATE ON deeds
BEGIN SELECT RAISE(ABORT, 'a deed is never rewritten'); END;
CREATE TRIGGER deeds_are_never_replaced BEFORE INSERT ON deeds WHEN EXISTS (SELECT 1 FROM deeds WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a deed is never replaced'); END;
CREATE TRIGGER deeds_are_never_deleted BEFORE DELETE ON deeds
BEGIN SELECT RAISE(ABORT, 'a deed is never deleted'); END;
CREATE INDEX confirmations_channel ON confirmations(channel, act);
CREATE TRIGGER confirmations_are_appended_only BEFORE UPDATE ON confirmations
BEGIN SELECT RAISE(ABORT, 'a confirmation is never rewritten'); END;
CREATE TRIGGER confirmations_are_never_deleted BEFORE DELETE ON confirmations
BEGIN SELECT RAISE(ABORT, 'a confirmation is never deleted'); END;
CREATE INDEX postings_due ON postings(due);
CREATE TRIGGER postings_are_appended_only BEFORE UPDATE ON postings
BEGIN SELECT RAISE(ABORT, 'what happened to a message is never rewritten'); END;
CREATE TRIGGER postings_are_never_deleted BEFORE DELETE ON postings
BEGIN SELECT RAISE(ABORT, 'what happened to a message is never deleted'); END;
CREATE INDEX dues_grouped ON dues(grouped) WHERE grouped IS NOT NULL;
CREATE TRIGGER what_a_group_came_to AFTER INSERT ON deliveries WHEN NEW.outcome IN ('accepted', 'may-have-arrived')
BEGIN INSERT INTO deliveries (due, channel, started, ended, outcome, reason)
SELECT id, NEW.channel, NEW.started, NEW.ended, NEW.outcome, NEW.reason FROM dues
WHERE grouped = (SELECT coalesce(copy_of, id) FROM dues WHERE id = NEW.due); END;
CREATE TRIGGER what_a_group_told_is_told AFTER UPDATE OF state ON dues WHEN NEW.state = 'sent' AND OLD.state <> 'sent'
BEGIN UPDATE dues SET state = 'sent' WHERE grouped = NEW.id AND state = 'grouped'; END;
CREATE TRIGGER clock_warnings_are_appended_only BEFORE UPDATE ON clock_warnings
BEGIN SELECT RAISE(ABORT, 'a warning is never rewritten'); END;
CREATE TRIGGER clock_warnings_are_never_deleted BEFORE DELETE ON clock_warnings
BEGIN SELECT RAISE(ABORT, 'a warning is never deleted'); END;
CREATE INDEX dues_sending ON dues(sending) WHERE sending IS NOT NULL;
COMMIT;
