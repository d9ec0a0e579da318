# Loads the program beside this file and runs it. An Elixir that is too old for it says so by its
# exit code, which `process.py` knows.
if Version.match?(System.version(), ">= 1.14.0") do
  __DIR__ |> Path.join("*.ex") |> Path.wildcard() |> Kernel.ParallelCompiler.require()
  apply(LivebookLs.Main, :run, [])
else
  System.halt(14)
end
