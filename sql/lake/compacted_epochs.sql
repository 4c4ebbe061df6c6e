-- Which epochs does a run have, in order?
-- Parameters: $epochs (VARCHAR[], the writers' files)
-- Columns: run_id VARCHAR, writer VARCHAR, epoch INTEGER, started_at TIMESTAMP WITH TIME ZONE,
--     ended_at TIMESTAMP WITH TIME ZONE, duration_s DOUBLE, energy_gpu_j DOUBLE, energy_cpu_j DOUBLE,
--     energy_dram_j DOUBLE, energy_other_j DOUBLE, units DOUBLE, unit VARCHAR, metrics MAP(VARCHAR, DOUBLE)
-- One row per epoch and writer, by epoch and writer. All columns are taken, because those that a later
-- version adds must be kept.
SELECT * -- noqa: AM04
FROM read_parquet($epochs, union_by_name = TRUE)
ORDER BY epoch, writer
