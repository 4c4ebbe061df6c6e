-- Makes the macro run_totals: how much did each run consume, by kind of device and by source of the number?
-- Parameters: none
-- Makes: run_totals(samples, epochs), one row per run, device kind and source, in no order, with the columns
--     of datasets/schemas/run_totals.json. It needs counted_samples.
-- Trap: a run without samples has no row, whatever its epochs say.
CREATE OR REPLACE MACRO run_totals(samples, epochs) AS TABLE
    WITH energy AS (
        SELECT
            run_id,
            device_kind,
            source,
            sum(energy_j) AS energy_j,
            sum(device_energy_j) AS device_energy_j,
            count(*) AS samples,
            count(*) FILTER (WHERE quality = 'gap') AS gap_samples,
            count(*) FILTER (WHERE quality = 'clamped') AS clamped_samples,
            min(ts) AS first_ts,
            max(ts) AS last_ts
        FROM counted_samples(samples)
        GROUP BY ALL
    ),

    progress AS (
        SELECT
            run_id,
            count(DISTINCT epoch) AS epochs_done
        FROM read_parquet(epochs, union_by_name = TRUE)
        GROUP BY run_id
    )

    SELECT
        energy.*,
        coalesce(progress.epochs_done, 0) AS epochs_done
    FROM energy
    LEFT JOIN progress ON energy.run_id = progress.run_id;
