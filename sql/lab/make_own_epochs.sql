-- Makes butter_e_runs say nothing of the lab's runs that holds for trainings of 3,000 epochs only.
-- Parameters: none
-- Makes: butter_e_runs with epochs, ms_per_batch and j_per_epoch NULL: they are reckoned from BUTTER-E's
--     number of epochs, its overhead in seconds, and its batches an epoch.
-- Needs butter_e_runs.
UPDATE butter_e_runs
SET
    epochs = NULL,
    ms_per_batch = NULL,
    j_per_epoch = NULL
WHERE epochs IS NOT NULL;
