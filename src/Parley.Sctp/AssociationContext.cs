using Microsoft.Extensions.Logging;
using Parley.Net;

namespace Parley.Sctp;

/// <summary>
/// What lasts as long as an association, whatever restarts: buffers, events not read, counts, and where randomness and logs are.
/// </summary>
internal sealed class AssociationContext(RandomSource random, ILogger logger)
{
    public RandomSource Random { get; } = random;

    public ILogger Logger { get; } = logger;

    public AssociationTally Tally { get; } = new();

    public EventReader Events { get; } = new();

    public SegmentPool SendPool { get; } = new();

    /// <summary>Apart, so that what the peer's messages really hold is known.</summary>
    public SegmentPool ReceivePool { get; } = new();

    /// <summary>A packet, or a part of it, is not taken.</summary>
    public void Drop(string why)
    {
        Tally.PacketsDropped++;
        Logger.PacketDropped(why);
    }

    /// <summary>Gives memory back while the association is idle.</summary>
    public void Trim()
    {
        Events.Pending.Trim();
        SendPool.Trim();
        ReceivePool.Trim();
    }
}
