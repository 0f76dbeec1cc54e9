namespace Parley.Rtp;

/// <summary>What a sender report says of its sender (RFC 3550 §6.4.1).</summary>
/// <param name="NtpTime">The sender's wall clock when the report was sent.</param>
/// <param name="RtpTime">The same moment on the stream's RTP clock.</param>
/// <param name="PacketCount">Packets sent so far.</param>
/// <param name="OctetCount">Payload bytes sent so far.</param>
public readonly record struct RtcpSenderInformation(NtpTimestamp NtpTime, RtpTimestamp RtpTime, uint PacketCount, uint OctetCount);
