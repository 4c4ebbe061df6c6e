-- How many runs pass all brushes on each hardware, what do they take, and what does their energy follow?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql)
-- Columns: cpu_runs BIGINT, gpu_runs BIGINT, cpu_median_j DOUBLE, gpu_median_j DOUBLE, by_size DOUBLE,
--     by_depth DOUBLE, by_run_time DOUBLE
-- One row. The by_ columns are Pearson's r between the bins of energy and of the other axis, so on the scales
-- as drawn; NULL where an axis has one value only. Medians are exact: the bins say in which of them the middle
-- lies, and only its runs are sorted; r is made of whole numbers summed by bin. Both are several times as
-- fast as median() and corr(), which this is asked for at each brush.
WITH selected AS NOT MATERIALIZED (
    SELECT
        is_gpu,
        energy_j,
        energy_px,
        size_px,
        depth_px,
        run_time_px
    FROM butter_e_selection($brushes)
),

bins AS (
    SELECT
        is_gpu,
        energy_px,
        count(*) AS run_count,
        [count(size_px), count(depth_px), count(run_time_px)] AS n,
        [sum(size_px), sum(depth_px), sum(run_time_px)]::DOUBLE [] AS y,
        [
            sum(size_px::INTEGER * size_px),
            sum(depth_px::INTEGER * depth_px),
            sum(run_time_px::INTEGER * run_time_px)
        ]::DOUBLE [] AS yy
    FROM selected
    GROUP BY is_gpu, energy_px
),

counted AS (
    SELECT
        is_gpu,
        energy_px,
        run_count,
        sum(run_count) OVER (PARTITION BY is_gpu ORDER BY energy_px) - run_count AS before,
        sum(run_count) OVER (PARTITION BY is_gpu) AS total
    FROM bins
    WHERE energy_px IS NOT NULL
),

middles AS (
    SELECT * -- noqa: AM04
    FROM counted
    WHERE before < total // 2 + 1 AND before + run_count >= (total + 1) // 2
),

ranked AS (
    SELECT
        selected.is_gpu,
        selected.energy_j,
        middles.total,
        middles.before
        + row_number() OVER (
            PARTITION BY selected.is_gpu, selected.energy_px ORDER BY selected.energy_j
        ) AS place
    FROM selected
    INNER JOIN middles ON selected.is_gpu = middles.is_gpu AND selected.energy_px = middles.energy_px
),

medians AS (
    SELECT
        avg(energy_j) FILTER (WHERE NOT is_gpu) AS cpu_median_j,
        avg(energy_j) FILTER (WHERE is_gpu) AS gpu_median_j
    FROM ranked
    WHERE place IN ((total + 1) // 2, total // 2 + 1)
),

axes AS (
    SELECT unnest([1, 2, 3]) AS axis
),

sums AS (
    SELECT
        axes.axis,
        sum(bins.n[axes.axis])::DOUBLE AS n,
        sum(bins.energy_px * bins.n[axes.axis])::DOUBLE AS x,
        sum(bins.energy_px::INTEGER * bins.energy_px * bins.n[axes.axis])::DOUBLE AS xx,
        sum(bins.y[axes.axis]) AS y,
        sum(bins.yy[axes.axis]) AS yy,
        sum(bins.energy_px * bins.y[axes.axis]) AS xy
    FROM bins
    CROSS JOIN axes
    WHERE bins.energy_px IS NOT NULL
    GROUP BY axes.axis
),

followed AS (
    SELECT
        map_from_entries(
            list((axis, (n * xy - x * y) / nullif(sqrt((n * xx - x * x) * (n * yy - y * y)), 0)))
        ) AS r
    FROM sums
)

SELECT
    coalesce((SELECT sum(run_count) FROM bins WHERE NOT is_gpu), 0)::BIGINT AS cpu_runs,
    coalesce((SELECT sum(run_count) FROM bins WHERE is_gpu), 0)::BIGINT AS gpu_runs,
    medians.cpu_median_j,
    medians.gpu_median_j,
    followed.r[1] AS by_size,
    followed.r[2] AS by_depth,
    followed.r[3] AS by_run_time
FROM medians
CROSS JOIN followed;
