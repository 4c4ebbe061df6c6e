-- Which spans does a run have, in order?
-- Parameters: $spans (VARCHAR[], the writers' files)
-- Columns: run_id VARCHAR, writer VARCHAR, span_id BIGINT, parent_id BIGINT, name VARCHAR, epoch INTEGER,
--     started_at TIMESTAMP WITH TIME ZONE, ended_at TIMESTAMP WITH TIME ZONE, duration_s DOUBLE,
--     energy_gpu_j DOUBLE, energy_cpu_j DOUBLE, energy_dram_j DOUBLE, energy_other_j DOUBLE, units DOUBLE,
--     unit VARCHAR, metrics MAP(VARCHAR, DOUBLE)
-- One row per finished span, by start; writer and number make the order of equal times certain. All columns
-- are taken, because those that a later version adds must be kept.
SELECT * -- noqa: AM04
FROM read_parquet($spans, union_by_name = TRUE)
ORDER BY started_at, writer, span_id
