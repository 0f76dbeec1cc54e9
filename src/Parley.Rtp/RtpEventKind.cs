namespace Parley.Rtp;

/// <summary>What an <see cref="RtpEvent"/> tells.</summary>
public enum RtpEventKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The first packet of a new source came: <see cref="RtpEvent.Inbound"/>, <see cref="RtpEvent.Stream"/>.</summary>
    StreamAdded,

    /// <summary>A frame is complete: <see cref="RtpEvent.Frame"/>.</summary>
    FrameReceived,

    /// <summary>A packet came to an m-section that asks for packets: <see cref="RtpEvent.Packet"/>.</summary>
    PacketReceived,

    /// <summary>The source said goodbye (RFC 3550 §6.6). It may come back: browsers say so at each hold.</summary>
    Bye,

    /// <summary>Nothing has come from the source for long. It may come back.</summary>
    StreamTimedOut,

    /// <summary>The other side asks for a key frame: <see cref="RtpEvent.Outbound"/>.</summary>
    KeyFrameRequested,

    /// <summary>The other side estimates what the path carries (REMB): <see cref="RtpEvent.BitsPerSecond"/>.</summary>
    BitrateEstimated,

    /// <summary>The other side has begun to send a tone (RFC 4733): <see cref="RtpEvent.ToneCode"/>.</summary>
    ToneStarted,

    /// <summary>The tone is over: <see cref="RtpEvent.ToneCode"/>, <see cref="RtpEvent.ToneDuration"/>.</summary>
    ToneEnded,
}
