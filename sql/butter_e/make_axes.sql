-- Makes butter_e_axes: from which to which value does each numeric axis of the Explore page run?
-- Parameters: $file (VARCHAR, path of a Parquet file of runs)
-- Makes: butter_e_axes, one row per axis: dimension, is_log, low, high (in the dimension's own unit).
-- A margin of 2 % of the drawn length keeps the extreme runs off the frame; one value alone gets room too.
CREATE OR REPLACE TABLE butter_e_axes AS
WITH observed AS (
    UNPIVOT (
        SELECT
            [min(size), max(size)]::DOUBLE[] AS size,
            [min(depth), max(depth)]::DOUBLE[] AS depth,
            [min(run_time_s), max(run_time_s)]::DOUBLE[] AS run_time_s,
            [min(power_w), max(power_w)]::DOUBLE[] AS power_w,
            [min(energy_j), max(energy_j)]::DOUBLE[] AS energy_j,
            [min(j_per_datum), max(j_per_datum)]::DOUBLE[] AS j_per_datum
        FROM read_parquet($file)
    )
    ON COLUMNS(*) INTO NAME dimension VALUE bounds
),

drawn AS (
    SELECT
        dimension,
        dimension NOT IN ('depth', 'power_w') AS is_log,
        CASE WHEN is_log THEN log10(bounds[1]) ELSE bounds[1] END AS first_value,
        CASE WHEN is_log THEN log10(bounds[2]) ELSE bounds[2] END AS last_value,
        CASE WHEN first_value = last_value THEN 0.5 ELSE 0.02 * (last_value - first_value) END AS margin
    FROM observed
)

SELECT
    dimension,
    is_log,
    CASE WHEN is_log THEN 10 ^ (first_value - margin) ELSE first_value - margin END AS low,
    CASE WHEN is_log THEN 10 ^ (last_value + margin) ELSE last_value + margin END AS high
FROM drawn;
