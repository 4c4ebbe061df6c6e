-- How many runs are left after each step of the pipeline?
-- Parameters: none
-- Columns: metadata BIGINT, optimizer_batch BIGINT, no_file BIGINT, missing_all BIGINT, missing_some BIGINT,
--     zero_watts BIGINT, ok BIGINT, filter_1 BIGINT, filter_2 BIGINT, filter_3 BIGINT, rejected BIGINT,
--     kept BIGINT, overhead_estimate BIGINT, below_overhead BIGINT, standardised BIGINT
-- One row. filter_1 to filter_3 count the runs that each filter rejects; one run may fail several.
-- Needs butter_e_raw.outcome and the tables before it.
WITH filtered AS (
    SELECT
        count(*) FILTER (fails_run_time) AS filter_1,
        count(*) FILTER (fails_energy) AS filter_2,
        count(*) FILTER (fails_deviation) AS filter_3
    FROM butter_e_raw.filters
),

staged AS (
    SELECT
        count(*) AS metadata,
        count(*) FILTER (status = 'optimizer_batch') AS optimizer_batch,
        count(*) FILTER (status = 'no_file') AS no_file,
        count(*) FILTER (status = 'missing_all') AS missing_all,
        count(*) FILTER (status = 'missing_some') AS missing_some,
        count(*) FILTER (status = 'zero_watts') AS zero_watts,
        count(*) FILTER (starts_with(status, 'rejected_')) AS rejected,
        count(*) FILTER (status IN ('overhead_estimate', 'below_overhead', 'standardised')) AS kept,
        rejected + kept AS ok,
        count(*) FILTER (status = 'overhead_estimate') AS overhead_estimate,
        count(*) FILTER (status = 'below_overhead') AS below_overhead,
        count(*) FILTER (status = 'standardised') AS standardised
    FROM butter_e_raw.outcome
)

SELECT
    staged.metadata,
    staged.optimizer_batch,
    staged.no_file,
    staged.missing_all,
    staged.missing_some,
    staged.zero_watts,
    staged.ok,
    filtered.filter_1,
    filtered.filter_2,
    filtered.filter_3,
    staged.rejected,
    staged.kept,
    staged.overhead_estimate,
    staged.below_overhead,
    staged.standardised
FROM staged
CROSS JOIN filtered
