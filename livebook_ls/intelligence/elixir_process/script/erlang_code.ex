defmodule LivebookLs.ErlangCode do
  @moduledoc "Modules and functions in Erlang's own cells, by the text before the cursor."

  alias LivebookLs.{Cells, Documentation, Libraries}

  @doc "The items where `before` ends; none within strings, atoms in quotes and comments."
  def complete(before) do
    line = before |> String.split("\n") |> List.last()

    cond do
      text?(line) ->
        []

      found = Regex.run(~r/(?<![\w.:?'])([a-z][\w@]*):([a-z][\w@]*)?\z/u, line) ->
        functions(found)

      found = Regex.run(~r/(?<![\w.:#?'])([a-z][\w@]*)\z/u, line) ->
        modules(Enum.at(found, 1))

      true ->
        []
    end
  end

  defp functions([_, module | rest]) do
    name = String.to_atom(module)
    hint = Enum.at(rest, 0) || ""

    case Libraries.information(name, Cells.folders()) do
      nil ->
        []

      information ->
        for %{kind: :function} = it <- information.functions,
            String.starts_with?("#{it.name}", hint) do
          %{
            "label" => "#{it.name}/#{it.arity}",
            "kind" => "function",
            "insert" => if(it.arity == 0, do: "#{it.name}()", else: "#{it.name}(${})"),
            "documentation" => nil,
            "data" => %{"module" => module, "name" => it.name, "arity" => it.arity}
          }
        end
        |> Enum.sort_by(& &1["label"])
    end
  end

  defp modules(hint) do
    for {name, _} <- Libraries.modules(Libraries.standard_folders()),
        String.starts_with?(name, hint) do
      %{
        "label" => name,
        "kind" => "module",
        "insert" => name,
        "documentation" => nil,
        "data" => %{"module" => name}
      }
    end
    |> Enum.sort_by(& &1["label"])
  end

  @doc "What is known of the `module:function` under the pointer; nil where there is none."
  def details(before, rest) do
    start = before |> String.split("\n") |> List.last()
    line = start <> (rest |> String.split("\n", parts: 2) |> hd())
    column = String.length(start)

    Regex.scan(~r/([a-z][\w@]*):([a-z][\w@]*)/u, line, return: :index)
    |> Enum.find_value(fn [{at, size}, module, function] ->
      from = String.length(binary_part(line, 0, at))

      if column in from..(from + size) do
        about(cut(line, module), cut(line, function), from, from + size)
      end
    end)
  end

  defp about(module, function, from, to) do
    name = String.to_atom(module)

    with %{functions: functions} <- Libraries.information(name, Cells.folders()),
         [_ | _] = found <- Enum.filter(functions, &("#{&1.name}" == function)) do
      texts =
        for it <- Enum.sort_by(found, & &1.arity) do
          Documentation.joined([
            Documentation.code("#{module}:#{it.name}/#{it.arity}"),
            Documentation.markdown(it.documentation)
          ])
        end

      %{"from" => from + 1, "to" => to + 1, "contents" => texts, "definition" => nil}
    else
      _ -> nil
    end
  end

  defp cut(line, {at, size}), do: binary_part(line, at, size)

  # An odd quote is open; `%` begins a comment. `$"` is a character.
  defp text?(line) do
    bare = Regex.replace(~r/\$\\?.|"(\\.|[^"\\])*"|'(\\.|[^'\\])*'/u, line, "")
    String.contains?(bare, ["%", "\"", "'"])
  end
end
