using Parley.Rtp;

namespace Parley;

/// <summary>What a transceiver sends and receives, as negotiated, in the words of the RTP session.</summary>
/// <param name="Sender">The sender's flow.</param>
/// <param name="Receiver">The receiver's flow.</param>
/// <param name="Outbound">What is sent; null for nothing.</param>
/// <param name="IsSending">Whether packets may go out now.</param>
/// <param name="Inbound">What is received; null for nothing.</param>
internal sealed record MediaFlowPlan(SenderFlow Sender, ReceiverFlow Receiver, RtpOutboundOptions? Outbound, bool IsSending, RtpInboundOptions? Inbound);
