-- How many selected runs are flagged, by which methods, and what is strange about them?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql),
--     $z (DOUBLE, robust sd), $fence (DOUBLE, interquartile ranges), $forest (DOUBLE, score)
-- Columns: scored BIGINT, flagged BIGINT, by_z BIGINT, by_fence BIGINT, by_forest BIGINT, by_all BIGINT,
--     hung BIGINT, slow BIGINT, fast BIGINT, hungry BIGINT, modest BIGINT, odd BIGINT, hung_w DOUBLE,
--     hung_least_s DOUBLE, hung_most_s DOUBLE
-- One row. Each flagged run has one reason: hung (rejected for its run time), slow or fast (run time is what
-- lies furthest off), hungry or modest (power is), odd (neither lies 2 sd off).
WITH selected AS NOT MATERIALIZED (
    SELECT
        status,
        residual_sd,
        run_time_sd,
        power_sd,
        run_time_s,
        power_w,
        coalesce(abs(residual_sd) > $z, false) AS is_by_z,
        coalesce(fence_iqr > $fence, false) AS is_by_fence,
        coalesce(forest_score > $forest, false) AS is_by_forest
    FROM butter_e_selection($brushes)
),

reasoned AS (
    SELECT
        *,
        is_by_z OR is_by_fence OR is_by_forest AS is_flagged,
        CASE
            WHEN NOT (is_by_z OR is_by_fence OR is_by_forest) THEN 'none'
            WHEN status = 'rejected_run_time' THEN 'hung'
            WHEN greatest(abs(run_time_sd), abs(power_sd)) < 2 THEN 'odd'
            WHEN abs(run_time_sd) >= abs(power_sd) THEN if(run_time_sd > 0, 'slow', 'fast')
            ELSE if(power_sd > 0, 'hungry', 'modest')
        END AS reason
    FROM selected
)

SELECT
    count(residual_sd) AS scored,
    count(*) FILTER (WHERE is_flagged) AS flagged,
    count(*) FILTER (WHERE is_by_z) AS by_z,
    count(*) FILTER (WHERE is_by_fence) AS by_fence,
    count(*) FILTER (WHERE is_by_forest) AS by_forest,
    count(*) FILTER (WHERE is_by_z AND is_by_fence AND is_by_forest) AS by_all,
    count(*) FILTER (WHERE reason = 'hung') AS hung,
    count(*) FILTER (WHERE reason = 'slow') AS slow,
    count(*) FILTER (WHERE reason = 'fast') AS fast,
    count(*) FILTER (WHERE reason = 'hungry') AS hungry,
    count(*) FILTER (WHERE reason = 'modest') AS modest,
    count(*) FILTER (WHERE reason = 'odd') AS odd,
    median(power_w) FILTER (WHERE reason = 'hung') AS hung_w,
    min(run_time_s) FILTER (WHERE reason = 'hung') AS hung_least_s,
    max(run_time_s) FILTER (WHERE reason = 'hung') AS hung_most_s
FROM reasoned;
