-- Makes butter_e_raw.energy: how much energy did each run take, or why is that unknown (rule R2)?
-- Parameters: none
-- Makes: butter_e_raw.energy, one row per run: run_number, join_status, energy_j (NULL unless ok).
--     join_status is the first that applies: no_file; missing_all; missing_some (fewer readings than minutes,
--     less one); zero_watts; ok.
-- A reading holds until the next: what was read before the first one covers the time up to it, each other one
-- 60 s whatever the real distance, the last one the rest (NREL, notebook 1; its readme says interpolated).
-- Traps, kept because the published energies have them: rows between the first and the last reading count
--     whatever their node, and so does the row before; before a file's first row comes its last; 0 W is no
--     error in the row before.
CREATE OR REPLACE TABLE butter_e_raw.energy AS
WITH edges AS (
    SELECT
        runs.run_number,
        runs.slurm_job_id,
        runs.run_time_s,
        jobs.slurm_job_id IS NOT NULL AS has_file,
        coalesce(windows.samples, 0) AS samples,
        windows.first_position,
        windows.last_position,
        CASE
            WHEN windows.first_position = jobs.first_position THEN jobs.last_position
            ELSE windows.first_position - 1
        END AS position_before,
        epoch_us(windows.first_ts) - epoch_us(runs.started_at) AS head_us,
        epoch_us(runs.updated_at) - epoch_us(windows.last_ts) AS tail_us
    FROM butter_e_raw.runs
    LEFT JOIN butter_e_raw.jobs ON runs.slurm_job_id = jobs.slurm_job_id
    LEFT JOIN butter_e_raw.windows ON runs.run_number = windows.run_number
),

sums AS (
    SELECT
        edges.run_number,
        before.watts * edges.head_us / 1e6 AS head_j,
        60 * (last_sum.watts_so_far - last_sum.watts - first_sum.watts_so_far + first_sum.watts) AS body_j,
        last_sum.watts * edges.tail_us / 1e6 AS tail_j
    FROM edges
    INNER JOIN butter_e_raw.power_sums AS before ON edges.position_before = before.position
    INNER JOIN butter_e_raw.power_sums AS first_sum ON edges.first_position = first_sum.position
    INNER JOIN butter_e_raw.power_sums AS last_sum ON edges.last_position = last_sum.position
),

zeros AS MATERIALIZED (
    SELECT
        slurm_job_id,
        position
    FROM butter_e_raw.readings
    WHERE watts = 0
),

with_zero AS (
    SELECT DISTINCT edges.run_number
    FROM edges
    INNER JOIN zeros
        ON
            edges.slurm_job_id = zeros.slurm_job_id
            AND edges.first_position <= zeros.position
            AND edges.last_position >= zeros.position
)

SELECT
    edges.run_number,
    CASE
        WHEN NOT edges.has_file THEN 'no_file'
        WHEN edges.samples = 0 THEN 'missing_all'
        WHEN edges.samples < edges.run_time_s / 60 - 1 THEN 'missing_some'
        WHEN with_zero.run_number IS NOT NULL THEN 'zero_watts'
        ELSE 'ok'
    END AS join_status,
    CASE WHEN join_status = 'ok' THEN sums.head_j + sums.body_j + sums.tail_j END AS energy_j
FROM edges
LEFT JOIN sums ON edges.run_number = sums.run_number
LEFT JOIN with_zero ON edges.run_number = with_zero.run_number;
