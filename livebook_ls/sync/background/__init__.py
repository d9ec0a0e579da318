"""What goes on by itself while notebooks are open: changes seen, sessions looked after."""
