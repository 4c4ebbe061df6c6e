-- What do the largest of the selected networks take on CPU nodes, by depth?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql)
-- Columns: size INTEGER, depth TINYINT, run_count BIGINT, j_per_datum DOUBLE, run_time_s DOUBLE
-- One row per depth, least first, of the largest size that has runs on CPU nodes with an energy per datum:
-- median energy per datum in J, and the longest run time in s.
WITH measured AS (
    SELECT
        size,
        depth,
        j_per_datum,
        run_time_s
    FROM butter_e_selection($brushes)
    WHERE NOT is_gpu AND j_per_datum IS NOT NULL
)

SELECT
    size,
    depth,
    count(*) AS run_count,
    median(j_per_datum) AS j_per_datum,
    max(run_time_s) AS run_time_s
FROM measured
WHERE size = (SELECT max(largest.size) FROM measured AS largest)
GROUP BY size, depth
ORDER BY depth;
