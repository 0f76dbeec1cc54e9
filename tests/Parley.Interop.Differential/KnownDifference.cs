namespace Parley.Interop.Differential;

/// <summary>A case on which Parley and Chromium differ, and why that is right.</summary>
/// <param name="Name">The name of the case.</param>
/// <param name="Chromium">Chromium's verdict.</param>
/// <param name="Parley">Parley's.</param>
/// <param name="Reason">Why.</param>
public sealed record KnownDifference(string Name, string Chromium, string Parley, string Reason);
