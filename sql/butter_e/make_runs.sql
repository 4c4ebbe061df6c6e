-- Makes butter_e_runs: every run of a Parquet file, with its bin on each axis of the Explore page.
-- Parameters: $file (VARCHAR, path of a Parquet file of runs), $bins (INTEGER, bins per axis, at most 255)
-- Makes: butter_e_runs, one row per run: what is brushed and shown, and one *_px column (UTINYINT, 0 .. bins - 1) per axis.
-- Needs butter_e_axes. A run without a value (no J per datum in an overhead estimate) has no bin on that axis.
-- Small integer bins make each view's aggregate a GROUP BY on bytes, which does not grow dear with a million runs.
CREATE OR REPLACE TABLE butter_e_runs AS
WITH axes AS (
    SELECT map_from_entries(list((dimension, {'is_log': is_log, 'low': low, 'high': high}))) AS axis_of
    FROM butter_e_axes
),

runs AS (
    SELECT
        run_id,
        synthetic,
        status,
        batch,
        dataset,
        shape,
        size,
        depth,
        hardware,
        hardware = 'GPU node' AS is_gpu,
        node_type,
        started_at,
        run_time_s::DOUBLE AS run_time_s,
        energy_j::DOUBLE AS energy_j,
        power_w::DOUBLE AS power_w,
        std_power_w::DOUBLE AS std_power_w,
        std_energy_j::DOUBLE AS std_energy_j,
        energy_overhead_j::DOUBLE AS energy_overhead_j,
        non_overhead_energy_j::DOUBLE AS non_overhead_energy_j,
        j_per_datum::DOUBLE AS j_per_datum,
        optimizer,
        learning_rate,
        batch_size
    FROM read_parquet($file)
)

SELECT
    runs.*,
    axis_bin(size, axis_of['size'], $bins) AS size_px,
    axis_bin(depth, axis_of['depth'], $bins) AS depth_px,
    axis_bin(run_time_s, axis_of['run_time_s'], $bins) AS run_time_px,
    axis_bin(power_w, axis_of['power_w'], $bins) AS power_px,
    axis_bin(energy_j, axis_of['energy_j'], $bins) AS energy_px,
    axis_bin(j_per_datum, axis_of['j_per_datum'], $bins) AS j_per_datum_px
FROM runs
CROSS JOIN axes;
