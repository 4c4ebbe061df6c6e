-- Which selected runs are of configuration A, which of B, in which pair, and what do they take?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql), $a (STRUCT, what
--     A fixes, as in butter_e/make_compared.sql), $b (STRUCT, the same of B), $measure (VARCHAR,
--     j_per_datum, std_energy_j or run_time_s)
-- Columns: pair_key BIGINT, is_b BOOLEAN, log_value DOUBLE
-- One row per run, in no order. Logarithms are natural. Runs count with and without a partner; those of one
--     pair_key differ only in what A and B fix.
-- For ranks, which DuckDB's windows make more slowly than it hands over the values; with millions of runs
-- they do not end.
SELECT
    pair_key,
    is_b,
    log_value
FROM butter_e_compared($brushes, $a, $b, $measure);
