using System.Text.Json;
using Parley.Signaling;

namespace Parley.Cli.Bench;

/// <summary>Something to measure between two peers: what the measuring side does, and what the other one does.</summary>
internal abstract class Workload
{
    /// <summary>All of them, by name.</summary>
    public static IReadOnlyDictionary<string, Workload> All { get; } = new Workload[]
    {
        new ThroughputWorkload(), new MessagesWorkload(), new RoundTripWorkload(), new LimitWorkload(), new ConnectWorkload(),
        new MemoryWorkload(), new RtpWorkload(), new SrtpWorkload(), new Soak.SoakWorkload(),
    }.ToDictionary(each => each.Name);

    /// <summary>Its name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>The size of a message unless another is asked for.</summary>
    public virtual int DefaultMessage => 0;

    /// <summary>The number of connections unless another is asked for.</summary>
    public virtual int DefaultConnections => 1;

    /// <summary>How long it measures unless asked otherwise, in seconds.</summary>
    public virtual double DefaultSeconds => 5;

    /// <summary>Measures, and says whether what came out is good enough; measurements always are.</summary>
    public virtual async Task<bool> RunAsync(BenchOptions options, BenchLink link, Utf8JsonWriter result, CancellationToken cancellation)
    {
        await MeasureAsync(options, link, result, cancellation);
        return true;
    }

    /// <summary>Measures, and writes what came out as members of an object.</summary>
    public abstract Task MeasureAsync(BenchOptions options, BenchLink link, Utf8JsonWriter result, CancellationToken cancellation);

    /// <summary>Prepares a connection of the other side, before anything is negotiated.</summary>
    public virtual void Serve(PeerConnection connection)
    {
    }

    /// <summary>The other side of one connection, until the channel ends.</summary>
    public async Task ServeAsync(ISignalingChannel channel)
    {
        await using var end = new BenchEnd(channel, polite: true);
        Serve(end.Connection);
        end.Begin();
        await end.ChannelEnded;
    }
}
