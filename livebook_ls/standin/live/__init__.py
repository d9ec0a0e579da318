"""The stand-in's session pages and their socket: what a LiveView of Livebook's does with cells."""
