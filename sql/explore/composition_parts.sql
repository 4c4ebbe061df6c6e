-- How many runs, and how much energy, has each class of network or hardware with its shapes and data sets?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql), $first (VARCHAR:
--     size, depth or hardware), $edges (INTEGER[], the lowest values of classes 1, 2 and 3, rising)
-- Columns: grade UTINYINT, shape VARCHAR, dataset VARCHAR, run_count BIGINT, measured_count BIGINT,
--     energy_j DOUBLE
-- One row per class, shape and data set that hold a run, in no order. The class of a size or depth is how
-- many edges it reaches; that of hardware is 0 for CPU nodes and 1 for GPU nodes, whatever the edges. A run
-- without the value has the class NULL. energy_j (J) adds up the measured_count runs whose energy was
-- recorded; it is 0 where there is none.
WITH selected AS (
    SELECT
        shape,
        dataset,
        energy_j,
        CASE $first
            WHEN 'size' THEN size
            WHEN 'depth' THEN depth::integer
            WHEN 'hardware' THEN is_gpu::integer
        END AS grade_value
    FROM butter_e_selection($brushes)
),

graded AS (
    SELECT
        shape,
        dataset,
        energy_j,
        if(
            $first = 'hardware',
            grade_value::utinyint,
            (grade_value >= $edges[1])::utinyint
            + (grade_value >= $edges[2])::utinyint
            + (grade_value >= $edges[3])::utinyint
        ) AS grade
    FROM selected
)

SELECT
    graded.grade,
    graded.shape::varchar AS shape,
    graded.dataset::varchar AS dataset,
    count(*) AS run_count,
    count(graded.energy_j) AS measured_count,
    coalesce(sum(graded.energy_j), 0) AS energy_j
FROM graded
GROUP BY graded.grade, graded.shape, graded.dataset;
