-- How many selected runs are flagged, by which methods, and what is strange about them?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql),
--     $z (DOUBLE, robust sd), $fence (DOUBLE, interquartile ranges), $forest (DOUBLE, score)
-- Columns: scored BIGINT, flagged BIGINT, by_z BIGINT, by_fence BIGINT, by_forest BIGINT, by_all BIGINT,
--     hung BIGINT, slow BIGINT, fast BIGINT, hungry BIGINT, modest BIGINT, odd BIGINT, hung_w DOUBLE,
--     hung_least_s DOUBLE, hung_most_s DOUBLE
-- One row. Each flagged run has one reason: hung (rejected for its run time), slow or fast (run time is what
-- lies furthest off), hungry or modest (power is), odd (neither lies 2 sd off).
-- Few runs are flagged, so the reasons are sought among these alone.
WITH flagged AS (
    SELECT
        run_time_s,
        power_w,
        abs(residual_sd) > $z AS is_by_z,
        fence_iqr > $fence AS is_by_fence,
        forest_score > $forest AS is_by_forest,
        CASE
            WHEN status = 'rejected_run_time' THEN 'hung'
            WHEN greatest(abs(run_time_sd), abs(power_sd)) < 2 THEN 'odd'
            WHEN abs(run_time_sd) >= abs(power_sd) THEN if(run_time_sd > 0, 'slow', 'fast')
            ELSE if(power_sd > 0, 'hungry', 'modest')
        END AS reason
    FROM butter_e_selection($brushes)
    WHERE abs(residual_sd) > $z OR fence_iqr > $fence OR forest_score > $forest
),

selected AS (
    SELECT count(residual_sd) AS scored
    FROM butter_e_selection($brushes)
),

flags AS (
    SELECT
        count(*) AS flagged,
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
    FROM flagged
)

SELECT
    selected.scored,
    flags.flagged,
    flags.by_z,
    flags.by_fence,
    flags.by_forest,
    flags.by_all,
    flags.hung,
    flags.slow,
    flags.fast,
    flags.hungry,
    flags.modest,
    flags.odd,
    flags.hung_w,
    flags.hung_least_s,
    flags.hung_most_s
FROM selected
CROSS JOIN flags;
