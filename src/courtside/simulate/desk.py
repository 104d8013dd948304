"""What every part of one person's work draws on: the person, their time, the firm's shape and model, named streams."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from courtside.simulate import effort
from courtside.simulate.cells import Floats, Ints
from courtside.simulate.horizon import Horizon
from courtside.simulate.presence import Axis
from courtside.simulate.rates import MODELS, Model
from courtside.simulate.roster import Person, Roster
from courtside.simulate.setting import Setting
from courtside.simulate.shapes import SHAPES, Shape, shocks
from courtside.simulate.streams import stream


class World:
    """The firm as a whole."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.horizon = Horizon(setting)
        self.roster = Roster(setting, self.horizon)
        self.shape: Shape = SHAPES[setting.shape]
        self.model: Model = MODELS[setting.model]

    @property
    def months(self) -> int:
        """Months that are begun."""
        return int(self.horizon.months[self.horizon.days - 1]) + 1

    @cached_property
    def month_shocks(self) -> Floats:
        """How each month's sales are lifted or lowered, whoever makes them."""
        return shocks(stream(self.setting.seed, "month shocks"), self.shape.month_sd, self.months + 2)


@dataclass(frozen=True)
class Desk:
    """One person at work."""

    world: World
    person: Person
    axis: Axis

    def stream(self, purpose: str, nth: int = 0) -> np.random.Generator:
        """This person's own stream for a purpose."""
        return stream(self.world.setting.seed, purpose, self.person.number, nth)

    @cached_property
    def days(self) -> Ints:
        """The days present, those ahead left out."""
        return self.axis.days[: self.axis.length]

    @cached_property
    def pace(self) -> Floats:
        """How much of the usual volume the person does on each day present."""
        horizon = self.world.horizon
        weeks = effort.weeks(horizon, self.axis, self.world.shape, self.stream("weeks"))
        weekdays = effort.weekdays(horizon, self.days)
        return self.person.traits.effort * weeks * weekdays * effort.ramp(self.person, self.days)

    def moments(self, a_day: Floats, rng: np.random.Generator) -> Floats:
        """Moments spread over the days present, so many a day on average."""
        return effort.spread_over_days(self.world.shape.counts(rng, a_day), rng)

    def factor(self, pipeline: str, stage: int, x: Floats) -> Floats:
        """What stories make of the chance to pass a stage entered at each place."""
        found = np.ones(len(x))
        for step in self.person.traits.steps:
            if (step.pipeline, step.stage) == (pipeline, stage):
                found *= np.where(self.axis.day(x) >= step.since, step.factor, 1.0)
        return found
