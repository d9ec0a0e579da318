"""What the user is told in a message, with buttons that lead on where the client has them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from livebook_ls.lsp.client.asking import answered


@dataclass(frozen=True, slots=True)
class Button:
    """What a message offers, and what is done when that is chosen."""

    title: str
    press: Callable[[], Awaitable[object]]


class Messages:
    """Tells, and never waits for anybody to read it."""

    def __init__(
        self,
        server: LanguageServer,
        has_buttons: Callable[[], bool],
        in_background: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._server = server
        self._has_buttons = has_buttons
        self._in_background = in_background

    def tell(self, kind: types.MessageType, message: str, *buttons: Button) -> None:
        """Show the message."""
        if buttons and self._has_buttons():
            self._in_background(self._ask(kind, message, buttons))
        else:
            self._server.window_show_message(types.ShowMessageParams(type=kind, message=message))

    async def agrees(self, message: str, title: str) -> bool:
        """Whether the user presses the button `title`; where there are none, asking was enough."""
        if not self._has_buttons():
            return True
        return await self._chosen(types.MessageType.Warning, message, [title]) == title

    async def _ask(
        self, kind: types.MessageType, message: str, buttons: tuple[Button, ...]
    ) -> None:
        chosen = await self._chosen(kind, message, [it.title for it in buttons])
        for button in buttons:
            if chosen == button.title:
                await button.press()

    async def _chosen(self, kind: types.MessageType, message: str, titles: list[str]) -> str | None:
        actions = [types.MessageActionItem(title=it) for it in titles]
        params = types.ShowMessageRequestParams(type=kind, message=message, actions=actions)
        chosen = await answered(self._server.window_show_message_request_async(params))
        return chosen.title if chosen else None
