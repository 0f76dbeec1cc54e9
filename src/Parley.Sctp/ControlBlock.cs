using Microsoft.Extensions.Logging;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

/// <summary>
/// What exists anew with each association, or with each restart of it: both directions, and what is agreed with the peer.
/// </summary>
/// <remarks>RFC 9260 §14: the Transmission Control Block.</remarks>
internal sealed class ControlBlock
{
    /// <summary>Makes both directions.</summary>
    /// <param name="options">Limits and times.</param>
    /// <param name="agreed">What the handshake has agreed; empty before it.</param>
    /// <param name="initialTsn">This side's first TSN.</param>
    /// <param name="context">What lasts longer.</param>
    public ControlBlock(SctpOptions options, in StateCookie agreed, Tsn initialTsn, AssociationContext context)
    {
        Capabilities = agreed.Capabilities;
        OutboundStreams = agreed.OutboundStreams;
        var isInterleaving = (agreed.Capabilities & PeerCapabilities.Interleaving) != 0;
        var events = context.Events.Pending;
        var congestion = ControllerOf(options, context.Random);
        Sender = new DataSender(options, agreed, initialTsn, context.SendPool, congestion, context.Tally, context.Logger);
        var reassembly = new Reassembly(
            context.ReceivePool,
            events,
            options.MaxMessageSize,
            options.FirstWindow,
            options.ReceiveLimit,
            isInterleaving,
            scramble: context.Random.NextUInt32(),
            held: context.Events.Held);
        Receiver = new DataReceiver(options, agreed, reassembly, context.Tally);
        OutgoingResets = new OutgoingResets(options, initialTsn.Value, events, context.Tally, context.Logger);
        IncomingResets = new IncomingResets(options, agreed.PeerInitialTsn.Value - 1, Receiver.Received, reassembly, events);
    }

    /// <summary>What both ends can do.</summary>
    public PeerCapabilities Capabilities { get; }

    /// <summary>The streams that this side may send on.</summary>
    public ushort OutboundStreams { get; }

    public DataSender Sender { get; }

    public DataReceiver Receiver { get; }

    public OutgoingResets OutgoingResets { get; }

    public IncomingResets IncomingResets { get; }

    public Heartbeat Heartbeat { get; } = new();

    /// <summary>When something of it depends on time next.</summary>
    public Instant? Deadline =>
        Instant.Earliest(
            Instant.Earliest(Sender.Deadline, Receiver.Deadline),
            Instant.Earliest(OutgoingResets.Deadline, Heartbeat.Deadline));

    /// <summary>Waits for nothing any more.</summary>
    public void Stop()
    {
        Heartbeat.Stop();
        Sender.Stop();
        Receiver.Stop();
        OutgoingResets.Stop();
    }

    private static ICongestionController ControllerOf(SctpOptions options, RandomSource random) => options switch
    {
        { CongestionController: { } make } => make(options.MaxPacketSize),
        { CongestionControl: CongestionControl.Bbr } => new BbrController(options.MaxPacketSize, random),
        { CongestionControl: CongestionControl.Reno } => new RenoController(options.MaxPacketSize),
        _ => new CubicController(options.MaxPacketSize),
    };
}
