using Parley.Rtp;

namespace Parley;

/// <summary>What one encoding sends, as negotiated and as its parameters say.</summary>
/// <param name="Flow">Its stream.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Options">The stream in the words of the RTP session.</param>
internal sealed record EncodingPlan(EncodingFlow Flow, RtpEncodingParameters Parameters, RtpOutboundOptions Options);
