defmodule LivebookLs.Shapes do
  @moduledoc """
  What the text alone says about a value: a map's keys and what is behind them, a struct's module, how
  many arguments an anonymous function takes. Nothing is evaluated.
  """

  alias LivebookLs.Scope

  @doc "The shape of quoted code's value: `{:map, pairs}`, `{:struct, module}`, `{:fn, arity}` or nil."
  def of({:%{}, _, pairs}, scope) when is_list(pairs) do
    pairs = for {key, value} <- pairs, is_atom(key), do: {key, of(value, scope)}
    if pairs != [], do: {:map, pairs}
  end

  def of({:%, _, [module, _]}, scope) do
    with module when module != nil <- Scope.expand(module, scope), do: {:struct, module}
  end

  def of({:fn, _, [{:->, _, [arguments, _]} | _]}, _), do: {:fn, arity(arguments)}
  def of({:&, _, [{:/, _, [_, arity]}]}, _) when is_integer(arity), do: {:fn, arity}
  def of({:&, _, [body]}, _) when not is_integer(body), do: {:fn, captured(body)}

  def of({{:., _, [inside, key]}, meta, []}, scope) when is_atom(key) do
    if meta[:no_parens], do: inside |> of(scope) |> at(key)
  end

  def of({name, _, context}, scope) when is_atom(name) and is_atom(context),
    do: get_in(scope.variables, [name, :shape])

  def of(_, _), do: nil

  @doc "The shape of what stands before a dot, as `Code.Fragment` has it."
  def behind_dots({:var, name}, scope), do: get_in(scope.variables, [atom(name), :shape])
  def behind_dots({:dot, inside, key}, scope), do: inside |> behind_dots(scope) |> at(atom(key))
  def behind_dots(_, _), do: nil

  defp at({:map, pairs}, key), do: pairs[key]
  defp at(_, _), do: nil

  defp arity([{:when, _, arguments}]), do: length(arguments) - 1
  defp arity(arguments), do: length(arguments)

  defp captured(body) do
    {_, highest} =
      Macro.prewalk(body, 0, fn
        {:&, _, [number]} = it, highest when is_integer(number) -> {it, max(number, highest)}
        it, highest -> {it, highest}
      end)

    highest
  end

  defp atom(name), do: name |> to_string() |> String.to_atom()
end
