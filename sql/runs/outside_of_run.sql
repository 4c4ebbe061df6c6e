-- What did a run consume between and around its epochs?
-- Parameters: $samples (VARCHAR[], files of the run), $epochs (VARCHAR[], files of the run)
-- Columns: duration_s DOUBLE, energy_gpu_j DOUBLE, energy_cpu_j DOUBLE, energy_dram_j DOUBLE,
--     energy_other_j DOUBLE
-- One row, or none where the run has no reading. It sums the readings that belong to no finished epoch; so
-- with epochs_of_run it adds up to the run. The epoch that a live run is in counts as outside until it is
-- finished.
-- Trap: the duration is that from the first to the last reading less the epochs, never below 0.
WITH finished AS (
    SELECT
        epoch,
        max(duration_s) AS duration_s
    FROM read_parquet($epochs, union_by_name = TRUE)
    GROUP BY epoch
),

within AS (
    SELECT coalesce(sum(duration_s), 0) AS duration_s
    FROM finished
),

counted AS (
    SELECT * FROM counted_samples($samples)
),

readings AS (
    SELECT
        counted.ts,
        counted.device_kind,
        CASE WHEN finished.epoch IS NULL THEN counted.energy_j ELSE 0 END AS energy_j
    FROM counted
    LEFT JOIN finished ON counted.epoch = finished.epoch
)

SELECT
    greatest(
        epoch(max(readings.ts)) - epoch(min(readings.ts)) - any_value(within.duration_s), 0
    ) AS duration_s,
    sum(readings.energy_j) FILTER (WHERE readings.device_kind = 'gpu') AS energy_gpu_j,
    sum(readings.energy_j) FILTER (WHERE readings.device_kind = 'cpu') AS energy_cpu_j,
    sum(readings.energy_j) FILTER (WHERE readings.device_kind = 'dram') AS energy_dram_j,
    sum(readings.energy_j) FILTER (WHERE readings.device_kind = 'other') AS energy_other_j
FROM readings
CROSS JOIN within
HAVING count(*) > 0
