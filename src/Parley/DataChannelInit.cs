namespace Parley;

/// <summary>How a data channel shall behave (webrtc-pc §6.2.1).</summary>
/// <remarks>RTCDataChannelInit.</remarks>
public sealed record DataChannelInit
{
    /// <summary>Whether messages arrive in the order they were sent.</summary>
    public bool Ordered { get; init; } = true;

    /// <summary>For how many milliseconds a message is sent and sent again; null for as long as it takes.</summary>
    public ushort? MaxPacketLifeTime { get; init; }

    /// <summary>
    /// How often a message is sent again; null for as often as it takes. Not together with <see cref="MaxPacketLifeTime"/>.
    /// </summary>
    public ushort? MaxRetransmits { get; init; }

    /// <summary>A subprotocol's name, at most 65,535 bytes of UTF-8.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>Whether both sides open the channel by themselves with the same <see cref="Id"/>, so that nothing is announced.</summary>
    public bool Negotiated { get; init; }

    /// <summary>The id, 0 to 65,534; used only when <see cref="Negotiated"/>, and required then.</summary>
    public ushort? Id { get; init; }
}
