-- From when to when did the runs of each batch start?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql)
-- Columns: batch VARCHAR, first_s DOUBLE, last_s DOUBLE, run_count BIGINT
-- One row per batch, the earliest first, ties by name. Seconds since 1970, UTC.
SELECT
    batch::VARCHAR AS batch,
    min(started_s) AS first_s,
    max(started_s) AS last_s,
    count(*) AS run_count
FROM butter_e_selection($brushes)
WHERE batch IS NOT NULL AND started_s IS NOT NULL
GROUP BY batch
ORDER BY first_s, batch;
