defmodule LivebookLs.CompletionItem do
  @moduledoc """
  One item of a completion: its label, kind and what is inserted, as Livebook has them.

  What a compiled file says of it is asked for later, by `data`.
  """

  alias LivebookLs.{Documentation, Names}

  # These are written without parentheses.
  @open ~w(alias case cond for fn import quote receive require try with destructure raise reraise
    if unless use)a

  @doc "Any item, with its documentation in Markdown."
  def new(label, kind, insert, documentation),
    do: %{"label" => label, "kind" => kind, "insert" => insert, "documentation" => documentation}

  @doc "A function or macro of a module."
  def function(module, function, context) do
    label = "#{written(function.name)}/#{function.arity}"

    if Map.has_key?(context.scope.modules, module) do
      new(label, "function", insert(function), Documentation.of_function(module, function))
    else
      data = %{"module" => module, "name" => function.name, "arity" => function.arity}
      label |> new("function", insert(function), nil) |> Map.put("data", data)
    end
  end

  @doc "The same where it is called by its name alone; by an import, the text says so."
  def called_by_name(module, function, context) do
    item = function(module, function, context)
    if module in [Kernel, Kernel.SpecialForms], do: item, else: Map.put(item, "import", true)
  end

  defp insert(%{name: name, arity: arity, kind: kind}) do
    cond do
      kind == :macro and (name in @open or String.starts_with?(to_string(name), "def")) ->
        "#{name} "

      kind == :macro and name in [:__ENV__, :__MODULE__, :__DIR__, :__STACKTRACE__, :__CALLER__] ->
        "#{name}"

      Macro.operator?(name, arity) ->
        "#{name}"

      arity == 0 ->
        "#{written(name)}()"

      true ->
        "#{written(name)}(${})"
    end
  end

  @doc "A module by its label; nil where it is hidden."
  def module(label, module, context) do
    information = Names.module(module, context)

    cond do
      information == nil ->
        new(label, "module", label, "(module)")

      information.documentation == :hidden or information.subtype == :implementation ->
        nil

      true ->
        data = %{"module" => module}
        {kind, _} = kind(information.subtype)
        insert = String.trim_leading(label, ":")

        if Map.has_key?(information, :from_text?),
          do: new(label, kind, insert, Documentation.of_module(information)),
          else: label |> new(kind, insert, nil) |> Map.put("data", data)
    end
  end

  defp kind(:protocol), do: {"interface", "protocol"}
  defp kind(:behaviour), do: {"interface", "behaviour"}
  defp kind(:exception), do: {"struct", "exception"}
  defp kind(:struct), do: {"struct", "struct"}
  defp kind(_), do: {"module", "module"}

  # A name that has to be quoted behind a dot is.
  defp written(name) do
    text = Atom.to_string(name)

    if text =~ ~r/\A[\p{L}_][\p{L}\p{N}_]*[?!]?\z/u or operator?(name),
      do: text,
      else: inspect(text)
  end

  defp operator?(name), do: Macro.operator?(name, 1) or Macro.operator?(name, 2)
end
