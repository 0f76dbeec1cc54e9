using Parley.Net;

namespace Parley.Rtp;

/// <summary>A tone to be sent as a telephone event (RFC 4733).</summary>
public readonly record struct RtpTelephoneEvent
{
    /// <summary>The negotiated payload type of "telephone-event".</summary>
    public required PayloadType PayloadType { get; init; }

    /// <summary>The event's code: 0 to 9 the digits, 10 the star, 11 the hash, 12 to 15 A to D (§3.2).</summary>
    public required byte Code { get; init; }

    /// <summary>How long the tone lasts.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>
    /// When it begins, on the caller's own clock in ticks of the codec's clock rate, as in <see cref="RtpFrame.Timestamp"/>.
    /// </summary>
    public required RtpTimestamp Timestamp { get; init; }
}
