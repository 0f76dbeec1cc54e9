namespace Parley.Rtp;

/// <summary>Something that happened in an RTP session. Which members are set depends on <see cref="Kind"/>.</summary>
public readonly record struct RtpEvent
{
    /// <summary>What happened.</summary>
    public required RtpEventKind Kind { get; init; }

    /// <summary>The receiving m-section it happened to.</summary>
    public RtpInbound? Inbound => Stream?.Inbound;

    /// <summary>The received stream it happened to.</summary>
    public RtpInboundStream? Stream { get; init; }

    /// <summary>The sent stream it happened to.</summary>
    public RtpOutbound? Outbound { get; init; }

    /// <summary>The frame received; valid until the next <see cref="RtpSession.TryRead"/>.</summary>
    public ReceivedFrame? Frame { get; init; }

    /// <summary>The packet received; valid until the next <see cref="RtpSession.TryRead"/>.</summary>
    public ReceivedFrame? Packet => Kind == RtpEventKind.PacketReceived ? Frame : null;

    /// <summary>The bitrate estimated, in bits per second.</summary>
    public ulong BitsPerSecond { get; init; }

    /// <summary>The code of a telephone event (RFC 4733 §3.2).</summary>
    public byte ToneCode { get; init; }

    /// <summary>How long the tone lasted, as far as it was heard.</summary>
    public TimeSpan ToneDuration { get; init; }
}
