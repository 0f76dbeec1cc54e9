namespace Parley.Simulation;

/// <summary>
/// What a simulation waited for did not happen in the virtual time it was given. The message names the seed, with which it happens again.
/// </summary>
public sealed class SimulationTimeoutException : TimeoutException
{
    internal SimulationTimeoutException(ulong seed, string message)
        : base($"{message} (seed {seed})") => Seed = seed;

    /// <summary>The seed of the simulation.</summary>
    public ulong Seed { get; }
}
