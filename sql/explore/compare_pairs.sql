-- By what factor do runs of configuration B differ from runs of A at the same settings, by data set?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql), $a (STRUCT, what
--     A fixes, as in butter_e/make_compared.sql), $b (STRUCT, the same of B), $measure (VARCHAR,
--     j_per_datum, std_energy_j or run_time_s)
-- Columns: dataset_code INTEGER, pairs BIGINT, repeated_pairs BIGINT, mean_log_ratio DOUBLE,
--     variance_log_ratio DOUBLE, mean_log_a DOUBLE, mean_log_b DOUBLE
-- One row per data set with a pair, by its place among the names of all data sets from 1. A pair is a
--     setting of what neither side fixes with runs of both; where several are of one side (repeated_pairs),
--     their geometric mean stands for them. Ratios are B to A, logarithms natural; the variance of one pair
--     is NULL.
WITH settings AS (
    SELECT
        pair_key,
        count(*) AS runs,
        avg(log_value) FILTER (NOT is_b) AS log_a,
        avg(log_value) FILTER (is_b) AS log_b
    FROM butter_e_compared($brushes, $a, $b, $measure)
    GROUP BY pair_key
),

pairs AS (
    SELECT
        runs,
        log_a,
        log_b,
        ((pair_key >> 1) & 255)::INTEGER AS dataset_code,
        log_b - log_a AS log_ratio
    FROM settings
    WHERE log_b - log_a IS NOT NULL
)

SELECT
    dataset_code,
    count(*) AS pairs,
    count(*) FILTER (runs > 2) AS repeated_pairs,
    avg(log_ratio) AS mean_log_ratio,
    var_samp(log_ratio) AS variance_log_ratio,
    avg(log_a) AS mean_log_a,
    avg(log_b) AS mean_log_b
FROM pairs
GROUP BY dataset_code
ORDER BY dataset_code;
