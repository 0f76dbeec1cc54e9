namespace Parley.Interop.Matrix;

/// <summary>A foreign peer: how it is started, and what its stack cannot do.</summary>
/// <param name="StartAsync">Starts it.</param>
/// <param name="Unsupported">Why a step is impossible with it in a role; null when it is possible.</param>
/// <param name="Echoes">Whether it sends back what comes, and nothing of its own.</param>
public sealed record PeerProfile(
    Func<CallRole, Task<IPeerLink>> StartAsync, Func<CallRole, Step, string?> Unsupported, bool Echoes = false);
