-- How are the values of A, those of B and the ratios of their pairs ranked and spread, by data set?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql), $a (STRUCT, what
--     A fixes, as in butter_e/make_compared.sql), $b (STRUCT, the same of B), $measure (VARCHAR,
--     j_per_datum, std_energy_j or run_time_s)
-- Columns: dataset_code INTEGER, a_runs BIGINT, b_runs BIGINT, a_mean_log DOUBLE, b_mean_log DOUBLE,
--     a_variance_log DOUBLE, b_variance_log DOUBLE, b_rank_sum DOUBLE, run_ties DOUBLE,
--     median_log_ratio DOUBLE, ranked_pairs BIGINT, positive_rank_sum DOUBLE, pair_ties DOUBLE
-- One row per data set with a run of A or B, by its place among the names of all data sets from 1, and at
--     last one for all, of which only runs, means, variances and median_log_ratio are filled in. Runs count
--     with and without a partner; pairs are those of explore/compare_pairs, ranked by the size of their ratio
--     where it is not 1.
-- Equal values share the mean of their ranks; ties are sums of t^3 - t over groups of t equal values.
WITH compared AS MATERIALIZED (
    SELECT
        pair_key,
        is_b,
        log_value,
        ((pair_key >> 1) & 255)::INTEGER AS dataset_code
    FROM butter_e_compared($brushes, $a, $b, $measure)
),

values_of_runs AS (
    SELECT
        dataset_code,
        log_value,
        count(*) AS alike,
        count(*) FILTER (is_b) AS alike_b
    FROM compared
    GROUP BY dataset_code, log_value
),

ranked_runs AS (
    SELECT
        dataset_code,
        alike,
        alike_b,
        sum(alike) OVER (
            PARTITION BY dataset_code ORDER BY log_value ROWS UNBOUNDED PRECEDING
        )::DOUBLE - (alike - 1) / 2 AS run_rank
    FROM values_of_runs
),

run_ranks AS (
    SELECT
        dataset_code,
        sum(run_rank * alike_b) AS b_rank_sum,
        sum(alike::DOUBLE ^ 3 - alike) AS run_ties
    FROM ranked_runs
    GROUP BY dataset_code
),

spreads AS (
    SELECT
        dataset_code,
        count(*) FILTER (NOT is_b) AS a_runs,
        count(*) FILTER (is_b) AS b_runs,
        avg(log_value) FILTER (NOT is_b) AS a_mean_log,
        avg(log_value) FILTER (is_b) AS b_mean_log,
        var_samp(log_value) FILTER (NOT is_b) AS a_variance_log,
        var_samp(log_value) FILTER (is_b) AS b_variance_log
    FROM compared
    GROUP BY GROUPING SETS ((dataset_code), ())
),

pairs AS (
    SELECT
        dataset_code,
        avg(log_value) FILTER (is_b) - avg(log_value) FILTER (NOT is_b) AS log_ratio
    FROM compared
    GROUP BY dataset_code, pair_key
),

medians AS (
    SELECT
        dataset_code,
        median(log_ratio) AS median_log_ratio
    FROM pairs
    GROUP BY GROUPING SETS ((dataset_code), ())
),

sizes_of_ratios AS (
    SELECT
        dataset_code,
        abs(log_ratio) AS size_of_ratio,
        count(*) AS alike,
        count(*) FILTER (log_ratio > 0) AS alike_positive
    FROM pairs
    WHERE log_ratio != 0
    GROUP BY dataset_code, size_of_ratio
),

ranked_pairs AS (
    SELECT
        dataset_code,
        alike,
        alike_positive,
        sum(alike) OVER (
            PARTITION BY dataset_code ORDER BY size_of_ratio ROWS UNBOUNDED PRECEDING
        )::DOUBLE - (alike - 1) / 2 AS pair_rank
    FROM sizes_of_ratios
),

pair_ranks AS (
    SELECT
        dataset_code,
        sum(alike)::BIGINT AS ranked_pairs,
        sum(pair_rank * alike_positive) AS positive_rank_sum,
        sum(alike::DOUBLE ^ 3 - alike) AS pair_ties
    FROM ranked_pairs
    GROUP BY dataset_code
)

SELECT
    spreads.dataset_code,
    spreads.a_runs,
    spreads.b_runs,
    spreads.a_mean_log,
    spreads.b_mean_log,
    spreads.a_variance_log,
    spreads.b_variance_log,
    run_ranks.b_rank_sum,
    run_ranks.run_ties,
    medians.median_log_ratio,
    pair_ranks.ranked_pairs,
    pair_ranks.positive_rank_sum,
    pair_ranks.pair_ties
FROM spreads
LEFT JOIN medians ON spreads.dataset_code IS NOT DISTINCT FROM medians.dataset_code
LEFT JOIN run_ranks ON spreads.dataset_code = run_ranks.dataset_code
LEFT JOIN pair_ranks ON spreads.dataset_code = pair_ranks.dataset_code
WHERE spreads.a_runs + spreads.b_runs > 0
ORDER BY spreads.dataset_code NULLS LAST;
