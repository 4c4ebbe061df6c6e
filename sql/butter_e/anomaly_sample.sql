-- How far do some runs lie from what their settings predict, in energy, run time and power?
-- Parameters: $n (INTEGER, how many runs at most)
-- Columns: energy_sd FLOAT, run_time_sd FLOAT, power_sd FLOAT
-- One row per run, in units of the scatter of its family and data set. The runs are those whose name hashes
-- lowest: an arbitrary choice, yet the same each time.
SELECT
    (residuals.energy_ln / scatter.energy_sd)::FLOAT AS energy_sd,
    (residuals.run_time_ln / scatter.run_time_sd)::FLOAT AS run_time_sd,
    (residuals.power_ln / scatter.power_sd)::FLOAT AS power_sd
FROM butter_e_residuals AS residuals
INNER JOIN butter_e_scatter AS scatter
    ON residuals.family = scatter.family AND residuals.dataset = scatter.dataset
ORDER BY hash(residuals.run_id), residuals.run_id
LIMIT $n;
