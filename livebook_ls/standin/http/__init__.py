"""HTTP as the stand-in speaks it: on the socket, as requests and as responses."""
