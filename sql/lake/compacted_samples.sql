-- Which readings does a run have, in order?
-- Parameters: $samples (VARCHAR[], the run's segments)
-- Columns: run_id VARCHAR, writer VARCHAR, seq BIGINT, ts TIMESTAMP WITH TIME ZONE, mono_ns BIGINT,
--     host VARCHAR, device_kind VARCHAR, device_id VARCHAR, device_model VARCHAR, power_w FLOAT,
--     energy_j DOUBLE, raw_counter BIGINT, raw_unit VARCHAR, attributed_energy_j DOUBLE, util_pct FLOAT,
--     mem_used_bytes BIGINT, temp_c FLOAT, epoch INTEGER, source VARCHAR, quality VARCHAR,
--     reported_power_w FLOAT, residual_j DOUBLE
-- One row per reading, by time; writer and seq make the order of equal times certain. All columns are taken,
-- because those that a later version adds must be kept.
SELECT * -- noqa: AM04
FROM read_parquet($samples, union_by_name = TRUE)
ORDER BY ts, host, device_kind, device_id, writer, seq
