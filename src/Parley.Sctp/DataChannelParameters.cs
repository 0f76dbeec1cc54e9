namespace Parley.Sctp;

/// <summary>How a data channel shall behave (RFC 8832 §5.1).</summary>
public sealed record DataChannelParameters
{
    /// <summary>The priority that RFC 8831 §6.4 calls normal.</summary>
    public const ushort NormalPriority = 256;

    /// <summary>A label, at most 65,535 bytes of UTF-8. Labels need not be unique.</summary>
    public string Label { get; init; } = "";

    /// <summary>A subprotocol's name, at most 65,535 bytes of UTF-8.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>Whether messages arrive in the order they were sent.</summary>
    public bool Ordered { get; init; } = true;

    /// <summary>How often a message is sent again; null: as often as it takes. Not together with <see cref="MaxLifetime"/>.</summary>
    public ushort? MaxRetransmits { get; init; }

    /// <summary>For how many milliseconds a message is sent and sent again; null: as long as it takes.</summary>
    public ushort? MaxLifetime { get; init; }

    /// <summary>Whether both sides open the channel by themselves, so that nothing is announced; <see cref="Id"/> is needed then.</summary>
    public bool Negotiated { get; init; }

    /// <summary>The stream, 0 to 65,534; null: the session takes the first free one of its parity (RFC 8832 §6).</summary>
    public ushort? Id { get; init; }

    /// <summary>The channel's share of the path against the others.</summary>
    public ushort Priority { get; init; } = NormalPriority;
}
