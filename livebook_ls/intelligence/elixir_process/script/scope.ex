defmodule LivebookLs.Scope do
  @moduledoc """
  What names mean at a place: variables, aliases, imports and modules, as the text above it says.

  Quoted code is walked in the order in which it would be evaluated; nothing of it is evaluated.
  """

  alias LivebookLs.{Definitions, Literal, Shapes}

  @definers [:def, :defp, :defmacro, :defmacrop, :defguard, :defguardp, :defdelegate]
  @blocks [:do, :else, :rescue, :catch, :after]

  @doc "The scope above the first cell."
  def empty do
    %{
      cell: nil,
      module: nil,
      variables: %{},
      aliases: %{},
      imports: [],
      attributes: %{},
      modules: %{},
      pending: %{}
    }
  end

  @doc "The scope behind a cell's code."
  def after_cell(quoted, scope, cell) do
    within(quoted, %{scope | cell: cell, module: nil})
  catch
    {:cursor, scope} -> scope
  end

  @doc "The scope at the call of `__cursor__` in the cell that is being edited."
  def at_cursor(quoted, scope) do
    within(quoted, %{scope | cell: nil, module: nil})
  catch
    {:cursor, scope} -> scope
  end

  @doc "The module that an alias means; nil where that is not known."
  def expand([{:__MODULE__, _, _} | rest], %{module: module}) when module != nil,
    do: Module.concat([module | rest])

  def expand([first | rest] = names, scope) do
    cond do
      not Enum.all?(names, &is_atom/1) -> nil
      aliased = scope.aliases[first] -> Module.concat([aliased | rest])
      true -> Module.concat(names)
    end
  end

  def expand({:__aliases__, _, names}, scope), do: expand(names, scope)
  def expand({:__MODULE__, _, _}, scope), do: scope.module
  def expand(module, _) when is_atom(module), do: module
  def expand(_, _), do: nil

  defp within({:__cursor__, _, _}, scope), do: throw({:cursor, scope})
  defp within({:__block__, _, list}, scope), do: Enum.reduce(list, scope, &within/2)

  defp within({sign, _, [left, right]}, scope) when sign in [:=, :<-] do
    scope = within(right, scope)
    bound(left, scope, Shapes.of(right, scope))
  end

  defp within({:alias, _, [target]}, scope), do: aliased(target, [], scope)

  defp within({:alias, _, [target, options]}, scope),
    do: aliased(target, options, within(options, scope))

  defp within({:require, _, [target, [as: name]]}, scope), do: aliased(target, [as: name], scope)

  defp within({:import, _, [target | options]}, scope) do
    scope = within(options, scope)

    case expand(target, scope) do
      nil -> scope
      module -> %{scope | imports: [{module, limits(options)} | scope.imports]}
    end
  end

  defp within({:defmodule, meta, [name, [{:do, body}]]}, scope) do
    scope = within(name, scope)

    case expand(name, %{scope | aliases: if(scope.module, do: %{}, else: scope.aliases)}) do
      nil -> keep(scope, within(body, scope))
      module -> in_module(module, name, body, meta, scope)
    end
  end

  defp within({definer, meta, [head | body]}, scope) when definer in @definers do
    info = Definitions.function(definer, head, meta, scope)
    scope = Definitions.add(scope, info)
    inner = bound(Definitions.arguments(head), %{scope | variables: %{}}, nil)
    keep(scope, within(body, inner))
  end

  defp within({definer, _, [fields]}, scope) when definer in [:defstruct, :defexception],
    do: Definitions.add_fields(within(fields, scope), fields)

  defp within({:@, meta, [{name, _, [value]}]}, scope) when is_atom(name) do
    scope = within(value, scope)
    Definitions.attribute(scope, name, value, meta)
  end

  # What is quoted defines nothing here, but may be what is being typed.
  defp within({:quote, _, arguments}, scope), do: keep(scope, within(arguments, scope))
  defp within({form, _, clauses}, scope) when form == :fn, do: clauses(clauses, scope)

  defp within({form, _, arguments}, scope) when form in [:for, :with] and is_list(arguments) do
    keep(scope, Enum.reduce(arguments, scope, &within/2))
  end

  defp within({name, _, arguments}, scope) when is_list(arguments),
    do: Enum.reduce(arguments, within(name, scope), &within/2)

  defp within({block, value}, scope) when block in @blocks, do: keep(scope, clauses(value, scope))
  defp within({left, right}, scope), do: within(right, within(left, scope))
  defp within(list, scope) when is_list(list), do: Enum.reduce(list, scope, &within/2)
  defp within(_, scope), do: scope

  defp clauses([{:->, _, _} | _] = clauses, scope) do
    Enum.reduce(clauses, scope, fn
      {:->, _, [patterns, body]}, scope -> keep(scope, within(body, bound(patterns, scope, nil)))
      other, scope -> keep(scope, within(other, scope))
    end)
  end

  defp clauses(other, scope), do: within(other, scope)

  # Bindings end with their block; modules are defined for good.
  defp keep(outer, inner), do: %{outer | modules: inner.modules}

  defp in_module(module, name, body, meta, scope) do
    full =
      if scope.module && not match?({:__aliases__, _, [:"Elixir" | _]}, name),
        do: Module.concat(scope.module, module),
        else: module

    opened = Definitions.open(scope, full, meta)

    inner = within(body, %{opened | module: full, variables: %{}, attributes: %{}, pending: %{}})
    closed = keep(scope, inner)

    # A module within another one is known by its own name there.
    case {scope.module, name} do
      {nil, _} ->
        closed

      {_, {:__aliases__, _, [first | _]}} when is_atom(first) ->
        %{closed | aliases: Map.put(closed.aliases, first, Module.concat(scope.module, first))}

      _ ->
        closed
    end
  end

  defp aliased({{:., _, [base, :{}]}, _, names}, _, scope) do
    Enum.reduce(names, scope, fn
      {:__aliases__, _, parts}, scope ->
        with base when base != nil <- expand(base, scope),
             true <- Enum.all?(parts, &is_atom/1) do
          put_alias(scope, List.last(parts), Module.concat([base | parts]))
        else
          _ -> scope
        end

      other, scope ->
        within(other, scope)
    end)
  end

  defp aliased(target, options, scope) do
    scope = within(target, scope)

    with module when module != nil <- expand(target, scope),
         name when name != nil <- alias_name(module, options) do
      put_alias(scope, name, module)
    else
      _ -> scope
    end
  end

  defp alias_name(_, as: {:__aliases__, _, [name]}), do: name

  defp alias_name(module, _) do
    case Atom.to_string(module) do
      "Elixir." <> name -> name |> String.split(".") |> List.last() |> String.to_atom()
      _ -> nil
    end
  end

  defp put_alias(scope, name, module),
    do: %{scope | aliases: Map.put(scope.aliases, name, module)}

  defp limits([options]) do
    case Literal.value(options) do
      {:ok, options} when is_list(options) -> options
      _ -> []
    end
  end

  defp limits(_), do: []

  @doc "The scope with the variables of a pattern, which have this shape where it is one name."
  def bound({:__cursor__, _, _}, scope, _), do: throw({:cursor, scope})
  def bound({:^, _, _} = pinned, scope, _), do: within(pinned, scope)
  def bound({:_, _, context}, scope, _) when is_atom(context), do: scope

  def bound({name, meta, context}, scope, shape) when is_atom(name) and is_atom(context) do
    variable = %{line: meta[:line], column: meta[:column], cell: scope.cell, shape: shape}
    %{scope | variables: Map.put(scope.variables, name, variable)}
  end

  def bound({:=, _, [left, right]}, scope, shape) do
    shape = shape || Shapes.of(right, scope) || Shapes.of(left, scope)
    bound(right, bound(left, scope, shape), shape)
  end

  def bound({:when, _, arguments}, scope, shape) do
    {patterns, [guard]} = Enum.split(arguments, -1)
    within(guard, bound(patterns, scope, shape))
  end

  def bound({:"::", _, [left, right]}, scope, shape), do: within(right, bound(left, scope, shape))
  def bound({:\\, _, [left, right]}, scope, _), do: bound(left, within(right, scope), nil)
  def bound({:%, _, [_, map]}, scope, _), do: bound(map, scope, nil)

  def bound({name, _, arguments}, scope, _) when is_atom(name) and is_list(arguments),
    do: bound(arguments, scope, nil)

  def bound({left, right}, scope, _), do: bound(right, bound(left, scope, nil), nil)
  def bound(list, scope, _) when is_list(list), do: Enum.reduce(list, scope, &bound(&1, &2, nil))
  def bound(_, scope, _), do: scope
end
