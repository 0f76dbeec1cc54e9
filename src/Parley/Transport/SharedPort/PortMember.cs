using Parley.Net;

namespace Parley;

/// <summary>A transport on a shared port: its sockets, one to each address, and what leads to it.</summary>
internal sealed class PortMember
{
    /// <summary>From more addresses at once no peer is heard; the oldest goes.</summary>
    public const int MaxAddresses = 32;

    private readonly PortTable _table;
    private readonly SharedUdpPortCounters _counters;
    private readonly MemberSocket[] _sockets;

    public PortMember(PortTable table, SharedUdpPort port, uint tag, SharedUdpPortCounters counters)
    {
        _table = table;
        _counters = counters;
        Tag = tag;
        _sockets =
            [.. port.Addresses.Select(address =>
                new MemberSocket(address, address.Lanes[(int)(tag % (uint)address.Lanes.Count)], port.Options.MaxWaitingBytes))];
    }

    /// <summary>What the ids of its STUN transactions begin with.</summary>
    public uint Tag { get; }

    public IReadOnlyList<MemberSocket> Sockets => _sockets;

    /// <summary>The fragments under which it hears checks; with the table's gate held.</summary>
    public List<string> Fragments { get; } = [];

    /// <summary>The addresses that are its own, the oldest first; with the table's gate held.</summary>
    public List<TransportAddress> Addresses { get; } = [];

    public void SetFragments(IEnumerable<string> fragments) => _table.SetFragments(this, [.. fragments.Distinct()]);

    public void Claim(TransportAddress remote, bool isProved, Instant now) => _table.Claim(this, remote, isProved, now);

    public void Leave() => _table.Remove(this);

    /// <summary>A datagram came in at one of the port's addresses.</summary>
    public void Deliver(int addressIndex, ReadOnlySpan<byte> datagram, TransportAddress remote, byte ecn, Instant arrivedAt)
    {
        if (!_sockets[addressIndex].Deliver(datagram, remote, ecn, arrivedAt))
        {
            _counters.CountOverflowed();
        }
    }
}
