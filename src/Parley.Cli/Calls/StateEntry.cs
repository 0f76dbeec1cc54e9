namespace Parley.Cli.Calls;

/// <summary>A state and when it came.</summary>
/// <param name="At">Seconds since the command began.</param>
/// <param name="State">The state by its W3C name.</param>
internal sealed record StateEntry(double At, string State);
