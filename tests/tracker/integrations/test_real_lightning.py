"""Real trainings with the real Lightning, from both of its packages, tracker and lake."""

from typing import Any

import pytest

LIGHTNING = """
    import os, sys, torch
    import {package} as L
    from energyvis_tracker.integrations.lightning import EnergyCallback

    class Net(L.LightningModule):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(4, 1)
        def training_step(self, batch, index):
            loss = (self.layer(batch[0]) ** 2).mean()
            self.log("train/loss", loss, on_step=False, on_epoch=True)
            return loss
        def validation_step(self, batch, index):
            self.log("val_loss", (self.layer(batch[0]) ** 2).mean())
        def on_train_epoch_end(self):
            self.log("late", float(self.current_epoch))
        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), 0.1)

    def loader(samples):
        data = torch.utils.data.TensorDataset(torch.randn(samples, 4))
        return torch.utils.data.DataLoader(data, batch_size=4)

    def trainer(*callbacks, **arguments):
        quiet = dict(logger=False, enable_progress_bar=False, enable_model_summary=False, accelerator="cpu")
        return L.Trainer(callbacks=list(callbacks), **dict(enable_checkpointing=False) | quiet | arguments)
"""
LIGHTNING_PACKAGES = ("lightning.pytorch", "pytorch_lightning")


@pytest.fixture(params=LIGHTNING_PACKAGES)
def lightning(request: pytest.FixtureRequest, has: Any) -> str:
    package: str = request.param
    if not has(package.partition(".")[0]):
        pytest.skip(f"{package} is not installed (extra `integrations`)")
    return LIGHTNING.replace("{package}", package)


def test_lightning_trains_and_validates(lake: Any, train: Any, work: Any, spans: Any, lightning: str) -> None:
    train(
        lightning,
        """
    trainer(EnergyCallback(project="p"), max_epochs=2).fit(Net(), loader(10), loader(6))
    """,
    )
    run = lake.run()
    assert (run["name"], run["project"], run["state"], run["epochs_planned"]) == ("Net", "p", "finished", 2)
    assert work() == [(10.0, "samples")] * 2
    assert [sorted(epoch["metrics"]) for epoch in lake.epochs()] == [["late", "train_loss", "val_loss"]] * 2
    assert [epoch["metrics"]["late"] for epoch in lake.epochs()] == [0.0, 1.0]
    assert spans() == [("sanity_check", None, None), ("validation", 6.0, 0), ("validation", 6.0, 1)]


def test_lightning_resumes_within_an_epoch(lake: Any, train: Any, work: Any, lightning: str) -> None:
    train(
        lightning,
        """
    from {package}.callbacks import ModelCheckpoint
    saver = ModelCheckpoint(dirpath=".", filename="at_step_4", every_n_train_steps=4, save_top_k=-1)
    trainer(saver, max_epochs=2, enable_checkpointing=True).fit(Net(), loader(12), loader(6))
    trainer(EnergyCallback(), max_epochs=3).fit(Net(), loader(12), loader(6), ckpt_path="at_step_4.ckpt")
    """.replace(
            "{package}",
            "pytorch_lightning" if "import pytorch_lightning" in lightning else "lightning.pytorch",
        ),
    )
    assert lake.run()["epochs_planned"] == 2
    assert work() == [(8.0, "samples"), (12.0, "samples")]


@pytest.mark.parametrize(
    ("error", "state", "status"), [("ValueError", "failed", 0), ("KeyboardInterrupt", "stopped", 1)]
)
def test_lightning_is_cut_off(
    lake: Any, train: Any, lightning: str, error: str, state: str, status: int
) -> None:
    train(
        lightning,
        f"""
    def fail(batch, batch_idx):
        raise {error}
    net = Net()
    net.validation_step = fail
    try:
        trainer(EnergyCallback(), max_epochs=2, num_sanity_val_steps=0).fit(net, loader(10), loader(6))
    except ValueError:
        pass
    """,
        status=status,
    )
    assert lake.run()["state"] == state
    assert [epoch["ended_at"] for epoch in lake.epochs()] in ([], [None])


def test_lightning_stops_when_asked(lake: Any, train: Any, lightning: str) -> None:
    train(
        lightning,
        """
    class Asked(EnergyCallback):
        def on_train_epoch_end(self, trainer, module):
            type(self.marks).should_stop = trainer.current_epoch == 1
            super().on_train_epoch_end(trainer, module)
    trainer(Asked(), max_epochs=9).fit(Net(), loader(10), loader(6))
    """,
    )
    assert (lake.run()["state"], len(lake.epochs())) == ("stopped", 2)


def test_two_lightning_ranks_stop_together(
    lake: Any, train: Any, work: Any, spans: Any, lightning: str
) -> None:
    train(
        lightning,
        """
    class Asked(EnergyCallback):
        def on_train_epoch_end(self, trainer, module):
            type(self.marks).should_stop = trainer.global_rank == 1 and trainer.current_epoch == 1
            super().on_train_epoch_end(trainer, module)
    trainer(Asked(), max_epochs=9, strategy="ddp_fork", devices=2).fit(Net(), loader(16), loader(8))
        """,
    )
    assert lake.run()["state"] == "stopped"
    assert work() == [(16.0, "samples")] * 2
    assert spans()[1:] == [("validation", 8.0, 0), ("validation", 8.0, 1)]
