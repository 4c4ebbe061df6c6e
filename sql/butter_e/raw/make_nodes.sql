-- Makes butter_e_raw.nodes: of which type is each node, and what does it draw when it idles?
-- Parameters: $node_sinfo (VARCHAR, path of node_sinfo.csv), $node_power_dist (VARCHAR, path of
--     node_power_dist.csv)
-- Makes: butter_e_raw.nodes, one row per listed node: node, node_type (cpu1 to cpu4, gpu1, gpu2; NULL for a
--     kind of node that is none of these), p2_w (2 % quantile of its power in W; NULL where it has no row).
-- Trap: in node_sinfo.csv a space follows every comma, so all is trimmed.
CREATE OR REPLACE TABLE butter_e_raw.nodes AS
WITH kinds (node_type, memory_mb, disk_mb, gres) AS (
    VALUES
    ('cpu1', 85248, 900000, '(null)'),
    ('cpu2', 180224, 900000, '(null)'),
    ('cpu3', 751616, 1500000, '(null)'),
    ('cpu4', 751616, 2400000, '(null)'),
    ('gpu1', 751616, 1500000, 'gpu:v100:2'),
    ('gpu2', 751616, 2400000, 'gpu:v100:2')
),

listed AS (
    SELECT DISTINCT
        trim(hostnames) AS node,
        trim(memory)::BIGINT AS memory_mb,
        trim(tmp_disk)::BIGINT AS disk_mb,
        trim(gres) AS gres
    FROM
        read_csv(
            $node_sinfo,
            columns = {
                'hostnames': 'VARCHAR',
                'cpus': 'VARCHAR',
                'memory': 'VARCHAR',
                'tmp_disk': 'VARCHAR',
                'gres': 'VARCHAR'
            },
            auto_detect = FALSE,
            header = TRUE,
            delim = ','
        )
),

idle AS (
    SELECT
        trim(node) AS node,
        median(p2::DOUBLE) AS p2_w
    FROM read_csv($node_power_dist, header = TRUE, all_varchar = TRUE, delim = ',')
    GROUP BY ALL
)

SELECT
    listed.node,
    kinds.node_type,
    idle.p2_w
FROM listed
LEFT JOIN kinds
    ON
        listed.memory_mb = kinds.memory_mb
        AND listed.disk_mb = kinds.disk_mb
        AND listed.gres = kinds.gres
LEFT JOIN idle ON listed.node = idle.node;
