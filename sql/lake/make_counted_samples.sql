-- Makes the macro counted_samples: which part of each reading counts, so that no time counts twice?
-- Parameters: none
-- Makes: counted_samples(samples), one row per reading, in no order. energy_j is the job's (its attributed
--     share where a rule is recorded, else the whole device's), device_energy_j the whole device's, share the
--     part that counts.
-- Several writers may read one device of a host: two samplers at once, or one started again. Then a reading
-- counts for the part of its interval that lies after the last reading of any writer; first readings and gaps
-- cover nothing. A device with one writer keeps its joules to the last bit: no share is multiplied in.
-- Traps: where a slow writer's interval began before a quick writer's first, up to one interval stays
-- uncounted. Each part of a board (MIG) carries the whole board's device_energy_j.
CREATE OR REPLACE MACRO counted_samples(samples) AS TABLE
    WITH readings AS (
        SELECT
            run_id,
            writer,
            seq,
            ts,
            mono_ns,
            host,
            device_kind,
            device_id,
            energy_j AS device_energy_j,
            epoch,
            source,
            quality,
            coalesce(attributed_energy_j, energy_j) AS energy_j,
            attributed_energy_j IS NOT NULL AS is_attributed
        FROM read_parquet(samples, union_by_name = TRUE)
    ),

    shared_devices AS (
        SELECT
            run_id,
            host,
            device_kind,
            device_id
        FROM read_parquet(samples, union_by_name = TRUE)
        GROUP BY run_id, host, device_kind, device_id
        HAVING min(writer) < max(writer)
    ),

    own_intervals AS (
        SELECT
            readings.*,
            lag(readings.ts) OVER (
                PARTITION BY
                    readings.run_id, readings.host, readings.device_kind, readings.device_id, readings.writer
                ORDER BY readings.seq
            ) AS own_start
        FROM readings
        INNER JOIN shared_devices
            ON
                readings.run_id = shared_devices.run_id
                AND readings.host = shared_devices.host
                AND readings.device_kind = shared_devices.device_kind
                AND readings.device_id = shared_devices.device_id
    ),

    covered AS (
        SELECT
            *,
            max(CASE WHEN own_start IS NOT NULL AND quality <> 'gap' THEN ts END) OVER (
                PARTITION BY run_id, host, device_kind, device_id
                ORDER BY ts, writer
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS covered_until
        FROM own_intervals
    ),

    shared AS (
        SELECT
            *,
            CASE
                WHEN own_start IS NULL OR covered_until IS NULL OR covered_until <= own_start THEN 1e0
                WHEN covered_until >= ts THEN 0e0
                ELSE (epoch_us(ts) - epoch_us(covered_until)) / (epoch_us(ts) - epoch_us(own_start))
            END AS share
        FROM covered
    )

    SELECT
        readings.run_id,
        readings.writer,
        readings.seq,
        readings.ts,
        readings.mono_ns,
        readings.host,
        readings.device_kind,
        readings.device_id,
        readings.epoch,
        readings.source,
        readings.quality,
        coalesce(readings.attributed_energy_j, readings.energy_j) AS energy_j,
        readings.energy_j AS device_energy_j,
        1e0 AS share,
        readings.attributed_energy_j IS NOT NULL AS is_recounted
    FROM (SELECT * FROM read_parquet(samples, union_by_name = TRUE)) AS readings
    ANTI JOIN shared_devices
        ON
            readings.run_id = shared_devices.run_id
            AND readings.host = shared_devices.host
            AND readings.device_kind = shared_devices.device_kind
            AND readings.device_id = shared_devices.device_id
    UNION ALL
    SELECT
        run_id,
        writer,
        seq,
        ts,
        mono_ns,
        host,
        device_kind,
        device_id,
        epoch,
        source,
        quality,
        energy_j * share AS energy_j,
        device_energy_j * share AS device_energy_j,
        share,
        TRUE AS is_recounted
    FROM shared;
