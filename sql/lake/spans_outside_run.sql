-- Which spans lie outside the time of their run?
-- Parameters: $spans (VARCHAR[], files of the run), $samples (VARCHAR[], files of the run),
--     $started_at (TIMESTAMP WITH TIME ZONE, start of the run), $ended_at (TIMESTAMP WITH TIME ZONE, its end)
-- Columns: writer VARCHAR, span_id BIGINT, name VARCHAR, started_at TIMESTAMP WITH TIME ZONE,
--     ended_at TIMESTAMP WITH TIME ZONE
-- One row per such span, in order of the writers and numbers. The run reaches as far as its readings do, for
-- a clock that was set back dates both; 5 s are allowed for the clocks of several hosts.
WITH readings AS (
    SELECT
        min(ts) AS first_ts,
        max(ts) AS last_ts
    FROM read_parquet($samples, union_by_name = TRUE)
),

bounds AS (
    SELECT
        least(first_ts, $started_at) - INTERVAL 5 SECOND AS first_at,
        greatest(last_ts, $ended_at) + INTERVAL 5 SECOND AS last_at
    FROM readings
),

spans AS (
    SELECT * FROM read_parquet($spans, union_by_name = TRUE)
)

SELECT
    spans.writer,
    spans.span_id,
    spans.name,
    spans.started_at,
    spans.ended_at
FROM spans
CROSS JOIN bounds
WHERE
    least(spans.started_at, spans.ended_at) < bounds.first_at
    OR greatest(spans.started_at, spans.ended_at) > bounds.last_at
ORDER BY spans.writer, spans.span_id
