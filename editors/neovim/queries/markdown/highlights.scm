; extends

; In code blocks comments are their language's, also where its parser is missing.
((fenced_code_block
  (info_string (language) @_language)
  (code_fence_content) @livebook.cell)
  (#any-of? @_language "elixir" "python" "pyproject.toml" "toml" "sh")
  (#set! @livebook.cell bo.commentstring "# %s"))

((fenced_code_block
  (info_string (language) @_language)
  (code_fence_content) @livebook.cell)
  (#eq? @_language "erlang")
  (#set! @livebook.cell bo.commentstring "% %s"))

((fenced_code_block
  (info_string (language) @_language)
  (code_fence_content) @livebook.cell)
  (#eq? @_language "sql")
  (#set! @livebook.cell bo.commentstring "-- %s"))
