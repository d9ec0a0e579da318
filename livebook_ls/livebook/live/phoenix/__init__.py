"""Phoenix as its JavaScript client speaks it: frames, and one topic on a socket."""
