using System.Diagnostics;
using Parley.Signaling;

namespace Parley.Cli.Bench;

/// <summary>The way to the other side, wherever it runs.</summary>
internal abstract class BenchLink : IAsyncDisposable
{
    private static readonly Process Self = Process.GetCurrentProcess();

    /// <summary>Processor time used so far by both sides.</summary>
    public virtual TimeSpan ProcessorTime
    {
        get
        {
            Self.Refresh();
            return Self.TotalProcessorTime;
        }
    }

    /// <summary>How many ends of a connection this process holds.</summary>
    public abstract int EndsHere { get; }

    /// <summary>A channel to a new connection of the other side. Disposing the second ends it.</summary>
    public abstract (ISignalingChannel Channel, IDisposable End) Open();

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
