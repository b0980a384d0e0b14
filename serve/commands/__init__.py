"""The commands of `lectern`, one file each, loaded when they are called."""
