defmodule LivebookLs.Installs do
  @moduledoc """
  The compiled packages that a `Mix.install` in a cell brought, where they lie in its cache.

  The call is never made: its arguments are read where they are plain data, and the folder's name is
  the hash that Mix would give them (`Mix.install/2` in Elixir's `mix.ex`). Livebook may run
  another Elixir than this one, so the folders of all versions are looked through.
  """

  alias LivebookLs.Literal

  @doc "The folders of compiled files of the packages that the quoted cells install."
  def folders(quoted_cells) do
    quoted_cells |> Enum.flat_map(&calls/1) |> Enum.flat_map(&installed/1) |> Enum.uniq()
  end

  defp calls(quoted) do
    {_, found} =
      Macro.prewalk(quoted, [], fn
        {{:., _, [{:__aliases__, _, [:Mix]}, :install]}, _, [_ | _] = arguments} = it, found ->
          {it, [arguments | found]}

        it, found ->
          {it, found}
      end)

    found
  end

  defp installed([dependencies | options]) do
    with {:ok, dependencies} when is_list(dependencies) <- Literal.value(dependencies),
         {:ok, options} when is_list(options) <- options(options) do
      names = names(Enum.map(dependencies, &dependency/1), options)

      for root <- roots(),
          version <- listed(root),
          name <- names,
          ebin <-
            Path.wildcard(Path.join([root, version, name, "_build", "*", "lib", "*", "ebin"])),
          do: ebin
    else
      _ -> []
    end
  end

  defp options([]), do: {:ok, []}
  defp options([options | _]), do: Literal.value(options)

  defp dependency(name) when is_atom(name), do: {name, ">= 0.0.0"}
  defp dependency({name, options}) when is_list(options), do: {name, expanded(options)}

  defp dependency({name, version, options}) when is_list(options),
    do: {name, version, expanded(options)}

  defp dependency(other), do: other

  defp expanded(options) do
    if Keyword.keyword?(options) and is_binary(options[:path]),
      do: Keyword.update!(options, :path, &Path.expand/1),
      else: options
  end

  # Up to 1.18 in hexadecimal digits, then in Base 64; Erlang 26 began to write atoms otherwise.
  defp names(dependencies, options) do
    hashed =
      {dependencies, Keyword.get(options, :config, []), Keyword.get(options, :system_env, []),
       Keyword.get(options, :consolidate_protocols, true)}

    for version <- [1, 2],
        hash = :erlang.md5(:erlang.term_to_binary(hashed, minor_version: version)),
        name <- [Base.encode16(hash, case: :lower), Base.url_encode64(hash, padding: false)],
        uniq: true,
        do: name
  end

  defp roots do
    caches =
      for options <- [%{}, %{os: :linux}], do: :filename.basedir(:user_cache, "mix", options)

    installs = Enum.map(caches, &Path.join(to_string(&1), "installs"))
    Enum.uniq(List.wrap(System.get_env("MIX_INSTALL_DIR")) ++ installs)
  end

  defp listed(root) do
    case File.ls(root) do
      {:ok, names} -> Enum.filter(names, &String.starts_with?(&1, "elixir-"))
      _ -> []
    end
  end
end
