-- The figures of docs/kpi.md, counted a second time from what the page says, by a database.
--
-- Given: requirement, ledger (line = its place in the table), wanted (key, first day, day after),
-- meaning (what each status means), label (stable key to what people read), day_off,
-- the variables zone, now, and the parameters within_hours, recurrence_days, target_*.
-- Made: figure and pending by (period, dimension, part, measure); dimension 'all' is the whole.

-- Days that are counted from an instant are 24 hours each, whatever the clocks do.
SET TimeZone = 'UTC';
CREATE MACRO midnight(day) AS (day::TIMESTAMP AT TIME ZONE getvariable('zone'));
CREATE MACRO day_of(moment) AS ((moment AT TIME ZONE getvariable('zone'))::DATE);
-- A bare day lasts until it ends.
CREATE MACRO whole_day(moment) AS (
  CASE WHEN moment = midnight(day_of(moment)) THEN midnight(day_of(moment) + 1) ELSE moment END);
CREATE MACRO is_open(one) AS (one IN (SELECT status FROM meaning WHERE is_open));
CREATE MACRO is_finished(one) AS (one IN (SELECT status FROM meaning WHERE is_finished));

-- A month is cut at midnight in the team's zone.
CREATE TABLE period AS SELECT key, midnight(first) AS since, midnight(after) AS till FROM wanted;

-- A line written twice is one move; what was put back changed nothing.
CREATE TABLE told AS SELECT DISTINCT ON (id, effect_key) * FROM ledger ORDER BY line;
CREATE TABLE move AS
SELECT id, moment, from_status, to_status, score, true AS recorded,
       row_number() OVER (PARTITION BY id ORDER BY moment, line) AS n
FROM told WHERE verdict IN ('pass', 'observe');
-- Of a requirement older than the ledger the dates of the register speak.
INSERT INTO move
SELECT id, finished_at, 'pending', 'done', NULL, false, 1 FROM requirement
WHERE id NOT IN (SELECT id FROM ledger) AND status IN ('done', 'closed');
INSERT INTO move
SELECT id, closed_at, 'done', 'closed', NULL, false, 2 FROM requirement
WHERE id NOT IN (SELECT id FROM ledger) AND status = 'closed';

CREATE TABLE stay AS
SELECT id, n, from_status AS status, recorded, moment AS till, to_status, move.score,
       coalesce(lag(moment) OVER (PARTITION BY id ORDER BY n), submitted_at) AS since
FROM move JOIN requirement USING (id);

-- Became finished: 实际完成时间 where it lies in the stay that ended so, else the move.
CREATE TABLE finish AS
SELECT s.id, s.n, s.till AS moment, s.recorded, r.submitted_at,
       CASE WHEN r.finished_at BETWEEN s.since AND s.till THEN r.finished_at ELSE s.till END AS done_at
FROM stay s JOIN requirement r USING (id)
WHERE is_finished(s.to_status) AND NOT is_finished(s.status);

-- Working time before an instant, in microseconds: whole numbers, so nothing is rounded.
CREATE TABLE working AS
SELECT (day + opens) AT TIME ZONE getvariable('zone') AS since,
       (day + closes) AT TIME ZONE getvariable('zone') AS till
FROM (SELECT unnest(generate_series(DATE '2010-01-01', DATE '2029-12-31', INTERVAL 1 DAY))::DATE AS day),
     (VALUES (TIME '09:00', TIME '12:00'), (TIME '13:00', TIME '18:00')) AS hours(opens, closes)
WHERE isodow(day) < 6 AND day NOT IN (SELECT day FROM day_off);
CREATE TABLE counted AS
SELECT since, till, coalesce(sum(epoch_us(till) - epoch_us(since)) OVER (
         ORDER BY since ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
FROM working;
CREATE TABLE clock AS
SELECT i.moment, coalesce(c.before + least(epoch_us(i.moment), epoch_us(c.till)) - epoch_us(c.since), 0)::BIGINT AS us
FROM (SELECT submitted_at AS moment FROM requirement UNION SELECT till FROM stay
      UNION SELECT done_at FROM finish) i
ASOF LEFT JOIN counted c ON i.moment >= c.since;
-- The smallest value that nine of ten do not exceed.
CREATE MACRO nine_tenths(all_of) AS (list_sort(all_of)[(len(all_of) * 9 + 9) // 10]);
CREATE MACRO us_per_day() AS (8 * 3.6e9);

-- Every status a finished requirement stood in until it was done, in working time.
CREATE TABLE spent AS
SELECT f.id, f.n, s.status, sum(b.us - a.us) AS us
FROM finish f JOIN stay s ON s.id = f.id AND s.n <= f.n
JOIN clock a ON a.moment = s.since JOIN clock b ON b.moment = least(s.till, f.done_at)
GROUP BY ALL;
CREATE TABLE taken AS
SELECT f.*, greatest(b.us - a.us - CASE WHEN f.recorded THEN coalesce(p.us, 0)
                     ELSE coalesce(r.paused_hours, 0) * 3.6e9 END, 0) / us_per_day() AS days
FROM finish f JOIN requirement r USING (id)
JOIN clock a ON a.moment = f.submitted_at JOIN clock b ON b.moment = f.done_at
LEFT JOIN (SELECT id, n, sum(us) AS us FROM spent
           WHERE status IN (SELECT status FROM meaning WHERE is_paused) GROUP BY ALL) p
       ON p.id = f.id AND p.n = f.n;
-- Each requirement once a period, by its last finish there.
CREATE TABLE resolved AS
SELECT p.key AS period, t.* FROM period p JOIN taken t ON t.moment >= p.since AND t.moment < p.till
QUALIFY row_number() OVER (PARTITION BY p.key, t.id ORDER BY t.n DESC) = 1;

CREATE TABLE created AS
SELECT p.key AS period, r.*, coalesce(r.first_response_at, r.started_at, m.moment) AS answered,
       coalesce(l.status, 'pending') AS is_now
FROM period p JOIN requirement r ON r.submitted_at >= p.since AND r.submitted_at < p.till
LEFT JOIN (SELECT id, min(moment) AS moment FROM move WHERE recorded GROUP BY id) m ON m.id = r.id
LEFT JOIN (SELECT id, arg_max(to_status, n) AS status FROM move GROUP BY id) l ON l.id = r.id;

-- The status just before each midnight.
CREATE TABLE standing AS
SELECT e.key AS period, e.edge, r.id,
       coalesce((SELECT arg_max(m.to_status, m.n) FROM move m WHERE m.id = r.id AND m.moment < e.moment), 'pending') AS status
FROM (SELECT key, 'opening' AS edge, since AS moment FROM period UNION ALL SELECT key, 'closing', till FROM period) e
JOIN requirement r ON r.submitted_at < e.moment;
CREATE TABLE crossing AS
SELECT p.key AS period, m.*,
       CASE WHEN is_open(from_status) = is_open(to_status) THEN NULL
            WHEN is_open(to_status) THEN CASE WHEN is_finished(from_status) THEN 'reopened' ELSE 'resumed' END
            ELSE CASE to_status WHEN 'done' THEN 'finished' WHEN 'closed' THEN 'closed'
                                WHEN 'void' THEN 'voided' WHEN 'shelved' THEN 'shelved' END END AS flow
FROM period p JOIN move m ON m.moment >= p.since AND m.moment < p.till;
CREATE TABLE reopening AS
SELECT id, moment, n, row_number() OVER (PARTITION BY id ORDER BY n) AS time FROM move
WHERE is_finished(from_status) AND is_open(to_status);

-- Asked again within the days: reopened, or a duplicate submitted that was confirmed.
CREATE TABLE again AS
SELECT DISTINCT p.key AS period, f.id
FROM period p JOIN finish f ON f.moment >= p.since AND f.moment < p.till
JOIN (SELECT id, moment, n FROM reopening
      UNION ALL SELECT duplicate_of, submitted_at, NULL FROM requirement
      WHERE status = 'void' AND void_reason = 'duplicate') a
  ON a.id = f.id AND (a.n IS NULL OR a.n > f.n)
 AND a.moment >= f.moment AND a.moment <= f.moment + to_days(getvariable('recurrence_days'));

-- The customer spoke: closed, or reopened; the last time of the period counts.
CREATE TABLE asked AS
SELECT c.period, c.id, arg_max_null(coalesce(c.score, r.score), c.n) AS score,
       bool_or(is_open(c.to_status) OR coalesce(c.score, r.score) IS NOT NULL
               OR coalesce(r.confirmation, '') IN ('solved', 'unsolved'))
         AS answered
FROM crossing c JOIN requirement r USING (id)
WHERE (c.to_status = 'closed' AND c.from_status <> 'closed') OR (is_finished(c.from_status) AND is_open(c.to_status))
GROUP BY ALL;

CREATE TABLE kind(measure TEXT, kind TEXT);
INSERT INTO kind VALUES
  ('response_mean', 'mean'), ('response_median', 'median'), ('response_p90', 'p90'), ('response_rate', 'mean'),
  ('resolution_days', 'mean'), ('resolution_median', 'median'), ('resolution_p90', 'p90'), ('hit_rate', 'mean'),
  ('resolution_high', 'mean'), ('resolution_medium', 'mean'), ('resolution_low', 'mean'), ('on_time_rate', 'mean'),
  ('recurrence_rate', 'mean'), ('cohort_rate', 'mean'), ('satisfaction', 'mean'), ('satisfied_share', 'mean'),
  ('survey_response', 'mean'), ('resolved', 'sum'), ('opening', 'sum'), ('created', 'sum'), ('reopened', 'sum'),
  ('resumed', 'sum'), ('finished', 'sum'), ('closed', 'sum'), ('voided', 'sum'), ('shelved', 'sum'),
  ('closing', 'sum'), ('reopened_again', 'sum'), ('put_back', 'sum'), ('overrides', 'sum'),
  ('suggestion_accuracy', 'mean'), ('faq_answered', 'sum');

-- What each requirement gives to each measure of each period.
CREATE TABLE given(period TEXT, id TEXT, measure TEXT, x DOUBLE);
INSERT INTO given SELECT period, id, 'created', 1 FROM created;
INSERT INTO given SELECT period, id, m, greatest(epoch_us(answered) - epoch_us(submitted_at), 0) / 3.6e9
  FROM created, (VALUES ('response_mean'), ('response_median'), ('response_p90')) AS ms(m) WHERE answered IS NOT NULL;
INSERT INTO given SELECT period, id, 'response_rate',
    (answered IS NOT NULL AND answered <= submitted_at + to_hours(getvariable('within_hours')))::INT
  FROM created
  WHERE answered IS NOT NULL OR getvariable('now') >= submitted_at + to_hours(getvariable('within_hours'));
INSERT INTO given SELECT period, id, 'cohort_rate', is_finished(is_now)::INT FROM created;
INSERT INTO given SELECT period, id, 'suggestion_accuracy', (classified_by = 'automatic')::INT
  FROM created WHERE classified_confidence IS NOT NULL AND classified_by IS NOT NULL;
-- 知识库 had an answer when it came.
CREATE TABLE helped AS
SELECT r.id FROM requirement r JOIN entry e ON e.key = r.knowledge AND e.since <= r.submitted_at;
INSERT INTO given SELECT period, id, 'faq_answered', 1 FROM created JOIN helped USING (id);
INSERT INTO given SELECT period, id, 'resolved', 1 FROM resolved;
INSERT INTO given SELECT period, id, m, days
  FROM resolved, (VALUES ('resolution_days'), ('resolution_median'), ('resolution_p90')) AS ms(m);
INSERT INTO given SELECT period, id, 'resolution_' || priority, days
  FROM resolved JOIN requirement USING (id) WHERE priority IS NOT NULL;
INSERT INTO given SELECT period, id, 'hit_rate', (days <= CASE priority WHEN 'high' THEN getvariable('target_high')
    WHEN 'medium' THEN getvariable('target_medium') ELSE getvariable('target_low') END)::INT
  FROM resolved JOIN requirement USING (id) WHERE priority IS NOT NULL;
INSERT INTO given SELECT f.period, f.id, 'on_time_rate',
    (f.done_at <= coalesce(r.resolve_due, whole_day(r.planned_finish)))::INT
  FROM resolved f JOIN requirement r USING (id) WHERE coalesce(r.resolve_due, r.planned_finish) IS NOT NULL;
INSERT INTO given SELECT f.period, f.id, 'recurrence_rate', (a.id IS NOT NULL)::INT
  FROM resolved f LEFT JOIN again a ON a.period = f.period AND a.id = f.id;
INSERT INTO given SELECT period, id, 'satisfaction', score FROM asked WHERE score IS NOT NULL;
INSERT INTO given SELECT period, id, 'satisfied_share', (score >= 4)::INT FROM asked WHERE score IS NOT NULL;
INSERT INTO given SELECT period, id, 'survey_response', answered::INT FROM asked;
INSERT INTO given SELECT period, id, edge, 1 FROM standing WHERE is_open(status);
INSERT INTO given SELECT period, id, flow, 1 FROM crossing WHERE flow IS NOT NULL;
INSERT INTO given SELECT DISTINCT p.key, r.id, 'reopened_again', 1
  FROM period p JOIN reopening r ON r.moment >= p.since AND r.moment < p.till AND r.time > 1;
INSERT INTO given SELECT p.key, t.id, 'put_back', 1
  FROM period p JOIN told t ON t.moment >= p.since AND t.moment < p.till AND t.verdict = 'put_back';
INSERT INTO given SELECT p.key, r.id, 'overrides', 1
  FROM period p JOIN requirement r ON r.submitted_at < p.till AND whole_day(r.override_until) > p.since
  WHERE r.manual_priority IS NOT NULL AND r.override_reason IS NOT NULL
    AND (EXISTS (FROM standing s WHERE s.period = p.key AND s.id = r.id AND s.edge = 'opening' AND is_open(s.status))
         OR EXISTS (FROM created c WHERE c.period = p.key AND c.id = r.id)
         OR EXISTS (FROM crossing c WHERE c.period = p.key AND c.id = r.id AND is_open(c.to_status)));

-- Everybody belongs to exactly one part of each dimension; who has nothing there to 未填.
CREATE TABLE part AS
UNPIVOT (SELECT id, '' AS "all", coalesce(type, '') AS type, coalesce(department, '') AS department,
                coalesce(owner, '') AS owner, coalesce(customer_level, '') AS customer_level,
                trim(regexp_replace(coalesce(industry, ''), '\s+', ' ', 'g')) AS industry,
                coalesce(source, '') AS source, coalesce(priority, '') AS priority FROM requirement)
ON COLUMNS(* EXCLUDE id) INTO NAME dimension VALUE part;

CREATE TABLE figure AS
SELECT period, dimension, part, measure,
       CASE kind WHEN 'sum' THEN sum(x) WHEN 'median' THEN median(x)
                 WHEN 'p90' THEN nine_tenths(list(x)) ELSE avg(x) END AS value
FROM given JOIN kind USING (measure) JOIN part USING (id) GROUP BY period, dimension, part, measure, kind;
INSERT INTO figure
SELECT a.period, a.dimension, a.part, 'resolution_rate', coalesce(b.value, 0) / a.value FROM figure a
LEFT JOIN (FROM figure WHERE measure = 'resolved') b
       ON (a.period, a.dimension, a.part) = (b.period, b.dimension, b.part)
WHERE a.measure = 'created';
-- A mere name is the linked customer that the period shows under the same name.
CREATE TABLE asking AS
SELECT period, customer, regexp_replace(trim(lower(coalesce(customer_name, ''))), '\s+', ' ', 'g') AS name
FROM created;
INSERT INTO figure
SELECT period, 'all', '', 'customers', count(DISTINCT customer) + count(DISTINCT CASE
         WHEN customer IS NULL AND name <> '' AND NOT EXISTS (
           FROM asking b WHERE b.period = a.period AND b.customer IS NOT NULL AND b.name = a.name) THEN name END)
FROM asking a GROUP BY period;

-- What was finished, of the types that had an answer: those with one against those without.
CREATE TABLE alike AS
SELECT f.period, f.days, coalesce(r.type, '') AS type, f.id IN (FROM helped) AS had
FROM resolved f JOIN requirement r USING (id);
INSERT INTO figure
SELECT period, 'all', '', 'faq_saved_days',
       (median(days) FILTER (NOT had) - median(days) FILTER (had)) * count(*) FILTER (had)
FROM alike a WHERE type IN (SELECT type FROM alike b WHERE b.period = a.period AND b.had)
GROUP BY period HAVING least(count(*) FILTER (had), count(*) FILTER (NOT had)) >= 5;

-- 环节耗时: stays that ended in the period, and where those finished in it spent their time.
CREATE TABLE ended AS
SELECT p.key AS period, s.status, (b.us - a.us) / us_per_day() AS days
FROM period p JOIN stay s ON s.till >= p.since AND s.till < p.till AND s.recorded
JOIN clock a ON a.moment = s.since JOIN clock b ON b.moment = s.till
WHERE s.status NOT IN (SELECT status FROM meaning WHERE is_ended);
INSERT INTO figure SELECT period, 'status', status, 'stays', count(*) FROM ended GROUP BY ALL;
INSERT INTO figure SELECT period, 'status', status, 'stay_mean', avg(days) FROM ended GROUP BY ALL;
INSERT INTO figure SELECT period, 'status', status, 'stay_median', median(days) FROM ended GROUP BY ALL;
INSERT INTO figure SELECT period, 'status', status, 'stay_p90', nine_tenths(list(days)) FROM ended GROUP BY ALL;
INSERT INTO figure
SELECT r.period, 'status', s.status, 'time_share', sum(s.us) / sum(sum(s.us)) OVER (PARTITION BY r.period)
FROM resolved r JOIN spent s ON s.id = r.id AND s.n = r.n
WHERE r.recorded AND s.status NOT IN (SELECT status FROM meaning WHERE is_ended) GROUP BY r.period, s.status;

-- 待定: what time may still change.
CREATE TABLE pending AS
SELECT period, measure, count(*) AS value FROM (
  SELECT period, 'response_rate' AS measure FROM created
  WHERE answered IS NULL AND getvariable('now') < submitted_at + to_hours(getvariable('within_hours'))
  UNION ALL
  SELECT f.period, 'recurrence_rate' FROM resolved f LEFT JOIN again a ON a.period = f.period AND a.id = f.id
  WHERE a.id IS NULL AND getvariable('now') < f.moment + to_days(getvariable('recurrence_days'))
  UNION ALL SELECT period, 'satisfaction' FROM asked WHERE score IS NULL
  UNION ALL SELECT period, 'cohort_rate' FROM created WHERE is_open(is_now)
) GROUP BY ALL;
