"""Real trainings with the real Keras, tracker and lake."""

from typing import Any

import pytest

KERAS = """
    import keras, numpy as np
    from energyvis_tracker.integrations.keras import EnergyCallback

    x, y = np.zeros((10, 4)), np.zeros((10, 1))
    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)], name="net")
    model.compile("sgd", "mse")
"""


@pytest.fixture
def keras(has: Any) -> str:
    if not (has("keras") and has("jax")):
        pytest.skip("keras or jax is not installed (extra `integrations`)")
    return KERAS


def test_keras_trains_and_validates(lake: Any, train: Any, work: Any, spans: Any, keras: str) -> None:
    train(
        keras,
        """
    callback = EnergyCallback(samples_per_epoch=10)
    model.fit(x, y, epochs=3, initial_epoch=1, batch_size=4, validation_data=(x, y), callbacks=[callback],
              verbose=0)
    """,
    )
    run = lake.run()
    assert (run["name"], run["state"], run["epochs_planned"]) == ("net", "finished", 2)
    assert work() == [(10.0, "samples")] * 2
    assert [sorted(epoch["metrics"]) for epoch in lake.epochs()] == [["loss", "val_loss"]] * 2
    assert spans() == [("validation", None, 0), ("validation", None, 1)]


def test_keras_is_cut_off(lake: Any, train: Any, keras: str) -> None:
    train(
        keras,
        """
    class Fails(keras.callbacks.Callback):
        def on_test_begin(self, logs=None):
            raise ValueError
    with_block = EnergyCallback()
    try:
        with with_block:
            model.fit(x, y, validation_data=(x, y), callbacks=[with_block, Fails()], verbose=0)
    except ValueError:
        pass
    """,
    )
    assert lake.run()["state"] == "failed"


def test_keras_stops_when_asked(lake: Any, train: Any, work: Any, keras: str) -> None:
    train(
        keras,
        """
    class Asked(EnergyCallback):
        def on_epoch_end(self, epoch, logs=None):
            type(self.marks).should_stop = epoch == 1
            super().on_epoch_end(epoch, logs)
    model.fit(x, y, epochs=9, batch_size=4, callbacks=[Asked()], verbose=0)
    """,
    )
    assert lake.run()["state"] == "stopped"
    assert work() == [(3.0, "batches")] * 2
