-- Which runs are in the published table, in the columns of the Explore page?
-- Parameters: $file (VARCHAR, path of runs_with_standardized_energy.csv, unpacked),
--     $data_sets (VARCHAR, path of data_sets.csv)
-- Columns: run_id VARCHAR, synthetic BOOLEAN, status VARCHAR, batch VARCHAR, dataset VARCHAR, shape VARCHAR,
--     size INTEGER, depth TINYINT, hardware VARCHAR, node VARCHAR, node_type VARCHAR, slurm_job_id BIGINT,
--     started_at TIMESTAMP WITH TIME ZONE, run_time_s DOUBLE, energy_j DOUBLE, power_w DOUBLE,
--     std_power_w DOUBLE, std_energy_j DOUBLE, energy_overhead_j DOUBLE, non_overhead_energy_j DOUBLE,
--     j_per_datum DOUBLE, optimizer VARCHAR, learning_rate DOUBLE, batch_size SMALLINT
-- One row per run, by start. j_per_datum: J per training datum without overhead, with 80 % of the
--     observations in whole batches, 3,000 times; NULL for a data set that data_sets.csv lacks.
-- The kind of node follows from its name, by the patterns that fit every node of node_sinfo.csv; NULL for
--     any other name.
-- Trap: the header says run_id twice; the second becomes run_id_1 and is not read.
WITH published AS (
    SELECT * -- noqa: AM04
    FROM read_csv(
        $file,
        header = TRUE,
        delim = ',',
        quote = '"',
        escape = '"',
        comment = '',
        all_varchar = TRUE,
        strict_mode = TRUE,
        null_padding = FALSE
    )
),

runs AS (
    SELECT
        run_id,
        batch,
        dataset,
        shape,
        size::INTEGER AS size,
        depth::TINYINT AS depth,
        is_gpu::BOOLEAN AS is_gpu,
        node,
        slurm_job_id::BIGINT AS slurm_job_id,
        start_time::TIMESTAMPTZ AS started_at,
        run_time::DOUBLE AS run_time_s,
        energy::DOUBLE AS energy_j,
        power::DOUBLE AS power_w,
        std_power::DOUBLE AS std_power_w,
        std_energy::DOUBLE AS std_energy_j,
        energy_overhead::DOUBLE AS energy_overhead_j,
        non_overhead_energy::DOUBLE AS non_overhead_energy_j,
        optimizer,
        learning_rate::DOUBLE AS learning_rate,
        batch_size::SMALLINT AS batch_size
    FROM published
),

data_sets AS (
    SELECT
        dataset,
        observations::BIGINT AS observations
    FROM read_csv($data_sets, header = TRUE, delim = ',', all_varchar = TRUE)
)

SELECT -- noqa: ST06
    runs.run_id,
    FALSE AS synthetic,
    'standardised' AS status,
    runs.batch,
    runs.dataset,
    runs.shape,
    runs.size,
    runs.depth,
    CASE WHEN runs.is_gpu THEN 'GPU node' WHEN NOT runs.is_gpu THEN 'CPU node' END AS hardware,
    runs.node,
    CASE
        WHEN regexp_full_match(runs.node, 'r[1-6]i[0-7]n\d+|r8i[01]n\d+') THEN 'cpu1'
        WHEN regexp_full_match(runs.node, 'r[79]i[0-7]n\d+|r10i[0-3]n\d+') THEN 'cpu2'
        WHEN regexp_full_match(runs.node, 'r102u\d\d|r103u3[56]') THEN 'cpu3'
        WHEN regexp_full_match(runs.node, 'r103u(2[5-9]|3[0-4])') THEN 'cpu4'
        WHEN regexp_full_match(runs.node, 'r10[45]u\d[13579]|r103u2[13]') THEN 'gpu1'
        WHEN regexp_full_match(runs.node, 'r103u[01][13579]') THEN 'gpu2'
    END AS node_type,
    runs.slurm_job_id,
    runs.started_at,
    runs.run_time_s,
    runs.energy_j,
    runs.power_w,
    runs.std_power_w,
    runs.std_energy_j,
    runs.energy_overhead_j,
    runs.non_overhead_energy_j,
    runs.non_overhead_energy_j / (
        ceil(0.8 * data_sets.observations / runs.batch_size) * runs.batch_size * 3000
    ) AS j_per_datum,
    runs.optimizer,
    runs.learning_rate,
    runs.batch_size
FROM runs
LEFT JOIN data_sets ON runs.dataset = data_sets.dataset
ORDER BY runs.started_at, runs.run_id
