-- How much did each run of a month consume, so that nobody has to read its samples again?
-- Parameters: $samples (VARCHAR[], files of the runs), $epochs (VARCHAR[], files of the runs)
-- Columns: run_id VARCHAR, device_kind VARCHAR, source VARCHAR, energy_j DOUBLE, device_energy_j DOUBLE,
--     samples BIGINT, gap_samples BIGINT, clamped_samples BIGINT, first_ts TIMESTAMP WITH TIME ZONE,
--     last_ts TIMESTAMP WITH TIME ZONE, epochs_done BIGINT
-- One row per run, device kind and source, in this order. It needs run_totals.
-- Trap: Spark runs this file too, and the macros below it: see docs/rollups.md for what they must keep to.
SELECT
    totals.run_id,
    totals.device_kind,
    totals.source,
    totals.energy_j,
    totals.device_energy_j,
    totals.samples,
    totals.gap_samples,
    totals.clamped_samples,
    totals.first_ts,
    totals.last_ts,
    totals.epochs_done
FROM run_totals($samples, $epochs) AS totals
ORDER BY totals.run_id, totals.device_kind, totals.source
