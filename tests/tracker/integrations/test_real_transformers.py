"""Real trainings with the real Transformers, tracker and lake."""

from typing import Any

import pytest

TRANSFORMERS = """
    import torch
    from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments
    from energyvis_tracker.integrations.transformers import EnergyTrainerCallback

    CONFIG = BertConfig(vocab_size=32, hidden_size=8, num_hidden_layers=1, num_attention_heads=1,
                        intermediate_size=8, max_position_embeddings=16)

    class Data(torch.utils.data.Dataset):
        def __init__(self, samples):
            self.samples = samples
        def __len__(self):
            return self.samples
        def __getitem__(self, index):
            return dict(input_ids=torch.arange(8), labels=torch.tensor(index % 2))

    def trainer(callback, samples=10, **arguments):
        defaults = dict(output_dir="out", per_device_train_batch_size=4, use_cpu=True, report_to=[],
                        disable_tqdm=True, save_strategy="no")
        model, args = BertForSequenceClassification(CONFIG), TrainingArguments(**defaults | arguments)
        return Trainer(model=model, args=args, train_dataset=Data(samples), eval_dataset=Data(6),
                       callbacks=[callback])
"""


@pytest.fixture
def transformers(has: Any) -> str:
    if not (has("transformers") and has("accelerate") and has("torch")):
        pytest.skip("transformers, accelerate or torch is not installed (extra `integrations`)")
    return TRANSFORMERS


def test_transformers_trains_and_evaluates(
    lake: Any, train: Any, work: Any, spans: Any, transformers: str
) -> None:
    train(
        transformers,
        """
    trainer(EnergyTrainerCallback(), num_train_epochs=1.5, run_name="mine", eval_strategy="epoch").train()
    """,
    )
    run = lake.run()
    assert (run["name"], run["state"], run["epochs_planned"]) == ("mine", "finished", 2)
    assert work() == [(10.0, "samples"), (8.0, "samples")]
    assert {"eval_loss", "train_loss", "epoch"} <= lake.epochs()[-1]["metrics"].keys()
    assert spans() == [("evaluate", 6.0, 0), ("evaluate", 6.0, 1)]


def test_transformers_counts_tokens_and_steps(
    lake: Any, train: Any, work: Any, spans: Any, transformers: str
) -> None:
    train(
        transformers,
        """
    trainer(EnergyTrainerCallback(), 16, max_steps=4, gradient_accumulation_steps=2, eval_strategy="steps",
            eval_steps=1, logging_steps=1, include_num_input_tokens_seen="all").train()
    """,
    )
    assert work() == [(16.0 * 8, "tokens")] * 2
    assert spans() == [("evaluate", 6.0, epoch) for epoch in (0, 0, 1, 1)]
    assert "loss" in lake.epochs()[0]["metrics"]


def test_transformers_resumes_within_an_epoch(lake: Any, train: Any, work: Any, transformers: str) -> None:
    train(
        transformers,
        """
    from transformers import TrainerCallback
    trainer(TrainerCallback(), max_steps=4, save_strategy="steps", save_steps=2).train()
    trainer(EnergyTrainerCallback(), num_train_epochs=2).train(resume_from_checkpoint="out/checkpoint-2")
    """,
    )
    assert lake.run()["epochs_planned"] == 2
    assert work() == [(2.0, "samples"), (10.0, "samples")]


def test_transformers_is_cut_off(lake: Any, train: Any, transformers: str) -> None:
    train(
        transformers,
        """
    callback = EnergyTrainerCallback()
    fails = trainer(callback, num_train_epochs=2, eval_strategy="epoch")
    fails.evaluation_loop = None
    try:
        with callback:
            fails.train()
    except TypeError:
        pass
    """,
    )
    assert lake.run()["state"] == "failed"


def test_transformers_stops_when_asked(lake: Any, train: Any, work: Any, transformers: str) -> None:
    train(
        transformers,
        """
    class Asked(EnergyTrainerCallback):
        def on_log(self, args, state, control, **more):
            type(self.marks).should_stop = state.global_step == 4
            super().on_log(args, state, control, **more)
    trainer(Asked(), num_train_epochs=9, logging_steps=1).train()
    """,
    )
    assert lake.run()["state"] == "stopped"
    assert work() == [(10.0, "samples"), (4.0, "samples")]


def test_two_transformers_ranks_stop_together(lake: Any, train: Any, work: Any, transformers: str) -> None:
    train(
        transformers,
        """
    import os, sys
    class Asked(EnergyTrainerCallback):
        def on_log(self, args, state, control, **more):
            type(self.marks).should_stop = args.process_index == 1 and state.global_step == 3
            super().on_log(args, state, control, **more)
    def rank(index):
        os.environ.update(RANK=str(index), LOCAL_RANK=str(index), WORLD_SIZE="2", MASTER_ADDR="127.0.0.1",
                          MASTER_PORT="29613")
        done = trainer(Asked(), 16, num_train_epochs=9, logging_steps=1, ddp_backend="gloo").train()
        sys.exit(done.global_step != 3)
    torch.multiprocessing.start_processes(rank, nprocs=2, start_method="fork")
    """,
    )
    assert lake.run()["state"] == "stopped"
    assert work() == [(16.0, "samples"), (8.0, "samples")]
