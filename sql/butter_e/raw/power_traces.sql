-- How did the power of each job's nodes change over time?
-- Parameters: none
-- Columns: slurm_job_id BIGINT, node VARCHAR, ts TIMESTAMP WITH TIME ZONE, watts INTEGER
-- One row per reading, by job and time. Needs butter_e_raw.readings.
SELECT
    slurm_job_id,
    node,
    ts,
    watts
FROM butter_e_raw.readings
ORDER BY slurm_job_id, ts, position
