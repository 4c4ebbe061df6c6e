-- Makes butter_e_runs: every run of a Parquet file, with its bin on each axis of the Explore page.
-- Parameters: $file (VARCHAR, path of a Parquet file of runs), $bins (INTEGER, bins per axis, at most 255)
-- Makes: butter_e_runs, one row per run: what is brushed and shown, and one *_px column (UTINYINT, 0 up to
--     bins - 1) per axis.
-- Needs butter_e_axes. A run without a value (no J per datum in an overhead estimate) has no bin there.
-- Small integer bins make each view's aggregate a GROUP BY on bytes, which stays cheap with a million runs.
CREATE OR REPLACE TABLE butter_e_runs AS
WITH axes AS (
    SELECT
        $bins::INTEGER AS bins,
        map_from_entries(
            list((dimension, struct_pack(is_log := is_log, low := low, high := high)))
        ) AS axis_of
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
    axis_bin(runs.size, axes.axis_of['size'], axes.bins) AS size_px,
    axis_bin(runs.depth, axes.axis_of['depth'], axes.bins) AS depth_px,
    axis_bin(runs.run_time_s, axes.axis_of['run_time_s'], axes.bins) AS run_time_px,
    axis_bin(runs.power_w, axes.axis_of['power_w'], axes.bins) AS power_px,
    axis_bin(runs.energy_j, axes.axis_of['energy_j'], axes.bins) AS energy_px,
    axis_bin(runs.j_per_datum, axes.axis_of['j_per_datum'], axes.bins) AS j_per_datum_px
FROM runs
CROSS JOIN axes;
