-- How are the quantities of the standardised runs distributed, as in the published summary?
-- Parameters: $file (VARCHAR, path of a Parquet file of runs)
-- Columns: quantity VARCHAR, mean DOUBLE, quantiles DOUBLE[]
-- One row per quantity, by name, none where no run is standardised; quantiles: least, 25 %, 50 %, 75 %,
--     greatest, interpolated.
WITH quantities AS (
    UNPIVOT (
        SELECT
            energy_j::DOUBLE AS energy_j,
            run_time_s::DOUBLE AS run_time_s,
            power_w::DOUBLE AS power_w,
            std_power_w::DOUBLE AS std_power_w,
            std_energy_j::DOUBLE AS std_energy_j,
            non_overhead_energy_j::DOUBLE AS non_overhead_energy_j,
            depth::DOUBLE AS depth,
            size::DOUBLE AS size
        FROM read_parquet($file)
        WHERE status = 'standardised'
    )
    ON COLUMNS(*) INTO NAME quantity VALUE amount
)

SELECT
    quantity,
    avg(amount) AS mean,
    quantile_cont(amount, [0, 0.25, 0.5, 0.75, 1]) AS quantiles
FROM quantities
GROUP BY quantity
ORDER BY quantity
