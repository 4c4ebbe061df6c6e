-- Which runs has the lab, in the columns of the Explore page?
-- Parameters: $file (VARCHAR, path of a Parquet file with the rows of lab/runs), $most (INTEGER, different
--     values of a setting that are kept apart)
-- Columns: run_id VARCHAR, synthetic BOOLEAN, status VARCHAR, batch VARCHAR, dataset VARCHAR, shape VARCHAR,
--     size BIGINT, depth SMALLINT, hardware VARCHAR, node VARCHAR, node_type VARCHAR, slurm_job_id BIGINT,
--     started_at TIMESTAMP WITH TIME ZONE, run_time_s DOUBLE, energy_j DOUBLE, power_w DOUBLE,
--     std_power_w DOUBLE, std_energy_j DOUBLE, energy_overhead_j DOUBLE, non_overhead_energy_j DOUBLE,
--     j_per_datum DOUBLE, optimizer VARCHAR, learning_rate FLOAT, batch_size SMALLINT
-- One row per run, by start and id. Of each setting the $most commonest values (of size ten times as many)
-- are kept apart, for the page counts in bytes; a rarer word is 'other', a rarer number NULL. A word that the
-- run does not say is 'not recorded', so that it can be chosen; a number is NULL.
WITH runs AS (
    SELECT * FROM read_parquet($file)
),

counted AS (
    SELECT
        setting,
        said
    FROM (
        UNPIVOT (
            SELECT
                dataset,
                shape,
                optimizer,
                node_type,
                batch,
                size::VARCHAR AS size,
                batch_size::VARCHAR AS batch_size,
                learning_rate::VARCHAR AS learning_rate
            FROM runs
        )
        ON dataset, shape, optimizer, node_type, batch, size, batch_size, learning_rate
        INTO NAME setting VALUE said
    )
    GROUP BY setting, said
    QUALIFY
        row_number() OVER (PARTITION BY setting ORDER BY count(*) DESC, said)
        <= if(setting = 'size', 10 * $most, $most)
),

kept AS (
    SELECT
        list(said) FILTER (setting = 'dataset') AS dataset_values,
        list(said) FILTER (setting = 'shape') AS shape_values,
        list(said) FILTER (setting = 'optimizer') AS optimizer_values,
        list(said) FILTER (setting = 'node_type') AS node_type_values,
        list(said) FILTER (setting = 'batch') AS batch_values,
        list(said) FILTER (setting = 'size') AS size_values,
        list(said) FILTER (setting = 'batch_size') AS batch_size_values,
        list(said) FILTER (setting = 'learning_rate') AS learning_rate_values
    FROM counted
)

SELECT -- noqa: ST06
    runs.run_id,
    FALSE AS synthetic,
    runs.status,
    if(list_contains(kept.batch_values, runs.batch), runs.batch, 'other') AS batch,
    CASE
        WHEN runs.dataset IS NULL THEN 'not recorded'
        ELSE if(list_contains(kept.dataset_values, runs.dataset), runs.dataset, 'other')
    END AS dataset,
    CASE
        WHEN runs.shape IS NULL THEN 'not recorded'
        ELSE if(list_contains(kept.shape_values, runs.shape), runs.shape, 'other')
    END AS shape,
    if(list_contains(kept.size_values, runs.size::VARCHAR), runs.size, NULL) AS size,
    runs.depth,
    runs.hardware,
    runs.node,
    CASE
        WHEN runs.node_type IS NULL THEN 'not recorded'
        ELSE if(list_contains(kept.node_type_values, runs.node_type), runs.node_type, 'other')
    END AS node_type,
    runs.slurm_job_id,
    runs.started_at,
    runs.run_time_s,
    runs.energy_j,
    runs.power_w,
    NULL::DOUBLE AS std_power_w,
    NULL::DOUBLE AS std_energy_j,
    NULL::DOUBLE AS energy_overhead_j,
    NULL::DOUBLE AS non_overhead_energy_j,
    runs.j_per_datum,
    CASE
        WHEN runs.optimizer IS NULL THEN 'not recorded'
        ELSE if(list_contains(kept.optimizer_values, runs.optimizer), runs.optimizer, 'other')
    END AS optimizer,
    if(list_contains(kept.learning_rate_values, runs.learning_rate::VARCHAR), runs.learning_rate, NULL)
        AS learning_rate,
    if(list_contains(kept.batch_size_values, runs.batch_size::VARCHAR), runs.batch_size, NULL) AS batch_size
FROM runs
CROSS JOIN kept
ORDER BY runs.started_at, runs.run_id
