defmodule LivebookLs.Formatting do
  @moduledoc "Elixir code in the form that `mix format` gives it, with the options that are plain data."

  alias LivebookLs.{Literal, Quoting}

  @options [
    :line_length,
    :locals_without_parens,
    :force_do_end_blocks,
    :normalize_bitstring_modifiers,
    :normalize_charlists_as_sigils,
    :migrate
  ]

  @doc "The code's form; nil where it does not parse, or where the form would say something else."
  def format(code, folder) do
    with {:ok, before} <- Quoting.strict(code),
         text = code |> Code.format_string!(options(folder)) |> IO.iodata_to_binary(),
         {:ok, behind} <- Quoting.strict(text),
         true <- plain(before) == plain(behind) do
      text
    else
      _ -> nil
    end
  rescue
    _ -> nil
  end

  # Of a `.formatter.exs` that computes something, what is plain in it counts.
  defp options(nil), do: []

  defp options(folder) do
    with {:ok, text} <- File.read(Path.join(folder, ".formatter.exs")),
         {:ok, pairs} when is_list(pairs) <- Quoting.strict(text) do
      for {name, quoted} <- pairs,
          name in @options,
          {:ok, value} <- [Literal.value(quoted)],
          valid?(name, value),
          do: {name, value}
    else
      _ -> []
    end
  end

  defp valid?(:line_length, value), do: is_integer(value) and value > 0
  defp valid?(:locals_without_parens, value), do: Keyword.keyword?(value)
  defp valid?(_, value), do: is_boolean(value)

  # Places and how something was written differ; what it says must not.
  defp plain(quoted), do: Macro.prewalk(quoted, &without_meta/1)

  defp without_meta({:__block__, _, [single]}), do: without_meta(single)
  defp without_meta({name, _, arguments}), do: {name, [], arguments}
  defp without_meta(other), do: other
end
