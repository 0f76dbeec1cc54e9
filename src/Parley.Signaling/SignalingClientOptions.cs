using Microsoft.Extensions.Logging;

namespace Parley.Signaling;

/// <summary>How a <see cref="SignalingClient"/> joins, and how it comes back when it loses its connection to the server.</summary>
public sealed class SignalingClientOptions
{
    /// <summary>What this peer calls itself, at most 64 characters; null for nothing.</summary>
    public string? Name { get; set; }

    /// <summary>Headers of the request that opens the WebSocket. Their values appear in no error and no log.</summary>
    public IDictionary<string, string> Headers { get; private set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Sent as <c>Authorization: Bearer</c>; null for none. It appears in no error and no log.</summary>
    public string? AccessToken { get; set; }

    /// <summary>How often the client asks whether the server is still there; above zero. Default 2 seconds.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// After so many intervals without a word of the server the connection counts as lost; at least 1. Default 3. Intervals are counted,
    /// not time, so that a process that got no processor time for a while does not give up a good connection.
    /// </summary>
    public int MissedHeartbeats { get; set; } = 3;

    /// <summary>
    /// How long one attempt to connect may take; above zero. Default 5 seconds; the first attempt waits for the caller's token alone.
    /// </summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The first pause between attempts, which doubles with each; of each between a half and all is waited, at random. Default 0.5 seconds.
    /// </summary>
    public TimeSpan ReconnectDelay { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest pause between attempts. Default 8 seconds.</summary>
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>
    /// For how long the client tries to come back, before events and channels end with a <see cref="SignalingException"/>; zero for not at
    /// all. Default for ever (<see cref="Timeout.InfiniteTimeSpan"/>), since calls go on without the server.
    /// </summary>
    public TimeSpan ReconnectTimeout { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>Where the client logs; null for nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>The clock of heartbeats and pauses. Default the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    // A copy, so that later changes do not reach a client that runs; and refused now, not at the first heartbeat.
    internal SignalingClientOptions Checked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(HeartbeatInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MissedHeartbeats, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ReconnectDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxReconnectDelay, ReconnectDelay);
        ArgumentNullException.ThrowIfNull(TimeProvider);
        if (ReconnectTimeout < TimeSpan.Zero && ReconnectTimeout != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(ReconnectTimeout));
        }

        foreach ((string name, string value) in Headers.Append(new KeyValuePair<string, string>("Authorization", AccessToken ?? "")))
        {
            // The value is a secret, so the error names the header alone.
            if (value.AsSpan().IndexOfAnyInRange('\0', '\x1F') >= 0 || value.AsSpan().IndexOfAnyExceptInRange('\0', '~') >= 0)
            {
                throw new ArgumentException($"The value of the header {name} has a character that no header may have.");
            }
        }

        var copy = (SignalingClientOptions)MemberwiseClone();
        copy.Headers = new Dictionary<string, string>(Headers, StringComparer.OrdinalIgnoreCase);
        return copy;
    }
}
