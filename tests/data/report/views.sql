-- What the queries of numbers.sql are made from: `r` is the exported table, `expectation` what the scenario expects.
CREATE VIEW ev AS SELECT *, payload::JSON p FROM r WHERE what = 'message' AND kind <> 'clock.ticked'
  AND NOT (kind = 'exercise.state_changed' AND topic <> 'public/state');
CREATE VIEW seen AS SELECT *, payload::JSON p FROM r WHERE what = 'observation';
CREATE VIEW warned AS SELECT * FROM ev WHERE kind IN
  ('alert.announced', 'alert.raised', 'alert.updated', 'alert.cleared') AND p->>'standing' IS NULL;
CREATE VIEW latest AS SELECT *, about_seq AS told FROM seen WHERE kind = 'alert.reached'
  QUALIFY row_number() OVER (PARTITION BY about_seq, event ORDER BY line DESC) = 1;
CREATE VIEW spread AS SELECT w.event, w.seq, w.kind, w.area, w.at_ms, l.cohorts, l.p FROM latest l
  JOIN warned w ON w.seq = l.told AND w.event = l.event WHERE (l.p->>'closed')::BOOL;
CREATE VIEW cohort AS SELECT s.event, s.seq, s.at_ms, s.area, (s.p->>'last_us')::INT last_all,
  unnest(s.cohorts, recursive := true) FROM spread s;
CREATE VIEW heard AS SELECT event, seq, at_ms, area, operator, sum(delivered) heard, sum(least(late, delivered)) late,
  sum(least(stale, delivered)) stale, sum(least(caught_up, missing + unreachable)) caught_up,
  sum(delivered + missing + unreachable) meant, sum(missing) missing, sum(unreachable) unreachable,
  max(last_us) last_us, any_value(last_all) last_all FROM cohort GROUP BY ALL;
CREATE VIEW net AS SELECT kind AS op, entry, operator, at_ms, p FROM ev WHERE kind = 'operator.changed'
  UNION ALL SELECT kind, entry, operator, at_ms, (p->'skipped') FROM seen
  WHERE kind = 'event.skipped' AND p->>'$.skipped.kind' = 'operator.changed';
CREATE VIEW span AS SELECT min(at_ms) since, max(at_ms) until FROM ev;
CREATE VIEW bang AS SELECT *, p->>'target' target FROM ev WHERE kind IN ('strike.intercepted', 'strike.impacted');
CREATE VIEW alert AS SELECT a.area, a.at_ms raised, min(c.at_ms) cleared FROM ev a LEFT JOIN ev c
  ON c.kind = 'alert.cleared' AND c.area = a.area AND c.at_ms > a.at_ms WHERE a.kind = 'alert.raised' GROUP BY ALL;
CREATE VIEW lead_time AS SELECT a.area, a.raised, min(b.at_ms) - a.raised AS ms FROM alert a
  JOIN bang b ON b.target = a.area AND b.at_ms <= a.cleared GROUP BY a.area, a.raised;
CREATE VIEW unwarned AS SELECT target, count(*) weapons, count(*) FILTER (kind = 'strike.impacted') impacted FROM bang
  WHERE target NOT IN (SELECT area FROM alert) GROUP BY ALL;
CREATE VIEW silent AS SELECT at_ms, lead(at_ms, 1, 9e15) OVER (PARTITION BY operator ORDER BY at_ms) until, s.key area,
  (s.value->>'up')::DOUBLE up FROM net, json_each(p, '$.sirens') s;
CREATE VIEW knots AS SELECT actual_us, at_ms FROM r WHERE what = 'message' AND topic IN
  (SELECT DISTINCT topic FROM ev) OR kind = 'clock.ticked';
CREATE VIEW knot AS SELECT actual_us, at_ms FROM knots QUALIFY row_number() OVER (PARTITION BY actual_us) = 1;
CREATE VIEW answered AS SELECT a.client, e.entry, e.at_ms, (SELECT max_by(at_ms, actual_us) FROM knot k
  WHERE k.actual_us <= a.actual_us) h0, (SELECT max(actual_us) FROM knot k WHERE k.actual_us <= a.actual_us) u0,
  (SELECT min_by(at_ms, actual_us) FROM knot k WHERE k.actual_us > a.actual_us) h1,
  (SELECT min(actual_us) FROM knot k WHERE k.actual_us > a.actual_us) u1, a.actual_us u
  FROM seen a JOIN ev e ON e.event = a.event WHERE a.kind = 'event.acknowledged';
CREATE VIEW took AS SELECT entry, client, h0 + (h1 - h0) * (u - u0) // (u1 - u0) - at_ms AS ms FROM answered;
CREATE VIEW judged AS SELECT x.*, CASE WHEN what = 'ack' THEN (SELECT min(ms) FROM took t WHERE t.entry = x.entry AND
    (who = 'players' OR '-' || client || '-' LIKE '%-' || who || '-%'))
  WHEN what = 'heard' THEN (SELECT max(last_us) // 1000 FROM heard h WHERE starts_with(h.event, x.entry || ':raised')
    AND (who = 'subscribers' OR h.operator = who)) END ms,
  CASE WHEN what = 'heard' THEN (SELECT sum(h.heard) FROM heard h WHERE starts_with(h.event, x.entry || ':raised')
    AND (who = 'subscribers' OR h.operator = who)) END n,
  CASE WHEN what = 'heard' THEN (SELECT sum(h.meant) FROM heard h WHERE starts_with(h.event, x.entry || ':raised')
    AND (who = 'subscribers' OR h.operator = who)) END m FROM expectation x;
CREATE VIEW verdict AS SELECT *, CASE WHEN what NOT IN ('ack', 'heard') THEN NULL WHEN ms IS NULL THEN false
  WHEN n < m THEN false ELSE ms <= within_ms END met FROM judged;
CREATE VIEW confirmed AS SELECT s.seq, (s.p->>'at_us')::BIGINT - e.due_us us FROM seen s JOIN ev e
  ON e.seq = s.about_seq AND e.event = s.event WHERE s.kind = 'event.published';
CREATE VIEW away AS SELECT line, actual_us, reason, lead(kind) OVER w back, lead(actual_us) OVER w back_us,
  lead(p) OVER w told, kind FROM seen WHERE kind IN ('broker.lost', 'broker.restored') WINDOW w AS (ORDER BY line);
CREATE MACRO rank(list, share) AS list_sort(list)[CAST(ceil(len(list) * share) AS BIGINT)];
CREATE MACRO low(list) AS list_sort(list)[(len(list) + 1) // 2];
