namespace Parley.Stun;

/// <summary>The method of a message: 12 bits (RFC 8489 §18.2; TURN's from RFC 8656 §17 and RFC 6062 §6.1).</summary>
public enum StunMethod : ushort
{
    /// <summary>Binding: "what address do you see me at?", and ICE's connectivity check.</summary>
    Binding = 0x001,

    /// <summary>TURN: allocates a relayed address.</summary>
    Allocate = 0x003,

    /// <summary>TURN: keeps or ends an allocation.</summary>
    Refresh = 0x004,

    /// <summary>TURN indication: data from the client to a peer.</summary>
    Send = 0x006,

    /// <summary>TURN indication: data from a peer to the client.</summary>
    Data = 0x007,

    /// <summary>TURN: permits a peer's address.</summary>
    CreatePermission = 0x008,

    /// <summary>TURN: binds a channel number to a peer.</summary>
    ChannelBind = 0x009,

    /// <summary>TURN over TCP: opens a connection to a peer.</summary>
    Connect = 0x00A,

    /// <summary>TURN over TCP: joins a data connection to a peer's.</summary>
    ConnectionBind = 0x00B,

    /// <summary>TURN over TCP indication: a peer has connected.</summary>
    ConnectionAttempt = 0x00C,
}
