-- Makes butter_e_raw.jobs: which jobs have a file, and which are its first and its last reading?
-- Parameters: $energy (VARCHAR[], paths of {slurm_job_id}.csv)
-- Makes: butter_e_raw.jobs, one row per file; first_position and last_position are places in
--     butter_e_raw.samples, NULL where the file holds no reading.
CREATE OR REPLACE TABLE butter_e_raw.jobs AS
WITH files AS (
    SELECT DISTINCT parse_filename(path, TRUE)::BIGINT AS slurm_job_id
    FROM unnest($energy::VARCHAR[]) AS listed (path)
)

SELECT
    files.slurm_job_id,
    min(samples.rowid) AS first_position,
    max(samples.rowid) AS last_position
FROM files
LEFT JOIN butter_e_raw.samples ON files.slurm_job_id = samples.slurm_job_id
GROUP BY files.slurm_job_id;
