-- In which combinations of distances of energy, run time and power from their predictions does a run lie?
-- Parameters: $step (DOUBLE, in robust sd), $reach (INTEGER, steps)
-- Columns: energy_at SMALLINT, run_time_at SMALLINT, power_at SMALLINT
-- One row per combination of steps that holds a run, in no order.
WITH distances AS (
    SELECT
        (residuals.energy_ln / scatter.energy_sd)::FLOAT AS residual_sd,
        (residuals.run_time_ln / scatter.run_time_sd)::FLOAT AS run_time_sd,
        (residuals.power_ln / scatter.power_sd)::FLOAT AS power_sd
    FROM butter_e_residuals AS residuals
    INNER JOIN butter_e_scatter AS scatter
        ON residuals.family = scatter.family AND residuals.dataset = scatter.dataset
)

SELECT DISTINCT
    anomaly_place(residual_sd, $step, $reach) AS energy_at,
    anomaly_place(run_time_sd, $step, $reach) AS run_time_at,
    anomaly_place(power_sd, $step, $reach) AS power_at
FROM distances;
