-- Makes butter_e_raw.windows: which readings fall in each run (rule R2, first half)?
-- Parameters: none
-- Makes: butter_e_raw.windows, one row per run with a reading: run_number, first_position, last_position
--     (places in butter_e_raw.samples of the first and the last reading of the run's node, from its start to
--     its update), first_ts, last_ts (their times), samples (how many there are).
-- Job and node are hashed, so a reading meets only the dozen runs of its own job.
CREATE OR REPLACE TABLE butter_e_raw.windows AS
SELECT
    runs.run_number,
    min(readings.position) AS first_position,
    max(readings.position) AS last_position,
    arg_min(readings.ts, readings.position) AS first_ts,
    arg_max(readings.ts, readings.position) AS last_ts,
    count(*) AS samples
FROM butter_e_raw.readings
INNER JOIN butter_e_raw.runs
    ON
        readings.slurm_job_id = runs.slurm_job_id
        AND readings.node = runs.node
        AND readings.ts >= runs.started_at
        AND readings.ts <= runs.updated_at
GROUP BY runs.run_number;
