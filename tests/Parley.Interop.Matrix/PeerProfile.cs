namespace Parley.Interop.Matrix;

/// <summary>A foreign peer: how it is started, and what its stack cannot do.</summary>
/// <param name="StartAsync">Starts it.</param>
/// <param name="Unsupported">Why a step is impossible with it in a role; null when it is possible.</param>
public sealed record PeerProfile(Func<CallRole, Task<IPeerLink>> StartAsync, Func<CallRole, Step, string?> Unsupported);
