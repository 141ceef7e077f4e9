-- The measures of 2026-09 over requirement.parquet and ledger.parquet; meanings as in docs/kpi.md.
-- working.parquet: every working span (since, till) and the working time before it, in microseconds.
SET TimeZone = 'UTC';
CREATE MACRO is_finished(s) AS (s IN ('done', 'closed'));
CREATE MACRO is_open(s) AS (s NOT IN ('done', 'closed', 'void', 'shelved'));
CREATE MACRO since() AS (TIMESTAMPTZ '2026-08-31 16:00:00+00');
CREATE MACRO till() AS (TIMESTAMPTZ '2026-09-30 16:00:00+00');
CREATE MACRO now_() AS (TIMESTAMPTZ '2026-10-01 01:00:00+00');
CREATE MACRO within(t) AS (t >= since() AND t < till());
CREATE VIEW requirement AS FROM '{folder}/requirement.parquet';

CREATE TABLE move AS
SELECT id, moment, before, after, score, n, lag(moment) OVER (PARTITION BY id ORDER BY n) AS last
FROM '{folder}/ledger.parquet' WHERE verdict IN ('pass', 'observe');

-- The last finish of the month, and what it took: working time since submission less pauses.
CREATE TABLE finish AS
SELECT m.id, arg_max(m.n, m.n) AS n, max(m.moment) AS moment FROM move m
WHERE within(m.moment) AND is_finished(m.after) AND NOT is_finished(m.before) GROUP BY m.id;
CREATE TABLE pause AS
SELECT m.id, m.last, m.moment FROM move m JOIN finish f ON f.id = m.id AND m.n <= f.n
WHERE m.before IN ('waiting_customer', 'shelved') AND m.last IS NOT NULL;
CREATE TABLE clock AS
SELECT i.moment, w.worked + least(epoch_us(i.moment), epoch_us(w.till)) - epoch_us(w.since) AS us
FROM (SELECT last AS moment FROM pause UNION SELECT moment FROM pause UNION SELECT moment FROM finish
      UNION SELECT submitted_at FROM finish JOIN requirement USING (id)) i
ASOF JOIN '{folder}/working.parquet' w ON i.moment >= w.since;
CREATE TABLE resolved AS
SELECT r.*, f.moment, f.n, greatest(b.us - a.us - coalesce(p.us, 0), 0) / 2.88e10 AS days
FROM finish f JOIN requirement r USING (id)
JOIN clock a ON a.moment = r.submitted_at JOIN clock b ON b.moment = f.moment
LEFT JOIN (SELECT p.id, sum(b.us - a.us) AS us FROM pause p
           JOIN clock a ON a.moment = p.last JOIN clock b ON b.moment = p.moment GROUP BY p.id) p ON p.id = r.id;

CREATE TABLE created AS
SELECT r.*, coalesce(r.first_response_at, r.started_at, m.moment) AS answered,
       coalesce(m.status, 'pending') AS is_now
FROM requirement r LEFT JOIN (SELECT id, min(moment) AS moment, arg_max(after, n) AS status FROM move GROUP BY id) m
  USING (id)
WHERE within(r.submitted_at);
CREATE TABLE standing AS
SELECT r.id, coalesce(arg_max(m.after, m.n) FILTER (m.moment < since()), 'pending') AS opening,
       coalesce(arg_max(m.after, m.n) FILTER (m.moment < till()), 'pending') AS closing,
       any_value(r.submitted_at) AS born
FROM requirement r LEFT JOIN move m USING (id) WHERE r.submitted_at < till() GROUP BY r.id;

CREATE TABLE again AS
SELECT DISTINCT f.id FROM move f JOIN (
  SELECT id, moment, n FROM move WHERE is_finished(before) AND is_open(after)
  UNION ALL SELECT duplicate_of, submitted_at, NULL FROM requirement
  WHERE status = 'void' AND void_reason = 'duplicate') a
ON a.id = f.id AND (a.n IS NULL OR a.n > f.n) AND a.moment >= f.moment AND a.moment <= f.moment + INTERVAL 30 DAY
WHERE within(f.moment) AND is_finished(f.after) AND NOT is_finished(f.before);
CREATE TABLE asked AS
SELECT m.id, arg_max_null(coalesce(m.score, r.score), m.n) AS score,
       bool_or(is_open(m.after)) OR any_value(r.score) IS NOT NULL
         OR coalesce(any_value(r.confirmation), '') IN ('solved', 'unsolved') AS answered
FROM move m JOIN requirement r USING (id)
WHERE within(m.moment) AND ((m.after = 'closed' AND m.before <> 'closed') OR (is_finished(m.before) AND is_open(m.after)))
GROUP BY m.id;

CREATE TABLE given(id TEXT, measure TEXT, x DOUBLE);
INSERT INTO given SELECT id, 'created', 1 FROM created;
INSERT INTO given SELECT id, unnest(['response_mean', 'response_median', 'response_p90']),
  greatest(epoch_us(answered) - epoch_us(submitted_at), 0) / 3.6e9 FROM created WHERE answered IS NOT NULL;
INSERT INTO given SELECT id, 'response_rate', coalesce(answered <= submitted_at + INTERVAL 24 HOUR, false)::INT
  FROM created WHERE answered IS NOT NULL OR now_() >= submitted_at + INTERVAL 24 HOUR;
INSERT INTO given SELECT id, 'cohort_rate', is_finished(is_now)::INT FROM created;
INSERT INTO given SELECT id, 'resolved', 1 FROM resolved;
INSERT INTO given SELECT id, unnest(['resolution_days', 'resolution_median', 'resolution_p90',
  'resolution_' || priority]), days FROM resolved;
INSERT INTO given SELECT id, 'hit_rate', (days <= CASE priority WHEN 'high' THEN 2 WHEN 'medium' THEN 4 ELSE 7 END)::INT
  FROM resolved;
INSERT INTO given SELECT id, 'on_time_rate', (moment <= resolve_due)::INT FROM resolved;
INSERT INTO given SELECT f.id, 'recurrence_rate', (a.id IS NOT NULL)::INT FROM resolved f LEFT JOIN again a USING (id);
INSERT INTO given SELECT id, 'satisfaction', score FROM asked WHERE score IS NOT NULL;
INSERT INTO given SELECT id, 'satisfied_share', (score >= 4)::INT FROM asked WHERE score IS NOT NULL;
INSERT INTO given SELECT id, 'survey_response', answered::INT FROM asked;
INSERT INTO given SELECT id, 'opening', 1 FROM standing WHERE is_open(opening) AND born < since();
INSERT INTO given SELECT id, 'closing', 1 FROM standing WHERE is_open(closing);
INSERT INTO given SELECT id, CASE WHEN is_open(after) THEN CASE WHEN is_finished(before) THEN 'reopened' ELSE 'resumed' END
    WHEN after = 'done' THEN 'finished' WHEN after = 'closed' THEN 'closed' WHEN after = 'void' THEN 'voided'
    ELSE 'shelved' END, 1
  FROM move WHERE within(moment) AND is_open(before) <> is_open(after);
INSERT INTO given SELECT DISTINCT id, 'reopened_again', 1 FROM (
  SELECT id, moment, row_number() OVER (PARTITION BY id ORDER BY n) AS time FROM move
  WHERE is_finished(before) AND is_open(after)) WHERE time > 1 AND within(moment);
INSERT INTO given SELECT id, 'put_back', 1 FROM '{folder}/ledger.parquet' WHERE verdict = 'put_back' AND within(moment);

CREATE TABLE part AS
UNPIVOT (SELECT id, 'all' AS "all", type, department, owner, customer_level, industry, source, priority
         FROM requirement WHERE id IN (SELECT id FROM given))
ON COLUMNS(* EXCLUDE id) INTO NAME dimension VALUE part;
CREATE TABLE figure AS
SELECT dimension, part, measure,
       CASE WHEN measure LIKE '%_median' THEN median(x)
            WHEN measure LIKE '%_p90' THEN list_sort(list(x))[(len(list(x)) * 9 + 9) // 10]
            WHEN measure IN ('created', 'resolved', 'opening', 'closing', 'reopened', 'resumed', 'finished', 'closed',
                             'voided', 'shelved', 'reopened_again', 'put_back') THEN sum(x)
            ELSE avg(x) END AS value
FROM given JOIN part USING (id) GROUP BY dimension, part, measure;
INSERT INTO figure SELECT a.dimension, a.part, 'resolution_rate', b.value / a.value
  FROM figure a JOIN figure b USING (dimension, part) WHERE a.measure = 'created' AND b.measure = 'resolved';
INSERT INTO figure SELECT 'all', 'all', 'customers', count(DISTINCT customer_name) FROM created;
