-- What did the nodes of a job draw, minute by minute?
-- Parameters: $file (VARCHAR, path of power_traces.parquet), $slurm_job_id (BIGINT)
-- Columns: ts TIMESTAMP WITH TIME ZONE, node VARCHAR, watts DOUBLE
-- One row per reading, by node and time. Empty where nothing was recorded for the job.
SELECT
    ts,
    node,
    watts::DOUBLE AS watts
FROM read_parquet($file)
WHERE slurm_job_id = $slurm_job_id
ORDER BY node, ts;
