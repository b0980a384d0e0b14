"""What can be wrong with the model's files and its device."""

NAMED_AT_MOST = 5


class ModelFault(Exception):
    """The model cannot be loaded or run here."""


class WeightsMissing(ModelFault):
    """An official file stands nowhere below the model's folder."""

    def __init__(self, places: tuple[str, ...]) -> None:
        self.places = places
        super().__init__(places)

    def __str__(self) -> str:
        return f"There is no {' or '.join(self.places)}."


class WeightsUnreadable(ModelFault):
    """A file is cut off, or is no file of weights."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)

    def __str__(self) -> str:
        return f"{self.name} is cut off or holds no weights."


class WeightsDoNotFit(ModelFault):
    """A file is not what its name says. Lists hold keys."""

    def __init__(
        self, name: str, missing: list[str], extra: list[str], misshapen: list[str]
    ) -> None:
        self.name, self.missing, self.extra, self.misshapen = name, missing, extra, misshapen
        super().__init__(name, missing, extra, misshapen)

    def __str__(self) -> str:
        lists = {"missing": self.missing, "extra": self.extra, "of another shape": self.misshapen}
        said = "; ".join(f"{what}: {_listed(keys)}" for what, keys in lists.items() if keys)
        return f"{self.name} does not fit: {said}."


class DeviceFull(ModelFault):
    """The device's memory does not hold even one piece of the work."""

    def __str__(self) -> str:
        return "The device's memory is full."


class RunLost(ModelFault):
    """Frames that were to be drawn elsewhere will not come."""

    def __str__(self) -> str:
        return "A run of frames was not drawn elsewhere."


def _listed(keys: list[str]) -> str:
    shown = ", ".join(keys[:NAMED_AT_MOST])
    more = len(keys) - NAMED_AT_MOST
    return f"{shown} and {more} more" if more > 0 else shown
