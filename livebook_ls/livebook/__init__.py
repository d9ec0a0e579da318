"""The other side: a running Livebook, over HTTP."""
