-- Makes butter_e_raw.idle_power: what does each node type draw when it idles (rule R5)?
-- Parameters: none
-- Makes: butter_e_raw.idle_power, one row per node type: node_type, hardware, idle_w (median of its nodes'
--     2 % quantiles), power_offset_w (W to add to a power, so that it is as on a node of type cpu1 or gpu1).
-- The published notebook speaks of a fit by node, yet it takes these medians (NREL, notebook 3).
CREATE OR REPLACE TABLE butter_e_raw.idle_power AS
WITH medians AS (
    SELECT
        node_type,
        CASE WHEN starts_with(node_type, 'gpu') THEN 'GPU node' ELSE 'CPU node' END AS hardware,
        median(p2_w) AS idle_w
    FROM butter_e_raw.nodes
    WHERE node_type IS NOT NULL
    GROUP BY node_type
)

SELECT
    medians.node_type,
    medians.hardware,
    medians.idle_w,
    standard.idle_w - medians.idle_w AS power_offset_w
FROM medians
LEFT JOIN medians AS standard
    ON medians.hardware = standard.hardware AND standard.node_type IN ('cpu1', 'gpu1');
