-- How much did each run of a month consume, so that nobody has to read its samples again?
-- Parameters: $totals (VARCHAR[], the month's rollup so far), $samples (VARCHAR[], files of the further
--     runs), $epochs (VARCHAR[], files of the further runs)
-- Columns: run_id VARCHAR, device_kind VARCHAR, source VARCHAR, energy_j DOUBLE, device_energy_j DOUBLE,
--     samples BIGINT, gap_samples BIGINT, clamped_samples BIGINT, first_ts TIMESTAMP WITH TIME ZONE,
--     last_ts TIMESTAMP WITH TIME ZONE, epochs_done BIGINT
-- One row per run, device kind and source, in this order. It needs run_totals.
-- Trap: a run that is in the rollup and in the files keeps its rows of the rollup.
WITH known AS (
    SELECT * FROM read_parquet($totals, union_by_name = TRUE)
)

SELECT
    known.run_id,
    known.device_kind,
    known.source,
    known.energy_j,
    known.device_energy_j,
    known.samples,
    known.gap_samples,
    known.clamped_samples,
    known.first_ts,
    known.last_ts,
    known.epochs_done
FROM known
UNION ALL
SELECT
    further.run_id,
    further.device_kind,
    further.source,
    further.energy_j,
    further.device_energy_j,
    further.samples,
    further.gap_samples,
    further.clamped_samples,
    further.first_ts,
    further.last_ts,
    further.epochs_done
FROM run_totals($samples, $epochs) AS further
WHERE further.run_id NOT IN (SELECT known.run_id FROM known)
ORDER BY run_id, device_kind, source
