namespace Parley.Cli;

/// <summary>A command cannot do what it was asked; the message says why, to the person who asked.</summary>
internal sealed class CommandException(string message) : Exception(message);
