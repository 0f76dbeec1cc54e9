namespace Parley.Sctp;

/// <summary>The states of RFC 9260 §4.</summary>
public enum SctpState
{
    /// <summary>Not connected yet, or not any more.</summary>
    Closed,

    /// <summary>The INIT is on its way.</summary>
    CookieWait,

    /// <summary>The COOKIE ECHO is on its way.</summary>
    CookieEchoed,

    /// <summary>Messages flow.</summary>
    Established,

    /// <summary>This side shuts down once everything is acknowledged.</summary>
    ShutdownPending,

    /// <summary>The SHUTDOWN is on its way.</summary>
    ShutdownSent,

    /// <summary>The peer shuts down; this side still has data to send.</summary>
    ShutdownReceived,

    /// <summary>The SHUTDOWN ACK is on its way.</summary>
    ShutdownAckSent,
}
