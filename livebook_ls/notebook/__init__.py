"""What a `.livemd` file says: pure, text in, values out, standard library only."""
