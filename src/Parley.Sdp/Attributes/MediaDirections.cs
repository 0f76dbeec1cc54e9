namespace Parley.Sdp;

/// <summary>What can be done with a <see cref="MediaDirection"/>.</summary>
public static class MediaDirections
{
    /// <summary>The same direction seen from the other side.</summary>
    public static MediaDirection Reverse(this MediaDirection direction) => direction switch
    {
        MediaDirection.SendOnly => MediaDirection.RecvOnly,
        MediaDirection.RecvOnly => MediaDirection.SendOnly,
        _ => direction,
    };

    /// <summary>The ways that both allow, both seen from the same side.</summary>
    public static MediaDirection Intersect(this MediaDirection direction, MediaDirection other) => direction & other;

    /// <summary>Whether media goes out.</summary>
    public static bool Sends(this MediaDirection direction) => (direction & MediaDirection.SendOnly) != 0;

    /// <summary>Whether media comes in.</summary>
    public static bool Receives(this MediaDirection direction) => (direction & MediaDirection.RecvOnly) != 0;

    /// <summary>The attribute's name: "sendrecv", "sendonly", "recvonly" or "inactive".</summary>
    public static string ToText(this MediaDirection direction) => direction switch
    {
        MediaDirection.SendRecv => "sendrecv",
        MediaDirection.SendOnly => "sendonly",
        MediaDirection.RecvOnly => "recvonly",
        _ => "inactive",
    };

    /// <summary>Reads a direction.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out MediaDirection direction)
    {
        (bool known, direction) = text switch
        {
            "sendrecv" => (true, MediaDirection.SendRecv),
            "sendonly" => (true, MediaDirection.SendOnly),
            "recvonly" => (true, MediaDirection.RecvOnly),
            "inactive" => (true, MediaDirection.Inactive),
            _ => (false, default),
        };
        return known;
    }

    internal static bool TryParse(SdpAttribute attribute, out MediaDirection direction)
    {
        direction = default;
        return attribute.Value is null && TryParse(attribute.Name, out direction);
    }
}
