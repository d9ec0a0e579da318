defmodule LivebookLs.Libraries do
  @moduledoc """
  What is known of compiled modules: read from the chunks of their files, never by loading them.

  Loading a module runs its `on_load`; of packages that a notebook names, nothing is run. What was
  read is kept for the life of the process, by the file's path.
  """

  alias LivebookLs.Documentation

  # Names of chunks are character lists; `'Docs'` and `~c"Docs"` each displease one Elixir.
  @docs String.to_charlist("Docs")
  @debug_info String.to_charlist("Dbgi")
  @elixir_apps [:elixir, :eex, :ex_unit, :iex, :logger, :mix]

  @doc "The folders of compiled files of Elixir itself and of Erlang's libraries."
  def standard_folders do
    kept({__MODULE__, :folders}, fn ->
      elixir = for app <- @elixir_apps, folder = :code.lib_dir(app), is_list(folder), do: folder
      otp = Path.wildcard(Path.join(to_string(:code.lib_dir()), "*"))
      erlang = Path.wildcard(Path.join(to_string(:code.root_dir()), "erts-*"))

      for folder <- Enum.map(elixir, &to_string/1) ++ otp ++ erlang,
          ebin = Path.join(folder, "ebin"),
          File.dir?(ebin),
          uniq: true,
          do: ebin
    end)
  end

  @doc "The modules of compiled files in these folders: name to path."
  def modules(folders) do
    kept({__MODULE__, :modules, :erlang.phash2(folders, 1_000_000_007)}, fn ->
      folders |> Enum.map(&modules_in/1) |> Enum.reduce(%{}, &Map.merge(&1, &2))
    end)
  end

  @doc "The path of a module's compiled file; nil where there is none."
  def path(module, folders) do
    modules(folders)[Atom.to_string(module)]
  end

  @doc """
  What a module has, or nil: `functions` (with macros) and `types`, each with name, arity, kind,
  signature, documentation and line; `subtype`, `documentation`, and the file's `path`.
  """
  def information(module, folders) do
    case path(module, folders) do
      nil -> preloaded(module)
      path -> kept({__MODULE__, path}, fn -> read(module, path) end)
    end
  end

  @doc "The names of a struct's fields, from what the compiler notes for debuggers."
  def fields(module, folders) do
    with path when is_binary(path) <- path(module, folders),
         {:ok, {_, [{_, chunk}]}} when is_binary(chunk) <- chunk(path, @debug_info),
         {:debug_info_v1, _, {:elixir_v1, %{struct: fields}, _}} when is_list(fields) <-
           :erlang.binary_to_term(chunk) do
      for %{field: field} <- fields, field not in [:__struct__, :__exception__], do: field
    else
      _ -> []
    end
  end

  @doc "Specifications of a function, as code; only of Elixir's and Erlang's own modules."
  def specs(module, name, arity) do
    specs =
      kept({__MODULE__, :specs, module}, fn ->
        with path when is_binary(path) <- path(module, standard_folders()),
             {:ok, binary} <- File.read(path),
             {:ok, specs} <- Code.Typespec.fetch_specs(binary) do
          Map.new(specs)
        else
          _ -> %{}
        end
      end)

    for spec <- Map.get(specs, {name, arity}, []) do
      "@spec " <> Macro.to_string(Code.Typespec.spec_to_quoted(name, spec))
    end
  end

  @doc "The application that a compiled file belongs to, with its version: of its `.app` file."
  def application(path) do
    kept({__MODULE__, :application, Path.dirname(path)}, fn ->
      with [file | _] <- Path.wildcard(Path.join(Path.dirname(path), "*.app")),
           {:ok, [{:application, name, values}]} <- :file.consult(String.to_charlist(file)) do
        {name, to_string(values[:vsn])}
      else
        _ -> nil
      end
    end)
  end

  defp modules_in(folder) do
    kept({__MODULE__, :names, folder}, fn ->
      case File.ls(folder) do
        {:ok, files} ->
          for file <- files, Path.extname(file) == ".beam", into: %{} do
            {Path.rootname(file), Path.join(folder, file)}
          end

        _ ->
          %{}
      end
    end)
  end

  # Erlang's innermost modules have no file where one would look for it.
  defp preloaded(module) do
    if :code.is_loaded(module) == {:file, :preloaded} do
      functions =
        for {name, arity} <- module.module_info(:exports), do: function(name, arity, nil)

      %{
        name: module,
        functions: functions,
        types: [],
        path: nil,
        subtype: nil,
        documentation: nil
      }
    end
  end

  defp read(module, path) do
    chunks = [:exports, :attributes, @docs]

    case :beam_lib.chunks(String.to_charlist(path), chunks, [:allow_missing_chunks]) do
      {:ok, {_, found}} -> described(module, path, Map.new(found))
      _ -> nil
    end
  end

  defp chunk(path, name),
    do: :beam_lib.chunks(String.to_charlist(path), [name], [:allow_missing_chunks])

  defp described(module, path, chunks) do
    docs = Documentation.read(chunks[@docs], path, module)
    exports = chunks[:exports]

    %{
      name: module,
      documentation: docs.module,
      functions: functions(exports, docs.entries),
      types: for({{:type, _, _}, it} <- docs.entries, do: it),
      path: path,
      subtype: subtype(exports, chunks[:attributes])
    }
  end

  # What is exported but not documented is told by name and arity; what is hidden, is not told.
  defp functions(exports, entries) do
    Enum.flat_map(exports, fn {name, arity} ->
      {kind, name, arity} = unmangled(name, arity)

      case entry(entries, kind, name, arity) do
        :hidden ->
          []

        nil ->
          if internal?(name), do: [], else: [function(name, arity, nil) |> Map.put(:kind, kind)]

        entry ->
          [%{entry | arity: arity, kind: kind, from_default?: arity < entry.arity}]
      end
    end)
  end

  defp entry(entries, kind, name, arity) do
    entries[{kind, name, arity}] ||
      Enum.find_value(1..3, fn more ->
        with %{defaults: defaults} = found <- entries[{kind, name, arity + more}],
             true <- defaults >= more do
          found
        else
          _ -> nil
        end
      end)
  end

  defp unmangled(name, arity) do
    case Atom.to_string(name) do
      "MACRO-" <> macro -> {:macro, String.to_atom(macro), arity - 1}
      _ -> {:function, name, arity}
    end
  end

  defp internal?(name) do
    name in [:module_info, :behaviour_info] or String.starts_with?(Atom.to_string(name), "__")
  end

  defp function(name, arity, signature) do
    %{
      kind: :function,
      name: name,
      arity: arity,
      defaults: 0,
      from_default?: false,
      signature: signature,
      documentation: nil,
      since: nil,
      deprecated: nil,
      line: nil
    }
  end

  defp subtype(exports, attributes) do
    behaviours =
      if is_list(attributes),
        do: List.flatten(Keyword.get_values(attributes, :behaviour)),
        else: []

    cond do
      {:__protocol__, 1} in exports ->
        :protocol

      {:__impl__, 1} in exports ->
        :implementation

      {:__struct__, 0} in exports and (Exception in behaviours or {:exception, 1} in exports) ->
        :exception

      {:__struct__, 0} in exports ->
        :struct

      {:behaviour_info, 1} in exports ->
        :behaviour

      true ->
        nil
    end
  end

  defp kept(key, make) do
    case :persistent_term.get(key, __MODULE__) do
      __MODULE__ ->
        value = make.()
        :persistent_term.put(key, value)
        value

      value ->
        value
    end
  end
end
