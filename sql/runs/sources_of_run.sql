-- How were the joules of a run obtained, kind by kind?
-- Parameters: $samples (VARCHAR[], files of the run)
-- Columns: device_kind VARCHAR, source VARCHAR, energy_j DOUBLE, devices BIGINT, samples BIGINT,
--     gap_samples BIGINT, clamped_samples BIGINT, first_ts TIMESTAMP WITH TIME ZONE,
--     last_ts TIMESTAMP WITH TIME ZONE
-- One row per device kind and source, in alphabetical order.
SELECT
    device_kind,
    source,
    sum(energy_j) AS energy_j,
    count(DISTINCT host || '/' || device_id) AS devices,
    count(*) AS samples,
    count(*) FILTER (WHERE quality = 'gap') AS gap_samples,
    count(*) FILTER (WHERE quality = 'clamped') AS clamped_samples,
    min(ts) AS first_ts,
    max(ts) AS last_ts
FROM counted_samples($samples)
GROUP BY ALL
ORDER BY device_kind, source
