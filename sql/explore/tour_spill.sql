-- What is the median energy per datum of the selected runs whose working set lies in each of some windows?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql), $windows
--     (STRUCT[], each {is_gpu BOOLEAN, low DOUBLE, high DOUBLE}: kind of node, bytes of the forward pass,
--     both ends included)
-- Columns: place BIGINT, run_count BIGINT, j_per_datum DOUBLE
-- One row per window with a run, in their order, places from 1; the median in J.
WITH windows AS (
    SELECT
        unnest(range(1, len($windows) + 1)) AS place,
        unnest($windows) AS bounds
),

measured AS (
    SELECT
        is_gpu,
        working_set_bytes,
        j_per_datum
    FROM butter_e_selection($brushes)
    WHERE j_per_datum IS NOT NULL
)

SELECT
    windows.place,
    count(*) AS run_count,
    median(measured.j_per_datum) AS j_per_datum
FROM windows
INNER JOIN measured
    ON
        windows.bounds['is_gpu'] = measured.is_gpu
        AND measured.working_set_bytes BETWEEN windows.bounds['low'] AND windows.bounds['high']
GROUP BY windows.place
ORDER BY windows.place;
