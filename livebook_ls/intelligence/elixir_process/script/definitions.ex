defmodule LivebookLs.Definitions do
  @moduledoc "The modules of a notebook as their text defines them: functions, fields, documentation."

  @private [:defp, :defmacrop, :defguardp]
  @macros [:defmacro, :defmacrop, :defguard, :defguardp]
  # Attributes that say something about what follows, or about the module.
  @notes [:doc, :spec, :moduledoc, :typedoc, :impl, :type, :opaque, :typep, :callback, :behaviour]

  @doc "The scope with a module that begins; one of the same name above it is replaced."
  def open(scope, name, meta) do
    module = %{
      name: name,
      cell: scope.cell,
      line: meta[:line],
      column: meta[:column],
      documentation: nil,
      functions: [],
      types: [],
      fields: nil,
      subtype: nil
    }

    %{scope | modules: Map.put(scope.modules, name, module)}
  end

  @doc "What a definition's head says."
  def function(definer, head, meta, scope) do
    {name, arguments} = name_and_arguments(head)
    signature = Enum.map(arguments, &argument(&1, scope.module))

    %{
      kind: if(definer in @macros, do: :macro, else: :function),
      private?: definer in @private,
      name: name,
      arity: length(arguments),
      defaults: Enum.count(arguments, &match?({:\\, _, _}, &1)),
      signature: name && "#{name}(#{signature |> numbered() |> Enum.join(", ")})",
      documentation: scope.pending[:doc],
      spec: scope.pending[:spec],
      since: nil,
      deprecated: nil,
      cell: scope.cell,
      line: meta[:line],
      column: meta[:column]
    }
  end

  @doc "The patterns in a definition's head, with its guard."
  def arguments({:when, meta, [head, guard]}), do: {:when, meta, arguments(head) ++ [guard]}
  def arguments({_, _, arguments}) when is_list(arguments), do: arguments
  def arguments({:__cursor__, _, _} = cursor), do: [cursor]
  def arguments(_), do: []

  @doc "The scope with a function of the module that is being defined; the first clause counts."
  def add(%{module: nil} = scope, _), do: scope
  def add(scope, %{name: name}) when name in [nil, :__cursor__], do: scope

  def add(scope, info) do
    scope = %{scope | pending: Map.drop(scope.pending, [:doc, :spec, :impl])}

    change(scope, fn module ->
      known? = Enum.any?(module.functions, &(&1.name == info.name and &1.arity == info.arity))
      if known?, do: module, else: %{module | functions: [info | module.functions]}
    end)
  end

  @doc "The scope with the fields of the struct that is being defined."
  def add_fields(scope, fields) when is_list(fields) do
    names = for field <- fields, name = field_name(field), do: name
    change(scope, &%{&1 | fields: names, subtype: :struct})
  end

  def add_fields(scope, _), do: scope

  @doc "The scope with an attribute, which may be a note on what follows."
  def attribute(scope, :moduledoc, value, _),
    do: change(scope, &%{&1 | documentation: documentation(value)})

  def attribute(scope, :doc, value, _),
    do: %{scope | pending: Map.put(scope.pending, :doc, documentation(value))}

  def attribute(scope, :spec, value, _),
    do: %{scope | pending: Map.put(scope.pending, :spec, "@spec " <> Macro.to_string(value))}

  def attribute(scope, kind, {:"::", meta, [head, _]} = type, _) when kind in [:type, :opaque] do
    {name, arguments} = name_and_arguments(head)

    info = %{
      kind: :type,
      name: name,
      arity: length(arguments),
      signature: Macro.to_string(if(kind == :opaque, do: head, else: type)),
      documentation: nil,
      cell: scope.cell,
      line: meta[:line]
    }

    change(scope, &%{&1 | types: [info | &1.types]})
  end

  def attribute(scope, name, _, _) when name in @notes, do: scope

  def attribute(scope, name, _, meta) do
    place = %{cell: scope.cell, line: meta[:line], column: meta[:column]}
    %{scope | attributes: Map.put_new(scope.attributes, name, place)}
  end

  defp change(%{module: nil} = scope, _), do: scope
  defp change(scope, by), do: %{scope | modules: Map.update!(scope.modules, scope.module, by)}

  defp name_and_arguments({:when, _, [head | _]}), do: name_and_arguments(head)

  defp name_and_arguments({name, _, arguments}) when is_atom(name),
    do: {name, if(is_list(arguments), do: arguments, else: [])}

  defp name_and_arguments(_), do: {nil, []}

  defp field_name({name, _}) when is_atom(name), do: name
  defp field_name(name) when is_atom(name), do: name
  defp field_name(_), do: nil

  defp documentation(text) when is_binary(text), do: {"text/markdown", text}
  defp documentation({:<<>>, _, parts}), do: sigil_text(parts)

  defp documentation({sigil, _, [{:<<>>, _, parts}, _]}) when sigil in [:sigil_S, :sigil_s],
    do: sigil_text(parts)

  defp documentation(false), do: :hidden
  defp documentation(_), do: nil

  defp sigil_text([text]) when is_binary(text), do: {"text/markdown", text}
  defp sigil_text(_), do: nil

  # As the compiler names arguments in documentation: by the pattern's kind where it is no name.
  defp argument({:\\, _, [left, right]}, module),
    do: "#{argument(left, module)} \\\\ #{Macro.to_string(right)}"

  defp argument({:=, _, [left, right]}, module),
    do: named(right) || named(left) || argument(right, module)

  defp argument({:%, _, [{:__aliases__, _, names}, _]}, _), do: last_part(List.last(names))

  defp argument({:%, _, [{:__MODULE__, _, _}, _]}, module) when module != nil,
    do: module |> Module.split() |> List.last() |> last_part()

  defp argument({:%{}, _, _}, _), do: "map"
  defp argument({:{}, _, _}, _), do: "tuple"
  defp argument({_, _}, _), do: "tuple"
  defp argument(list, _) when is_list(list), do: "list"
  defp argument({:<<>>, _, _}, _), do: "binary"
  defp argument(text, _) when is_binary(text), do: "binary"
  defp argument(number, _) when is_number(number), do: "number"
  defp argument(atom, _) when is_atom(atom), do: "atom"
  defp argument(pattern, _), do: named(pattern) || "arg"

  defp last_part(name), do: name |> to_string() |> Macro.underscore()

  defp named({name, _, context}) when is_atom(name) and is_atom(context),
    do:
      name
      |> Atom.to_string()
      |> String.trim_leading("_")
      |> then(&if &1 == "", do: "arg", else: &1)

  defp named(_), do: nil

  # Two arguments of one name are told apart by numbers.
  defp numbered(names) do
    twice = names -- Enum.uniq(names)

    names
    |> Enum.map_reduce(%{}, fn name, seen ->
      count = Map.get(seen, name, 0) + 1
      {if(name in twice, do: "#{name}#{count}", else: name), Map.put(seen, name, count)}
    end)
    |> elem(0)
  end
end
