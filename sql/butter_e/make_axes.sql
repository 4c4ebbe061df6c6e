-- Makes butter_e_axes: from which to which value does each numeric axis of the Explore page run?
-- Parameters: $file (VARCHAR, path of a Parquet file of runs)
-- Makes: butter_e_axes, one row per axis: dimension, is_log, low, high (in the dimension's own unit).
-- Needs butter_e_networks: the working sets are those of all networks in the range of measured sizes.
-- A margin of 2 % of the drawn length keeps the extreme runs off the frame; one value alone gets room too.
-- On an axis in logarithms zero and less have no place and do not count.
CREATE OR REPLACE TABLE butter_e_axes AS
WITH measured AS (
    SELECT
        [min(size), max(size)]::DOUBLE[] AS size,
        [min(depth), max(depth)]::DOUBLE[] AS depth,
        [min(epoch(started_at)), max(epoch(started_at))]::DOUBLE[] AS started_s,
        [min(run_time_s) FILTER (run_time_s > 0), max(run_time_s)]::DOUBLE[] AS run_time_s,
        [min(power_w), max(power_w)]::DOUBLE[] AS power_w,
        [min(energy_j) FILTER (energy_j > 0), max(energy_j)]::DOUBLE[] AS energy_j,
        [min(j_per_datum) FILTER (j_per_datum > 0), max(j_per_datum)]::DOUBLE[] AS j_per_datum
    FROM read_parquet($file)
),

calculated AS (
    SELECT
        [
            min(least(networks.cpu_forward_bytes, networks.gpu_forward_bytes)),
            max(greatest(networks.cpu_forward_bytes, networks.gpu_forward_bytes))
        ]::DOUBLE[] AS working_set_bytes
    FROM butter_e_networks AS networks
    CROSS JOIN measured
    WHERE networks.size BETWEEN measured.size[1] AND measured.size[2]
),

observed AS (
    UNPIVOT (
        SELECT
            measured.*,
            calculated.working_set_bytes
        FROM measured
        CROSS JOIN calculated
    )
    ON COLUMNS(*) INTO NAME dimension VALUE bounds
),

drawn AS (
    SELECT
        dimension,
        dimension NOT IN ('depth', 'power_w', 'started_s') AS is_log,
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
