-- When did the selected runs start, and how strange are they by each of three measures?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql)
-- Columns: measure INTEGER, run_count BIGINT, started_px UTINYINT, up_px UTINYINT
-- One row per measure and bin of the plane that holds a run, in no order. Measures: 0 residual, 1 distance
-- beyond the quartiles, 2 score of the Isolation Forest. Runs without energy have none.
WITH binned AS (
    SELECT
        started_px,
        residual_px,
        fence_px,
        forest_px,
        count(*) AS run_count,
        CASE
            WHEN grouping(residual_px) = 0 THEN 0
            WHEN grouping(fence_px) = 0 THEN 1
            ELSE 2
        END AS measure
    FROM butter_e_selection($brushes)
    WHERE residual_px IS NOT NULL
    GROUP BY GROUPING SETS ((started_px, residual_px), (started_px, fence_px), (started_px, forest_px))
)

SELECT
    measure,
    run_count,
    started_px,
    CASE measure
        WHEN 0 THEN residual_px
        WHEN 1 THEN fence_px
        ELSE forest_px
    END AS up_px
FROM binned;
