"""What a sync of a text would do to the session that is known, and the way round where it loses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from livebook_ls.sync.guarding.notebook_text import NotebookText

if TYPE_CHECKING:
    from livebook_ls.notebook.syncing.forecast import Forecast


@dataclass(frozen=True, slots=True)
class Foresight:
    """The forecast, and the text to sync before, where two steps bring what one would lose.

    A session that `keeps_outputs` does so whatever the text says of that.
    """

    forecast: Forecast
    halfway: str | None
    has_sections: bool
    keeps_outputs: bool


def foresee(held: NotebookText | None, reading: NotebookText) -> Foresight | None:
    """What a session that holds `held` makes of `reading`; None where nothing is known of it."""
    if held is None or held.text == reading.text:
        return None
    # Loaded with the first session that is compared.
    from livebook_ls.notebook.syncing.forecast import forecast_edit, forecast_read, two_step

    forecast = None
    if held.is_as_released and reading.is_as_released and not reading.notebook.failures:
        forecast = forecast_edit(held.cells, held.document, reading.document)
    if forecast is None:
        forecast = forecast_read(held.cells, reading.cells)
    halfway = two_step(held.notebook, reading.text) if forecast.losses else None
    keeps_outputs = held.notebook.attrs.get("persist_outputs") is True
    return Foresight(forecast, halfway, bool(held.notebook.sections), keeps_outputs)
