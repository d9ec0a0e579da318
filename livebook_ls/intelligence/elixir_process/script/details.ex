defmodule LivebookLs.Details do
  @moduledoc "What the name under a pointer is, and where it is defined in the notebook."

  alias LivebookLs.{Documentation, Libraries, Names, Scope, Shapes}

  @divider "\n\n---\n\n"

  @doc """
  Texts in Markdown about the name at the end of `before` and the start of `rest`, the columns (from
  1, the end excluded) that it has in its line, and its definition; nil where nothing is known.
  """
  def details(above, before, rest) do
    line = last_line(before)
    full = line <> first_line(rest)

    case around(full, length(String.to_charlist(line)) + 1) do
      :none ->
        nil

      %{begin: {_, from}, end: {_, to}, context: found} ->
        # The scope is that before the name: a variable may be bound in this very line.
        upto = before_column(before, full, to)

        with %{scope: _} = context <- context(above, before, rest, upto),
             [_ | _] = items <- items(found, context) do
          %{
            "from" => from,
            "to" => to,
            "contents" => items |> Enum.map(& &1.text) |> Enum.uniq(),
            "definition" => Enum.find_value(items, & &1.place)
          }
        else
          _ -> nil
        end
    end
  end

  @doc "The documentation of a compiled function or module, for an item of a completion."
  def resolve(%{"module" => module} = data, folders) do
    name = String.to_atom(module)

    case {Libraries.information(name, folders), data["name"]} do
      {nil, _} ->
        nil

      {information, nil} ->
        Documentation.of_module(information)

      {information, function} ->
        information.functions
        |> Enum.find(&(Atom.to_string(&1.name) == function and &1.arity == data["arity"]))
        |> then(&if &1, do: Documentation.of_function(name, &1))
    end
  end

  # Behind its last letter, one still points at a name.
  defp around(line, column) do
    case Code.Fragment.surround_context(line, {1, column}) do
      :none when column > 1 -> Code.Fragment.surround_context(line, {1, column - 1})
      found -> found
    end
  end

  # A name that is being bound is looked for behind it, too: `x = 1` has `x` after the line.
  defp context(above, before, rest, upto) do
    whole = before <> rest

    case Names.context(
           above,
           binary_part(whole, 0, upto),
           binary_part(whole, upto, byte_size(whole) - upto)
         ) do
      :text ->
        :text

      context ->
        behind = Names.context(above, line_through(before, rest), "")
        later = if behind == :text, do: %{}, else: behind.scope.variables
        Map.put(context, :later, later)
    end
  end

  defp line_through(before, rest), do: before <> first_line(rest) <> "\n"

  defp items({:alias, name}, context), do: module(expand(name, context), context)

  defp items({:struct, name}, context) when is_list(name),
    do: module(expand(name, context), context)

  defp items({:alias, _, _}, _), do: []
  defp items({:unquoted_atom, name}, context), do: module(atom(name), context)

  defp items({:dot, {:alias, base}, name}, context),
    do: functions(expand(base, context), atom(name), context)

  defp items({:dot, {:unquoted_atom, base}, name}, context),
    do: functions(atom(base), atom(name), context)

  defp items({:dot, {:var, variable}, name}, context) do
    if to_string(variable) == "__MODULE__",
      do: functions(context.scope.module, atom(name), context),
      else: field({:var, variable}, atom(name), context)
  end

  defp items({:dot, inside, name}, context), do: field(inside, atom(name), context)

  defp items({:local_or_var, name}, context) do
    case variable(atom(name), context) do
      [] -> local(atom(name), context)
      found -> found
    end
  end

  defp items({kind, name}, context) when kind in [:local_call, :local_arity, :operator] do
    local(atom(name), context)
  end

  defp items({:sigil, name}, context), do: local(atom("sigil_#{name}"), context)
  defp items({:module_attribute, name}, context), do: attribute(atom(name), context)
  defp items(_, _), do: []

  defp variable(name, context) do
    case context.scope.variables[name] || context.later[name] do
      nil -> []
      variable -> [%{text: Documentation.code(Atom.to_string(name)), place: place(variable)}]
    end
  end

  defp field(inside, name, context) do
    known =
      case Shapes.behind_dots(inside, context.scope) do
        {:map, pairs} -> Keyword.keys(pairs)
        {:struct, module} -> Names.fields(module, context)
        _ -> []
      end

    if name in known,
      do: [%{text: Documentation.code(Atom.to_string(name)), place: nil}],
      else: []
  end

  defp attribute(name, context) do
    case context.scope.attributes[name] do
      nil -> []
      found -> [%{text: Documentation.code("@#{name}"), place: place(found)}]
    end
  end

  defp local(name, context) do
    for(
      {module, function} <- Names.local_functions(context),
      function.name == name,
      do: {module, function}
    )
    |> whole(fn {_, function} -> function end)
    |> Enum.map(fn {module, function} -> about_function(module, function, context) end)
    |> Enum.sort_by(& &1.arity)
  end

  defp functions(module, name, context) do
    for(
      function <- Names.functions(Names.module(module, context)),
      function.name == name,
      do: function
    )
    |> whole(& &1)
    |> Enum.sort_by(& &1.arity)
    |> Enum.map(&about_function(module, &1, context))
  end

  # A function's defaults are told with it: without them it is no other one.
  defp whole(found, function) do
    case Enum.reject(found, &function.(&1).from_default?) do
      [] -> found
      whole -> whole
    end
  end

  defp about_function(module, function, context) do
    from_text = context.scope.modules[module]

    specs =
      if from_text,
        do: List.wrap(function[:spec]),
        else: Libraries.specs(module, function.name, function.arity)

    text =
      Documentation.joined(
        [
          Documentation.code(Documentation.call(module, function)),
          Documentation.joined(
            [link(module, function, context), function.since && "Since #{function.since}"],
            " · "
          ),
          function.deprecated && "**Deprecated**. #{function.deprecated}",
          specs |> Documentation.joined("\n") |> Documentation.code(),
          Documentation.markdown(function.documentation)
        ],
        @divider
      )

    %{text: text, place: from_text && place(function), arity: function.arity}
  end

  defp module(nil, _), do: []

  defp module(name, context) do
    case Names.module(name, context) do
      nil ->
        []

      information ->
        text =
          Documentation.joined(
            [
              Documentation.code(inspect(name)),
              link(name, nil, context),
              Documentation.markdown(information.documentation)
            ],
            @divider
          )

        [%{text: text, place: if(Map.has_key?(information, :from_text?), do: place(information))}]
    end
  end

  defp link(module, function, context) do
    with path when is_binary(path) <- Libraries.path(module, context.folders),
         {app, version} <- Libraries.application(path) do
      name = module |> Atom.to_string() |> String.replace_prefix("Elixir.", "")
      anchor = if function, do: "##{function.name}/#{function.arity}"

      if name == Atom.to_string(module) and String.starts_with?(path, to_string(:code.lib_dir())),
        do: "[View on Erlang Docs](https://www.erlang.org/doc/man/#{name}.html#{anchor})",
        else: "[View on Hexdocs](https://hexdocs.pm/#{app}/#{version}/#{name}.html#{anchor})"
    else
      _ -> nil
    end
  end

  defp place(%{line: line} = found) when is_integer(line),
    do: %{"cell" => found.cell, "line" => line, "column" => found[:column] || 1}

  defp place(_), do: nil

  defp expand(name, context) do
    name
    |> to_string()
    |> String.split(".")
    |> Enum.map(&String.to_atom/1)
    |> Scope.expand(context.scope)
  end

  defp atom(name), do: name |> to_string() |> String.to_atom()

  defp last_line(text), do: text |> String.split("\n") |> List.last()
  defp first_line(text), do: text |> String.split("\n", parts: 2) |> hd()

  # The byte in the whole text at which a column of the pointer's line begins.
  defp before_column(before, line, column) do
    start = byte_size(before) - byte_size(last_line(before))
    codepoints = line |> String.to_charlist() |> Enum.take(column - 1)
    start + byte_size(List.to_string(codepoints))
  end
end
