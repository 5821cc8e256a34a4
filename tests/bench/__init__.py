"""Measurements: `make bench`. Raw samples go to docs/bench, figures are computed from them."""
