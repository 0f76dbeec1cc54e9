namespace Parley;

/// <summary>What a <see cref="SharedUdpPort"/> received, and what it dropped, and why. Read at any time, from any thread.</summary>
public sealed class SharedUdpPortCounters
{
    private long _received, _unknownFragments, _unknownResponses, _unknownAddresses, _malformed, _overflowed, _contested;

    internal SharedUdpPortCounters()
    {
    }

    /// <summary>Datagrams that arrived.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Connectivity checks dropped, whose USERNAME names no transport here.</summary>
    public long UnknownUsernameFragments => Interlocked.Read(ref _unknownFragments);

    /// <summary>STUN responses dropped, to no request of a transport here.</summary>
    public long UnknownResponses => Interlocked.Read(ref _unknownResponses);

    /// <summary>DTLS, RTP and RTCP dropped, from an address that no authenticated check has come from.</summary>
    public long UnknownAddresses => Interlocked.Read(ref _unknownAddresses);

    /// <summary>Datagrams dropped that are none of STUN, DTLS, RTP and RTCP, STUN indications included.</summary>
    public long Malformed => Interlocked.Read(ref _malformed);

    /// <summary>
    /// Datagrams dropped because too many waited for their transport (<see cref="SharedUdpPortOptions.MaxWaitingBytes"/>).
    /// </summary>
    public long Overflowed => Interlocked.Read(ref _overflowed);

    /// <summary>How often a transport met a remote address that another one holds.</summary>
    public long ContestedAddresses => Interlocked.Read(ref _contested);

    internal void CountReceived(int count) => Interlocked.Add(ref _received, count);

    internal void CountUnknownFragment() => Interlocked.Increment(ref _unknownFragments);

    internal void CountUnknownResponse() => Interlocked.Increment(ref _unknownResponses);

    internal void CountUnknownAddress() => Interlocked.Increment(ref _unknownAddresses);

    internal void CountMalformed() => Interlocked.Increment(ref _malformed);

    internal void CountOverflowed() => Interlocked.Increment(ref _overflowed);

    internal void CountContested() => Interlocked.Increment(ref _contested);
}
