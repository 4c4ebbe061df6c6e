-- Makes butter_e_raw.filters: which runs with a known energy are not to be trusted (rule R3)?
-- Parameters: none
-- Makes: butter_e_raw.filters, one row per run outside the optimizer batch whose energy is known: run_number,
--     fails_run_time (longer than 75,000 s: hung), fails_energy (0 J), deviations (distance of the logarithm
--     of its run time from the mean of runs alike, in standard deviations), fails_deviation (more than 4),
--     is_rejected (any of them).
-- Runs alike have the same is_gpu, data set and size; their deviation is the population's, and NULL where all
-- took the same time. With fewer than 18 of them no run can fail (NREL, notebook 2).
CREATE OR REPLACE TABLE butter_e_raw.filters AS
WITH deviating AS (
    SELECT
        runs.run_number,
        runs.run_time_s > 75000 AS fails_run_time,
        energy.energy_j = 0 AS fails_energy,
        abs(ln(nullif(runs.run_time_s, 0)) - avg(ln(nullif(runs.run_time_s, 0))) OVER alike)
        / nullif(stddev_pop(ln(nullif(runs.run_time_s, 0))) OVER alike, 0) AS deviations
    FROM butter_e_raw.runs
    INNER JOIN butter_e_raw.energy ON runs.run_number = energy.run_number
    WHERE energy.join_status = 'ok' AND NOT runs.is_optimizer_batch
    WINDOW alike AS (PARTITION BY runs.is_gpu, runs.dataset, runs.size)
)

SELECT
    *,
    coalesce(deviations > 4, FALSE) AS fails_deviation,
    fails_run_time OR fails_energy OR fails_deviation AS is_rejected
FROM deviating;
