defmodule LivebookLs.Completion do
  @moduledoc """
  What may follow at a place, in the order and the form in which Livebook lists it.

  Labels of functions carry their arity; in `insert`, `${}` marks where the cursor goes.
  """

  alias LivebookLs.{CompletionItem, Names, Scope, Shapes}

  @order ~w(keyword field variable module struct interface function type)
  @words ~w(true false nil when and or not in do end else catch rescue after)
  @modifiers ~w(big binary bitstring bits bytes float integer little native signed size unit
    unsigned utf16 utf32 utf8)
  @here String.to_charlist("__MODULE__")
  @attributes ~w(after_compile before_compile behaviour callback compile deprecated derive dialyzer
    doc enforce_keys external_resource fallback_to_any impl macrocallback moduledoc on_definition
    on_load opaque optional_callbacks protocol_fallback spec type typedoc typep tag vsn)a

  @doc "The items where `before` ends; none within strings and comments."
  def complete(above, before, rest) do
    case Names.context(above, before, rest) do
      :text -> []
      context -> context |> items(before) |> Enum.uniq_by(& &1["label"]) |> Enum.sort_by(&rank/1)
    end
  end

  defp items(context, before) do
    case {inside(context.quoted, context), Code.Fragment.cursor_context(before)} do
      {:bits, {:local_or_var, hint}} ->
        modifiers(to_string(hint)) ++ local(to_string(hint), context)

      {:bits, :expr} ->
        modifiers("")

      {{:fields, fields}, {:local_or_var, hint}} ->
        fields(fields, to_string(hint))

      {{:fields, fields}, found} when found == :expr or elem(found, 0) == :operator_call ->
        fields(fields, "")

      {_, found} ->
        found(found, context)
    end
  end

  defp found({:alias, hint}, context), do: modules(to_string(hint), context)
  defp found({:alias, _, hint}, _) when is_list(hint), do: []
  defp found({:unquoted_atom, hint}, context), do: erlang_modules(to_string(hint), context)
  defp found({:struct, hint}, context) when is_list(hint), do: structs(to_string(hint), context)
  defp found({:struct, {:alias, _, _}}, _), do: []

  defp found({:struct, {:dot, {:alias, base}, hint}}, context),
    do: structs("#{base}.#{hint}", context)

  defp found({:module_attribute, hint}, context), do: attributes(to_string(hint), context)
  defp found({:sigil, _}, context), do: sigils(context)
  defp found({:dot, inside, hint}, context), do: dot(inside, to_string(hint), context)

  defp found({:dot_arity, inside, hint}, context),
    do: arities(dot(inside, to_string(hint), context), hint)

  defp found({:local_arity, hint}, context), do: arities(local(to_string(hint), context), hint)
  defp found({:local_or_var, hint}, context), do: local(to_string(hint), context)

  defp found({kind, _}, context) when kind in [:operator_call, :local_call],
    do: local("", context)

  defp found(:expr, context), do: local("", context)
  defp found(_, _), do: []

  defp dot({:alias, base}, hint, context) do
    module = expand(to_string(base), context)

    modules("#{base}.#{hint}", context) ++
      functions(module, hint, context) ++ types(module, hint, context)
  end

  defp dot({:unquoted_atom, name}, hint, context), do: functions(atom(name), hint, context)

  defp dot({:var, name}, hint, context) when name in [@here, "__MODULE__"],
    do: functions(context.scope.module, hint, context)

  defp dot(inside, hint, context) do
    case Shapes.behind_dots(inside, context.scope) do
      {:struct, _} = struct -> named([:__struct__ | keys(struct, context)], hint, "field", "(field)")
      shape -> named(keys(shape, context), hint, "field", "(field)")
    end
  end

  defp keys({:map, pairs}, _), do: Keyword.keys(pairs)
  defp keys({:struct, module}, context), do: Names.fields(module, context)
  defp keys(_, _), do: []

  defp local(hint, context) do
    functions =
      for {module, function} <- Names.local_functions(context),
          starts?(function.name, hint),
          do: CompletionItem.called_by_name(module, function, context)

    modules = if hint == "", do: modules("", context), else: []
    variables = named(Map.keys(context.scope.variables), hint, "variable", "(variable)")

    words =
      for word <- @words,
          hint != "",
          String.starts_with?(word, hint),
          do: CompletionItem.new(word, "keyword", word, "(keyword)")

    words ++ variables ++ modules ++ functions
  end

  defp functions(module, hint, context) do
    for function <- Names.functions(Names.module(module, context)),
        starts?(function.name, hint),
        do: CompletionItem.function(module, function, context)
  end

  defp types(module, hint, context) do
    with %{types: types} when context.scope.module != nil <- Names.module(module, context) do
      for %{name: name, arity: arity} <- types, starts?(name, hint) do
        insert = if arity == 0, do: "#{name}()", else: "#{name}(${})"
        CompletionItem.new("#{name}/#{arity}", "type", insert, "(type)")
      end
    else
      _ -> []
    end
  end

  defp modules(hint, context) do
    {base, last} = split(hint)

    case base && expand(base, context) do
      nil -> aliases(last, context) ++ submodules("Elixir.", last, context)
      module -> submodules("#{module}.", last, context)
    end
  end

  defp aliases(hint, context) do
    for {name, module} <- context.scope.aliases,
        starts?(name, hint),
        do: CompletionItem.module(Atom.to_string(name), module, context)
  end

  # The next part of every name that goes on so; a name that only others continue is a module, too.
  defp submodules(base, hint, context) do
    start = base <> hint

    segments =
      for name <- Names.modules(context), String.starts_with?(name, start), uniq: true do
        name |> binary_part(byte_size(base), byte_size(name) - byte_size(base)) |> first_part()
      end

    for segment <- segments,
        item = CompletionItem.module(segment, String.to_atom(base <> segment), context),
        item != nil,
        do: item
  end

  defp first_part(name), do: name |> String.split(".", parts: 2) |> hd()

  defp structs(hint, context) do
    for %{"kind" => kind} = item <- modules(hint, context), kind in ["struct", "module"], do: item
  end

  defp erlang_modules(hint, context) do
    for name <- Names.modules(context),
        not String.starts_with?(name, "Elixir."),
        String.starts_with?(name, hint),
        item = CompletionItem.module(":" <> name, String.to_atom(name), context),
        item != nil,
        do: item
  end

  defp attributes(hint, context) do
    names = Map.keys(context.scope.attributes)
    named(names ++ (@attributes -- names), hint, "variable", "(module attribute)")
  end

  defp sigils(context) do
    for {module, %{name: name, arity: 2} = function} <- Names.local_functions(context),
        "sigil_" <> sign <- [Atom.to_string(name)] do
      data = %{"module" => module, "name" => name, "arity" => function.arity}
      "~#{sign}/2" |> CompletionItem.new("function", "~#{sign}", nil) |> Map.put("data", data)
    end
  end

  defp fields(names, hint) do
    for name <- names,
        starts?(name, hint),
        do: CompletionItem.new("#{name}", "field", "#{name}: ", "(field)")
  end

  defp named(names, hint, kind, documentation) do
    for name <- names,
        starts?(name, hint),
        do: CompletionItem.new("#{name}", kind, "#{name}", documentation)
  end

  defp modifiers(hint) do
    for name <- @modifiers, String.starts_with?(name, hint) do
      insert = if name in ["size", "unit"], do: "#{name}(${})", else: name
      CompletionItem.new(name, "type", insert, "(bitstring option)")
    end
  end

  # After `&name/` only the arity follows.
  defp arities(items, hint) do
    for %{"kind" => "function", "label" => label} = item <- items,
        String.starts_with?(label, "#{hint}/") do
      arity = label |> String.split("/") |> List.last()
      %{item | "insert" => arity}
    end
  end

  # The struct or map whose keys are being written, or a bit string's modifiers.
  defp inside(quoted, context) do
    {_, found} =
      Macro.prewalk(quoted, nil, fn it, found -> {it, inside_of(it, context) || found} end)

    found
  end

  defp inside_of({:%, _, [module, {:%{}, _, keys}]}, context) do
    if cursor_among?(keys),
      do:
        {:fields,
         Names.fields(Scope.expand(module, context.scope), context) -- written_keys(keys)}
  end

  defp inside_of({:%{}, _, [{:|, _, [{name, _, scope}, keys]}]}, context) when is_atom(scope) do
    with true <- cursor_among?(keys) do
      known = keys(get_in(context.scope.variables, [name, :shape]), context)
      if known != [], do: {:fields, known -- written_keys(keys)}
    else
      _ -> nil
    end
  end

  defp inside_of({:"::", _, [_, right]}, _), do: if(modifier?(right), do: :bits)
  defp inside_of(_, _), do: nil

  defp modifier?({:__cursor__, _, _}), do: true
  defp modifier?({:-, _, [_, right]}), do: modifier?(right)
  defp modifier?(_), do: false

  defp cursor_among?(keys) when is_list(keys) do
    Enum.any?(keys, &(match?({:__cursor__, _, _}, &1) or match?({:__cursor__, _}, &1)))
  end

  defp cursor_among?({:__cursor__, _, _}), do: true
  defp cursor_among?(_), do: false

  defp written_keys(keys) when is_list(keys), do: for({key, _} <- keys, do: key)
  defp written_keys(_), do: []

  defp split(hint) do
    case hint |> String.split(".") |> Enum.split(-1) do
      {[], [last]} -> {nil, last}
      {base, [last]} -> {Enum.join(base, "."), last}
    end
  end

  defp expand(base, context) do
    base |> String.split(".") |> Enum.map(&String.to_atom/1) |> Scope.expand(context.scope)
  end

  defp rank(%{"kind" => kind, "label" => label}),
    do: {Enum.find_index(@order, &(&1 == kind)) || length(@order), label}

  defp starts?(name, hint), do: String.starts_with?(Atom.to_string(name), hint)

  defp atom(name), do: name |> to_string() |> String.to_atom()
end
