using Parley.Rtp;

namespace Parley;

/// <summary>What a transceiver sends and receives, as negotiated, in the words of the RTP session.</summary>
/// <param name="Sender">The sender's flow.</param>
/// <param name="Receiver">The receiver's flow.</param>
/// <param name="Encodings">What is sent; null for nothing, though streams that exist go on silently.</param>
/// <param name="Inbound">What is received; null for nothing.</param>
/// <param name="ReducedSizeRtcp">Whether all sections of the transport allow feedback without a report before it.</param>
internal sealed record MediaFlowPlan(
    SenderFlow Sender, ReceiverFlow Receiver, IReadOnlyList<EncodingPlan>? Encodings, RtpInboundOptions? Inbound, bool ReducedSizeRtcp);
