"""How does a task say, from inside its container, how far it is?

A connector cannot: Flyte 1 drops the message of a running task. What reaches the user are the container's log, and the
task's deck, which flytekit can write while the task still runs.
"""

from __future__ import annotations

import time
from html import escape

from flytekit import Deck, FlyteContextManager

EVERY_SECONDS = 5.0  # a published deck is an upload of the whole page


class ProgressDeck(Deck):
    """A bar and a line of text, always the newest."""

    def __init__(self) -> None:
        super().__init__("Progress")
        self.share, self.text, self.published = 0.0, "", float("-inf")

    @property
    def html(self) -> str:
        bar = f'<progress value="{self.share:.3f}" max="1" style="width: 20em"></progress>'
        return f"<p>{bar} {self.share:.0%}</p><p>{escape(self.text)}</p>"


def progress(share: float, text: str = "", who: str = "", in_deck: bool = True) -> None:
    """Print a line for the log, and show it in the deck "Progress", if the task has ``enable_deck=True``.

    Args:
        share: From 0 to 1.
        text: What is being done.
        who: Begins the line; for tasks of several workers.
        in_deck: False for all but one of the workers: their decks are one file.

    Raises:
        ValueError: ``share`` is not between 0 and 1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"progress: share = {share!r}: must be between 0 and 1")
    print(f"{who}{share:.0%} {text}".rstrip(), flush=True)
    params = FlyteContextManager.current_context().user_space_params
    if not in_deck or params is None or not params.enable_deck:
        return
    deck = next((deck for deck in params.decks if isinstance(deck, ProgressDeck)), None) or ProgressDeck()
    deck.share, deck.text = share, text
    if time.monotonic() - deck.published >= EVERY_SECONDS:
        deck.published = time.monotonic()
        Deck.publish()
