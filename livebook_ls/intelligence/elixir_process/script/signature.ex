defmodule LivebookLs.Signature do
  @moduledoc "The call around the cursor: how it can be called, and in which argument the cursor is."

  alias LivebookLs.{Names, Scope}

  @doc "The signatures, or nil outside of calls."
  def signature(above, before, rest) do
    case Names.context(above, before, rest) do
      :text ->
        nil

      context ->
        with {call, index} <- around(context.quoted),
             [_ | _] = found <- found(call, context) do
          items = for function <- found, function.arity > index, do: item(function)
          items = if items == [], do: Enum.map(Enum.take(found, -1), &item/1), else: items
          %{"items" => Enum.uniq(items), "active" => index}
        else
          _ -> nil
        end
    end
  end

  # The innermost call whose arguments the cursor is among; a piped value is the first of them.
  defp around(quoted) do
    {_, found} =
      quoted
      |> Macro.prewalk(&piped/1)
      |> Macro.prewalk(nil, fn it, found -> {it, call_with_cursor(it) || found} end)

    found
  end

  defp piped({:|>, _, [left, {name, meta, arguments}]}) when is_list(arguments),
    do: {name, meta, [left | arguments]}

  defp piped(other), do: other

  defp call_with_cursor({name, _, arguments}) when is_list(arguments) do
    with target when target != nil <- target(name),
         index when index != nil <- Enum.find_index(arguments, &cursor?/1) do
      {target, index}
    end
  end

  defp call_with_cursor(_), do: nil

  defp target({:., _, [module, name]}) when is_atom(name), do: {module, name}

  defp target({:., _, [{name, _, context}]}) when is_atom(name) and is_atom(context),
    do: {:anonymous, name}

  defp target(name)
       when name in [:__block__, :fn, :->, :%, :%{}, :{}, :<<>>, :., :&, :=, :"::", :@],
       do: nil

  defp target(:__aliases__), do: nil
  defp target(name) when is_atom(name), do: if(operator?(name), do: nil, else: name)
  defp target(_), do: nil

  defp operator?(name), do: Macro.operator?(name, 1) or Macro.operator?(name, 2)

  defp cursor?({:__cursor__, _, _}), do: true
  # Within keyword arguments the cursor still is in the call's last argument.
  defp cursor?(list) when is_list(list), do: Enum.any?(list, &keyword_cursor?/1)

  defp cursor?({name, _, arguments}) when is_atom(name) and is_list(arguments),
    do: operator?(name) and Enum.any?(arguments, &cursor?/1)

  defp cursor?(_), do: false

  defp keyword_cursor?({key, value}) when is_atom(key),
    do: key not in [:do, :else] and (key == :__cursor__ or cursor?(value))

  defp keyword_cursor?(other), do: match?({:__cursor__, _, _}, other)

  defp found({:anonymous, name}, context) do
    case get_in(context.scope.variables, [name, :shape]) do
      {:fn, arity} -> [%{name: "#{name}.", arity: arity, signature: nil}]
      _ -> []
    end
  end

  defp found({module, name}, context) do
    functions = Names.functions(Names.module(Scope.expand(module, context.scope), context))
    for(it <- functions, it.name == name, do: it) |> Enum.sort_by(& &1.arity)
  end

  defp found(name, context) do
    for({_, it} <- Names.local_functions(context), it.name == name, do: it)
    |> Enum.sort_by(& &1.arity)
  end

  defp item(function) do
    signature =
      function.signature ||
        "#{function.name}(#{Enum.map_join(1..function.arity//1, ", ", &"arg#{&1}")})"

    %{"signature" => signature, "arguments" => arguments(signature)}
  end

  defp arguments(signature) do
    case Code.string_to_quoted(signature, emit_warnings: false) do
      {:ok, {_, _, arguments}} when is_list(arguments) -> Enum.map(arguments, &Macro.to_string/1)
      _ -> []
    end
  end
end
