namespace Parley.Sctp.Wire;

/// <summary>RFC 9260 §3.2, table 1, and the extensions of RFC 3758, 6525 and 8260.</summary>
internal enum ChunkType : byte
{
    Data = 0,
    Init = 1,
    InitAck = 2,
    Sack = 3,
    Heartbeat = 4,
    HeartbeatAck = 5,
    Abort = 6,
    Shutdown = 7,
    ShutdownAck = 8,
    Error = 9,
    CookieEcho = 10,
    CookieAck = 11,
    ShutdownComplete = 14,
    InterleavedData = 64,
    Reconfig = 130,
    Pad = 132,
    ForwardTsn = 192,
    InterleavedForwardTsn = 194,
}
