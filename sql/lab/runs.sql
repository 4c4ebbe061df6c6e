-- What did each run of the lab take, and with which settings, as far as it says?
-- Parameters: $runs (VARCHAR[], run.json texts), $samples (VARCHAR[], files), $epochs (VARCHAR[], files),
--     $totals (VARCHAR[], rollup files), $data_seen (VARCHAR, JSON object of data by run_id),
--     $now (TIMESTAMP WITH TIME ZONE, current time)
-- Columns: run_id VARCHAR, name VARCHAR, status VARCHAR, batch VARCHAR, dataset VARCHAR, shape VARCHAR,
--     size BIGINT, depth SMALLINT, hardware VARCHAR, node VARCHAR, node_type VARCHAR, slurm_job_id BIGINT,
--     started_at TIMESTAMP WITH TIME ZONE, run_time_s DOUBLE, energy_j DOUBLE, kinds VARCHAR,
--     power_w DOUBLE, j_per_datum DOUBLE, optimizer VARCHAR, learning_rate FLOAT, batch_size SMALLINT
-- One row per run, by start and id. docs/lab_runs.md says where each column comes from and when it is NULL.
-- Settings are tags written name=value; a name that stands there with two values says nothing. energy_j is
-- the job's, before PUE, of the devices that were measured, whose kinds are listed in kinds. An active run
-- that gave no sign of life for 60 s lasts until that sign.
-- Trap: a run in $totals may be in $samples too while a rollup is being written; then only the rollup counts.
WITH texts AS (
    SELECT unnest($runs::VARCHAR[]) AS text
),

facts AS (
    SELECT
        from_json(
            text,
            '{
                "run_id": "VARCHAR", "name": "VARCHAR", "project": "VARCHAR", "hosts": ["VARCHAR"],
                "state": "VARCHAR", "started_at": "TIMESTAMPTZ", "ended_at": "TIMESTAMPTZ",
                "heartbeat_at": "TIMESTAMPTZ", "hardware": [{"kind": "VARCHAR", "model": "VARCHAR"}],
                "scheduler": {"job": "VARCHAR"}, "tags": ["VARCHAR"]
            }'
        ) AS run
    FROM texts
),

runs AS (
    SELECT
        run.*,
        run.state IN ('running', 'paused') AS is_active,
        coalesce(
            run.ended_at,
            CASE
                WHEN is_active AND run.heartbeat_at >= $now - INTERVAL 60 SECOND THEN $now
                ELSE run.heartbeat_at
            END
        ) AS last_at,
        nullif(epoch(last_at) - epoch(run.started_at), 0) AS run_time_s,
        list_filter(run.hardware, LAMBDA piece: piece.kind = 'gpu') AS gpus,
        list_filter(run.hardware, LAMBDA piece: piece.kind = 'cpu') AS cpus
    FROM facts
),

tags AS (
    SELECT
        run_id,
        lower(trim(regexp_extract(tag, '^([^=]+)=', 1))) AS setting,
        trim(regexp_extract(tag, '=(.*)$', 1)) AS said
    FROM (
        SELECT
            run_id,
            unnest(tags) AS tag
        FROM runs
    ) AS listed
),

settings AS (
    SELECT
        run_id,
        max(said) FILTER (setting = 'dataset') AS dataset,
        max(said) FILTER (setting = 'shape') AS shape,
        max(said) FILTER (setting = 'optimizer') AS optimizer,
        try_cast(max(said) FILTER (setting = 'parameters') AS DOUBLE) AS size,
        try_cast(max(said) FILTER (setting = 'layers') AS DOUBLE) AS depth,
        try_cast(max(said) FILTER (setting = 'batch_size') AS DOUBLE) AS batch_size,
        try_cast(max(said) FILTER (setting = 'learning_rate') AS DOUBLE) AS learning_rate
    FROM (
        SELECT
            run_id,
            setting,
            min(said) AS said
        FROM tags
        WHERE said != ''
        GROUP BY run_id, setting
        HAVING count(DISTINCT said) = 1
    ) AS plain
    GROUP BY run_id
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
        nullif(sum(energy_j), 0) AS energy_j,
        array_to_string(list_sort(list(DISTINCT device_kind)), ', ') AS kinds,
        bool_or(device_kind = 'gpu') AS has_gpu,
        sum(gap_samples) > 0 AS has_gaps,
        CASE
            WHEN bool_or(source = 'estimate') THEN 'estimated'
            WHEN bool_or(source = 'imported') THEN 'imported'
            WHEN bool_or(source = 'integrated') THEN 'integrated'
            ELSE 'measured'
        END AS obtained
    FROM parts
    GROUP BY run_id
),

data_seen AS (
    SELECT unnest(map_entries(from_json($data_seen, '"MAP(VARCHAR, DOUBLE)"')), recursive := TRUE)
)

SELECT -- noqa: ST06
    runs.run_id,
    runs.name,
    CASE
        WHEN runs.is_active THEN 'unfinished'
        WHEN runs.state IN ('failed', 'lost') THEN 'failed'
        WHEN energy.energy_j IS NULL THEN 'no_energy'
        WHEN energy.has_gaps THEN 'gaps'
        ELSE energy.obtained
    END AS status,
    strftime(runs.started_at, '%Y-%m') AS batch,
    coalesce(settings.dataset, nullif(runs.project, '')) AS dataset,
    settings.shape,
    CASE WHEN settings.size >= 1 AND settings.size < 9e18 THEN settings.size::BIGINT END AS size,
    CASE
        WHEN settings.depth BETWEEN 1 AND 255 AND settings.depth = floor(settings.depth)
            THEN settings.depth::SMALLINT
    END AS depth,
    CASE WHEN len(runs.gpus) > 0 OR energy.has_gpu THEN 'GPU node' ELSE 'CPU node' END AS hardware,
    CASE
        WHEN len(runs.hosts) > 1 THEN format('{} and {} more', runs.hosts[1], len(runs.hosts) - 1)
        ELSE runs.hosts[1]
    END AS node,
    array_to_string(
        nullif(
            list_sort(list_distinct(list_transform(
                if(len(runs.gpus) > 0, runs.gpus, runs.cpus), LAMBDA piece: piece.model -- noqa: RF01
            ))),
            []
        ),
        ' + '
    ) AS node_type,
    try_cast(nullif(regexp_extract(runs.scheduler.job, '^[0-9]+$'), '') AS BIGINT) AS slurm_job_id,
    runs.started_at,
    runs.run_time_s,
    energy.energy_j,
    energy.kinds,
    energy.energy_j / runs.run_time_s AS power_w,
    energy.energy_j / data_seen.value AS j_per_datum,
    settings.optimizer,
    CASE
        WHEN settings.learning_rate > 0 AND settings.learning_rate < 1e9 THEN settings.learning_rate::FLOAT
    END AS learning_rate,
    CASE
        WHEN settings.batch_size BETWEEN 1 AND 32767 AND settings.batch_size = floor(settings.batch_size)
            THEN settings.batch_size::SMALLINT
    END AS batch_size
FROM runs
LEFT JOIN settings ON runs.run_id = settings.run_id
LEFT JOIN energy ON runs.run_id = energy.run_id
LEFT JOIN data_seen ON runs.run_id = data_seen.key
ORDER BY runs.started_at, runs.run_id
