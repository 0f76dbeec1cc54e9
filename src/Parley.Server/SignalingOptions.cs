namespace Parley.Server;

/// <summary>The bounds of the signaling service. The defaults are the ones docs/signaling.md states.</summary>
public sealed class SignalingOptions
{
    /// <summary>How many peers a room holds; at least 1. Default 8.</summary>
    public int RoomCapacity { get; set; } = 8;

    /// <summary>How many rooms exist at once; at least 1. Default 10,000. A room exists while somebody is in it.</summary>
    public int MaxRooms { get; set; } = 10_000;

    /// <summary>The largest message taken from a peer, in bytes. Default 256 KiB.</summary>
    public int MaxMessageBytes { get; set; } = 256 * 1024;

    /// <summary>A silent socket is pinged this often. Default 3 seconds.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// A ping unanswered for this long means that the peer vanished. Default 4 seconds: together with
    /// <see cref="PingInterval"/> a vanished peer is announced as left within 10 seconds.
    /// </summary>
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>How many messages a peer may send at once before it is slowed; a message of 16 KiB more counts as one more. Default 500.</summary>
    public int MessageBurst { get; set; } = 500;

    /// <summary>How many messages a second a peer may send on and on. Default 100.</summary>
    public int MessagesPerSecond { get; set; } = 100;

    /// <summary>A peer that floods on for this long while it is being slowed is closed. Default 5 seconds.</summary>
    public TimeSpan FloodTolerance { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many messages may wait for a peer that reads slowly before it is dropped. Default 1,024.</summary>
    public int OutgoingMessages { get; set; } = 1024;

    /// <summary>How many bytes may wait for a peer that reads slowly before it is dropped. Default 4 MiB.</summary>
    public int OutgoingBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// Origins whose pages may open sockets here beside this server's own page, as <c>https://name[:port]</c>; <c>*</c> allows
    /// every one. Behind a reverse proxy, name the proxy's origin. See docs/signaling.md, "Who may connect".
    /// </summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>The STUN and TURN servers the page is told to use, through <c>/config.json</c>. Default none.</summary>
    public IList<IceServerOptions> IceServers { get; } = [];
}
