; extends

; The setup of Python cells in a notebook.
((fenced_code_block
  (info_string) @_language
  (code_fence_content) @injection.content)
  (#eq? @_language "pyproject.toml")
  (#set! injection.language "toml"))
