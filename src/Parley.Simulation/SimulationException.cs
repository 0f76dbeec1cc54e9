namespace Parley.Simulation;

/// <summary>A simulation could not go on as asked. The message names the seed, with which it happens again.</summary>
public sealed class SimulationException : Exception
{
    internal SimulationException(ulong seed, string message, Exception? inner = null)
        : base($"{message} (seed {seed})", inner) => Seed = seed;

    /// <summary>The seed of the simulation.</summary>
    public ulong Seed { get; }
}
