-- Who ran what, where, when, for how long, and how much energy did it take?
-- Parameters: $runs (VARCHAR[], run.json texts), $samples (VARCHAR[], files), $epochs (VARCHAR[], files),
--     $totals (VARCHAR[], rollup files), $now (TIMESTAMP WITH TIME ZONE, current time)
-- Columns: run_id VARCHAR, name VARCHAR, project VARCHAR, user VARCHAR, hosts VARCHAR[],
--     started_at TIMESTAMP WITH TIME ZONE, ended_at TIMESTAMP WITH TIME ZONE,
--     heartbeat_at TIMESTAMP WITH TIME ZONE, duration_s DOUBLE, epochs_planned INTEGER, region_id VARCHAR,
--     pue DOUBLE, attribution VARCHAR, energy_gpu_j DOUBLE, energy_cpu_j DOUBLE, energy_dram_j DOUBLE,
--     energy_other_j DOUBLE, energy_j DOUBLE, device_energy_j DOUBLE, quality VARCHAR, state VARCHAR,
--     power_w DOUBLE, estimated_share DOUBLE, source VARCHAR, epochs_done BIGINT, gap_samples BIGINT,
--     samples BIGINT
-- One row per run, newest first. energy_* are the job's joules before PUE; NULL = that kind was not measured.
-- A run that says it is active, yet gave no sign of life for 60 s, is 'stale', and lasts until that sign.
-- source is the run's weakest source, quality its worst quality, estimated_share a share of energy_j (0 to
-- 1).
-- Trap: a run in $totals may be in $samples too while a rollup is being written; then only the rollup counts.
WITH texts AS (
    SELECT unnest($runs::VARCHAR[]) AS text
),

facts AS (
    SELECT
        from_json(
            text,
            '{
                "run_id": "VARCHAR", "name": "VARCHAR", "project": "VARCHAR", "user": "VARCHAR",
                "hosts": ["VARCHAR"], "state": "VARCHAR", "started_at": "TIMESTAMPTZ",
                "ended_at": "TIMESTAMPTZ", "heartbeat_at": "TIMESTAMPTZ", "epochs_planned": "INTEGER",
                "region_id": "VARCHAR", "pue": "DOUBLE", "attribution": "VARCHAR"
            }'
        ) AS run
    FROM texts
),

runs AS (
    SELECT
        run.*,
        run.state IN ('running', 'paused') AND run.heartbeat_at < $now - INTERVAL 60 SECOND AS is_stale,
        run.state IN ('running', 'paused') AS is_active
    FROM facts
),

rolled_up AS (
    SELECT * FROM read_parquet($totals, union_by_name = TRUE)
),

parts AS (
    SELECT rolled_up.*
    FROM rolled_up
    UNION ALL BY NAME
    SELECT further.*
    FROM run_totals($samples, $epochs) AS further
    WHERE further.run_id NOT IN (SELECT rolled_up.run_id FROM rolled_up)
),

energy AS (
    SELECT
        run_id,
        sum(energy_j) FILTER (WHERE device_kind = 'gpu') AS energy_gpu_j,
        sum(energy_j) FILTER (WHERE device_kind = 'cpu') AS energy_cpu_j,
        sum(energy_j) FILTER (WHERE device_kind = 'dram') AS energy_dram_j,
        sum(energy_j) FILTER (WHERE device_kind = 'other') AS energy_other_j,
        sum(energy_j) AS energy_j,
        sum(device_energy_j) AS device_energy_j,
        max(epochs_done) AS epochs_done,
        coalesce(sum(energy_j) FILTER (WHERE source = 'estimate'), 0) AS estimated_j,
        list_last(list_sort(list(DISTINCT CASE source
            WHEN 'counter' THEN '1counter'
            WHEN 'integrated' THEN '2integrated'
            WHEN 'imported' THEN '3imported'
            ELSE '4estimate'
        END))) AS weakest_source,
        CASE
            WHEN sum(gap_samples) > 0 THEN 'gap'
            WHEN sum(clamped_samples) > 0 THEN 'clamped'
            ELSE 'ok'
        END AS quality,
        sum(gap_samples)::BIGINT AS gap_samples,
        sum(samples)::BIGINT AS samples
    FROM parts
    GROUP BY run_id
),

timed AS (
    SELECT
        *,
        epoch(coalesce(ended_at, CASE WHEN is_active AND NOT is_stale THEN $now ELSE heartbeat_at END))
        - epoch(started_at) AS duration_s
    FROM runs
)

SELECT
    timed.run_id,
    timed.name,
    timed.project,
    timed.user,
    timed.hosts,
    timed.started_at,
    timed.ended_at,
    timed.heartbeat_at,
    timed.duration_s,
    timed.epochs_planned,
    timed.region_id,
    timed.pue,
    timed.attribution,
    energy.energy_gpu_j,
    energy.energy_cpu_j,
    energy.energy_dram_j,
    energy.energy_other_j,
    energy.energy_j,
    energy.device_energy_j,
    energy.quality,
    CASE WHEN timed.is_stale THEN 'stale' ELSE timed.state END AS state,
    energy.energy_j / nullif(timed.duration_s, 0) AS power_w,
    energy.estimated_j / nullif(energy.energy_j, 0) AS estimated_share,
    substr(energy.weakest_source, 2) AS source,
    coalesce(energy.epochs_done, 0) AS epochs_done,
    coalesce(energy.gap_samples, 0) AS gap_samples,
    coalesce(energy.samples, 0) AS samples
FROM timed
LEFT JOIN energy ON timed.run_id = energy.run_id
ORDER BY timed.started_at DESC, timed.run_id DESC
