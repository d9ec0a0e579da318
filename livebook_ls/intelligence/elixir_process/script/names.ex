defmodule LivebookLs.Names do
  @moduledoc """
  What can be named at a place: modules, functions, types and fields, of the notebook's text and of
  compiled files alike.
  """

  alias LivebookLs.{Cells, Libraries, Quoting, Scope}

  @doc """
  What is known where `before` ends in a cell that goes on with `rest`, below the cells `above`.

  `:text` within strings and comments.
  """
  def context(above, before, rest) do
    {scope, packages} = Cells.scope(above)

    case Quoting.at_cursor(before) do
      :text ->
        :text

      {:ok, quoted} ->
        here = Scope.at_cursor(quoted, scope)
        whole = Scope.after_cell(Quoting.tolerant(before <> rest), scope, nil)

        modules =
          Map.merge(whole.modules, here.modules, fn _, whole, here -> fuller(whole, here) end)

        %{
          scope: %{here | modules: modules},
          folders: Libraries.standard_folders() ++ packages,
          quoted: quoted
        }
    end
  end

  @doc "A module's information, of the text or of a compiled file; nil where it is not known."
  def module(nil, _), do: nil

  def module(name, %{scope: scope, folders: folders}) do
    case scope.modules[name] do
      nil -> Libraries.information(name, folders)
      module -> Map.put(module, :from_text?, true)
    end
  end

  @doc "The public functions and macros of a module, every arity that defaults allow."
  def functions(nil), do: []

  def functions(%{from_text?: true, functions: functions}) do
    for function <- functions, not function.private?, it <- each_arity(function), do: it
  end

  def functions(%{functions: functions}), do: functions

  @doc "What can be called without a module: `{module, function}` of imports and of the module here."
  def local_functions(%{scope: scope} = context) do
    own =
      case scope.modules[scope.module] do
        nil ->
          []

        module ->
          for function <- module.functions, it <- each_arity(function), do: {module.name, it}
      end

    imported =
      for {name, limits} <- scope.imports ++ [{Kernel, []}, {Kernel.SpecialForms, []}],
          function <- functions(module(name, context)),
          imported?(function, limits),
          do: {name, function}

    own ++ imported
  end

  @doc "The full names of all modules, as texts: `Elixir.Enum`, `lists`."
  def modules(%{scope: scope, folders: folders}) do
    names =
      Map.keys(Libraries.modules(folders)) ++ Enum.map(Map.keys(scope.modules), &Atom.to_string/1)

    Enum.uniq(names)
  end

  @doc "The fields of a struct."
  def fields(nil, _), do: []

  def fields(module, %{scope: scope, folders: folders}) do
    case scope.modules[module] do
      nil -> Libraries.fields(module, folders)
      %{fields: fields} -> fields || []
    end
  end

  defp fuller(whole, here) do
    if length(whole.functions) >= length(here.functions), do: whole, else: here
  end

  defp each_arity(function) do
    for arity <- (function.arity - function.defaults)..function.arity,
        do: Map.merge(function, %{arity: arity, from_default?: arity < function.arity})
  end

  defp imported?(function, limits) do
    key = {function.name, function.arity}

    case {limits[:only], limits[:except]} do
      {:functions, _} -> function.kind == :function
      {:macros, _} -> function.kind == :macro
      {only, _} when is_list(only) -> key in only
      {_, except} when is_list(except) -> key not in except
      _ -> not internal?(function.name)
    end
  end

  defp internal?(name), do: name in [:__info__, :behaviour_info]
end
