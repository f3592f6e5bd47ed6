"""A recipe for each finding of the specification: how a bundle is damaged, or lied about, so that exactly it is found.

`RECIPES`: name → (finding, recipe). A recipe takes a fresh `Log` of world.py and returns what a verifier is to be
given. Nothing here knows a verifier: all of them are run on the same recipes.
"""

from tests.verify import (
    damage_beside,
    damage_case,
    damage_chains,
    damage_devices,
    damage_log,
    damage_odd_values,
    damage_people,
)
from tests.verify.recipes import RECIPES, Given, Recipe

__all__ = ["RECIPES", "Given", "Recipe", "damage_beside", "damage_case", "damage_chains", "damage_devices",
           "damage_log", "damage_odd_values", "damage_people"]  # fmt: skip
