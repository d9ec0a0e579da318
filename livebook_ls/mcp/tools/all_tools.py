"""All tools, in the order in which a model should think of them."""

from __future__ import annotations

from typing import Any

from livebook_ls.mcp.tools.check_notebook import CHECK_NOTEBOOK
from livebook_ls.mcp.tools.edit_notebook import EDIT_NOTEBOOK
from livebook_ls.mcp.tools.list_notebooks import LIST_NOTEBOOKS
from livebook_ls.mcp.tools.look_up import LOOK_UP
from livebook_ls.mcp.tools.read_notebook import READ_NOTEBOOK
from livebook_ls.mcp.tools.run_cells import GET_RUN, RUN_CELLS
from livebook_ls.mcp.tools.stopping import RESTART_RUNTIME, STOP
from livebook_ls.mcp.tools.tool import Tool

ALL_TOOLS: tuple[Tool[Any], ...] = (
    LIST_NOTEBOOKS,
    READ_NOTEBOOK,
    EDIT_NOTEBOOK,
    RUN_CELLS,
    GET_RUN,
    STOP,
    RESTART_RUNTIME,
    CHECK_NOTEBOOK,
    LOOK_UP,
)
