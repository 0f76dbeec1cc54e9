using Parley.Net;

namespace Parley.Sctp;

/// <summary>
/// Drives an association's sender: decides how many bytes may be on their way (RFC 9260 §7.2), and how fast they leave. Bytes count chunks
/// with their headers.
/// <para>A packet is told of when it leaves (<see cref="OnSent"/>); later, chunk by chunk and by the packet's number, what became of it
/// (<see cref="OnPacketDelivered"/>,
/// <see cref="OnPacketLost"/>). What a SACK changed in all follows (<see cref="OnAcknowledged"/>), then the events that call for a reaction
/// (<see cref="OnLoss"/>,
/// <see cref="OnRetransmissionTimeout"/>). <see cref="Window"/>, <see cref="PacingRate"/> and <see cref="SendQuantum"/> are read before
/// each packet, so that a controller that shares a path among several senders may change them at any time. Calls come from the thread that
/// drives the association, never at the same time; the controller must not call the association.</para>
/// </summary>
public interface ICongestionController
{
    /// <summary>How many bytes may be on their way.</summary>
    long Window { get; }

    /// <summary>
    /// Bytes that may leave in a second; null: as the window lets them. What is paced is not held back by bursts' bounds or proportional
    /// rate reduction.
    /// </summary>
    double? PacingRate => null;

    /// <summary>Bytes that leave together when they are paced.</summary>
    long SendQuantum => 0;

    /// <summary>
    /// Whether the controller wants <see cref="Acknowledgement.Delivery"/>, <see cref="OnPacketDelivered"/> and <see cref="OnPacketLost"/>:
    /// they cost a little for each packet. Read once, before the first.
    /// </summary>
    bool MeasuresDelivery => false;

    /// <summary>A packet with data has left.</summary>
    /// <param name="packet">What left.</param>
    /// <param name="now">The present instant.</param>
    void OnSent(in SentPacket packet, Instant now);

    /// <summary>The peer acknowledged.</summary>
    /// <param name="acknowledged">What it told.</param>
    /// <param name="now">The present instant.</param>
    void OnAcknowledged(in Acknowledgement acknowledged, Instant now);

    /// <summary>
    /// A chunk is delivered; before <see cref="OnAcknowledged"/> of the SACK that told so. Only where <see cref="MeasuresDelivery"/>.
    /// </summary>
    /// <param name="delivery">What was delivered.</param>
    /// <param name="now">The present instant.</param>
    void OnPacketDelivered(in PacketDelivery delivery, Instant now)
    {
    }

    /// <summary>
    /// A chunk is found lost; before <see cref="OnAcknowledged"/> of the SACK that told so. Only where <see cref="MeasuresDelivery"/>.
    /// </summary>
    /// <param name="loss">What was lost.</param>
    /// <param name="now">The present instant.</param>
    void OnPacketLost(in PacketLoss loss, Instant now)
    {
    }

    /// <summary>Loss was detected by later acknowledgements; called once for each window that lost (RFC 9260 §7.2.4).</summary>
    /// <param name="bytesInFlight">What was on its way before the loss.</param>
    /// <param name="now">The present instant.</param>
    void OnLoss(long bytesInFlight, Instant now);

    /// <summary>The retransmission timer expired (RFC 9260 §7.2.3).</summary>
    void OnRetransmissionTimeout(long bytesInFlight, Instant now);

    /// <summary>The path carries packets of another size than before.</summary>
    /// <param name="packetSize">The largest packet, in bytes.</param>
    void OnPacketSizeChanged(int packetSize);

    /// <summary>Nothing was sent for a retransmission timeout (RFC 9260 §7.2.1).</summary>
    void OnIdle();
}
