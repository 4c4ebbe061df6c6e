-- How many runs are there at each stage of the published pipeline, and how many settings do they cover?
-- Parameters: $file (VARCHAR, path of a Parquet file of runs)
-- Columns: runs BIGINT, run_ids BIGINT, synthetic_runs BIGINT, incomplete_runs BIGINT,
--     optimizer_batch BIGINT, queued BIGINT, zero_watts BIGINT, missing_all BIGINT, no_file BIGINT,
--     missing_some BIGINT, joined BIGINT, rejected_run_time BIGINT, rejected_energy BIGINT,
--     rejected_outlier BIGINT, kept BIGINT, overhead_estimate BIGINT, below_overhead BIGINT,
--     standardised BIGINT, cpu_runs BIGINT, gpu_runs BIGINT, settings_by_hardware BIGINT,
--     settings_on_both BIGINT, first_job BIGINT, last_job BIGINT, cpu_overhead_j DOUBLE,
--     gpu_overhead_j DOUBLE
-- One row. queued: all but the optimizer batch; joined: those with energy; kept: those that the filters let
--     pass. From cpu_runs on, only standardised runs count. A setting is data set, size, depth, shape,
--     optimizer, rate and batch size.
-- Trap: the optimizer batch is told by its name, since a run of it may have another status.
WITH runs AS (
    SELECT
        *,
        coalesce(batch, '') = 'optimizer_energy_1_cpu' AS is_optimizer_run,
        (dataset, size, depth, shape, optimizer, learning_rate, batch_size) AS setting
    FROM read_parquet($file)
),

settings AS (
    SELECT
        setting,
        count(DISTINCT hardware) AS kinds
    FROM runs
    WHERE status = 'standardised'
    GROUP BY setting
),

totals AS (
    SELECT
        coalesce(sum(kinds), 0)::BIGINT AS settings_by_hardware,
        count(*) FILTER (kinds = 2) AS settings_on_both
    FROM settings
)

SELECT
    count(*) AS runs,
    count(DISTINCT runs.run_id) AS run_ids,
    count(*) FILTER (runs.synthetic IS DISTINCT FROM FALSE) AS synthetic_runs,
    count(*) FILTER (
        runs.run_id IS NULL
        OR runs.status IS NULL
        OR runs.dataset IS NULL
        OR runs.shape IS NULL
        OR runs.size IS NULL
        OR runs.depth IS NULL
        OR runs.hardware IS NULL
        OR runs.started_at IS NULL
        OR runs.run_time_s IS NULL
        OR (runs.status = 'standardised' AND runs.non_overhead_energy_j IS NULL)
    ) AS incomplete_runs,
    count(*) FILTER (runs.is_optimizer_run) AS optimizer_batch,
    count(*) FILTER (NOT runs.is_optimizer_run) AS queued,
    count(*) FILTER (runs.status = 'zero_watts' AND NOT runs.is_optimizer_run) AS zero_watts,
    count(*) FILTER (runs.status = 'missing_all' AND NOT runs.is_optimizer_run) AS missing_all,
    count(*) FILTER (runs.status = 'no_file' AND NOT runs.is_optimizer_run) AS no_file,
    count(*) FILTER (runs.status = 'missing_some' AND NOT runs.is_optimizer_run) AS missing_some,
    count(*) FILTER (
        runs.status NOT IN ('zero_watts', 'missing_all', 'no_file', 'missing_some')
        AND NOT runs.is_optimizer_run
    ) AS joined,
    count(*) FILTER (runs.status = 'rejected_run_time') AS rejected_run_time,
    count(*) FILTER (runs.status = 'rejected_energy') AS rejected_energy,
    count(*) FILTER (runs.status = 'rejected_outlier') AS rejected_outlier,
    count(*) FILTER (runs.status IN ('standardised', 'overhead_estimate', 'below_overhead')) AS kept,
    count(*) FILTER (runs.status = 'overhead_estimate') AS overhead_estimate,
    count(*) FILTER (runs.status = 'below_overhead') AS below_overhead,
    count(*) FILTER (runs.status = 'standardised') AS standardised,
    count(*) FILTER (runs.status = 'standardised' AND runs.hardware = 'CPU node') AS cpu_runs,
    count(*) FILTER (runs.status = 'standardised' AND runs.hardware = 'GPU node') AS gpu_runs,
    any_value(totals.settings_by_hardware) AS settings_by_hardware,
    any_value(totals.settings_on_both) AS settings_on_both,
    min(runs.slurm_job_id) FILTER (runs.status = 'standardised') AS first_job,
    max(runs.slurm_job_id) FILTER (runs.status = 'standardised') AS last_job,
    median(runs.energy_overhead_j::DOUBLE) FILTER (
        runs.status = 'standardised' AND runs.hardware = 'CPU node'
    ) AS cpu_overhead_j,
    median(runs.energy_overhead_j::DOUBLE) FILTER (
        runs.status = 'standardised' AND runs.hardware = 'GPU node'
    ) AS gpu_overhead_j
FROM runs
CROSS JOIN totals
