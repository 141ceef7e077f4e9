BEGIN TRANSACTION;
CREATE TABLE accepted (
	app_token TEXT NOT NULL, 
	table_key TEXT NOT NULL, 
	record_id TEXT NOT NULL, 
	status TEXT NOT NULL, 
	state TEXT NOT NULL, owners TEXT DEFAULT '' NOT NULL, customer TEXT, score DOUBLE, 
	PRIMARY KEY (app_token, table_key, record_id)
);
INSERT INTO "accepted" VALUES('bascnSampleBase','requirement','rec1','pending','{"values":{"status":"pending","title":"\u5bfc\u51fa","plan":{"$at":"2026-03-02T04:00:00+00:00"},"owner":{"$tuple":["ou_li","ou_han"]}},"created":{"$tuple":[null,null]},"modified":{"$tuple":[null,null]},"status_since":{"$at":"2026-03-02T04:00:00+00:00"},"corrections":{"$tuple":[{"$at":"2026-03-02T04:00:00+00:00"}]},"policy_version":"p1","unheard":[{"$tuple":["pending","done",null]}],"waivers":[],"repeats":{"$tuple":[]},"snoozes":[]}','ou_li ou_han',NULL,NULL);
INSERT INTO "accepted" VALUES('bascnSampleBase','requirement','rec2','done','{"values":{"status":"done","title":"\u5bfc\u51fa","plan":{"$at":"2026-03-02T04:00:00+00:00"},"owner":null},"created":{"$tuple":[null,null]},"modified":{"$tuple":[null,null]},"status_since":{"$at":"2026-03-02T04:00:00+00:00"},"corrections":{"$tuple":[{"$at":"2026-03-02T04:00:00+00:00"}]},"policy_version":"p1","unheard":[{"$tuple":["pending","done",null]}],"waivers":[],"repeats":{"$tuple":[]},"snoozes":[]}','',NULL,NULL);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0006');
CREATE TABLE bands (
	band BIGINT NOT NULL, 
	print INTEGER NOT NULL, 
	PRIMARY KEY (band, print)
)
 WITHOUT ROWID

;
INSERT INTO "bands" VALUES(2842614638749679617,1);
INSERT INTO "bands" VALUES(2842614638749679618,1);
INSERT INTO "bands" VALUES(2842614638749679619,1);
INSERT INTO "bands" VALUES(2842614638749679620,1);
INSERT INTO "bands" VALUES(2842614638749679621,1);
INSERT INTO "bands" VALUES(2842614638749679622,1);
INSERT INTO "bands" VALUES(2842614638749679623,1);
INSERT INTO "bands" VALUES(2842614638749679624,1);
INSERT INTO "bands" VALUES(2842614638749679625,1);
INSERT INTO "bands" VALUES(2842614638749679626,1);
INSERT INTO "bands" VALUES(2842614638749679627,1);
INSERT INTO "bands" VALUES(2842614638749679628,1);
INSERT INTO "bands" VALUES(2842614638749679629,1);
INSERT INTO "bands" VALUES(2842614638749679630,1);
INSERT INTO "bands" VALUES(2842614638749679631,1);
INSERT INTO "bands" VALUES(2842614638749679632,1);
INSERT INTO "bands" VALUES(2842614638749679633,1);
INSERT INTO "bands" VALUES(2842614638749679634,1);
INSERT INTO "bands" VALUES(2842614638749679635,1);
INSERT INTO "bands" VALUES(2842614638749679636,1);
INSERT INTO "bands" VALUES(2842614638749679637,1);
INSERT INTO "bands" VALUES(2842614638749679638,1);
INSERT INTO "bands" VALUES(2842614638749679639,1);
INSERT INTO "bands" VALUES(2842614638749679640,1);
INSERT INTO "bands" VALUES(2842614638749679641,1);
INSERT INTO "bands" VALUES(2842614638749679642,1);
INSERT INTO "bands" VALUES(2842614638749679643,1);
INSERT INTO "bands" VALUES(2842614638749679644,1);
INSERT INTO "bands" VALUES(2842614638749679645,1);
INSERT INTO "bands" VALUES(2842614638749679646,1);
INSERT INTO "bands" VALUES(2842614638749679647,1);
INSERT INTO "bands" VALUES(2842614638749679648,1);
INSERT INTO "bands" VALUES(2842614638749679649,1);
INSERT INTO "bands" VALUES(2842614638749679650,1);
INSERT INTO "bands" VALUES(2842614638749679651,1);
INSERT INTO "bands" VALUES(2842614638749679652,1);
INSERT INTO "bands" VALUES(2842614638749679653,1);
INSERT INTO "bands" VALUES(2842614638749679654,1);
INSERT INTO "bands" VALUES(2842614638749679655,1);
INSERT INTO "bands" VALUES(2842614638749679656,1);
INSERT INTO "bands" VALUES(2842614638749679657,1);
INSERT INTO "bands" VALUES(2842614638749679658,1);
INSERT INTO "bands" VALUES(2842614638749679659,1);
INSERT INTO "bands" VALUES(2842614638749679660,1);
INSERT INTO "bands" VALUES(2842614638749679661,1);
INSERT INTO "bands" VALUES(2842614638749679662,1);
INSERT INTO "bands" VALUES(2842614638749679663,1);
INSERT INTO "bands" VALUES(2842614638749679664,1);
INSERT INTO "bands" VALUES(2842614638749679665,1);
INSERT INTO "bands" VALUES(2842614638749679666,1);
INSERT INTO "bands" VALUES(2842614638749679667,1);
INSERT INTO "bands" VALUES(2842614638749679668,1);
INSERT INTO "bands" VALUES(2842614638749679669,1);
INSERT INTO "bands" VALUES(2842614638749679670,1);
INSERT INTO "bands" VALUES(2842614638749679671,1);
INSERT INTO "bands" VALUES(2842614638749679672,1);
INSERT INTO "bands" VALUES(2842614638749679673,1);
INSERT INTO "bands" VALUES(2842614638749679674,1);
INSERT INTO "bands" VALUES(2842614638749679675,1);
INSERT INTO "bands" VALUES(2842614638749679676,1);
INSERT INTO "bands" VALUES(2842614638749679677,1);
INSERT INTO "bands" VALUES(2842614638749679678,1);
INSERT INTO "bands" VALUES(2842614638749679679,1);
INSERT INTO "bands" VALUES(2842614638749679680,1);
CREATE TABLE calls (
	month TEXT NOT NULL, 
	endpoint TEXT NOT NULL, 
	calls BIGINT NOT NULL, 
	PRIMARY KEY (month, endpoint)
);
INSERT INTO "calls" VALUES('2026-03','POST /x',7);
CREATE TABLE claims (
	"row" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	app_token TEXT NOT NULL, 
	job TEXT NOT NULL, 
	slot TEXT NOT NULL, 
	CONSTRAINT claims_once UNIQUE (app_token, job, slot)
);
INSERT INTO "claims" VALUES(1,'bascnSampleBase','sweep','2953000');
CREATE TABLE edits (
	"row" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	app_token TEXT NOT NULL, 
	record_id TEXT NOT NULL, 
	event_id TEXT NOT NULL, 
	field TEXT NOT NULL, 
	was TEXT, 
	became TEXT, 
	operator TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	by_rule BOOLEAN NOT NULL, 
	CONSTRAINT edits_once UNIQUE (app_token, event_id, record_id, field)
);
INSERT INTO "edits" VALUES(1,'bascnSampleBase','rec1','ev1','remark',NULL,'"\u5907\u6ce8"','ou_zhou','2026-03-02 04:00:00.000000',0);
CREATE TABLE facts (
	app_token TEXT NOT NULL, 
	name TEXT NOT NULL, 
	fact TEXT NOT NULL, 
	PRIMARY KEY (app_token, name)
);
INSERT INTO "facts" VALUES('bascnSampleBase','sweep','{"modified_at":{"$at":"2026-03-02T04:00:00+00:00"}}');
CREATE TABLE inbox (
	"row" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	app_token TEXT NOT NULL, 
	table_id TEXT NOT NULL, 
	record_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	event_id TEXT NOT NULL, 
	received_at DATETIME NOT NULL, 
	operator TEXT NOT NULL, 
	fields TEXT NOT NULL, 
	step TEXT, 
	closed BOOLEAN, press TEXT, 
	CONSTRAINT inbox_once UNIQUE (app_token, event_id, record_id)
);
INSERT INTO "inbox" VALUES(1,'bascnSampleBase','tbl1','rec1','edited','ev1','2026-03-02 04:00:00.000000','ou_zhou','{"$tuple":["status"]}','{"before":"pending","after":"in_progress","operator":"ou_zhou","at":{"$at":"2026-03-02T04:00:00+00:00"},"revision":0,"event_id":"ev1"}',NULL,NULL);
INSERT INTO "inbox" VALUES(2,'bascnSampleBase','tbl1','rec2','edited','ev2','2026-03-02 04:00:00.000000','ou_zhou','{"$tuple":["status"]}',NULL,NULL,NULL);
INSERT INTO "inbox" VALUES(3,'bascnSampleBase','tbl1','rec3','edited','ev3','2026-03-02 04:00:00.000000','ou_zhou','{"$tuple":["status"]}',NULL,1,NULL);
INSERT INTO "inbox" VALUES(4,'bascnSampleBase','tbl1','rec1','pressed','ev4','2026-03-02 04:00:00.000000','ou_zhou','{"$tuple":["status"]}',NULL,NULL,'{"do":"retry","operator":"ou_zhou","at":{"$at":"2026-03-02T04:00:00+00:00"},"event_id":"ev4","message_id":"om_1","asked":{"from":"pending"},"form":{"plan":"2026-03-09 +0800"}}');
CREATE TABLE leases (
	app_token TEXT NOT NULL, 
	holder TEXT NOT NULL, 
	expires DOUBLE NOT NULL, 
	PRIMARY KEY (app_token)
);
INSERT INTO "leases" VALUES('bascnSampleBase','gone',1.79544763674400901795e+09);
CREATE TABLE notices (
	app_token TEXT NOT NULL, 
	identity TEXT NOT NULL, 
	PRIMARY KEY (app_token, identity)
);
INSERT INTO "notices" VALUES('bascnSampleBase','n1');
INSERT INTO "notices" VALUES('bascnSampleBase','n2');
INSERT INTO "notices" VALUES('bascnSampleBase','n3');
CREATE TABLE numbers (
	app_token TEXT NOT NULL, 
	scope TEXT NOT NULL, 
	identity TEXT NOT NULL, 
	number BIGINT NOT NULL, 
	PRIMARY KEY (app_token, scope, identity), 
	CONSTRAINT numbers_once UNIQUE (app_token, scope, number)
);
INSERT INTO "numbers" VALUES('bascnSampleBase','serial:20260302-客服','rec1',1);
INSERT INTO "numbers" VALUES('bascnSampleBase','serial:20260302-客服','rec2',2);
CREATE TABLE outbox (
	"row" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	app_token TEXT NOT NULL, 
	identity TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	target TEXT NOT NULL, 
	body TEXT, 
	not_before DATETIME NOT NULL, 
	covers TEXT NOT NULL, 
	next_try DATETIME NOT NULL, 
	tries INTEGER NOT NULL, 
	batch TEXT NOT NULL, 
	ended TEXT, 
	ended_at DATETIME, 
	outcome TEXT, 
	CONSTRAINT outbox_once UNIQUE (app_token, identity)
);
INSERT INTO "outbox" VALUES(1,'bascnSampleBase','waiting','card','ou_li','{"card":{"header":"\u6807\u9898"},"at":{"$at":"2026-03-02T04:00:00+00:00"}}','2026-03-02 04:00:00.000000','{"$tuple":["n1"]}','2026-03-02 04:01:00.000000',1,'',NULL,NULL,'timeout');
INSERT INTO "outbox" VALUES(2,'bascnSampleBase','sent','card','ou_li',NULL,'2026-03-02 04:00:00.000000','{"$tuple":["n2"]}','2026-03-02 04:00:00.000000',0,'','done','2026-03-02 04:00:00.000000','om_9');
INSERT INTO "outbox" VALUES(3,'bascnSampleBase','given up','card','ou_li','{"card":{"header":"\u6807\u9898"},"at":{"$at":"2026-03-02T04:00:00+00:00"}}','2026-03-02 04:00:00.000000','{"$tuple":["n3"]}','2026-03-02 04:00:00.000000',1,'','given_up',NULL,'230013');
INSERT INTO "outbox" VALUES(4,'bascnSampleBase','ledger:1','ledger','transition','{"card":{"header":"\u6807\u9898"},"at":{"$at":"2026-03-02T04:00:00+00:00"}}','2026-03-02 04:00:00.000000','{"$tuple":[]}','2026-03-02 04:00:00.000000',0,'batch1:1',NULL,NULL,NULL);
CREATE TABLE prints (
	"row" INTEGER NOT NULL, 
	app_token TEXT NOT NULL, 
	record_id TEXT NOT NULL, 
	bands BLOB NOT NULL, 
	PRIMARY KEY ("row"), 
	CONSTRAINT prints_once UNIQUE (app_token, record_id)
);
INSERT INTO "prints" VALUES(1,'bascnSampleBase','rec1',X'0000000100000002000000030000000400000005000000060000000700000008000000090000000A0000000B0000000C0000000D0000000E0000000F000000100000001100000012000000130000001400000015000000160000001700000018000000190000001A0000001B0000001C0000001D0000001E0000001F000000200000002100000022000000230000002400000025000000260000002700000028000000290000002A0000002B0000002C0000002D0000002E0000002F000000300000003100000032000000330000003400000035000000360000003700000038000000390000003A0000003B0000003C0000003D0000003E0000003F00000040');
CREATE TABLE set_aside (
	"row" INTEGER NOT NULL, 
	raw TEXT NOT NULL, 
	cause TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY ("row")
);
INSERT INTO "set_aside" VALUES(1,'"{not json"','不是 JSON','2026-03-02 04:00:00.000000');
CREATE INDEX inbox_open ON inbox (app_token, "row") WHERE closed IS NULL;
CREATE INDEX inbox_open_record ON inbox (app_token, record_id, "row") WHERE closed IS NULL;
CREATE INDEX inbox_closed ON inbox (received_at) WHERE closed IS NOT NULL;
CREATE INDEX ix_set_aside_at ON set_aside (at);
CREATE INDEX outbox_due ON outbox (app_token, next_try, "row") WHERE ended IS NULL;
CREATE INDEX outbox_batch ON outbox (app_token, batch) WHERE ended IS NULL;
CREATE INDEX outbox_failed ON outbox (app_token) WHERE ended = 'given_up';
CREATE INDEX accepted_load ON accepted (app_token, table_key, status, owners);
CREATE INDEX edits_at ON edits (app_token, at);
CREATE INDEX edits_old ON edits (at);
CREATE INDEX outbox_cards ON outbox (app_token, target, not_before) WHERE kind = 'card';
CREATE INDEX accepted_customer ON accepted (app_token, customer, table_key, status, score) WHERE customer IS NOT NULL;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('inbox',4);
INSERT INTO "sqlite_sequence" VALUES('edits',1);
INSERT INTO "sqlite_sequence" VALUES('outbox',4);
INSERT INTO "sqlite_sequence" VALUES('claims',1);
COMMIT;
