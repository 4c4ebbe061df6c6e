"""`python -m energyvis_tracker` is the command `energyvis-track`."""

from energyvis_tracker.cli import main

raise SystemExit(main())
