-- Which nodes have the most flagged runs of the selection?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql),
--     $z (DOUBLE, robust sd), $fence (DOUBLE, interquartile ranges), $forest (DOUBLE, score),
--     $n (INTEGER, how many nodes at most)
-- Columns: node VARCHAR, node_type VARCHAR, run_count BIGINT, flagged BIGINT
-- One row per node with a flagged run, most flagged first, then the one with fewer runs, then by name.
SELECT
    node::VARCHAR AS node,
    any_value(node_type)::VARCHAR AS node_type,
    count(*) AS run_count,
    count(*) FILTER (WHERE abs(residual_sd) > $z OR fence_iqr > $fence OR forest_score > $forest) AS flagged
FROM butter_e_selection($brushes)
WHERE residual_sd IS NOT NULL
GROUP BY node
HAVING flagged > 0
ORDER BY flagged DESC, run_count ASC, node ASC
LIMIT $n;
