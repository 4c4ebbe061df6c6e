-- Makes butter_e_residuals: how far each run lies from what its settings predict, on a logarithmic scale.
-- Parameters: $file (VARCHAR, path of a Parquet file with one row a cell: cell, ln_energy, ln_run_time,
--     ln_power, the expected natural logarithms)
-- Makes: butter_e_residuals, one row per run that belongs to a cell: run_row (its rowid in butter_e_runs),
--     run_id, family, dataset, size, expected_j, and differences of natural logarithms (FLOAT) energy_ln,
--     run_time_ln, power_ln.
-- Needs butter_e_runs, butter_e_cells.
CREATE OR REPLACE TABLE butter_e_residuals AS
WITH expected AS (
    SELECT
        cells.family,
        cells.dataset,
        cells.size,
        cells.depth,
        cells.shape,
        cells.node_type,
        cells.optimizer,
        cells.batch_size,
        cells.learning_rate,
        fit.ln_energy,
        fit.ln_run_time,
        fit.ln_power
    FROM butter_e_cells AS cells
    INNER JOIN read_parquet($file) AS fit ON cells.cell = fit.cell -- noqa: RF02
)

SELECT
    runs.rowid AS run_row,
    runs.run_id,
    expected.family,
    runs.dataset,
    runs.size,
    exp(expected.ln_energy)::FLOAT AS expected_j,
    (ln(coalesce(runs.std_energy_j, runs.energy_j)) - expected.ln_energy)::FLOAT AS energy_ln,
    (ln(runs.run_time_s) - expected.ln_run_time)::FLOAT AS run_time_ln,
    (ln(runs.power_w) - expected.ln_power)::FLOAT AS power_ln
FROM butter_e_runs AS runs
INNER JOIN expected
    ON
        runs.dataset = expected.dataset
        AND runs.size = expected.size
        AND runs.depth = expected.depth
        AND runs.shape = expected.shape
        AND runs.node_type = expected.node_type
        AND runs.optimizer = expected.optimizer
        AND runs.batch_size = expected.batch_size
        AND runs.learning_rate = expected.learning_rate
        AND expected.family = CASE
            WHEN runs.status = 'optimizer_batch' THEN runs.hardware || ', optimizer batch' ELSE runs.hardware
        END
WHERE coalesce(runs.std_energy_j, runs.energy_j) > 0 AND runs.run_time_s > 0 AND runs.power_w > 0;
