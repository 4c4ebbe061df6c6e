-- What do runs of each setting take per datum on one kind of node, in the geometric mean?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql), $is_gpu (BOOLEAN:
--     on GPU nodes, or on CPU nodes)
-- Columns: setting_key BIGINT, log_j_per_datum DOUBLE, run_count BIGINT
-- One row per setting with a run whose energy per datum is known, in no order. setting_key is as in
-- butter_e/make_runs.sql; the logarithm is natural, of J. The view passes NULL for its own brush of shapes.
SELECT
    setting_key,
    avg(ln(j_per_datum)) AS log_j_per_datum,
    count(*) AS run_count
FROM butter_e_selection($brushes)
WHERE j_per_datum > 0 AND is_gpu = $is_gpu
GROUP BY setting_key;
