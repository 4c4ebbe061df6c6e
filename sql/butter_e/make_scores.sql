-- Makes butter_e_runs anew, with how strange each run is.
-- Parameters: $file (VARCHAR, path of a Parquet file with one row per combination of steps: energy_at,
--     run_time_at, power_at, forest_score), $step (DOUBLE, in robust sd), $reach (INTEGER, steps),
--     $residual (STRUCT, scale: low, high, unit, bins), $fence (STRUCT, likewise), $forest (STRUCT, likewise)
-- Makes: butter_e_runs, with all columns as before and: expected_j (standardised J that settings and node
--     predict); residual_sd, run_time_sd, power_sd (distance from the prediction in robust sd of the family
--     and data set); fence_iqr (interquartile ranges beyond the nearer quartile of runs of the same family,
--     data set and size, 0 between them); forest_score (0 to 1); residual_px, fence_px, forest_px (bins of
--     the scales). NULL for runs that belong to no cell.
-- Needs butter_e_residuals, butter_e_scatter, butter_e_fences.
CREATE OR REPLACE TABLE butter_e_runs AS
WITH distances AS (
    SELECT
        residuals.run_row,
        residuals.expected_j,
        (residuals.energy_ln / scatter.energy_sd)::FLOAT AS residual_sd,
        (residuals.run_time_ln / scatter.run_time_sd)::FLOAT AS run_time_sd,
        (residuals.power_ln / scatter.power_sd)::FLOAT AS power_sd,
        (
            greatest(fences.low_ln - residuals.energy_ln, residuals.energy_ln - fences.high_ln, 0)
            / fences.range_ln
        )::FLOAT AS fence_iqr
    FROM butter_e_residuals AS residuals
    INNER JOIN butter_e_scatter AS scatter
        ON residuals.family = scatter.family AND residuals.dataset = scatter.dataset
    INNER JOIN butter_e_fences AS fences
        ON
            residuals.family = fences.family
            AND residuals.dataset = fences.dataset
            AND residuals.size = fences.size
),

placed AS (
    SELECT
        *,
        anomaly_place(residual_sd, $step, $reach) AS energy_at,
        anomaly_place(run_time_sd, $step, $reach) AS run_time_at,
        anomaly_place(power_sd, $step, $reach) AS power_at,
        scale_bin(residual_sd, $residual) AS residual_px,
        scale_bin(fence_iqr, $fence) AS fence_px
    FROM distances
),

places AS (
    SELECT
        energy_at,
        run_time_at,
        power_at,
        forest_score::FLOAT AS forest_score,
        scale_bin(forest_score, $forest) AS forest_px
    FROM read_parquet($file)
),

scored AS (
    SELECT
        placed.* EXCLUDE (energy_at, run_time_at, power_at), -- noqa: RF02
        places.forest_score,
        places.forest_px
    FROM placed
    INNER JOIN places
        ON
            placed.energy_at = places.energy_at
            AND placed.run_time_at = places.run_time_at
            AND placed.power_at = places.power_at
)

SELECT
    runs.*, -- noqa: AM04
    scored.* EXCLUDE (run_row) -- noqa: RF02
FROM butter_e_runs AS runs
LEFT JOIN scored ON runs.rowid = scored.run_row;
