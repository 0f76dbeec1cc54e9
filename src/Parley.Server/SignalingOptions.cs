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
    /// A ping unanswered for this long means that the peer vanished. Default 4 seconds: together with <see cref="PingInterval"/> the loss
    /// of a peer is noticed within 10 seconds.
    /// </summary>
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>
    /// For how long the place of a peer that vanished is kept when it asked for a session, so that it may come back as the same peer; only
    /// then is it announced as left. Zero: no sessions. Default 30 seconds.
    /// </summary>
    public TimeSpan ResumeGrace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A write to a peer that does not end within this time means that it reads nothing. Default 10 seconds.</summary>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Who comes back says so within this time after the handshake, or is a newcomer.</summary>
    internal TimeSpan ResumeTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What was said last and the close frame reach a peer that is let go within this time, or its socket is cut.</summary>
    internal TimeSpan ClosingTime { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How many messages a peer may send at once before it is slowed; a message of 16 KiB more counts as one more. Default 500.
    /// </summary>
    public int MessageBurst { get; set; } = 500;

    /// <summary>How many messages a second a peer may send on and on. Default 100.</summary>
    public int MessagesPerSecond { get; set; } = 100;

    /// <summary>A peer that floods on for this long while it is being slowed is closed. Default 5 seconds.</summary>
    public TimeSpan FloodTolerance { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many messages may wait for a peer that reads slowly before it is dropped. Default 1,024.</summary>
    public int OutgoingMessages { get; set; } = 1024;

    /// <summary>How many bytes may wait for a peer that reads slowly or is away, before it is dropped. Default 4 MiB.</summary>
    public int OutgoingBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// How many bytes may wait for all peers together; beyond, the peer that keeps the most waiting is dropped. Default 256 MiB.
    /// </summary>
    public long TotalOutgoingBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>
    /// How many sockets one address may have at once; 0 for any number. Default 100. An IPv6 address counts by its /64. Loopback is not
    /// counted: name a reverse proxy of this machine in <see cref="TrustedProxies"/>.
    /// </summary>
    public int ConnectionsPerAddress { get; set; } = 100;

    /// <summary>
    /// How many sockets one address may open each minute; 0 for any number. Default 600. Counted like <see cref="ConnectionsPerAddress"/>.
    /// </summary>
    public int JoinsPerMinutePerAddress { get; set; } = 600;

    /// <summary>
    /// Reverse proxies, as addresses (<c>10.0.0.7</c>) or networks (<c>10.0.0.0/8</c>), whose <c>X-Forwarded-For</c> tells who asks. From
    /// all others that header counts for nothing.
    /// </summary>
    public IList<string> TrustedProxies { get; } = [];

    /// <summary>
    /// Names of this server beside <c>localhost</c>, IP addresses, this machine's name and the hosts of <see cref="AllowedOrigins"/>;
    /// <c>*</c> for any. A request without TLS for another name is refused, since a foreign page can make its own name point here (DNS
    /// rebinding).
    /// </summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>
    /// Origins whose pages may open sockets here beside this server's own page, as <c>https://name[:port]</c>; <c>*</c> allows
    /// every one. Behind a reverse proxy, name the proxy's origin. See docs/signaling.md, "Who may connect".
    /// </summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>The STUN and TURN servers the page is told to use, through <c>/config.json</c>. Default none.</summary>
    public IList<IceServerOptions> IceServers { get; } = [];
}
