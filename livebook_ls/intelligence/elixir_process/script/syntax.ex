defmodule LivebookLs.Syntax do
  @moduledoc "Whether a cell's code is one that Livebook could evaluate: by the languages' own parsers."

  alias LivebookLs.Quoting

  # Of `epp`; some are reserved words of the language.
  @directives [
    :define,
    :undef,
    :ifdef,
    :ifndef,
    :if,
    :elif,
    :else,
    :endif,
    :include,
    :include_lib,
    :error,
    :warning
  ]

  @doc """
  What is wrong with a cell's code: lines and columns from 1, with the place at which a pair was
  opened where the complaint is about that. A parser stops at the first fault.
  """
  def problems("erlang", code), do: erlang(code)
  def problems(_, code), do: elixir(code)

  defp elixir(code) do
    case Quoting.strict(code) do
      {:ok, _} -> []
      {:error, {place, complaint, word}} -> [problem(place, complaint, word)]
    end
  end

  defp problem(place, complaint, word) do
    place = if is_list(place), do: place, else: [line: place]
    # Newer Elixirs tell where the pair was opened, and where it should have been closed.
    is_pair = place[:end_line] != nil and place[:closing_delimiter] == nil

    %{
      "line" => place[:line] || 1,
      "column" => place[:column] || 1,
      "end_line" => if(is_pair, do: nil, else: place[:end_line]),
      "end_column" => if(is_pair, do: nil, else: place[:end_column]),
      "message" => message(complaint, word)
    }
  end

  defp message({before, behind}, word), do: clean("#{before}#{word}#{behind}")
  defp message(complaint, word), do: clean("#{complaint}#{word}")

  defp clean(text) do
    case text |> String.split("\n\n", parts: 2) |> hd() |> String.trim() do
      # The parser's own words for the end of the code.
      "syntax error before:" -> "syntax error: expression is incomplete"
      message -> message
    end
  end

  # As Livebook evaluates it: a module where it begins with one, else expressions.
  defp erlang(code) do
    case :erl_scan.string(String.to_charlist(code), {1, 1}) do
      {:ok, [], _} -> []
      {:ok, [{:-, _}, {:atom, _, :module} | _] = tokens, _} -> forms(tokens)
      {:ok, tokens, _} -> complaint(:erl_parse.parse_exprs(tokens))
      {:error, found, _} -> complaint({:error, found})
    end
  end

  defp forms(tokens) do
    tokens
    |> Enum.chunk_while([], &until_dot/2, fn rest -> {:cont, Enum.reverse(rest), []} end)
    |> Enum.reject(&(&1 == [] or for_preprocessor?(&1)))
    |> Enum.flat_map(&complaint(:erl_parse.parse_form(&1)))
    |> Enum.take(1)
  end

  # Only the preprocessor, which reads files, could tell what these come to.
  defp for_preprocessor?([{:-, _}, {:atom, _, name} | _]) when name in @directives, do: true
  defp for_preprocessor?([{:-, _}, {name, _} | _]) when name in @directives, do: true
  defp for_preprocessor?(form), do: Enum.any?(form, &match?({:"?", _}, &1))

  defp until_dot({:dot, _} = token, form), do: {:cont, Enum.reverse([token | form]), []}
  defp until_dot(token, form), do: {:cont, [token | form]}

  defp complaint({:ok, _}), do: []

  defp complaint({:error, {place, module, description}}) do
    {line, column} = if is_tuple(place), do: place, else: {place, 1}

    [
      %{
        "line" => line,
        "column" => column,
        "end_line" => nil,
        "end_column" => nil,
        "message" => description |> module.format_error() |> to_string() |> clean()
      }
    ]
  end
end
