"""How clients reach the server: by this process's streams, or by a socket."""
