from __future__ import annotations

from livebook_ls.notebook.elixir.module_names import defined_modules


def test_inner_modules_have_their_whole_names() -> None:
    code = (
        "defmodule A.B do\n  defmodule C do\n  end\n\n  defmodule D do\n  end\nend\n\n"
        "defprotocol E do\nend\n"
    )

    assert [name for name, _ in defined_modules(code)] == ["A.B", "A.B.C", "A.B.D", "E"]


def test_an_example_in_documentation_is_no_module() -> None:
    code = 'defmodule A do\n  @moduledoc """\n      defmodule B do\n      end\n  """\nend\n'

    assert [name for name, _ in defined_modules(code)] == ["A"]
